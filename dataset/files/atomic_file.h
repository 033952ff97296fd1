// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

class FoldersAbove;

/// When a file reaches the disk.
enum class Flush {
  now,          // before it has its name: it stands for itself
  with_folder,  // when the folder that it is staged in does; it is written under its own name
};

/// Writes a file under a temporary name in the same folder, flushes it, then renames it, so that
/// nobody sees half of it. Missing folders are made; temporary files of programs that have ended
/// are taken away. Throws Error{input} with the system's words, or where there is something else
/// than a file; then all is as before.
void write_file_atomically(const std::string& path, std::string_view content,
                           Flush flush = Flush::now);
void write_file_atomically(const std::string& path, std::span<const std::uint8_t> content,
                           Flush flush = Flush::now);

/// Writes a file that must not be there yet into a folder that is, under its own name: for a folder
/// that nobody sees before it is whole. Throws Error{input} with the system's words.
void write_new_file(const std::string& path, std::span<const std::uint8_t> content);

/// As write_file_atomically, for content that comes in pieces: nothing stands at `path` before
/// commit().
class AtomicFile {
 public:
  explicit AtomicFile(std::string path, Flush flush = Flush::now);
  ~AtomicFile();  // takes the temporary file away where commit() was not reached
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::uint8_t> content);
  void write(std::string_view content);
  void commit();

 private:
  [[noreturn]] void fail() const;

  std::string path_;
  Flush flush_;
  std::unique_ptr<FoldersAbove> above_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// Flushes the folder that a path is in, so that the name is on the disk, too. The path is good
/// already: trouble here is none.
void flush_folder_of(const std::string& path);

/// The whole of a file. Throws Error{input} where it cannot be read or is larger than `max_bytes`.
std::string read_text_file(const std::string& path, std::uint64_t max_bytes = 64ULL << 20);

}  // namespace angiobench
