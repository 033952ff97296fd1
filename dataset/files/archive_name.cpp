// SPDX-License-Identifier: MIT
#include "dataset/files/archive_name.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "dataset/characters.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr std::uint8_t byte_of(char character) { return static_cast<std::uint8_t>(character); }

// Bytes below 128, folded, with '/' in front of all others (no name that is compared has control
// characters).
constexpr std::array<std::uint8_t, 256> make_order() {
  std::array<std::uint8_t, 256> order{};
  for (int byte = 0; byte < 256; ++byte) {
    const bool upper = byte >= 'A' && byte <= 'Z';
    order[static_cast<std::size_t>(byte)] =
        static_cast<std::uint8_t>(upper ? byte + ('a' - 'A') : byte);
  }
  order[byte_of('/')] = 0;
  return order;
}
constexpr std::array<std::uint8_t, 256> kOrder = make_order();

// A code point of two UTF-8 bytes (U+0080..U+07FF), in lower case.
constexpr std::uint32_t fold_code_point(std::uint32_t code) {
  if (code >= 0xC0 && code <= 0xDE && code != 0xD7) return code + 0x20;  // Latin-1
  if ((code >= 0x100 && code <= 0x137) || (code >= 0x14A && code <= 0x177))
    return code | 1;  // Latin Extended-A
  if ((code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E))
    return code + (code & 1);
  if (code >= 0x391 && code <= 0x3A9) return code + 0x20;  // Greek
  if (code == 0x3C2) return 0x3C3;                         // final sigma
  if (code >= 0x410 && code <= 0x42F) return code + 0x20;  // Cyrillic
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  return code;
}

bool is_continuation(char character) { return (byte_of(character) & 0xC0) == 0x80; }

// The folded name; every letter that is folded keeps its length.
std::string folded(std::string_view name) {
  std::string text;
  text.reserve(name.size());
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::uint8_t lead = byte_of(name[i]);
    if ((lead & 0xE0) == 0xC0 && i + 1 < name.size() && is_continuation(name[i + 1])) {
      const std::uint32_t code =
          fold_code_point((lead & 0x1FU) << 6 | (byte_of(name[i + 1]) & 0x3FU));
      text += static_cast<char>(0xC0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3F));
      ++i;
    } else {
      text += static_cast<char>(kOrder[lead]);
    }
  }
  return text;
}

int compare_bytes(std::string_view left, std::string_view right) { return left.compare(right); }

// The length of the well-formed UTF-8 sequence (Unicode 15, table 3-7) at `at`, 0 where there is
// none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const std::uint8_t lead = byte_of(text[at]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return 0;
  }
  const std::uint8_t second = byte_of(text[at + 1]);
  if (lead == 0xE0 && second < 0xA0) return 0;  // too long
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;  // too long
  if (lead == 0xF4 && second > 0x8F) return 0;  // above U+10FFFF
  return length;
}

void check_characters(std::string_view name) {
  for (std::size_t i = 0; i < name.size();) {
    const std::uint8_t byte = byte_of(name[i]);
    const std::size_t length = utf8_length(name, i);
    if (length == 0) {
      throw Error(ErrorKind::input, "", "the entry's name is not UTF-8",
                  "names in UTF-8 (better: in ASCII)");
    }
    const bool c1 = byte == 0xC2 && byte_of(name[i + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F || c1) {
      throw Error(ErrorKind::input, "", "the entry's name has a control character",
                  "letters, digits, '-', '_', '.'");
    }
    if (byte == '\\')
      throw Error(ErrorKind::input, "", "the entry's name has a backslash",
                  "'/' between folders (the zip was written by an old Windows program: unpack it "
                  "and give the folder, or zip it with 'angiobench pack')");
    i += length;
  }
}

void check_parts(std::string_view name, const ArchiveLimits& limits) {
  if (name.back() == '/') name.remove_suffix(1);
  std::uint32_t depth = 0;
  while (true) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part == "..") {
      throw Error(ErrorKind::input, "", "the entry's path climbs out of its folder ('..')",
                  "a path relative to the archive");
    }
    if (part.empty() || part == ".") {
      throw Error(ErrorKind::input, "", "the entry's path has an empty part or a '.'",
                  "names like v00/00000.png");
    }
    if (part.size() > limits.max_name_part_bytes) {
      throw Error(ErrorKind::limit, "",
                  "a part of the entry's path has " + std::to_string(part.size()) + " bytes",
                  "at most " + std::to_string(limits.max_name_part_bytes) + " (--max-name-length)");
    }
    if (++depth > limits.max_depth) {
      throw Error(ErrorKind::limit, "",
                  "the entry lies more than " + std::to_string(limits.max_depth) + " levels deep",
                  "at most " + std::to_string(limits.max_depth) + " (--max-depth)");
    }
    if (slash == std::string_view::npos) break;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

void check_archive_name(std::string_view name, const ArchiveLimits& limits,
                        const std::string& archive) {
  if (name.empty())
    throw Error(ErrorKind::input, archive, "an entry has no name", "names like v00/00000.png");
  try {
    check_characters(name);
    if (name.front() == '/') {
      throw Error(ErrorKind::input, "", "the entry has an absolute path",
                  "a path relative to the archive");
    }
    if (name.size() >= 2 && is_ascii_letter(name[0]) && name[1] == ':') {
      throw Error(ErrorKind::input, "", "the entry's path begins with a drive letter",
                  "a path relative to the archive");
    }
    check_parts(name, limits);
  } catch (const Error& error) {
    // The path is made here, so that a million good names do not pay for it; no message takes 64
    // KiB of name.
    std::string shown(name.substr(0, 300));
    std::replace(shown.begin(), shown.end(), '\0', '?');
    if (name.size() > 300) shown += "...";
    throw Error(error.kind(), archive + "!" + shown, error.found(), error.expected());
  }
}

bool has_archive_extension(std::string_view name) {
  // A volume of NIfTI, whose form it is.
  constexpr std::string_view kVolume = ".nii.gz";
  const bool is_volume = name.size() > kVolume.size() &&
                         compare_folded(name.substr(name.size() - kVolume.size()), kVolume) == 0;
  if (is_volume) return false;
  constexpr std::string_view kExtensions[] = {".zip", ".zipx", ".tar", ".tgz", ".gz",  ".tbz",
                                              ".bz2", ".txz",  ".xz",  ".zst", ".lz4", ".7z",
                                              ".rar", ".jar",  ".cab", ".iso"};
  return std::any_of(
      std::begin(kExtensions), std::end(kExtensions), [name](std::string_view extension) {
        return name.size() >= extension.size() &&
               compare_folded(name.substr(name.size() - extension.size()), extension) == 0;
      });
}

std::string_view archive_kind(std::string_view first_bytes) {
  struct Magic {
    std::string_view bytes;
    std::string_view name;
  };
  constexpr Magic kMagics[] = {
      {"PK\x03\x04", "zip"},
      {"PK\x05\x06", "zip"},
      {"PK\x06\x06", "zip"},
      {"\x1F\x8B", "gzip"},
      {"7z\xBC\xAF", "7z"},
      {"Rar!\x1A", "rar"},
      {"\xFD"
       "7zXZ",
       "xz"},
      {"BZh", "bzip2"},
      {"\x28\xB5\x2F\xFD", "zstd"},
  };
  for (const Magic& magic : kMagics) {
    if (first_bytes.substr(0, magic.bytes.size()) == magic.bytes) return magic.name;
  }
  constexpr std::size_t kTarMagic = 257;
  if (first_bytes.size() >= kTarMagic + 5 && first_bytes.substr(kTarMagic, 5) == "ustar")
    return "tar";
  return {};
}

std::string_view file_kind(std::span<const std::uint8_t> file) {
  const auto starts = [&](std::string_view magic, std::size_t at = 0) {
    return file.size() >= at + magic.size() &&
           std::memcmp(file.data() + at, magic.data(), magic.size()) == 0;
  };
  if (file.empty()) return "empty";
  if (starts("\x89PNG\r\n\x1a\n")) return "a PNG";
  if (starts("\xFF\xD8\xFF")) return "a JPEG";
  if (starts("GIF8")) return "a GIF";
  if (starts("BM")) return "a BMP";
  if (starts({"II*\0", 4}) || starts({"MM\0*", 4})) return "a TIFF";
  if (starts("RIFF") && starts("WEBP", 8)) return "a WebP";
  if (starts("ftyp", 4) || (starts("RIFF") && starts("AVI ", 8))) return "a video";
  if (starts("\x93NUMPY")) return "a NumPy array";
  const auto is_text = [](std::uint8_t c) {
    return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t';
  };
  const auto head = file.first(std::min<std::size_t>(file.size(), 512));
  return std::ranges::all_of(head, is_text) ? "text" : "no known image";
}

bool is_manifest_name(std::string_view name) {
  return name == kManifestName || name == "manifest.json" ||
         (name.starts_with("manifest-") && name.ends_with(".sha256"));
}

bool is_desktop_debris(std::string_view path) {
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part == "__MACOSX" || part == ".ipynb_checkpoints") return true;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  // "._x" is what macOS keeps of "x" on a disk that is not its own.
  return path == ".DS_Store" || path == "Thumbs.db" || path == "desktop.ini" ||
         path.starts_with("._");
}

int compare_folded(std::string_view left, std::string_view right) {
  const std::size_t common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (((byte_of(left[i]) | byte_of(right[i])) & 0x80) != 0)
      return compare_bytes(folded(left), folded(right));
    const int difference = int{kOrder[byte_of(left[i])]} - int{kOrder[byte_of(right[i])]};
    if (difference != 0) return difference;
  }
  return left.size() < right.size() ? -1 : left.size() > right.size() ? 1 : 0;
}

}  // namespace angiobench
