// SPDX-License-Identifier: MIT
#include "dataset/dicom/cine_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/little_endian.h"
#include "dataset/files/text.h"

namespace angiobench::dicom {
namespace {

constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::uint32_t kItem = 0xFFFEE000;
constexpr std::uint32_t kEndOfItem = 0xFFFEE00D;
constexpr std::uint32_t kEndOfSequence = 0xFFFEE0DD;
constexpr std::uint32_t kFirstOfPixels = 0x7FE00000;
constexpr std::uint32_t kMaxValue = 1 << 12;  // bytes: texts have 10240 at most, ours some 64
constexpr std::size_t kMaxKept = 1 << 20;     // bytes of all values
constexpr int kMaxDepth = 32;

// Without the blanks and zeros that pad a value to an even length.
std::string unpadded(std::string text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
  return text;
}

enum class Encoding { explicit_vr, implicit_vr };

struct ElementHead {
  std::uint32_t tag = 0;
  std::uint32_t length = 0;
  bool is_unknown = false;  // VR UN: what it holds is implicit
};

// Walks over the elements of a file.
class Walk {
 public:
  Walk(FileStream& file, const std::string& path, std::map<std::uint32_t, std::string>& values)
      : file_(file), path_(path), values_(values), left_(file.size()) {}

  void run() {
    constexpr std::size_t kPreamble = 128;
    std::array<std::uint8_t, kPreamble + 4> start{};
    if (left_ < start.size()) fail("is no DICOM file");
    take(start);
    if (std::string_view(reinterpret_cast<const char*>(start.data()) + kPreamble, 4) != "DICM")
      fail("is no DICOM file");
    // Group 0002 is explicit, and says how all that follows is written.
    Encoding encoding = Encoding::explicit_vr;
    bool is_meta = true;
    while (left_ > 0) {
      std::array<std::uint8_t, 4> tag_bytes{};
      take(tag_bytes);
      if (is_meta && u16(tag_bytes.data()) != 2) {
        is_meta = false;
        encoding = encoding_of(value(0x00020010));
      }
      const ElementHead head = rest_of_head(tag_of(tag_bytes), encoding);
      if (head.tag >= kFirstOfPixels) return;
      keep_or_skip(head, encoding);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& found) const {
    throw Error(ErrorKind::input, path_, found, "a DICOM cine");
  }
  std::string value(std::uint32_t tag) const {
    const auto found = values_.find(tag);
    if (found == values_.end()) return {};
    return unpadded(found->second);
  }
  Encoding encoding_of(const std::string& syntax) const {
    if (syntax == "1.2.840.10008.1.2") return Encoding::implicit_vr;
    if (syntax == "1.2.840.10008.1.2.2" || syntax == "1.2.840.10008.1.2.1.99")
      fail("is in big endian or deflated");
    return Encoding::explicit_vr;
  }

  void take(std::span<std::uint8_t> bytes) {
    if (bytes.size() > left_) fail("ends within an element");
    file_.read(bytes);
    left_ -= bytes.size();
  }
  void skip(std::uint64_t count) {
    if (count > left_) fail("ends within an element");
    std::array<std::uint8_t, 4096> piece{};
    while (count > 0) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, piece.size()));
      take(std::span(piece).first(part));
      count -= part;
    }
  }
  static std::uint32_t tag_of(std::span<const std::uint8_t> bytes) {
    return static_cast<std::uint32_t>(u16(bytes.data())) << 16 | u16(bytes.data() + 2);
  }

  ElementHead next_head(Encoding encoding) {
    std::array<std::uint8_t, 4> bytes{};
    take(bytes);
    return rest_of_head(tag_of(bytes), encoding);
  }
  ElementHead rest_of_head(std::uint32_t tag, Encoding encoding) {
    std::array<std::uint8_t, 4> bytes{};
    take(bytes);
    ElementHead head{tag, u32(bytes.data()), false};
    const bool is_item = tag >> 16 == 0xFFFE;
    if (encoding == Encoding::implicit_vr || is_item) return head;
    static constexpr std::string_view kLong[] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                 "SV", "UC", "UN", "UR", "UT", "UV"};
    const std::string_view vr(reinterpret_cast<const char*>(bytes.data()), 2);
    head.is_unknown = vr == "UN";
    head.length = u16(bytes.data() + 2);
    if (std::ranges::find(kLong, vr) == std::end(kLong)) return head;
    std::array<std::uint8_t, 4> length{};
    take(length);
    head.length = u32(length.data());
    return head;
  }

  void keep_or_skip(const ElementHead& head, Encoding encoding) {
    if (head.length == kUndefined)
      return skip_items(head.is_unknown ? Encoding::implicit_vr : encoding, 1);
    if (head.length > kMaxValue || num_kept_ > kMaxKept) return skip(head.length);
    num_kept_ += head.length;
    std::string kept(head.length, '\0');
    take({reinterpret_cast<std::uint8_t*>(kept.data()), kept.size()});
    values_[head.tag] = std::move(kept);
  }

  // The items of a sequence that does not say its length.
  void skip_items(Encoding encoding, int depth) {
    if (depth > kMaxDepth) fail("has sequences in each other, too deep");
    while (true) {
      const ElementHead item = next_head(encoding);
      if (item.tag == kEndOfSequence) return;
      if (item.tag != kItem) fail("has a sequence that is malformed");
      if (item.length != kUndefined) {
        skip(item.length);
        continue;
      }
      for (ElementHead head = next_head(encoding); head.tag != kEndOfItem;
           head = next_head(encoding)) {
        if (head.length != kUndefined) {
          skip(head.length);
        } else {
          skip_items(head.is_unknown ? Encoding::implicit_vr : encoding, depth + 1);
        }
      }
    }
  }

  FileStream& file_;
  const std::string& path_;
  std::map<std::uint32_t, std::string>& values_;
  std::uint64_t left_;
  std::size_t num_kept_ = 0;
};

}  // namespace

CineHeader::CineHeader(FileStream& file, std::string path) : path_(std::move(path)) {
  Walk(file, path_, values_).run();
}

CineHeader open_cine_header(const std::string& path) {
  const std::unique_ptr<FileTree> tree = open_single_file(path, "a DICOM cine");
  return CineHeader(*tree->open(tree->files("").front()), path);
}

std::string CineHeader::text(std::uint32_t tag) const {
  const auto found = values_.find(tag);
  if (found == values_.end()) return {};
  return unpadded(found->second);
}

std::string CineHeader::needed(std::uint32_t tag, const char* name) const {
  std::string value = text(tag);
  if (value.empty())
    throw Error(ErrorKind::input, path_, std::string("has no ") + name, "a DICOM cine");
  return value;
}

int CineHeader::number(std::uint32_t tag, const char* name) const {
  const auto found = values_.find(tag);
  const bool is_there = found != values_.end() && found->second.size() == 2;
  const int number =
      is_there ? u16(reinterpret_cast<const std::uint8_t*>(found->second.data())) : 0;
  if (number == 0)
    throw Error(ErrorKind::input, path_, std::string("has no ") + name, "a DICOM image");
  return number;
}

int CineHeader::num_frames() const {
  constexpr std::uint32_t kNumberOfFrames = 0x00280008;
  const std::string frames = text(kNumberOfFrames);
  if (frames.empty()) return 1;
  const std::string_view digits = trimmed(frames);
  int count = 0;
  const auto [end, why] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (why != std::errc() || end != digits.data() + digits.size() || count < 1)
    throw Error(ErrorKind::input, path_, "has no NumberOfFrames", "a whole number");
  return count;
}

}  // namespace angiobench::dicom
