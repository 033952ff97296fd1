// SPDX-License-Identifier: MIT
#include "dataset/files/zip_tree.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dataset/files/archive_name.h"
#include "dataset/files/input_file.h"
#include "dataset/files/little_endian.h"
#include "dataset/error.h"
#include "dataset/files/zip_directory.h"

namespace angiobench {
namespace {

// A local header (APPNOTE.TXT 4.3.7) and room for the extra fields that common programs write after
// the name.
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::size_t kUsualExtra = 64;

// Whether a member of such a kind of archive is one within the archive. A volume that is called
// .nii.gz is one gzip stream by its form, and its reader unpacks no more than its header says.
bool is_foreign(std::string_view kind, std::string_view name) {
  constexpr std::string_view kVolume = ".nii.gz";
  const bool is_volume = kind == "gzip" && name.size() > kVolume.size() &&
                         compare_folded(name.substr(name.size() - kVolume.size()), kVolume) == 0;
  return !kind.empty() && !is_volume;
}

// What a thread needs to read members; reused from member to member.
struct Scratch {
  Scratch() : inflater(libdeflate_alloc_decompressor()) {
    expects(inflater != nullptr, "an inflater can be made");
  }
  ~Scratch() { libdeflate_free_decompressor(inflater); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  libdeflate_decompressor* inflater;
  std::vector<std::uint8_t> packed;
};

Scratch& thread_scratch() {
  thread_local Scratch scratch;
  return scratch;
}

class OpenFile {
 public:
  OpenFile(const std::string& path, const std::string& shown_as)
      : input_(open_input_file(path, "a zip", shown_as)) {
    file_.path = shown_as;
    file_.descriptor = input_.descriptor.get();
    file_.size = input_.size;
  }

  const ArchiveFile& get() const { return file_; }

 private:
  InputFile input_;
  ArchiveFile file_;
};

class ZipTree final : public FileTree {
 public:
  ZipTree(const std::string& path, const std::string& shown_as, const ArchiveLimits& limits,
          TopFolder top)
      : file_(path, shown_as), directory_(file_.get(), limits) {
    leave_out_debris();
    if (top == TopFolder::take_off) find_top_folder();
  }

  std::string display_path(std::string_view relative) const override {
    return file_.get().path + "!" + join_path(top_, relative);
  }

  std::string typed_path(std::string_view relative) const override {
    return join_path(file_.get().path, join_path(top_, relative));
  }

  std::vector<std::string> folders(std::string_view relative) const override {
    return list(relative, Kind::folder);
  }
  std::vector<std::string> files(std::string_view relative) const override {
    return list(relative, Kind::file);
  }
  bool has_file(std::string_view relative) const override { return find(relative).has_value(); }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override;
  std::unique_ptr<FileStream> open(std::string_view relative) const override;
  std::vector<Finding> notes() const override { return notes_; }
  std::optional<std::uint64_t> file_size(std::string_view relative) const override {
    const std::optional<std::size_t> index = find(relative);
    return index ? std::optional(directory_.member(*index).size) : std::nullopt;
  }

 private:
  enum class Kind { file, folder };

  // The position of a file, nullopt where there is none.
  std::optional<std::size_t> find(std::string_view relative) const {
    if (relative.empty() || relative.back() == '/') return std::nullopt;
    const std::string path = join_path(top_, relative);
    const std::size_t index = directory_.lower_bound(path);
    if (index >= directory_.size() || directory_.name(index) != path || is_debris(path))
      return std::nullopt;
    return index;
  }

  bool is_debris(std::string_view path) const { return has_debris_ && is_desktop_debris(path); }

  std::vector<std::string> list(std::string_view relative, Kind kind) const;
  std::uint64_t check_header(std::size_t index, const ZipMember& member,
                             std::span<const std::uint8_t> header, std::string_view relative) const;
  void leave_out_debris();
  void find_top_folder();

  OpenFile file_;
  ZipDirectory directory_;
  std::string top_;  // the common top folder, without '/'; empty where there is none
  bool has_debris_ = false;
  std::vector<Finding> notes_;
};

void ZipTree::leave_out_debris() {
  std::uint64_t count = 0;
  std::string example;
  for (std::size_t i = 0; i < directory_.size(); ++i) {
    if (!is_desktop_debris(directory_.name(i))) continue;
    if (count++ == 0) example = directory_.name(i);
  }
  if (count == 0) return;
  has_debris_ = true;
  notes_.push_back(make_finding(
      "A001", {file_.get().path},
      std::to_string(count) + " entries that a desktop left behind are ignored, the first is '" +
          example + "'"));
}

void ZipTree::find_top_folder() {
  // Only one folder, nothing beside it.
  const std::vector<std::string> roots = list("", Kind::folder);
  if (roots.size() != 1 || !list("", Kind::file).empty()) return;

  // It holds folders and at most the manifests of `pack`.
  if (list(roots.front(), Kind::folder).empty()) return;
  for (const std::string& file : list(roots.front(), Kind::file)) {
    if (!is_manifest_name(file)) return;
  }
  top_ = roots.front();
  notes_.push_back(
      make_finding("A002", {file_.get().path},
                   "everything lies in one top folder, '" + top_ + "', which is taken off"));
}

// Walks the sorted members below `relative`; a folder's own members are leapt over.
std::vector<std::string> ZipTree::list(std::string_view relative, Kind kind) const {
  std::string prefix = join_path(top_, relative);
  if (!prefix.empty()) prefix += '/';
  std::vector<std::string> names;
  std::size_t index = directory_.lower_bound(prefix);
  while (index < directory_.size()) {
    const std::string_view path = directory_.name(index);
    if (path.substr(0, prefix.size()) != prefix) break;
    const std::string_view rest = path.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) {
      if (!rest.empty() && kind == Kind::file && !is_debris(path)) names.emplace_back(rest);
      ++index;
      continue;
    }
    const std::string folder(rest.substr(0, slash));
    if (kind == Kind::folder && !is_debris(prefix + folder)) names.push_back(folder);
    // Find the first member after the folder's by steps that double, then halve.
    std::size_t low = index + 1;
    std::size_t step = 1;
    const std::string own = prefix + folder + "/";
    const auto inside = [&](std::size_t i) {
      return i < directory_.size() && directory_.name(i).substr(0, own.size()) == own;
    };
    while (inside(low + step - 1)) {
      low += step;
      step *= 2;
    }
    for (; step > 0; step /= 2) {
      if (inside(low + step - 1)) low += step;
    }
    index = low;
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The member's own header must say what the table says. `header` is its beginning, as far as it was
// fetched; returns where the data begin, from the header's own first byte.
std::uint64_t ZipTree::check_header(std::size_t index, const ZipMember& member,
                                    std::span<const std::uint8_t> header,
                                    std::string_view relative) const {
  const auto refuse = [&](const std::string& found, const std::string& expected = {}) {
    throw Error(ErrorKind::input, display_path(relative), found, expected);
  };
  if (u32(header.data()) != kLocalSignature)
    refuse("the entry's own header is missing", "the place the zip's table gives");
  const std::size_t name_length = u16(&header[26]);
  const std::uint64_t begin = kZipLocalHeaderSize + name_length + u16(&header[28]);
  const std::string_view own_name(
      reinterpret_cast<const char*>(header.data() + kZipLocalHeaderSize),
      std::min(name_length, header.size() - kZipLocalHeaderSize));
  if (own_name != member.name)
    refuse("the entry's own header has another name than the zip's table");
  constexpr std::uint16_t kEncrypted = 1;
  constexpr std::uint16_t kSizesFollow = 1 << 3;
  const std::uint16_t flags = u16(&header[6]);
  if ((flags & kEncrypted) != 0 || u16(&header[8]) != member.method) {
    refuse("the entry's own header has another method than the zip's table");
  }
  const auto agrees = [](std::uint32_t own, std::uint64_t listed) {
    return own == listed || own == 0xFFFFFFFF;
  };
  const bool same_sizes = u32(&header[14]) == member.crc &&
                          agrees(u32(&header[18]), member.packed_size) &&
                          agrees(u32(&header[22]), member.size);
  if ((flags & kSizesFollow) == 0 && !same_sizes) {
    refuse("the entry's sizes lie: its own header has others than the zip's table");
  }
  const std::uint64_t room = directory_.bound(index) - member.offset;
  if (begin > room || member.packed_size > room - begin) refuse("the entry overlaps the next one");
  return begin;
}

bool ZipTree::read(std::string_view relative, std::vector<std::uint8_t>& bytes) const {
  const std::optional<std::size_t> index = find(relative);
  if (!index) return false;
  const ZipMember member = directory_.member(*index);
  const ArchiveFile& file = file_.get();
  const auto refuse = [&](const std::string& found, const std::string& expected = {}) {
    throw Error(ErrorKind::input, display_path(relative), found, expected);
  };

  // Fetch header and data at once, where the extra field is of a usual size.
  const std::uint64_t room = directory_.bound(*index) - member.offset;
  const std::uint64_t guess =
      kZipLocalHeaderSize + member.name.size() + kUsualExtra + member.packed_size;
  std::vector<std::uint8_t>& packed = thread_scratch().packed;
  packed.resize(static_cast<std::size_t>(std::min(room, guess)));
  file.read(member.offset, packed.data(), packed.size());
  const std::uint64_t begin = check_header(*index, member, packed, relative);
  if (begin + member.packed_size > packed.size()) {
    const std::size_t have = packed.size();
    packed.resize(static_cast<std::size_t>(begin + member.packed_size));
    file.read(member.offset + have, packed.data() + have, packed.size() - have);
  }

  // Unpack into exactly the declared size: whatever a bomb holds, it stops there.
  const std::uint8_t* const data = packed.data() + begin;
  const auto packed_size = static_cast<std::size_t>(member.packed_size);
  bytes.resize(static_cast<std::size_t>(member.size));
  if (member.method == 0) {
    if (packed_size > 0) std::memcpy(bytes.data(), data, packed_size);
  } else {
    std::uint8_t nothing = 0;  // libdeflate wants a place even for no bytes
    std::size_t used = 0;
    std::size_t made = 0;
    const libdeflate_result result = libdeflate_deflate_decompress_ex(
        thread_scratch().inflater, data, packed_size, bytes.empty() ? &nothing : bytes.data(),
        bytes.size(), &used, &made);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      refuse("the entry's sizes lie: it unpacks to more than the " + std::to_string(member.size) +
             " bytes it declares");
    }
    if (result != LIBDEFLATE_SUCCESS) refuse("the entry's data are damaged (deflate)");
    if (made != bytes.size() || used != packed_size) {
      refuse("the entry's sizes lie: " + std::to_string(made) + " bytes from " +
                 std::to_string(used) + " packed ones",
             std::to_string(member.size) + " from " + std::to_string(member.packed_size));
    }
  }
  if (libdeflate_crc32(0, bytes.data(), bytes.size()) != member.crc) {
    refuse("the entry's checksum (CRC-32) is wrong", "the one the zip's table gives");
  }
  const std::string_view kind = archive_kind(
      {reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 8)});
  if (is_foreign(kind, member.name))
    refuse("the entry is an archive within the archive (" + std::string(kind) + ")", "a mask");
  return true;
}

// A member that is unpacked piece by piece: what read() checks of the whole it checks when the last
// byte is asked for.
class MemberStream final : public FileStream {
 public:
  MemberStream(const ArchiveFile& file, const ZipMember& member, std::uint64_t data_offset,
               std::string path)
      : file_(file), member_(member), offset_(data_offset), path_(std::move(path)) {
    constexpr int kRawDeflate = -15;
    if (member_.method != 0) {
      expects(inflateInit2(&inflater_, kRawDeflate) == Z_OK, "an inflater can be made");
    }
  }
  ~MemberStream() override {
    if (member_.method != 0) inflateEnd(&inflater_);
  }
  MemberStream(const MemberStream&) = delete;
  MemberStream& operator=(const MemberStream&) = delete;

  std::uint64_t size() const override { return member_.size; }

  void read(std::span<std::uint8_t> bytes) override {
    if (bytes.size() > member_.size - made_)
      throw Error(ErrorKind::input, path_, "ends too early", "a whole file");
    if (bytes.empty()) return;
    if (member_.method == 0) {
      file_.read(offset_ + taken_, bytes.data(), bytes.size());
      taken_ += bytes.size();
    } else {
      unpack(bytes);
    }
    const bool is_first = made_ == 0;
    made_ += bytes.size();
    crc_ = libdeflate_crc32(crc_, bytes.data(), bytes.size());
    if (is_first) {
      const std::string_view kind = archive_kind(
          {reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 8)});
      if (is_foreign(kind, path_))
        refuse("the entry is an archive within the archive (" + std::string(kind) + ")", "a mask");
    }
    if (made_ == member_.size) check_end();
  }

 private:
  [[noreturn]] void refuse(const std::string& found, const std::string& expected = {}) const {
    throw Error(ErrorKind::input, path_, found, expected);
  }

  // The next piece of packed bytes.
  void fetch() {
    constexpr std::size_t kPiece = 1 << 16;
    packed_.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, member_.packed_size - taken_)));
    file_.read(offset_ + taken_, packed_.data(), packed_.size());
    taken_ += packed_.size();
    inflater_.next_in = packed_.data();
    inflater_.avail_in = static_cast<uInt>(packed_.size());
  }

  void unpack(std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
      constexpr std::size_t kMost = 1U << 30;
      const std::span<std::uint8_t> part = bytes.first(std::min(bytes.size(), kMost));
      inflater_.next_out = part.data();
      inflater_.avail_out = static_cast<uInt>(part.size());
      while (inflater_.avail_out > 0) {
        if (inflater_.avail_in == 0 && taken_ < member_.packed_size) fetch();
        const uInt before = inflater_.avail_out;
        const int result = inflate(&inflater_, Z_NO_FLUSH);
        has_ended_ = result == Z_STREAM_END;
        if (result != Z_OK && !has_ended_) refuse("the entry's data are damaged (deflate)");
        const bool is_stuck = before == inflater_.avail_out && inflater_.avail_in == 0 &&
                              taken_ == member_.packed_size;
        if (inflater_.avail_out > 0 && (has_ended_ || is_stuck)) refuse_sizes();
      }
      bytes = bytes.subspan(part.size());
    }
  }

  [[noreturn]] void refuse_sizes() const {
    refuse("the entry's sizes lie: it unpacks to other than the bytes it declares",
           std::to_string(member_.size) + " from " + std::to_string(member_.packed_size));
  }

  void check_end() {
    if (member_.method != 0) {
      // The end of the stream may still have to be read; another byte must not come.
      std::uint8_t beyond = 0;
      inflater_.next_out = &beyond;
      inflater_.avail_out = 1;
      while (!has_ended_) {
        if (inflater_.avail_in == 0 && taken_ < member_.packed_size) fetch();
        const int result = inflate(&inflater_, Z_NO_FLUSH);
        has_ended_ = result == Z_STREAM_END;
        if (inflater_.avail_out == 0 || (result != Z_OK && !has_ended_)) refuse_sizes();
      }
      if (inflater_.avail_out == 0 || inflater_.avail_in > 0 || taken_ != member_.packed_size)
        refuse_sizes();
    }
    if (crc_ != member_.crc)
      refuse("the entry's checksum (CRC-32) is wrong", "the one the zip's table gives");
  }

  const ArchiveFile& file_;
  ZipMember member_;
  std::uint64_t offset_;  // of the data
  std::string path_;
  z_stream inflater_{};
  std::vector<std::uint8_t> packed_;
  std::uint64_t taken_ = 0;  // packed bytes that were fetched
  std::uint64_t made_ = 0;   // bytes that were given away
  std::uint32_t crc_ = 0;
  bool has_ended_ = false;  // the deflate stream has
};

std::unique_ptr<FileStream> ZipTree::open(std::string_view relative) const {
  const std::optional<std::size_t> index = find(relative);
  if (!index) return nullptr;
  const ZipMember member = directory_.member(*index);
  const std::uint64_t room = directory_.bound(*index) - member.offset;
  std::vector<std::uint8_t> header(static_cast<std::size_t>(
      std::min<std::uint64_t>(room, kZipLocalHeaderSize + member.name.size())));
  file_.get().read(member.offset, header.data(), header.size());
  const std::uint64_t begin = check_header(*index, member, header, relative);
  return std::make_unique<MemberStream>(file_.get(), member, member.offset + begin,
                                        display_path(relative));
}

}  // namespace

std::unique_ptr<FileTree> open_zip(const std::string& path, const ArchiveLimits& limits,
                                   TopFolder top, const std::string& shown_as) {
  return std::make_unique<ZipTree>(path, shown_as.empty() ? path : shown_as, limits, top);
}

}  // namespace angiobench
