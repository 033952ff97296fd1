// SPDX-License-Identifier: MIT
#include "dataset/dicom/elements.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "dataset/dicom_reading.h"
#include "dataset/error.h"
#include "dataset/files/little_endian.h"

namespace angiobench::dicom {
namespace {

constexpr std::size_t kWindowBytes = 64 << 10;
constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr Tag kItem = 0xFFFEE000;
constexpr Tag kItemEnd = 0xFFFEE00D;
constexpr Tag kSequenceEnd = 0xFFFEE0DD;
constexpr int kMaxDepth = 16;

std::string tag_text(Tag tag) {
  char text[16];
  std::snprintf(text, sizeof text, "(%04x,%04x)", tag >> 16, tag & 0xFFFF);
  return text;
}

// Representations whose length has 32 bits (PS3.5, 7.1.2).
bool has_long_length(std::string_view vr) {
  constexpr std::string_view kLong[] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                        "SV", "UC", "UN", "UR", "UT", "UV"};
  return std::ranges::find(kLong, vr) != std::end(kLong);
}

struct ElementHead {
  Tag tag = 0;
  std::array<char, 2> vr{};
  std::uint32_t length = 0;
  std::uint64_t value_at = 0;

  std::string_view representation() const { return {vr.data(), vr[0] == 0 ? 0U : 2U}; }
};

// Where a walk is: elements from one place of the file on, to `end` at the latest.
struct Reach {
  std::uint64_t end = 0;
  ElementEncoding encoding = ElementEncoding::explicit_little;
  int depth = 0;
};

class Walk {
 public:
  Walk(HeaderFile& file, const KeptTags& kept,
       const std::function<void(const DataSet&)>& on_frame_group)
      : file_(file), kept_(kept), on_frame_group_(on_frame_group) {}

  // Group 0002, from after the mark on; returns where it ends.
  std::uint64_t read_meta(DataSet& kept) {
    std::uint64_t at = kDicomMarkEnd;
    const Reach reach{file_.size(), ElementEncoding::explicit_little, 0};
    while (at < file_.size()) {
      // What follows may be written in another way.
      std::array<std::uint8_t, 2> next_group{};
      if (reach.end - at < next_group.size()) fail_cut(0, reach);
      file_.read(at, next_group);
      if (u16(next_group.data()) != 2) break;
      const ElementHead head = read_head(at, reach);
      if (head.length == kUndefined)
        fail("has an element without a length in its first group, " + tag_text(head.tag));
      at = read_value(head, reach, kept);
    }
    return at;
  }

  void read_data(std::uint64_t at, ElementEncoding encoding, FileElements& elements) {
    const Reach reach{file_.size(), encoding, 0};
    while (at < file_.size()) {
      const ElementHead head = read_head(at, reach);
      if (head.tag == tag::kPixelData) {
        const bool is_encapsulated = head.length == kUndefined;
        elements.pixels =
            PixelPlace{head.value_at, is_encapsulated ? 0 : head.length, is_encapsulated};
        return;
      }
      // Repeating groups: 6000, 6002, … 601E.
      if ((head.tag & 0xFFE10000) == 0x60000000) elements.has_overlays = true;
      at = read_element(head, reach, elements.data);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& found, const std::string& expected = {}) const {
    throw Error(ErrorKind::input, file_.path(), found, expected);
  }

  [[noreturn]] void fail_cut(Tag tag, const Reach& reach) const {
    const std::string place = tag == 0 ? std::string() : " in the element " + tag_text(tag);
    if (reach.end < file_.size())
      fail("is malformed: a sequence ends" + place, "elements that lie in it");
    fail("is cut off: it ends" + place, "a whole file");
  }

  ElementHead read_head(std::uint64_t at, const Reach& reach) {
    std::array<std::uint8_t, 12> bytes{};
    if (reach.end - at < 8) fail_cut(0, reach);
    file_.read(at, std::span(bytes).first(8));
    ElementHead head;
    head.tag = Tag{u16(bytes.data())} << 16 | u16(bytes.data() + 2);
    head.value_at = at + 8;
    head.length = u32(bytes.data() + 4);
    const bool is_mark = head.tag >> 16 == 0xFFFE;
    if (is_mark || reach.encoding == ElementEncoding::implicit_little) return head;
    head.vr = {static_cast<char>(bytes[4]), static_cast<char>(bytes[5])};
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (!is_letter(head.vr[0]) || !is_letter(head.vr[1]))
      fail("is malformed: the element " + tag_text(head.tag) + " says no kind of value");
    head.length = u16(bytes.data() + 6);
    if (!has_long_length(head.representation())) return head;
    if (reach.end - at < 12) fail_cut(head.tag, reach);
    file_.read(at + 8, std::span(bytes).subspan(8));
    head.length = u32(bytes.data() + 8);
    head.value_at = at + 12;
    return head;
  }

  // A value of known length; returns where the next element is.
  std::uint64_t read_value(const ElementHead& head, const Reach& reach, DataSet& kept) {
    if (reach.end - head.value_at < head.length) fail_cut(head.tag, reach);
    if (std::ranges::binary_search(kept_.values, head.tag)) {
      if (head.length > kMaxValueBytes) {
        throw Error(
            ErrorKind::limit, file_.path(),
            "the element " + tag_text(head.tag) + " has " + std::to_string(head.length) + " bytes",
            "at most " + std::to_string(kMaxValueBytes));
      }
      DataElement& element = add(kept, head);
      element.value.resize(head.length);
      file_.read(head.value_at, element.value);
    }
    return head.value_at + head.length;
  }

  DataElement& add(DataSet& kept, const ElementHead& head) {
    if (kept.find(head.tag) != nullptr)
      fail("is malformed: it has the element " + tag_text(head.tag) + " twice");
    kept.elements.push_back({head.tag, head.vr, {}, {}});
    return kept.elements.back();
  }

  std::uint64_t read_element(const ElementHead& head, const Reach& reach, DataSet& kept) {
    const std::string_view vr = head.representation();
    const bool is_open = head.length == kUndefined;
    const bool is_kept_sequence = std::ranges::binary_search(kept_.sequences, head.tag) &&
                                  (vr == "SQ" || vr.empty() || is_open);
    if (is_kept_sequence) {
      DataElement& element = add(kept, head);
      DataSet first;
      const std::uint64_t at = read_sequence(head, reach, [&](DataSet item, std::size_t index) {
        if (head.tag == tag::kFrameGroups) {
          on_frame_group_(item);
        } else if (index == 0) {
          first = std::move(item);
        }
      });
      element.items.push_back(std::move(first));
      return at;
    }
    // Of what is not kept only the end has to be found.
    if (is_open) return read_sequence(head, reach, [](const DataSet&, std::size_t) {});
    return read_value(head, reach, kept);
  }

  template <typename OnItem>
  std::uint64_t read_sequence(const ElementHead& head, const Reach& outer, const OnItem& on_item) {
    if (outer.depth >= kMaxDepth) {
      throw Error(ErrorKind::limit, file_.path(),
                  "has sequences in each other, " + std::to_string(kMaxDepth) + " deep",
                  "fewer than that");
    }
    const bool is_open = head.length == kUndefined;
    if (!is_open && outer.end - head.value_at < head.length) fail_cut(head.tag, outer);
    Reach reach{is_open ? outer.end : head.value_at + head.length, outer.encoding, outer.depth + 1};
    // What a converter did not know is written as implicit (PS3.5, 6.2.2).
    if (head.representation() == "UN") reach.encoding = ElementEncoding::implicit_little;
    const bool has_fragments = head.representation() == "OB" || head.representation() == "OW";
    std::uint64_t at = head.value_at;
    for (std::size_t index = 0; is_open || at < reach.end; ++index) {
      const ElementHead item = read_head(at, reach);
      if (item.tag == kSequenceEnd && is_open) return item.value_at;
      if (item.tag != kItem)
        fail("is malformed: " + tag_text(item.tag) + " stands where the next item of " +
             tag_text(head.tag) + " was expected");
      if (has_fragments) {
        if (reach.end - item.value_at < item.length) fail_cut(head.tag, reach);
        at = item.value_at + item.length;
        continue;
      }
      DataSet kept;
      at = read_item(item, reach, kept);
      on_item(std::move(kept), index);
    }
    return at;
  }

  std::uint64_t read_item(const ElementHead& item, const Reach& outer, DataSet& kept) {
    const bool is_open = item.length == kUndefined;
    if (!is_open && outer.end - item.value_at < item.length) fail_cut(item.tag, outer);
    const Reach reach{is_open ? outer.end : item.value_at + item.length, outer.encoding,
                      outer.depth};
    std::uint64_t at = item.value_at;
    while (is_open || at < reach.end) {
      const ElementHead head = read_head(at, reach);
      if (head.tag == kItemEnd && is_open) return head.value_at;
      at = read_element(head, reach, kept);
    }
    return at;
  }

  HeaderFile& file_;
  const KeptTags& kept_;
  const std::function<void(const DataSet&)>& on_frame_group_;
};

// Whether a file is a Secure DICOM file (PS3.15, B.2), all of which is a CMS envelope (RFC 5652):
// the object identifier pkcs-7 in an ASN.1 sequence.
bool is_envelope(std::span<const std::uint8_t> first) {
  constexpr std::uint8_t kPkcs7[] = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07};
  return !first.empty() && first[0] == 0x30 &&
         std::search(first.begin(), first.end(), std::begin(kPkcs7), std::end(kPkcs7)) !=
             first.end();
}

}  // namespace

HeaderFile::HeaderFile(const std::string& path) : input_(open_input_file(path, "a DICOM file")) {
  file_.descriptor = input_.descriptor.get();
  file_.size = input_.size;
  file_.path = path;
}

void HeaderFile::read(std::uint64_t offset, std::span<std::uint8_t> bytes) {
  if (bytes.empty()) return;
  if (bytes.size() > kWindowBytes / 4) {
    file_.read(offset, bytes.data(), bytes.size());
    return;
  }
  const bool is_inside = offset >= window_at_ && offset - window_at_ <= window_.size() &&
                         window_.size() - (offset - window_at_) >= bytes.size();
  if (!is_inside) {
    const std::uint64_t left = file_.size > offset ? file_.size - offset : 0;
    window_.resize(static_cast<std::size_t>(
        std::max<std::uint64_t>(bytes.size(), std::min<std::uint64_t>(left, kWindowBytes))));
    window_at_ = offset;
    file_.read(offset, window_.data(), window_.size());
  }
  std::memcpy(bytes.data(), window_.data() + (offset - window_at_), bytes.size());
}

const DataElement* DataSet::find(Tag tag) const {
  const auto found = std::ranges::find(elements, tag, &DataElement::tag);
  return found == elements.end() ? nullptr : &*found;
}

const DataSet* DataSet::item(Tag sequence) const {
  const DataElement* const element = find(sequence);
  return element == nullptr || element->items.empty() ? nullptr : &element->items.front();
}

std::string DataSet::text(Tag tag) const {
  const DataElement* const element = find(tag);
  if (element == nullptr) return {};
  std::string text(element->value.begin(), element->value.end());
  constexpr std::string_view kPadding(" \0", 2);
  text.erase(text.find_last_not_of(kPadding) + 1);
  text.erase(0, std::min(text.find_first_not_of(kPadding), text.size()));
  return text;
}

std::optional<int> DataSet::u16_at(Tag tag) const {
  const DataElement* const element = find(tag);
  if (element == nullptr || element->value.size() < 2) return std::nullopt;
  return u16(element->value.data());
}

std::vector<double> DataSet::numbers(Tag tag) const {
  const DataElement* const element = find(tag);
  if (element == nullptr) return {};
  std::vector<double> numbers;
  const bool is_binary =
      tag == tag::kSourceToIsocenter || (element->vr[0] == 'F' && element->vr[1] == 'D');
  if (is_binary) {
    for (std::size_t at = 0; at + 8 <= element->value.size(); at += 8) {
      numbers.push_back(std::bit_cast<double>(u64(element->value.data() + at)));
      if (!std::isfinite(numbers.back())) return {};
    }
    return numbers;
  }
  const std::string all = text(tag);
  for (std::size_t begin = 0; begin <= all.size() && !all.empty();) {
    const std::size_t end = std::min(all.find('\\', begin), all.size());
    std::string_view one(all.data() + begin, end - begin);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with('+')) one.remove_prefix(1);
    double number = 0;
    const auto [rest, code] = std::from_chars(one.data(), one.data() + one.size(), number);
    if (code != std::errc() || rest != one.data() + one.size() || !std::isfinite(number)) return {};
    numbers.push_back(number);
    begin = end + 1;
  }
  return numbers;
}

FileElements read_elements(HeaderFile& file, const KeptTags& kept,
                           const std::function<ElementEncoding(const DataSet& meta)>& encoding,
                           const std::function<void(const DataSet& group)>& on_frame_group) {
  std::vector<std::uint8_t> first(
      static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kDicomMarkEnd)));
  file.read(0, first);
  if (!has_dicom_mark(first)) {
    if (is_envelope(first)) {
      throw Error(ErrorKind::input, file.path(),
                  "is encrypted or signed as a whole (a Secure DICOM file, CMS)",
                  "a DICOM file that its sender has decrypted");
    }
    throw Error(ErrorKind::input, file.path(),
                file.size() == 0 ? "is empty" : "is not DICOM: there is no 'DICM' at byte 128",
                "a DICOM file (PS3.10)");
  }
  FileElements elements;
  Walk walk(file, kept, on_frame_group);
  const std::uint64_t begin = walk.read_meta(elements.meta);
  walk.read_data(begin, encoding(elements.meta), elements);
  return elements;
}

}  // namespace angiobench::dicom
