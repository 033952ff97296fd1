// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// Writes a file under a temporary name in the same folder, flushes it, then renames it, so that
/// nobody sees half of it. Missing folders are made. Throws Error{input} with the system's words;
/// the temporary file is removed.
void write_file_atomically(const std::string& path, std::string_view content);
void write_file_atomically(const std::string& path, std::span<const std::uint8_t> content);

/// As write_file_atomically, for content that comes in pieces: nothing stands at `path` before
/// commit().
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  ~AtomicFile();  // takes the temporary file away where commit() was not reached
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::uint8_t> content);
  void write(std::string_view content);
  void commit();

 private:
  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// The whole of a file. Throws Error{input} where it cannot be read or is larger than `max_bytes`.
std::string read_text_file(const std::string& path, std::uint64_t max_bytes = 64ULL << 20);

}  // namespace angiobench
