// SPDX-License-Identifier: MIT
#include "dataset/files/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/passing_failure.h"

namespace angiobench {
namespace {

[[noreturn]] void fail_to_read_file(const std::string& path) {
  throw Error(kind_of_failure(errno), path,
              std::string("cannot be read (") + std::strerror(errno) + ")");
}

void refuse_no_file(const std::string& path, mode_t mode, std::string_view expected) {
  const std::string_view kind = kind_of_file(mode);
  if (kind.empty()) return;
  throw Error(ErrorKind::input, path, "is " + std::string(kind), std::string(expected));
}

}  // namespace

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  const Descriptor old(std::exchange(value_, other.release()));
  return *this;
}

int Descriptor::release() { return std::exchange(value_, -1); }

std::string_view kind_of_file(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return {};
    case S_IFDIR:
      return "a folder";
    case S_IFLNK:
      return "a link";
    case S_IFIFO:
      return "a pipe (FIFO)";
    case S_IFSOCK:
      return "a socket";
    default:
      return "a device";
  }
}

void check_input_file(const std::string& path, std::string_view expected,
                      const std::string& shown_as) {
  const std::string& shown = shown_as.empty() ? path : shown_as;
  struct stat info {};
  Tries tries;
  while (::stat(path.c_str(), &info) != 0) {
    if (!tries.again(errno)) fail_to_read_file(shown);
  }
  refuse_no_file(shown, info.st_mode, expected);
}

void check_input_folder(const std::string& path, std::string_view expected,
                        const std::string& shown_as) {
  const std::string& shown = shown_as.empty() ? path : shown_as;
  struct stat info {};
  Tries tries;
  while (::stat(path.c_str(), &info) != 0) {
    if (!tries.again(errno)) fail_to_read_file(shown);
  }
  if (S_ISDIR(info.st_mode)) return;
  const std::string_view kind = kind_of_file(info.st_mode);
  throw Error(ErrorKind::input, shown, "is " + std::string(kind.empty() ? "a file" : kind),
              std::string(expected));
}

InputFile open_input_file(const std::string& path, std::string_view expected,
                          const std::string& shown_as) {
  const std::string& shown = shown_as.empty() ? path : shown_as;
  check_input_file(path, expected, shown);
  InputFile file;
  Tries tries;
  do {
    file.descriptor = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  } while (file.descriptor.get() < 0 && tries.again(errno));
  struct stat info {};
  if (file.descriptor.get() < 0 || ::fstat(file.descriptor.get(), &info) != 0)
    fail_to_read_file(shown);
  // It may have become something else meanwhile.
  refuse_no_file(shown, info.st_mode, expected);
  file.size = static_cast<std::uint64_t>(info.st_size);
  return file;
}

}  // namespace angiobench
