// SPDX-License-Identifier: MIT
#include "dataset/files/json_stream.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

class FileBytes final : public RandomBytes {
 public:
  FileBytes(InputFile file, std::string shown) : file_(std::move(file)), shown_(std::move(shown)) {}

  std::uint64_t size() const override { return file_.size; }
  void read(std::uint64_t offset, std::span<char> bytes) const override {
    while (!bytes.empty()) {
      const ssize_t count =
          ::pread(file_.descriptor.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        throw Error(ErrorKind::input, shown_,
                    std::string("cannot be read (") + std::strerror(errno) + ")");
      }
      if (count == 0)
        throw Error(ErrorKind::input, shown_, "became shorter while it was read", "a whole file");
      offset += static_cast<std::uint64_t>(count);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

 private:
  InputFile file_;
  std::string shown_;
};

class TextBytes final : public RandomBytes {
 public:
  TextBytes(std::string text, std::string name) : text_(std::move(text)), name_(std::move(name)) {}

  std::uint64_t size() const override { return text_.size(); }
  void read(std::uint64_t offset, std::span<char> bytes) const override {
    if (offset > text_.size() || bytes.size() > text_.size() - offset)
      throw Error(ErrorKind::input, name_, "is shorter than expected", "a whole text");
    std::memcpy(bytes.data(), text_.data() + offset, bytes.size());
  }

 private:
  std::string text_;
  std::string name_;
};

// A window on the text that moves on. The parser reads one character after the other.
class Window {
 public:
  Window(const RandomBytes& bytes, const std::string& path, const JsonLimits& limits)
      : bytes_(bytes), path_(path), limits_(limits), buffer_(kBytes) {
    fill();
  }

  bool at_end() const { return next_ == end_; }
  char here() const { return *next_; }
  void advance() {
    ++next_;
    if (next_ == end_) fill();
  }
  // Characters that were passed.
  std::uint64_t position() const {
    return start_ + static_cast<std::uint64_t>(next_ - buffer_.data());
  }
  void told() { last_told_ = position(); }

 private:
  static constexpr std::size_t kBytes = 1 << 16;

  void fill() {
    start_ = filled_;
    if (start_ - last_told_ > limits_.max_token_bytes) {
      throw Error(ErrorKind::limit, path_,
                  "has a value of more than " + std::to_string(limits_.max_token_bytes) +
                      " bytes at byte " + std::to_string(last_told_));
    }
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(kBytes, bytes_.size() - filled_));
    bytes_.read(filled_, std::span(buffer_.data(), count));
    filled_ += count;
    next_ = buffer_.data();
    end_ = next_ + count;
  }

  const RandomBytes& bytes_;
  const std::string& path_;
  const JsonLimits& limits_;
  std::vector<char> buffer_;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  std::uint64_t start_ = 0;      // of the buffer, in the text
  std::uint64_t filled_ = 0;     // its end
  std::uint64_t last_told_ = 0;  // where the last value ended
};

// What the parser takes its characters from.
class Characters {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  explicit Characters(Window* window = nullptr) : window_(window) {}
  char operator*() const { return window_->here(); }
  Characters& operator++() {
    window_->advance();
    return *this;
  }
  Characters operator++(int) {
    Characters before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Characters& left, const Characters& right) {
    return left.is_end() == right.is_end();
  }
  friend bool operator!=(const Characters& left, const Characters& right) {
    return !(left == right);
  }

 private:
  bool is_end() const { return window_ == nullptr || window_->at_end(); }
  Window* window_;
};

// The line of a byte: the text is read again for it, in case of a mistake only.
std::uint64_t line_of(const RandomBytes& bytes, std::uint64_t position) {
  std::uint64_t line = 1;
  std::vector<char> buffer(1 << 16);
  position = std::min(position, bytes.size());
  for (std::uint64_t at = 0; at < position;) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), position - at));
    const std::span<char> piece(buffer.data(), count);
    bytes.read(at, piece);
    line += static_cast<std::uint64_t>(std::ranges::count(piece, '\n'));
    at += count;
  }
  return line;
}

}  // namespace

// Between the parser and who listens.
class JsonStream {
 public:
  using Json = nlohmann::json;
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  JsonStream(Window& window, const RandomBytes& bytes, const std::string& path, JsonEvents& events,
             const JsonLimits& limits)
      : window_(window), bytes_(bytes), path_(path), events_(events), limits_(limits) {}

  bool null() {
    return tell([&] { events_.on_null(); });
  }
  bool boolean(bool value) {
    return tell([&] { events_.on_boolean(value); });
  }
  bool number_integer(number_integer_t value) {
    return tell([&] { events_.on_integer(value); });
  }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) {
      throw Error(ErrorKind::input, path_,
                  "has the number " + std::to_string(value) + " in line " +
                      std::to_string(line_of(bytes_, window_.position())),
                  "whole numbers below 2^63");
    }
    return tell([&] { events_.on_integer(static_cast<std::int64_t>(value)); });
  }
  bool number_float(number_float_t value, const string_t&) {
    return tell([&] { events_.on_number(value); });
  }
  bool string(string_t& value) {
    return tell([&] { events_.on_string(value); });
  }
  bool binary(binary_t&) { return false; }
  bool key(string_t& value) {
    return tell([&] { events_.on_key(value); });
  }
  bool start_object(std::size_t) {
    enter();
    return tell([&] { events_.on_object(); });
  }
  bool end_object() {
    --depth_;
    return tell([&] { events_.on_object_end(); });
  }
  bool start_array(std::size_t) {
    enter();
    return tell([&] { events_.on_array(); });
  }
  bool end_array() {
    --depth_;
    return tell([&] { events_.on_array_end(); });
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) {
    throw Error(ErrorKind::input, path_,
                "is not JSON: mistake in line " +
                    std::to_string(line_of(bytes_, window_.position())) + ", at byte " +
                    std::to_string(window_.position()),
                "valid JSON");
  }

 private:
  template <typename Tell>
  bool tell(const Tell& tell_events) {
    events_.position_ = window_.position();
    tell_events();
    window_.told();
    return true;
  }

  void enter() {
    if (++depth_ <= limits_.max_depth) return;
    throw Error(ErrorKind::limit, path_,
                "JSON nested deeper than " + std::to_string(limits_.max_depth) + " levels");
  }

  Window& window_;
  const RandomBytes& bytes_;
  const std::string& path_;
  JsonEvents& events_;
  const JsonLimits& limits_;
  int depth_ = 0;
};

std::unique_ptr<RandomBytes> open_random_bytes(const std::string& path, std::string_view expected,
                                               const std::string& shown_as) {
  return std::make_unique<FileBytes>(open_input_file(path, expected, shown_as),
                                     shown_as.empty() ? path : shown_as);
}

std::unique_ptr<RandomBytes> random_bytes_of(std::string text, const std::string& name) {
  return std::make_unique<TextBytes>(std::move(text), name);
}

void stream_json(const RandomBytes& bytes, const std::string& path, JsonEvents& events,
                 const JsonLimits& limits) {
  std::string start(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), 8)), '\0');
  bytes.read(0, start);
  plain_text(start, path);  // UTF-16 is told
  Window window(bytes, path, limits);
  JsonStream stream(window, bytes, path, events, limits);
  nlohmann::json::sax_parse(Characters(&window), Characters(), &stream);
}

}  // namespace angiobench
