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

[[noreturn]] void fail_to_read(const std::string& path) {
  throw Error(ErrorKind::input, path, std::string("cannot be read (") + std::strerror(errno) + ")");
}

class DescriptorStream final : public FileStream {
 public:
  DescriptorStream(int descriptor, std::uint64_t size, std::string path)
      : file_(descriptor), size_(size), path_(std::move(path)) {}

  std::uint64_t size() const override { return size_; }
  void read(std::span<std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::read(file_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail_to_read(path_);
      if (count == 0) throw Error(ErrorKind::input, path_, "ends too early", "a whole file");
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

 private:
  Descriptor file_;
  std::uint64_t size_;
  std::string path_;
};

// A file that was read as a whole.
class BytesStream final : public FileStream {
 public:
  BytesStream(std::vector<std::uint8_t> bytes, std::string path)
      : bytes_(std::move(bytes)), path_(std::move(path)) {}

  std::uint64_t size() const override { return bytes_.size(); }
  void read(std::span<std::uint8_t> bytes) override {
    if (bytes.size() > bytes_.size() - position_)
      throw Error(ErrorKind::input, path_, "ends too early", "a whole file");
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(position_), bytes.size(),
                bytes.begin());
    position_ += bytes.size();
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t position_ = 0;
  std::string path_;
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
    std::uint64_t size = 0;
    const Descriptor file(open_file(relative, size));
    if (file.get() < 0) return false;
    bytes.resize(static_cast<std::size_t>(size));
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail_to_read(display_path(relative));
      if (count == 0) break;  // it shrank meanwhile: the decoder will say that it is truncated
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return true;
  }

  std::unique_ptr<FileStream> open(std::string_view relative) const override {
    std::uint64_t size = 0;
    const int descriptor = open_file(relative, size);
    if (descriptor < 0) return nullptr;
    return std::make_unique<DescriptorStream>(descriptor, size, display_path(relative));
  }

 private:
  // A descriptor and the file's size; -1 where there is no such file.
  int open_file(std::string_view relative, std::uint64_t& size) const {
    const int descriptor =
        ::openat(root_.get(), std::string(relative).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
      if (errno == ENOENT || errno == ENOTDIR) return -1;
      throw Error(ErrorKind::input, display_path(relative),
                  std::string("cannot be opened (") + std::strerror(errno) + ")");
    }
    struct stat info {};
    if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
      ::close(descriptor);
      throw Error(ErrorKind::input, display_path(relative), "not a regular file", "a file");
    }
    if (info.st_size > kMaxFileBytes) {
      ::close(descriptor);
      throw Error(ErrorKind::limit, display_path(relative),
                  "has " + std::to_string(info.st_size) + " bytes",
                  "at most " + std::to_string(kMaxFileBytes));
    }
    size = static_cast<std::uint64_t>(info.st_size);
    return descriptor;
  }

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

std::unique_ptr<FileStream> FileTree::open(std::string_view relative) const {
  std::vector<std::uint8_t> bytes;
  if (!read(relative, bytes)) return nullptr;
  return std::make_unique<BytesStream>(std::move(bytes), display_path(relative));
}

std::string join_path(std::string_view left, std::string_view right) {
  if (left.empty() || left == ".") return std::string(right == "." ? std::string_view() : right);
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
