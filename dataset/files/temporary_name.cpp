// SPDX-License-Identifier: MIT
#include "dataset/files/temporary_name.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <iterator>
#include <string_view>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

constexpr std::string_view kMark = ".angiobench-tmp.";
// A name has 255 bytes; the mark, a host's name (64) and two numbers take less than the rest.
constexpr std::size_t kMaxKept = 120;

std::string host_name() {
  char name[65] = {};
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "host";
  std::string text(name);
  std::ranges::replace(text, '/', '_');
  return text;
}

struct Maker {
  std::string_view host;
  int process = 0;
};

// What a temporary name says of its maker; process 0 where it is none.
Maker maker_of(std::string_view name) {
  const std::size_t mark = name.rfind(kMark);
  if (mark == std::string_view::npos || !name.starts_with('.')) return {};
  const std::string_view rest = name.substr(mark + kMark.size());
  const std::size_t count = rest.rfind('.');
  if (count == std::string_view::npos || count == 0) return {};
  const std::size_t process = rest.rfind('.', count - 1);
  if (process == std::string_view::npos) return {};
  Maker maker{rest.substr(0, process), 0};
  const char* const end = rest.data() + count;
  const auto [stop, problem] = std::from_chars(rest.data() + process + 1, end, maker.process);
  return problem == std::errc() && stop == end && maker.process > 0 ? maker : Maker{};
}

std::string name_of(const std::string& path) { return fs::path(path).filename().string(); }

// Whether a program that runs holds it. Never waits: what is no file or folder is not opened.
bool is_held(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return false;
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return true;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (descriptor < 0) return false;
  const bool held = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

}  // namespace

std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  const fs::path place(path);
  return (place.parent_path() /
          ("." + std::string(whole_characters(name_of(path), kMaxKept)) + std::string(kMark) +
           host_name() + "." + std::to_string(::getpid()) + "." +
           std::to_string(counter.fetch_add(1))))
      .string();
}

bool is_temporary_name(const std::string& path) { return maker_of(name_of(path)).process != 0; }

bool is_of_dead_program(const std::string& path) {
  const std::string name = name_of(path);
  const Maker maker = maker_of(name);
  if (maker.process == 0 || maker.host != host_name()) return false;
  return ::kill(maker.process, 0) != 0 && errno == ESRCH && !is_held(path);
}

std::string place_meant(const std::string& path) {
  fs::path meant;
  const fs::path whole(path);
  for (auto part = whole.begin(); part != whole.end(); ++part) {
    const std::string name = part->string();
    const auto next = std::next(part);
    if (maker_of(name).process != 0 && next != whole.end() && *next == "new") {
      meant /= name.substr(1, name.rfind(kMark) - 1);
      part = next;
    } else {
      meant /= *part;
    }
  }
  return meant.string();
}

void remove_leftovers(const std::string& folder) {
  boost::system::error_code code;
  std::vector<std::string> dead;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, code), end;
       !code && entry != end; entry.increment(code)) {
    const std::string path = entry->path().string();
    if (is_of_dead_program(path) && !fs::exists(fs::path(path) / kPlacingRecord, code))
      dead.push_back(path);
    code.clear();
  }
  for (const std::string& path : dead) fs::remove_all(path, code);
}

InUse::InUse(const std::string& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)) {
  if (descriptor_ >= 0) (void)::flock(descriptor_, LOCK_EX | LOCK_NB);
}

InUse::~InUse() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FoldersAbove::FoldersAbove(const std::string& path) {
  boost::system::error_code code;
  std::vector<fs::path> missing;
  for (fs::path one = fs::path(path).parent_path(); !one.empty() && !fs::exists(one, code);
       one = one.parent_path())
    missing.push_back(one);
  for (auto one = missing.rbegin(); one != missing.rend(); ++one) {
    code.clear();
    if (fs::create_directory(*one, code)) made_.push_back(one->string());
    if (!code) continue;
    remove_empty();
    throw Error(ErrorKind::input, place_meant(path),
                "the folder cannot be made (" + code.message() + ")");
  }
}

FoldersAbove::~FoldersAbove() { remove_empty(); }

void FoldersAbove::remove_empty() const {
  for (auto one = made_.rbegin(); one != made_.rend(); ++one) {
    if (::rmdir(one->c_str()) != 0) return;
  }
}

}  // namespace angiobench
