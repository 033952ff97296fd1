// SPDX-License-Identifier: MIT
#include "dataset/files/output_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "dataset/error.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

// Up to so many files are flushed one by one; with more, the whole file system once is cheaper.
constexpr std::size_t kMaxSingleFlushes = 64;

std::string system_words() { return std::strerror(errno); }

std::string trimmed(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

// Flushes one file or folder; throws where the system says that it could not be kept.
void flush(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool good = descriptor >= 0 && (::fsync(descriptor) == 0 || errno == EINVAL);
  const std::string words = good ? std::string{} : system_words();
  if (descriptor >= 0) ::close(descriptor);
  if (!good) throw Error(ErrorKind::input, path, "cannot be written (" + words + ")");
}

void flush_tree(const std::string& folder) {
  std::vector<std::string> paths;
  boost::system::error_code code;
  for (fs::recursive_directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    paths.push_back(entry->path().string());
  }
  if (code) throw Error(ErrorKind::input, folder, "cannot be read again (" + code.message() + ")");
  if (paths.size() <= kMaxSingleFlushes) {
    for (const std::string& path : paths) flush(path);
    flush(folder);
    return;
  }
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = descriptor >= 0 && ::syncfs(descriptor) == 0;
  const std::string words = good ? std::string{} : system_words();
  if (descriptor >= 0) ::close(descriptor);
  if (!good) throw Error(ErrorKind::input, folder, "cannot be written (" + words + ")");
}

// Whether the program stands in `folder` or below: a shell would be left in a folder that is gone.
bool holds_working_folder(const std::string& folder) {
  boost::system::error_code code;
  const fs::path here = fs::current_path(code);
  const fs::path there = fs::canonical(folder, code);
  if (code) return true;
  return std::mismatch(there.begin(), there.end(), here.begin(), here.end()).first == there.end();
}

bool exchange_folders(const std::string& left, const std::string& right) {
#ifdef RENAME_EXCHANGE
  return ::renameat2(AT_FDCWD, left.c_str(), AT_FDCWD, right.c_str(), RENAME_EXCHANGE) == 0;
#else
  (void)left;
  (void)right;
  return false;
#endif
}

std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> names;
  boost::system::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

OutputFolder::OutputFolder(std::string path, ExistingFolder existing)
    : path_(trimmed(std::move(path))) {
  boost::system::error_code code;
  // A link stays what it is: what it leads to is written.
  const fs::path real = fs::canonical(path_, code);
  const bool is_there = !code;
  const std::string target = is_there ? real.string() : path_;
  if (is_there && !fs::is_directory(target, code))
    throw Error(ErrorKind::input, path_, "is not a folder", "a folder, or a new name");
  const bool is_empty = is_there && fs::is_empty(target, code);
  if (is_there && !is_empty && existing == ExistingFolder::refuse) {
    throw Error(ErrorKind::input, path_, "exists already",
                "a folder that does not exist yet, or an empty one");
  }
  path_ = target;

  static std::atomic<unsigned> counter{0};
  const fs::path place(path_);
  const std::string hidden = "." + place.filename().string() + ".tmp" + std::to_string(::getpid()) +
                             "." + std::to_string(counter.fetch_add(1));
  if (place.has_parent_path()) fs::create_directories(place.parent_path(), code);
  staged_ = (place.parent_path() / hidden).string();
  if (::mkdir(staged_.c_str(), 0777) == 0) return;
  const std::string words = system_words();
  if (is_there) {
    staged_ = (place / hidden).string();
    if (::mkdir(staged_.c_str(), 0777) == 0) return;
  }
  staged_.clear();
  throw Error(ErrorKind::input, path_, "the folder cannot be made (" + words + ")");
}

OutputFolder::~OutputFolder() {
  boost::system::error_code code;
  if (!staged_.empty()) fs::remove_all(staged_, code);
}

std::string OutputFolder::file(const std::string& relative) const {
  return staged_ + "/" + relative;
}

// Entries of the folder that was there and that the new one does not have come along.
void OutputFolder::keep_other_entries() {
  for (const std::string& name : entries_of(staged_)) {
    const std::string place = path_ + "/" + name;
    if (exists(place)) continue;
    if (::rename((staged_ + "/" + name).c_str(), place.c_str()) == 0) continue;
    const std::string words = system_words();
    const std::string left = std::exchange(staged_, {});  // nothing of it is taken away
    throw Error(ErrorKind::input, place, "cannot be kept (" + words + "); it lies in " + left);
  }
}

void OutputFolder::exchange_entries() {
  const std::string old = staged_ + "/.old";
  if (::mkdir(old.c_str(), 0777) != 0)
    throw Error(ErrorKind::input, path_, "cannot be written (" + system_words() + ")");
  std::vector<std::pair<std::string, std::string>> moved;  // from, to
  const auto move = [&](const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return false;
    moved.emplace_back(from, to);
    return true;
  };
  for (const std::string& name : entries_of(staged_)) {
    if (name == ".old") continue;
    const std::string place = path_ + "/" + name;
    const bool out_of_the_way = !exists(place) || move(place, old + "/" + name);
    if (out_of_the_way && move(staged_ + "/" + name, place)) continue;
    const std::string words = system_words();
    for (auto step = moved.rbegin(); step != moved.rend(); ++step)
      ::rename(step->second.c_str(), step->first.c_str());
    throw Error(ErrorKind::input, place, "cannot be written (" + words + ")");
  }
}

void OutputFolder::commit() {
  struct stat info {};
  const bool is_there = ::stat(path_.c_str(), &info) == 0;
  if (is_there) ::chmod(staged_.c_str(), info.st_mode & 07777);
  flush_tree(staged_);
  const bool may_move = !is_there || !holds_working_folder(path_);
  // Where nothing stands, or an empty folder, the whole takes its place.
  if (may_move && ::rename(staged_.c_str(), path_.c_str()) == 0) {
    staged_.clear();
  } else if (!is_there) {
    throw Error(ErrorKind::input, path_, "cannot be put in place (" + system_words() + ")");
  } else if (may_move && exchange_folders(staged_, path_)) {
    keep_other_entries();
  } else {
    exchange_entries();
  }
  const fs::path parent = fs::path(path_).parent_path();
  flush(parent.empty() ? "." : parent.string());
}

}  // namespace angiobench
