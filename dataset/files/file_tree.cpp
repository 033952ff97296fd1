// SPDX-License-Identifier: MIT
#include "dataset/files/file_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dataset/files/archive_name.h"
#include "dataset/error.h"
#include "dataset/files/zip_tree.h"

namespace angiobench {
namespace {

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

class FolderTree final : public FileTree {
 public:
  FolderTree(std::string path, int descriptor) : path_(std::move(path)), root_(descriptor) {
    while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  }

  std::string display_path(std::string_view relative) const override {
    return join_path(path_, relative);
  }

  std::vector<std::string> folders(std::string_view relative) const override {
    return list(relative, S_IFDIR);
  }
  std::vector<std::string> files(std::string_view relative) const override {
    return list(relative, S_IFREG);
  }

  bool has_file(std::string_view relative) const override {
    struct stat info {};
    return ::fstatat(root_.get(), std::string(relative).c_str(), &info, 0) == 0 &&
           S_ISREG(info.st_mode);
  }

  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    const Descriptor file(
        ::openat(root_.get(), std::string(relative).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) {
      if (errno == ENOENT || errno == ENOTDIR) return false;
      throw Error(ErrorKind::input, display_path(relative),
                  std::string("cannot be opened (") + std::strerror(errno) + ")");
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
      throw Error(ErrorKind::input, display_path(relative), "not a regular file", "a file");
    }
    if (info.st_size > kMaxFileBytes) {
      throw Error(ErrorKind::limit, display_path(relative),
                  "has " + std::to_string(info.st_size) + " bytes",
                  "at most " + std::to_string(kMaxFileBytes));
    }
    bytes.resize(static_cast<std::size_t>(info.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        throw Error(ErrorKind::input, display_path(relative),
                    std::string("cannot be read (") + std::strerror(errno) + ")");
      }
      if (count == 0) break;  // it shrank meanwhile: the decoder will say that it is truncated
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return true;
  }

 private:
  static constexpr off_t kMaxFileBytes = off_t{1} << 30;

  std::vector<std::string> list(std::string_view relative, mode_t kind) const {
    std::vector<std::string> names;
    const std::string folder = relative.empty() ? std::string(".") : std::string(relative);
    const int descriptor =
        ::openat(root_.get(), folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return names;
    DIR* const stream = ::fdopendir(descriptor);
    if (stream == nullptr) {
      ::close(descriptor);
      return names;
    }
    while (const dirent* entry = ::readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == ".." || is_desktop_debris(name)) continue;
      mode_t found = entry->d_type == DT_DIR ? S_IFDIR : entry->d_type == DT_REG ? S_IFREG : 0;
      if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) {
        struct stat info {};
        if (::fstatat(::dirfd(stream), entry->d_name, &info, 0) == 0) found = info.st_mode & S_IFMT;
      }
      if (found == kind) names.emplace_back(name);
    }
    ::closedir(stream);
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string path_;
  Descriptor root_;
};

}  // namespace

std::string join_path(std::string_view left, std::string_view right) {
  if (left.empty() || left == ".") return std::string(right);
  if (right.empty() || right == ".") return std::string(left);
  std::string path(left);
  if (path.back() != '/') path += '/';
  path += right;
  return path;
}

std::unique_ptr<FileTree> open_folder(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    throw Error(ErrorKind::input, path,
                std::string("cannot be opened as a folder (") + std::strerror(errno) + ")",
                "a folder");
  }
  return std::make_unique<FolderTree>(path, descriptor);
}

std::unique_ptr<FileTree> open_file_tree(const std::string& path, const ArchiveLimits& limits) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    throw Error(ErrorKind::input, path, std::string("not found (") + std::strerror(errno) + ")",
                "a folder or a zip");
  }
  if (S_ISDIR(info.st_mode)) return open_folder(path);
  if (!S_ISREG(info.st_mode))
    throw Error(ErrorKind::input, path, "not a regular file", "a folder or a zip");

  // Decide by the first bytes, never by the name.
  char first[8] = {};
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t count = file.get() < 0 ? -1 : ::pread(file.get(), first, sizeof first, 0);
  if (count < 0) {
    throw Error(ErrorKind::input, path,
                std::string("cannot be read (") + std::strerror(errno) + ")", "a folder or a zip");
  }
  const std::string_view kind = archive_kind({first, static_cast<std::size_t>(count)});
  if (kind == "zip") return open_zip(path, limits);
  throw Error(
      ErrorKind::input, path,
      kind.empty() ? "is neither a folder nor a zip" : "is a " + std::string(kind) + " file",
      "a folder or a zip");
}

}  // namespace angiobench
