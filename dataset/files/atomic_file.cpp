// SPDX-License-Identifier: MIT
#include "dataset/files/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

std::string system_words() { return std::strerror(errno); }

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  const boost::filesystem::path target(path_);
  boost::system::error_code code;
  if (target.has_parent_path()) boost::filesystem::create_directories(target.parent_path(), code);
  if (code)
    throw Error(ErrorKind::input, path_, "the folder cannot be made (" + code.message() + ")");

  static std::atomic<unsigned> counter{0};
  temporary_ =
      path_ + ".tmp" + std::to_string(::getpid()) + "." + std::to_string(counter.fetch_add(1));
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    throw Error(ErrorKind::input, path_, "cannot be written (" + system_words() + ")");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::uint8_t> content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor_, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw Error(ErrorKind::input, path_, "cannot be written (" + system_words() + ")");
    content = content.subspan(static_cast<std::size_t>(count));
  }
}

void AtomicFile::write(std::string_view content) {
  write(std::span(reinterpret_cast<const std::uint8_t*>(content.data()), content.size()));
}

void AtomicFile::commit() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw Error(ErrorKind::input, path_, "cannot be written (" + system_words() + ")");
  }
  temporary_.clear();
}

void write_file_atomically(const std::string& path, std::span<const std::uint8_t> content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

void write_file_atomically(const std::string& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

std::string read_text_file(const std::string& path, std::uint64_t max_bytes) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    throw Error(ErrorKind::input, path, "cannot be read (" + system_words() + ")");
  struct stat info {};
  const bool is_regular = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
  if (!is_regular) {
    ::close(descriptor);
    throw Error(ErrorKind::input, path, "not a regular file", "a file");
  }
  if (static_cast<std::uint64_t>(info.st_size) > max_bytes) {
    ::close(descriptor);
    throw Error(ErrorKind::limit, path, "has " + std::to_string(info.st_size) + " bytes",
                "at most " + std::to_string(max_bytes));
  }
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t count = ::read(descriptor, content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const std::string reason = system_words();
      ::close(descriptor);
      throw Error(ErrorKind::input, path, "cannot be read (" + reason + ")");
    }
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  ::close(descriptor);
  content.resize(done);
  return plain_text(std::move(content), path);
}

}  // namespace angiobench
