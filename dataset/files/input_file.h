// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace angiobench {

/// A descriptor that closes itself; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  int get() const { return value_; }
  int release();

 private:
  int value_;
};

/// What messages call an entry that is no regular file ("a folder", "a pipe (FIFO)"); empty for one
/// that is.
std::string_view kind_of_file(mode_t mode);

struct InputFile {
  Descriptor descriptor;
  std::uint64_t size = 0;  // bytes
};

/// Opens a file that somebody named, for reading. Whatever is no regular file (a folder, a pipe, a
/// device) is never opened nor waited for: Error{input} says what it is and what was `expected`
/// ("a zip"), or why the system refuses. Messages call it `shown_as`; empty: as its path.
InputFile open_input_file(const std::string& path, std::string_view expected = "a file",
                          const std::string& shown_as = {});

/// The same without opening, for files that a library opens by their name.
void check_input_file(const std::string& path, std::string_view expected = "a file",
                      const std::string& shown_as = {});

/// Asks the same of a folder that somebody named.
void check_input_folder(const std::string& path, std::string_view expected = "a folder",
                        const std::string& shown_as = {});

}  // namespace angiobench
