// SPDX-License-Identifier: MIT
#include "dataset/files/output_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <thread>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/input_file.h"

namespace angiobench {

namespace {

namespace fs = boost::filesystem;

// Up to so many files are flushed one by one; with more, the whole file system once is cheaper.
constexpr std::size_t kMaxSingleFlushes = 64;
// So many entries of others come along with a folder; more would take longer than what is written.
constexpr std::size_t kMaxCarried = 20'000;
// Another program that puts its files into the same place is waited for so long.
constexpr std::chrono::seconds kPatience{20};

// What lies in the hidden folder.
constexpr const char* kNew = "/new";  // what is written; after an exchange what was there
constexpr const char* kOld = "/old";  // what was there, where entries are exchanged

std::string system_words() { return std::strerror(errno); }

[[noreturn]] void fail_to_write(const std::string& path) {
  const std::string words = system_words();
  throw Error(ErrorKind::input, place_meant(path), "cannot be written (" + words + ")");
}

std::string trimmed(std::string path) {
  while (path.size() > 1 && (path.back() == '/' || path.ends_with("/."))) path.pop_back();
  return path;
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

std::optional<struct stat> facts_of(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
  return info;
}

bool is_same(const struct stat& left, const struct stat& right) {
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

// Flushes one file or folder; throws where the system says that it could not be kept.
void flush(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (file.get() < 0 && errno == ELOOP) return;  // a link is in its folder
  if (file.get() < 0 || (::fsync(file.get()) != 0 && errno != EINVAL)) fail_to_write(path);
}

// Whether the program stands in `folder` or below: a shell would be left in a folder that is gone.
bool holds_working_folder(const std::string& folder) {
  boost::system::error_code code;
  const fs::path here = fs::current_path(code);
  const fs::path there = fs::canonical(folder, code);
  if (code) return true;
  return std::mismatch(there.begin(), there.end(), here.begin(), here.end()).first == there.end();
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

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// The folder's own lock: while it lives, no other program of ours exchanges it. None where there is
// no such folder, or no locks.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path) {
    const auto start = std::chrono::steady_clock::now();
    for (;;) {
      folder_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (folder_.get() < 0) return;
      const bool locked = ::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0;
      if (!locked && errno != EWOULDBLOCK && errno != EINTR) return;
      // Whoever had it may have put another folder into its place.
      struct stat mine {};
      const std::optional<struct stat> there = facts_of(path);
      if (locked && ::fstat(folder_.get(), &mine) == 0 && there && is_same(mine, *there)) return;
      if (std::chrono::steady_clock::now() - start > kPatience) {
        throw Error(ErrorKind::input, path, "another program puts its files into this folder",
                    "a folder of its own for each");
      }
      if (!locked) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

 private:
  Descriptor folder_;
};

// ---- What is not ours comes along ----

// Brings what others have in a folder into another by hard links.
class Carrier {
 public:
  // False where something cannot come along.
  bool carry(const std::string& from, const std::string& to) {
    if (++num_carried_ > kMaxCarried) return false;
    const std::optional<struct stat> info = facts_of(from);
    if (!info) return errno == ENOENT;  // gone meanwhile
    if (!S_ISDIR(info->st_mode))
      return ::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0) == 0;
    const std::optional<struct stat> parent = facts_of(fs::path(from).parent_path().string());
    if (!parent || parent->st_dev != info->st_dev) return false;  // a mount point
    if (::mkdir(to.c_str(), 0700) != 0) return false;
    boost::system::error_code code;
    for (fs::directory_iterator entry(from, code), end; !code && entry != end;
         entry.increment(code)) {
      if (!carry(entry->path().string(), to + "/" + entry->path().filename().string()))
        return false;
    }
    flush(to);
    return !code && ::chmod(to.c_str(), info->st_mode & 07777) == 0;
  }

 private:
  std::size_t num_carried_ = 0;
};

// Entries of `there` that are neither written nor owned.
std::vector<std::string> others_in(const std::string& there, const std::vector<std::string>& ours) {
  std::vector<std::string> others = entries_of(there);
  std::erase_if(others, [&](const std::string& name) { return holds(ours, name); });
  return others;
}

void make_removable(const std::string& tree) {
  boost::system::error_code code;
  for (fs::recursive_directory_iterator entry(tree, code), end; !code && entry != end;
       entry.increment(code)) {
    if (fs::is_directory(entry->symlink_status()))
      fs::permissions(entry->path(), fs::add_perms | fs::owner_all, code);
  }
}

void remove_tree(const std::string& tree) {
  boost::system::error_code code;
  fs::remove_all(tree, code);
  if (!code) return;
  make_removable(tree);
  fs::remove_all(tree, code);
}

// ---- Entry by entry ----

// What is exchanged, as the record in the hidden folder has it.
struct Steps {
  std::string target;
  std::string holder;
  std::string key;                // what readers open: away first, placed last; may be empty
  std::vector<std::string> gone;  // entries of an earlier run that this one does not have
  std::vector<std::string> made;  // entries that are placed, the key last
};

// No name has a "/": it ends each of them.
std::string record_of(const Steps& steps) {
  std::string text = fs::path(steps.target).filename().string() + "/" + steps.key + "/";
  for (const std::string& name : steps.gone) text += "-" + name + "/";
  for (const std::string& name : steps.made) text += "+" + name + "/";
  return text;
}

// Nothing where the record is of another folder, or none.
std::optional<Steps> read_steps(const std::string& target, const std::string& holder) {
  Steps steps{target, holder, {}, {}, {}};
  std::string text;
  try {
    text = read_text_file(holder + "/" + kPlacingRecord);
  } catch (const Error&) {
    return std::nullopt;
  }
  std::istringstream names(text);
  std::string name;
  std::getline(names, name, '/');
  if (name != fs::path(target).filename().string()) return std::nullopt;
  std::getline(names, steps.key, '/');
  while (std::getline(names, name, '/')) {
    if (name.size() < 2 || name.substr(1) == "." || name.substr(1) == "..") return std::nullopt;
    (name.front() == '-' ? steps.gone : steps.made).push_back(name.substr(1));
  }
  return steps;
}

using Moved = std::vector<std::pair<std::string, std::string>>;  // from, to

bool move(const std::string& from, const std::string& to, Moved& moved) {
  if (::rename(from.c_str(), to.c_str()) != 0) return false;
  moved.emplace_back(from, to);
  return true;
}

// Takes what stands at a name away; true where nothing stands there.
bool take_away(const Steps& steps, const std::string& name, Moved& moved) {
  const std::string place = steps.target + "/" + name;
  if (!exists(place)) return true;
  const std::string away = steps.holder + kOld + "/" + name;
  if (exists(away)) remove_tree(away);  // that of a program which began it
  return move(place, away, moved);
}

// Goes on from wherever it is: what is no more among the new entries is in its place. False, with
// `failed` and errno, where the system refuses.
bool go_through(const Steps& steps, Moved& moved, std::string& failed) {
  ::mkdir((steps.holder + kOld).c_str(), 0700);
  const auto is_ready = [&](const std::string& name) {
    return exists(steps.holder + kNew + "/" + name);
  };
  failed = steps.target + "/" + steps.key;
  if (is_ready(steps.key) && !steps.key.empty() && !take_away(steps, steps.key, moved))
    return false;
  for (const std::string& name : steps.gone) {
    failed = steps.target + "/" + name;
    if (!take_away(steps, name, moved)) return false;
  }
  for (const std::string& name : steps.made) {
    if (!is_ready(name)) continue;
    failed = steps.target + "/" + name;
    if (!take_away(steps, name, moved)) return false;
    if (!move(steps.holder + kNew + "/" + name, failed, moved)) return false;
  }
  return true;
}

Steps steps_to(const std::string& target, const std::string& holder,
               const std::vector<std::string>& owned) {
  Steps steps{target, holder, owned.empty() ? std::string{} : owned.front(), {}, {}};
  steps.made = entries_of(holder + kNew);
  for (const std::string& name : owned) {
    if (!holds(steps.made, name)) steps.gone.push_back(name);
  }
  const auto key = std::ranges::find(steps.made, steps.key);
  if (key != steps.made.end()) std::rotate(key, key + 1, steps.made.end());
  return steps;
}

void place_in_steps(const Steps& steps) {
  const std::string record = steps.holder + "/" + kPlacingRecord;
  write_file_atomically(record, record_of(steps));
  Moved moved;
  std::string failed;
  const bool done = go_through(steps, moved, failed);
  const std::string words = done ? std::string{} : system_words();
  if (!done) {
    for (auto step = moved.rbegin(); step != moved.rend(); ++step)
      ::rename(step->second.c_str(), step->first.c_str());
  }
  flush(steps.target);
  ::unlink(record.c_str());
  if (!done) throw Error(ErrorKind::input, failed, "cannot be written (" + words + ")");
}

// Goes on with what programs that have ended began.
void finish_interrupted(const std::string& target) {
  const std::string parent = fs::path(target).parent_path().string();
  for (const std::string& place : {parent.empty() ? std::string(".") : parent, target}) {
    for (const std::string& name : entries_of(place)) {
      const std::string holder = place + "/" + name;
      if (!is_of_dead_program(holder)) continue;
      const FolderLock lock(target);
      const std::optional<Steps> steps = read_steps(target, holder);
      if (!steps) continue;
      Moved moved;
      std::string failed;
      if (!go_through(*steps, moved, failed)) continue;  // another time
      flush(target);
      ::unlink((holder + "/" + kPlacingRecord).c_str());
      remove_tree(holder);
    }
  }
}

// ---- At once ----

// Whether the folder can be renamed into and out of the place beside it.
bool can_move(const std::string& target) {
  const std::optional<struct stat> info = facts_of(target);
  const std::string parent = fs::path(target).parent_path().string();
  const std::optional<struct stat> above = facts_of(parent.empty() ? "." : parent);
  return info && above && info->st_dev == above->st_dev;
}

// The folders of others themselves, with their owners and whoever stands in them, in place of their
// copies; and what came while the copies were made.
void return_others(const std::string& was_there, const std::string& target,
                   const std::vector<std::string>& ours) {
  for (const std::string& name : others_in(was_there, ours)) {
    const std::string old = was_there + "/" + name;
    const std::string place = target + "/" + name;
    const std::optional<struct stat> info = facts_of(place);
    if (!info) {
      (void)::rename(old.c_str(), place.c_str());
    } else if (S_ISDIR(info->st_mode)) {
      (void)exchange_entries(old, place);
    }
  }
}

// False where the two cannot be exchanged at once; then nothing has changed.
bool place_at_once(const std::string& made, const std::string& target,
                   const std::vector<std::string>& ours) {
  Carrier carrier;
  std::vector<std::string> carried;
  bool good = true;
  for (const std::string& name : others_in(target, ours)) {
    carried.push_back(name);
    good = carrier.carry(target + "/" + name, made + "/" + name);
    if (!good) break;
  }
  if (good && !carried.empty()) flush(made);
  good = good && exchange_entries(made, target);
  if (good) {
    return_others(made, target, ours);
  } else {
    for (const std::string& name : carried) remove_tree(made + "/" + name);
  }
  return good;
}

}  // namespace

bool exchange_entries(const std::string& left, const std::string& right) {
#ifdef RENAME_EXCHANGE
  return ::renameat2(AT_FDCWD, left.c_str(), AT_FDCWD, right.c_str(), RENAME_EXCHANGE) == 0;
#else
  (void)left;
  (void)right;
  errno = ENOSYS;
  return false;
#endif
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
  const Descriptor whole(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (whole.get() < 0 || ::syncfs(whole.get()) != 0) fail_to_write(folder);
}

OutputFolder::OutputFolder(std::string path, ExistingFolder existing,
                           std::vector<std::string> owned)
    : path_(trimmed(std::move(path))), existing_(existing), owned_(std::move(owned)) {
  boost::system::error_code code;
  // A link stays what it is: what it leads to is written.
  const fs::path real = fs::canonical(path_, code);
  const bool is_there = !code;
  if (!is_there && exists(path_)) {
    throw Error(ErrorKind::input, path_, "leads nowhere (" + code.message() + ")",
                "a folder, or a new name");
  }
  if (is_there) check_input_folder(path_, "a folder, or a new name");
  if (is_there) path_ = real.string();
  above_.emplace(path_);
  if (is_there) {
    finish_interrupted(path_);
    remove_leftovers(path_);
  }
  remove_leftovers(fs::path(path_).parent_path().string());
  if (is_there && existing_ == ExistingFolder::refuse && !fs::is_empty(path_, code))
    fail_to_be_new();

  const std::string beside = temporary_name(path_);
  const bool stays = is_there && !can_move(path_);
  if (!stays && ::mkdir(beside.c_str(), 0700) == 0) holder_ = beside;
  const std::string words = system_words();
  if (holder_.empty() && is_there) {
    const std::string inside = path_ + "/" + fs::path(beside).filename().string();
    if (::mkdir(inside.c_str(), 0700) == 0) holder_ = inside;
  }
  const std::string why = stays ? system_words() : words;
  if (holder_.empty() || ::mkdir(new_folder().c_str(), 0777) != 0) {
    if (!holder_.empty()) ::rmdir(holder_.c_str());
    throw Error(ErrorKind::input, path_, "the folder cannot be made (" + why + ")");
  }
  in_use_.emplace(holder_);
}

void OutputFolder::fail_to_be_new() const {
  throw Error(ErrorKind::input, path_, "exists already",
              "a folder that does not exist yet, or an empty one");
}

OutputFolder::~OutputFolder() {
  if (!holder_.empty()) remove_tree(holder_);
}

std::string OutputFolder::new_folder() const { return holder_ + kNew; }

std::string OutputFolder::file(const std::string& relative) const {
  return new_folder() + "/" + relative;
}

void OutputFolder::write(const std::string& relative, std::string_view content) const {
  write_file_atomically(file(relative), content, Flush::with_folder);
}

void OutputFolder::write(const std::string& relative, std::span<const std::uint8_t> content) const {
  write_file_atomically(file(relative), content, Flush::with_folder);
}

std::optional<Placed> OutputFolder::place(Placed wanted) {
  const std::string made = new_folder();
  const FolderLock lock(path_);
  const std::optional<struct stat> info = facts_of(path_);
  boost::system::error_code code;
  if (info && existing_ == ExistingFolder::refuse && !fs::is_empty(path_, code)) fail_to_be_new();
  if (info) {
    [[maybe_unused]] const int kept = ::chown(made.c_str(), static_cast<uid_t>(-1), info->st_gid);
    ::chmod(made.c_str(), info->st_mode & 07777);
  }
  flush_tree(made);
  const bool is_inside = fs::path(holder_).parent_path() == fs::path(path_);
  const bool may_move = !info || (!is_inside && !holds_working_folder(path_));
  // Where nothing stands, or an empty folder, the whole takes its place.
  if (may_move && ::rename(made.c_str(), path_.c_str()) == 0) return Placed::at_once;
  // Another program was first: it is exchanged like any other.
  if (!info && (errno == ENOTEMPTY || errno == EEXIST)) return std::nullopt;
  if (!info)
    throw Error(ErrorKind::input, path_, "cannot be put in place (" + system_words() + ")");
  const Steps steps = steps_to(path_, holder_, owned_);
  std::vector<std::string> ours = steps.made;
  ours.insert(ours.end(), steps.gone.begin(), steps.gone.end());
  if (may_move && wanted == Placed::at_once && place_at_once(made, path_, ours))
    return Placed::at_once;
  place_in_steps(steps);
  return Placed::in_steps;
}

Placed OutputFolder::commit(Placed wanted) {
  constexpr int kTries = 10;
  std::optional<Placed> placed;
  for (int i = 0; i < kTries && !placed; ++i) placed = place(wanted);
  if (!placed) fail_to_be_new();
  flush_folder_of(path_);
  remove_tree(std::exchange(holder_, {}));
  in_use_.reset();
  return *placed;
}

}  // namespace angiobench
