// SPDX-License-Identifier: MIT
#include "dataset/masks/coco_mask.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

constexpr std::int64_t kLongestSide = 1 << 26;
constexpr int kMostDepth = 64;

[[noreturn]] void fail(const std::string& found, const std::string& expected) {
  throw Error(ErrorKind::input, "", found, expected);
}

[[noreturn]] void fail_as_json() {
  fail("the mask is cut off or no JSON", "what the file's first reading found");
}

// Walks over one JSON value whose form was checked when the file was indexed; what has changed
// since is told and nothing more.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  char peek() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    if (at_ == text_.size()) fail_as_json();
    return text_[at_];
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  void need(char wanted) {
    if (!take(wanted)) fail_as_json();
  }

  // The characters between quotes; `storage` holds them where some were escaped.
  std::string_view string(std::string& storage) {
    need('"');
    const std::size_t begin = at_;
    const std::size_t end = text_.find_first_of("\"\\", begin);
    if (end == std::string_view::npos) fail_as_json();
    if (text_[end] == '"') {
      at_ = end + 1;
      return text_.substr(begin, end - begin);
    }
    storage.assign(text_.substr(begin, end - begin));
    for (at_ = end; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return storage;
      }
      storage += c == '\\' ? escaped() : c;
    }
    fail_as_json();
  }

  std::optional<std::int64_t> integer() {
    peek();
    std::int64_t value = 0;
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    const auto [next, error] = std::from_chars(begin, end, value);
    const bool goes_on = next != end && (*next == '.' || *next == 'e' || *next == 'E');
    if (error != std::errc{} || goes_on) return std::nullopt;
    at_ += static_cast<std::size_t>(next - begin);
    return value;
  }

  std::optional<double> number() {
    peek();
    double value = 0;
    const char* const begin = text_.data() + at_;
    const auto [next, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc{}) return std::nullopt;
    at_ += static_cast<std::size_t>(next - begin);
    return value;
  }

  // Passes over any value.
  void skip() {
    std::string unused;
    int depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        string(unused);
      } else if (c == '{' || c == '[') {
        if (++depth > kMostDepth) fail_as_json();
        ++at_;
      } else if (c == '}' || c == ']') {
        if (--depth < 0) fail_as_json();
        ++at_;
      } else if (c == ',' || c == ':') {
        if (depth == 0) fail_as_json();
        ++at_;
      } else {
        while (at_ < text_.size() && !is_blank(text_[at_]) &&
               std::string_view(",:{}[]\"").find(text_[at_]) == std::string_view::npos)
          ++at_;
      }
    } while (depth > 0);
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  // The character that a backslash and what follows stand for; at_ is left on its last one.
  char escaped() {
    if (++at_ == text_.size()) fail_as_json();
    switch (text_[at_]) {
      case '\\':
      case '/':
      case '"':
        return text_[at_];
      case 'u': {
        unsigned value = 0;
        if (text_.size() - at_ < 5) fail_as_json();
        const char* const begin = text_.data() + at_ + 1;
        const auto [next, error] = std::from_chars(begin, begin + 4, value, 16);
        if (error != std::errc{} || next != begin + 4) fail_as_json();
        at_ += 4;
        return value < 0x80 ? static_cast<char>(value) : '\x7F';
      }
      default:
        return '\x7F';  // no character of run lengths
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

RunLengths& next_part(CocoMask& mask) {
  if (mask.num_parts == mask.parts.size()) mask.parts.emplace_back();
  RunLengths& part = mask.parts[mask.num_parts++];
  part.clear();
  return part;
}

std::uint64_t num_pixels(const CocoMask& mask) {
  return static_cast<std::uint64_t>(mask.width) * static_cast<std::uint64_t>(mask.height);
}

// The size that holds: the mask's own, that of its picture, or both where they agree.
void settle_size(CocoMask& mask, int width, int height) {
  if (mask.width == 0) {
    mask.width = width;
    mask.height = height;
    if (width == 0) fail("the mask has no size", "\"size\": [height, width]");
  }
  if (width > 0 && (mask.width != width || mask.height != height)) {
    fail("the mask is " + size_text(mask.width, mask.height) + " (\"size\": [" +
             std::to_string(mask.height) + ", " + std::to_string(mask.width) + "])",
         size_text(width, height) + turned_words(mask.width, mask.height, width, height));
  }
  const std::uint64_t most = MaskDecodeOptions().max_pixels;  // as of a PNG
  if (num_pixels(mask) > most) {
    throw Error(ErrorKind::limit, "",
                "the mask has " + size_text(mask.width, mask.height) + " pixels",
                "at most " + std::to_string(most));
  }
}

void read_size(Cursor& cursor, CocoMask& mask) {
  std::optional<std::int64_t> height;
  std::optional<std::int64_t> width;
  if (cursor.take('[')) height = cursor.integer();
  if (height && cursor.take(',')) width = cursor.integer();
  const bool is_size = width && *height > 0 && *width > 0 && *height <= kLongestSide &&
                       *width <= kLongestSide && cursor.take(']');
  if (!is_size) fail("the mask's size is no size", "\"size\": [height, width]");
  mask.width = static_cast<int>(*width);
  mask.height = static_cast<int>(*height);
}

// The lengths as they stand: a text, or numbers.
struct Counts {
  enum class Kind { none, text, plain } kind = Kind::none;
  std::string_view text;
};

Counts read_counts(Cursor& cursor, CocoMask& mask) {
  Counts counts;
  if (cursor.peek() == '"') {
    counts.kind = Counts::Kind::text;
    counts.text = cursor.string(mask.text);
    return counts;
  }
  if (!cursor.take('[')) fail("the run lengths are neither a text nor a list", "\"counts\"");
  counts.kind = Counts::Kind::plain;
  mask.plain.clear();
  while (!cursor.take(']')) {
    if (!mask.plain.empty()) cursor.need(',');
    const auto length = cursor.integer();
    if (!length) fail("a run length is no whole number", "whole numbers");
    mask.plain.push_back(*length);
  }
  return counts;
}

void decode_counts(const Counts& counts, CocoMask& mask) {
  RunLengths& lengths = next_part(mask);
  if (counts.kind == Counts::Kind::plain) {
    check_run_lengths(mask.plain, num_pixels(mask));
    for (const std::int64_t length : mask.plain)
      lengths.push_back(static_cast<std::uint32_t>(length));
    return;
  }
  if (counts.text.starts_with("b'")) {
    fail("the run lengths are what Python prints of bytes, b'…'",
         "their characters (counts.decode('ascii') before json.dump)");
  }
  parse_run_lengths(counts.text, num_pixels(mask), lengths);
}

void read_object(Cursor& cursor, int width, int height, CocoMask& mask) {
  Counts counts;
  std::string key_storage;
  cursor.need('{');
  bool is_first = true;
  while (!cursor.take('}')) {
    if (!is_first) cursor.need(',');
    is_first = false;
    const std::string_view key = cursor.string(key_storage);
    const bool is_size = key == "size";
    const bool is_counts = key == "counts" || key == "rle";
    cursor.need(':');
    if (is_size) {
      read_size(cursor, mask);
    } else if (is_counts) {
      counts = read_counts(cursor, mask);
    } else {
      cursor.skip();
    }
  }
  if (counts.kind == Counts::Kind::none) fail("the mask has no run lengths", "\"counts\"");
  settle_size(mask, width, height);
  decode_counts(counts, mask);
}

void read_outlines(Cursor& cursor, int width, int height, CocoMask& mask) {
  settle_size(mask, width, height);
  cursor.need('[');
  bool is_first = true;
  while (!cursor.take(']')) {
    if (!is_first) cursor.need(',');
    is_first = false;
    if (!cursor.take('[')) fail("an outline is no list", "[[x, y, x, y, …], …]");
    mask.points.clear();
    while (!cursor.take(']')) {
      if (!mask.points.empty()) cursor.need(',');
      const auto value = cursor.number();
      if (!value) fail("an outline has a value that is no number", "x and y in pixels");
      mask.points.push_back(*value);
    }
    next_part(mask) = polygon_lengths(mask.points, mask.width, mask.height);
  }
}

}  // namespace

void read_coco_mask(std::string_view value, int width, int height, CocoMask& mask) {
  mask.width = 0;
  mask.height = 0;
  mask.num_parts = 0;
  Cursor cursor(value);
  cursor.take(':');
  switch (cursor.peek()) {
    case '{':
      return read_object(cursor, width, height, mask);
    case '[':
      return read_outlines(cursor, width, height, mask);
    case '"':
      settle_size(mask, width, height);
      return decode_counts(read_counts(cursor, mask), mask);
    default:
      fail("the segmentation is no mask", "run lengths, a list of outlines, or null");
  }
}

}  // namespace angiobench
