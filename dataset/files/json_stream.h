// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace angiobench {

/// A file whose bytes may be read anywhere, from several threads.
class RandomBytes {
 public:
  virtual ~RandomBytes() = default;
  virtual std::uint64_t size() const = 0;
  /// Throws Error{input} where there are not so many bytes, as of a file that was cut meanwhile.
  virtual void read(std::uint64_t offset, std::span<char> bytes) const = 0;
};

/// A file that somebody named. Throws Error{input} as open_input_file.
std::unique_ptr<RandomBytes> open_random_bytes(const std::string& path,
                                               std::string_view expected = "a file",
                                               const std::string& shown_as = {});
/// A text in memory, called `name` in messages.
std::unique_ptr<RandomBytes> random_bytes_of(std::string text, const std::string& name);

/// What a JSON text says, value by value, in its order. What leaves a member as an exception ends
/// the reading.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual void on_null() {}
  virtual void on_boolean(bool) {}
  virtual void on_integer(std::int64_t) {}
  virtual void on_number(double) {}
  virtual void on_string(std::string_view) {}
  virtual void on_key(std::string_view) {}
  virtual void on_object() {}
  virtual void on_object_end() {}
  virtual void on_array() {}
  virtual void on_array_end() {}

  /// Bytes up to and with the last one of the string, key, word or bracket that is told now. Of
  /// numbers, one more.
  std::uint64_t position() const { return position_; }

 private:
  friend class JsonStream;
  std::uint64_t position_ = 0;
};

struct JsonLimits {
  int max_depth = 64;
  /// Of one string, number or gap: so much of the text is held at a time.
  std::uint64_t max_token_bytes = 16ULL << 20;
};

/// Reads a JSON text of any length with little memory. A byte order mark is skipped. Throws
/// Error{input} for UTF-16, for what is no JSON (with its line) and for an integer beyond 64 bits,
/// Error{limit} where one of the limits is hit.
void stream_json(const RandomBytes& bytes, const std::string& path, JsonEvents& events,
                 const JsonLimits& limits = {});

}  // namespace angiobench
