// SPDX-License-Identifier: MIT
#include "dataset/files/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "dataset/files/passing_failure.h"
#include "dataset/files/temporary_name.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

std::string system_words() { return std::strerror(errno); }

// Where a file is written: a link stays what it is, what it leads to is written. What is renamed
// over goes: a device or a pipe must not.
std::string place_of(const std::string& path) {
  constexpr const char* kExpected = "the name of a file to write";
  struct stat info {};
  boost::system::error_code code;
  const bool is_link = ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
  if (::stat(path.c_str(), &info) != 0) {
    if (is_link)
      throw Error(ErrorKind::input, path, "is a link that leads nowhere (" + system_words() + ")",
                  kExpected);
    return path;
  }
  if (!S_ISREG(info.st_mode))
    throw Error(ErrorKind::input, path, "is " + std::string(kind_of_file(info.st_mode)), kExpected);
  if (!is_link) return path;
  const std::string place = boost::filesystem::canonical(path, code).string();
  return code ? path : place;
}

// Once a folder: many files may be written into it.
void remove_leftovers_once(const std::string& folder) {
  static std::mutex mutex;
  static std::set<std::string> done;
  {
    const std::lock_guard lock(mutex);
    if (!done.insert(folder).second) return;
  }
  remove_leftovers(folder);
}

// False: errno says why not.
bool write_all(int descriptor, std::span<const std::uint8_t> content) {
  Tries tries;
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && (errno == EINTR || tries.again(errno))) continue;
    if (count < 0) return false;
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

void flush_folder_of(const std::string& path) {
  const std::string folder = boost::filesystem::path(path).parent_path().string();
  const Descriptor descriptor(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() >= 0) (void)::fsync(descriptor.get());
}

AtomicFile::AtomicFile(std::string path, Flush flush) : path_(std::move(path)), flush_(flush) {
  if (flush_ == Flush::now) path_ = place_of(path_);
  above_ = std::make_unique<FoldersAbove>(path_);
  if (flush_ == Flush::with_folder) {
    temporary_ = path_;
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  } else {
    remove_leftovers_once(boost::filesystem::path(path_).parent_path().string());
    temporary_ = temporary_name(path_);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ >= 0) (void)::flock(descriptor_, LOCK_EX | LOCK_NB);  // for is_of_dead_program
  }
  if (descriptor_ < 0) {
    temporary_.clear();
    fail();
  }
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::fail() const {
  const ErrorKind kind = kind_of_failure(errno);
  const std::string words = system_words();
  throw Error(kind, place_meant(path_), "cannot be written (" + words + ")");
}

void AtomicFile::write(std::span<const std::uint8_t> content) {
  if (!write_all(descriptor_, content)) fail();
}

void AtomicFile::write(std::string_view content) {
  write(std::span(reinterpret_cast<const std::uint8_t*>(content.data()), content.size()));
}

void AtomicFile::commit() {
  if (flush_ == Flush::now && ::fsync(descriptor_) != 0 && errno != EINVAL) fail();
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) fail();
  if (flush_ == Flush::now) {
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail();
    flush_folder_of(path_);
  }
  temporary_.clear();
}

void write_file_atomically(const std::string& path, std::span<const std::uint8_t> content,
                           Flush flush) {
  AtomicFile file(path, flush);
  file.write(content);
  file.commit();
}

void write_file_atomically(const std::string& path, std::string_view content, Flush flush) {
  AtomicFile file(path, flush);
  file.write(content);
  file.commit();
}

void write_new_file(const std::string& path, std::span<const std::uint8_t> content) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  const bool is_written = descriptor >= 0 && write_all(descriptor, content);
  const std::string words = is_written ? "" : system_words();
  const bool is_closed = descriptor < 0 || ::close(descriptor) == 0;
  if (is_written && is_closed) return;
  throw Error(ErrorKind::input, path,
              "cannot be written (" + (is_written ? system_words() : words) + ")");
}

std::string read_text_file(const std::string& path, std::uint64_t max_bytes) {
  const InputFile file = open_input_file(path);
  if (file.size > max_bytes) {
    throw Error(ErrorKind::limit, path, "has " + std::to_string(file.size) + " bytes",
                "at most " + std::to_string(max_bytes));
  }
  std::string content(static_cast<std::size_t>(file.size), '\0');
  std::size_t done = 0;
  Tries tries;
  while (done < content.size()) {
    const ssize_t count =
        ::read(file.descriptor.get(), content.data() + done, content.size() - done);
    if (count < 0 && (errno == EINTR || tries.again(errno))) continue;
    if (count < 0)
      throw Error(kind_of_failure(errno), path, "cannot be read (" + system_words() + ")");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  content.resize(done);
  return plain_text(std::move(content), path);
}

}  // namespace angiobench
