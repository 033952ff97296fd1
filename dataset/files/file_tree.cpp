// SPDX-License-Identifier: MIT
#include "dataset/files/file_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#if __has_include(<linux/openat2.h>)
#include <linux/openat2.h>
#endif

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>

#include "dataset/characters.h"
#include "dataset/files/archive_name.h"
#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "dataset/files/passing_failure.h"
#include "dataset/files/zip_tree.h"

namespace angiobench {
namespace {

[[noreturn]] void fail_to_read(const std::string& path) {
  throw Error(kind_of_failure(errno), path,
              std::string("cannot be read (") + std::strerror(errno) + ")");
}

class DescriptorStream final : public FileStream {
 public:
  DescriptorStream(int descriptor, std::uint64_t size, std::string path)
      : file_(descriptor), size_(size), path_(std::move(path)) {}

  std::uint64_t size() const override { return size_; }
  void read(std::span<std::uint8_t> bytes) override {
    Tries tries;
    while (!bytes.empty()) {
      const ssize_t count = ::read(file_.get(), bytes.data(), bytes.size());
      if (count < 0 && (errno == EINTR || tries.again(errno))) continue;
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
  FolderTree(std::string path, int descriptor, FolderLinks links)
      : path_(std::move(path)), root_(descriptor), links_(links) {
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
    return is_found(relative, [&] {
      const Descriptor file(open_inside(relative, O_PATH));
      return file.get() >= 0 && ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode);
    });
  }

  std::optional<std::uint64_t> file_size(std::string_view relative) const override {
    // The folder is opened once for all of its files, which are asked for one after the other.
    const std::size_t slash = relative.rfind('/');
    const std::string_view folder =
        slash == std::string_view::npos ? std::string_view(".") : relative.substr(0, slash);
    const std::string name(slash == std::string_view::npos ? relative : relative.substr(slash + 1));
    thread_local OpenFolder last;
    struct stat info {};
    const int flags = links_ == FolderLinks::follow ? 0 : AT_SYMLINK_NOFOLLOW;
    const bool is_file = is_found(relative, [&] {
      if (last.tree != number_ || last.folder != folder || last.descriptor.get() < 0) {
        last.descriptor = Descriptor(open_inside(folder, O_PATH | O_DIRECTORY));
        last.tree = number_;
        last.folder = folder;
      }
      return last.descriptor.get() >= 0 &&
             ::fstatat(last.descriptor.get(), name.c_str(), &info, flags) == 0 &&
             S_ISREG(info.st_mode);
    });
    return is_file ? std::optional(static_cast<std::uint64_t>(info.st_size)) : std::nullopt;
  }

  std::vector<OddEntry> odd_entries(std::string_view relative) const override {
    std::vector<OddEntry> odd;
    visit(relative, [&](std::string_view name, mode_t own, mode_t) {
      if (S_ISREG(own) || S_ISDIR(own)) return;
      odd.push_back({std::string(name), std::string(kind_of_file(own))});
    });
    std::ranges::sort(odd, {}, &OddEntry::name);
    return odd;
  }

  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    std::uint64_t size = 0;
    const Descriptor file(open_file(relative, kMaxReadBytes, size));
    if (file.get() < 0) return false;
    bytes.resize(static_cast<std::size_t>(size));
    std::size_t done = 0;
    Tries tries;
    while (done < bytes.size()) {
      const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
      if (count < 0 && (errno == EINTR || tries.again(errno))) continue;
      if (count < 0) fail_to_read(display_path(relative));
      if (count == 0) break;  // it shrank meanwhile: the decoder will say that it is truncated
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return true;
  }

  std::unique_ptr<FileStream> open(std::string_view relative) const override {
    std::uint64_t size = 0;
    const int descriptor = open_file(relative, kMaxFileBytes, size);
    if (descriptor < 0) return nullptr;
    return std::make_unique<DescriptorStream>(descriptor, size, display_path(relative));
  }

 private:
  // A descriptor, or -1 with errno. Where links are refused none of the parts may be one.
  int open_inside(std::string_view relative, int flags) const {
    flags |= O_CLOEXEC;
    if (links_ == FolderLinks::follow)
      return ::openat(root_.get(), std::string(relative).c_str(), flags);
#if defined(SYS_openat2) && defined(RESOLVE_BENEATH)
    // In one step, where the system knows how (Linux 5.6).
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags);
    how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
    const std::string whole(relative);
    const long opened = ::syscall(SYS_openat2, root_.get(), whole.c_str(), &how, sizeof how);
    if (opened >= 0) return static_cast<int>(opened);
#endif
    // Part by part; it also says best what is wrong.
    int place = root_.get();
    for (;;) {
      const std::size_t slash = relative.find('/');
      const std::string part(relative.substr(0, slash));
      const bool is_last = slash == std::string_view::npos;
      const int next = ::openat(place, part.c_str(),
                                O_NOFOLLOW | (is_last ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC));
      const int why = errno;
      if (place != root_.get()) ::close(place);
      errno = why;
      if (is_last || next < 0) return next;
      place = next;
      relative.remove_prefix(slash + 1);
    }
  }

  // A descriptor and the file's size; -1 where there is no such file. A pipe is never waited for.
  int open_file(std::string_view relative, off_t max_bytes, std::uint64_t& size) const {
    Tries tries;
    int descriptor = -1;
    do {
      descriptor = open_inside(relative, O_RDONLY | O_NONBLOCK);
    } while (descriptor < 0 && tries.again(errno));
    if (descriptor < 0) {
      if (errno == ENOENT || errno == ENOTDIR) return -1;
      if (errno == ELOOP)
        throw Error(ErrorKind::input, display_path(relative), "is a link", "a regular file");
      throw Error(kind_of_failure(errno), display_path(relative),
                  std::string("cannot be opened (") + std::strerror(errno) + ")");
    }
    struct stat info {};
    if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
      ::close(descriptor);
      throw Error(ErrorKind::input, display_path(relative),
                  "is " + std::string(kind_of_file(info.st_mode)), "a regular file");
    }
    if (info.st_size > max_bytes) {
      ::close(descriptor);
      throw Error(ErrorKind::limit, display_path(relative),
                  "has " + std::to_string(info.st_size) + " bytes",
                  "at most " + std::to_string(max_bytes));
    }
    size = static_cast<std::uint64_t>(info.st_size);
    return descriptor;
  }

  static constexpr off_t kMaxFileBytes = off_t{1} << 30;    // of one that is streamed
  static constexpr off_t kMaxReadBytes = off_t{200} << 20;  // of one that is read as a whole
  static constexpr std::size_t kMaxListed = 10'000;  // entries that are kept: half a megabyte

  struct CloseFolder {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };

  // An entry of a folder: what it is, and what it leads to (0 where that is nothing).
  struct Entry {
    std::string name;
    mode_t own;
    mode_t target;
  };

  // Calls visit(name, own, target) for every entry that is no debris. What was listed is kept while
  // it is little: index, scorer and validator ask the same folders for files, folders, oddities.
  template <typename Visit>
  void visit(std::string_view relative, Visit visit) const {
    std::shared_ptr<const std::vector<Entry>> entries;
    {
      const std::lock_guard lock(listed_mutex_);
      const auto found = listed_.find(relative);
      if (found != listed_.end()) entries = found->second;
    }
    if (entries == nullptr) {
      entries = std::make_shared<const std::vector<Entry>>(read_entries(relative));
      const std::lock_guard lock(listed_mutex_);
      if (num_listed_ + entries->size() > kMaxListed) {
        listed_.clear();
        num_listed_ = 0;
      }
      if (listed_.emplace(relative, entries).second) num_listed_ += entries->size();
    }
    for (const Entry& entry : *entries) visit(entry.name, entry.own, entry.target);
  }

  std::vector<Entry> read_entries(std::string_view relative) const {
    Tries tries;
    std::vector<Entry> entries;
    for (;;) {
      const int error = list_once(relative, entries);
      if (error == 0) return entries;
      entries.clear();
      if (error == ENOENT || error == ENOTDIR || error == ELOOP) return entries;
      if (tries.again(error)) continue;
      throw Error(kind_of_failure(error), display_path(relative),
                  std::string("cannot be listed (") + std::strerror(error) + ")");
    }
  }

  // Adds the entries of a folder; the system's number of what went wrong, then they are not all.
  int list_once(std::string_view relative, std::vector<Entry>& entries) const {
    const std::string folder = relative.empty() ? std::string(".") : std::string(relative);
    Descriptor descriptor(open_inside(folder, O_RDONLY | O_DIRECTORY));
    if (descriptor.get() < 0) return errno;
    const std::unique_ptr<DIR, CloseFolder> stream(::fdopendir(descriptor.get()));
    if (stream == nullptr) return errno;
    const int place = descriptor.release();
    // What a name is, or leads to; 0 where nothing is there.
    int error = 0;
    const auto mode_of = [&](const char* name, int flags) -> mode_t {
      struct stat info {};
      if (::fstatat(place, name, &info, flags) == 0) return info.st_mode & S_IFMT;
      if (may_pass(errno)) error = errno;
      return 0;
    };
    while (error == 0) {
      errno = 0;  // the end and a failure are told apart by it
      const dirent* const entry = ::readdir(stream.get());
      if (entry == nullptr) return errno;
      const std::string_view name = entry->d_name;
      if (name == "." || name == ".." || is_desktop_debris(name)) continue;
      mode_t own = DTTOIF(entry->d_type);
      if (entry->d_type == DT_UNKNOWN) own = mode_of(entry->d_name, AT_SYMLINK_NOFOLLOW);
      const mode_t target = S_ISLNK(own) ? mode_of(entry->d_name, 0) : own;
      entries.push_back({std::string(name), own, target});
    }
    return error;
  }

  // Whether `look` finds what it looks for. What fails in a way that may pass is not taken for
  // absent: it is tried again, then thrown.
  template <typename Look>
  bool is_found(std::string_view relative, Look look) const {
    Tries tries;
    for (;;) {
      errno = 0;
      if (look()) return true;
      if (tries.again(errno)) continue;
      if (!may_pass(errno)) return false;
      throw Error(kind_of_failure(errno), display_path(relative),
                  std::string("cannot be looked at (") + std::strerror(errno) + ")");
    }
  }

  std::vector<std::string> list(std::string_view relative, mode_t kind) const {
    std::vector<std::string> names;
    visit(relative, [&](std::string_view name, mode_t own, mode_t target) {
      if ((links_ == FolderLinks::follow ? target : own) == kind) names.emplace_back(name);
    });
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string path_;
  Descriptor root_;
  FolderLinks links_;
  mutable std::mutex listed_mutex_;
  mutable std::map<std::string, std::shared_ptr<const std::vector<Entry>>, std::less<>> listed_;
  mutable std::size_t num_listed_ = 0;

  // The folder in which a thread asked for a size last.
  struct OpenFolder {
    std::uint64_t tree = 0;
    std::string folder;
    Descriptor descriptor;
  };
  static std::uint64_t next_number() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }
  const std::uint64_t number_ = next_number();  // of this tree, in this program
};

// A folder of another tree.
class InnerTree final : public FileTree {
 public:
  InnerTree(std::shared_ptr<const FileTree> outer, std::string place, std::vector<Finding> notes)
      : outer_(std::move(outer)), place_(std::move(place)), notes_(outer_->notes()) {
    std::ranges::move(notes, std::back_inserter(notes_));
  }

  std::string display_path(std::string_view relative) const override {
    return outer_->display_path(join_path(place_, relative));
  }
  std::string typed_path(std::string_view relative) const override {
    return outer_->typed_path(join_path(place_, relative));
  }
  std::vector<std::string> folders(std::string_view relative) const override {
    return outer_->folders(join_path(place_, relative));
  }
  std::vector<std::string> files(std::string_view relative) const override {
    return outer_->files(join_path(place_, relative));
  }
  bool has_file(std::string_view relative) const override {
    return outer_->has_file(join_path(place_, relative));
  }
  std::vector<OddEntry> odd_entries(std::string_view relative) const override {
    return outer_->odd_entries(join_path(place_, relative));
  }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    return outer_->read(join_path(place_, relative), bytes);
  }
  std::unique_ptr<FileStream> open(std::string_view relative) const override {
    return outer_->open(join_path(place_, relative));
  }
  std::vector<Finding> notes() const override { return notes_; }
  std::optional<std::uint64_t> file_size(std::string_view relative) const override {
    return outer_->file_size(join_path(place_, relative));
  }

 private:
  std::shared_ptr<const FileTree> outer_;
  std::string place_;
  std::vector<Finding> notes_;
};

std::unique_ptr<FileTree> folder_tree(const std::string& path, const std::string& shown,
                                      FolderLinks links) {
  check_input_folder(path, "a folder", shown);
  Tries tries;
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } while (descriptor < 0 && tries.again(errno));
  if (descriptor < 0) {
    throw Error(kind_of_failure(errno), shown,
                std::string("cannot be opened as a folder (") + std::strerror(errno) + ")",
                "a folder");
  }
  return std::make_unique<FolderTree>(shown, descriptor, links);
}

// "x.zip/run", or as messages have it "x.zip!run": the folder of an archive; null where no part of
// the path is a file.
std::unique_ptr<FileTree> open_inside_archive(const std::string& path, const ArchiveLimits& limits,
                                              const std::string& shown_as) {
  for (std::size_t at = path.find_first_of("/!", 1); at != std::string::npos;
       at = path.find_first_of("/!", at + 1)) {
    const std::string archive = path.substr(0, at);
    struct stat info {};
    if (::stat(archive.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    std::string place = path.substr(at + 1);
    while (!place.empty() && place.back() == '/') place.pop_back();
    // A folder is named as it stands in the archive.
    std::unique_ptr<FileTree> outer =
        open_file_tree(archive, limits, FolderLinks::refuse, TopFolder::keep, shown_as);
    if (place.empty()) return outer;
    if (outer->folders(place).empty() && outer->files(place).empty()) {
      throw Error(ErrorKind::input, outer->typed_path(place),
                  "there is no folder '" + place + "' in " + outer->typed_path(""),
                  "a folder of the archive");
    }
    return open_inner(std::move(outer), std::move(place));
  }
  return nullptr;
}

// A file as a folder that holds it alone.
class LoneFile final : public FileTree {
 public:
  LoneFile(std::string path, std::string shown) : shown_(std::move(shown)) {
    const std::size_t slash = path.rfind('/');
    folder_ = open_folder(slash == std::string::npos ? "." : path.substr(0, slash + 1));
    name_ = slash == std::string::npos ? path : path.substr(slash + 1);
  }
  std::string display_path(std::string_view) const override { return shown_; }
  std::vector<std::string> folders(std::string_view) const override { return {}; }
  std::vector<std::string> files(std::string_view relative) const override {
    return relative.empty() ? std::vector<std::string>{name_} : std::vector<std::string>();
  }
  bool has_file(std::string_view relative) const override { return relative == name_; }
  bool read(std::string_view relative, std::vector<std::uint8_t>& bytes) const override {
    return relative == name_ && folder_->read(name_, bytes);
  }
  std::unique_ptr<FileStream> open(std::string_view relative) const override {
    return relative == name_ ? folder_->open(name_) : nullptr;
  }

 private:
  std::string shown_;
  std::string name_;
  std::unique_ptr<FileTree> folder_;
};

class MemoryStream final : public FileStream {
 public:
  explicit MemoryStream(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  void read(std::span<std::uint8_t> bytes) override {
    if (bytes.size() > bytes_.size() - used_)
      throw Error(ErrorKind::input, "", "ends early", "as many bytes as are asked for");
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), bytes.size(), bytes.begin());
    used_ += bytes.size();
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t used_ = 0;
};

}  // namespace

std::unique_ptr<FileTree> open_single_file(const std::string& path, std::string_view expected,
                                           const std::string& shown_as) {
  check_input_file(path, expected, shown_as);
  return std::make_unique<LoneFile>(path, shown_as.empty() ? path : shown_as);
}

std::unique_ptr<FileStream> stream_of(std::vector<std::uint8_t> bytes) {
  return std::make_unique<MemoryStream>(std::move(bytes));
}

std::vector<OddEntry> FileTree::odd_entries(std::string_view) const { return {}; }

std::optional<std::uint64_t> FileTree::file_size(std::string_view relative) const {
  const std::unique_ptr<FileStream> file = open(relative);
  return file != nullptr ? std::optional(file->size()) : std::nullopt;
}

std::string actual_file(const FileTree& tree, const std::string& relative) {
  if (tree.has_file(relative)) return relative;
  const std::size_t slash = relative.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string{} : relative.substr(0, slash);
  const std::string wanted = slash == std::string::npos ? relative : relative.substr(slash + 1);
  const std::size_t dot = wanted.rfind('.');
  if (dot == std::string::npos) return {};
  for (const std::string& file : tree.files(folder)) {
    if (file.size() == wanted.size() && file.compare(0, dot, wanted, 0, dot) == 0 &&
        lowered(file.substr(dot)) == lowered(wanted.substr(dot)))
      return join_path(folder, file);
  }
  return {};
}

std::unique_ptr<FileStream> FileTree::open(std::string_view relative) const {
  std::vector<std::uint8_t> bytes;
  if (!read(relative, bytes)) return nullptr;
  return std::make_unique<BytesStream>(std::move(bytes), display_path(relative));
}

std::string parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash));
}

std::string join_path(std::string_view left, std::string_view right) {
  if (left.empty() || left == ".") return std::string(right == "." ? std::string_view() : right);
  if (right.empty() || right == ".") return std::string(left);
  std::string path(left);
  if (path.back() != '/') path += '/';
  path += right;
  return path;
}

std::unique_ptr<FileTree> open_folder(const std::string& path, FolderLinks links) {
  return folder_tree(path, path, links);
}

std::unique_ptr<FileTree> open_inner(std::shared_ptr<const FileTree> outer, std::string place,
                                     std::vector<Finding> notes) {
  return std::make_unique<InnerTree>(std::move(outer), std::move(place), std::move(notes));
}

std::unique_ptr<FileTree> open_file_tree(const std::string& path, const ArchiveLimits& limits,
                                         FolderLinks links, TopFolder top,
                                         const std::string& shown_as) {
  const std::string& shown = shown_as.empty() ? path : shown_as;
  struct stat info {};
  Tries tries;
  while (::stat(path.c_str(), &info) != 0) {
    const int why = errno;
    if (tries.again(why)) continue;
    if (std::unique_ptr<FileTree> inner = open_inside_archive(path, limits, shown_as)) return inner;
    errno = why;
    throw Error(kind_of_failure(why), shown,
                std::string("not found (") + std::strerror(errno) + ")", "a folder or a zip");
  }
  if (S_ISDIR(info.st_mode)) return folder_tree(path, shown, links);

  // Decide by the first bytes, never by the name.
  char first[512] = {};
  const InputFile file = open_input_file(path, "a folder or a zip", shown);
  const ssize_t count = ::pread(file.descriptor.get(), first, sizeof first, 0);
  if (count < 0) fail_to_read(shown);
  const std::string_view kind = archive_kind({first, static_cast<std::size_t>(count)});
  if (kind == "zip") return open_zip(path, limits, top, shown_as);
  if (!kind.empty()) {
    throw Error(ErrorKind::input, shown, "is a " + std::string(kind) + " file",
                "a folder or a zip (unpack it and give the folder)");
  }
  const std::string_view other =
      file_kind({reinterpret_cast<const std::uint8_t*>(first), static_cast<std::size_t>(count)});
  const bool is_known = other != "no known image";
  const std::string cure =
      other == "a NumPy array" ? " ('angiobench pack' makes one of label stacks)"
      : other == "a video" ? " of PNGs (videos change labels: write PNGs where the masks are made)"
                           : "";
  throw Error(ErrorKind::input, shown,
              is_known ? "is " + std::string(other) + ", neither a folder nor a zip"
                       : "is neither a folder nor a zip",
              "a folder or a zip" + cure);
}

}  // namespace angiobench
