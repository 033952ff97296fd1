// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/files/input_file.h"

namespace angiobench {

/// A file that is read piece by piece, or bytes in memory (tests, fuzzers). A read outside it is an
/// error, never undefined: the readers of weights can trust nothing that a file says of itself.
class ByteSource {
 public:
  explicit ByteSource(std::string path) : path_(std::move(path)) {}
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// What messages call it.
  const std::string& path() const { return path_; }
  virtual std::uint64_t size() const = 0;
  /// Fills `into` from `offset`. Throws Error{input} where that reaches past the end or the file
  /// cannot be read.
  void read(std::uint64_t offset, std::span<std::uint8_t> into) const;
  /// `count` bytes from `offset`; nothing is allocated before the range is known to be inside.
  std::vector<std::uint8_t> read(std::uint64_t offset, std::uint64_t count) const;

 private:
  virtual void read_inside(std::uint64_t offset, std::span<std::uint8_t> into) const = 0;
  void check_range(std::uint64_t offset, std::uint64_t count) const;

  std::string path_;
};

/// A regular file on disk. Throws Error{input} where it cannot be opened.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path);
  std::uint64_t size() const override { return file_.size; }

 private:
  void read_inside(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  InputFile file_;
};

/// Bytes that someone else owns and keeps.
class MemorySource final : public ByteSource {
 public:
  MemorySource(std::span<const std::uint8_t> bytes, std::string path)
      : ByteSource(std::move(path)), bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  void read_inside(std::uint64_t offset, std::span<std::uint8_t> into) const override;

  std::span<const std::uint8_t> bytes_;
};

}  // namespace angiobench
