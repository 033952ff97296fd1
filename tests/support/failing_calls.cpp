// SPDX-License-Identifier: MIT
// Preloaded into a program, it makes the system fail, or the program end, at one call that writes.
//   FAIL_AT=KIND:N:WHAT  the N-th call (from 1) of a kind (open, write, rename, fsync; list) fails
//                        with the number WHAT (28 is ENOSPC, 5 is EIO), or the program is killed
//                        instead of it (WHAT is "kill"); N is "all": every call of the kind
//   FAIL_ALWAYS=exchange,link,lock   what this system cannot do
//   COUNT_CALLS=FILE     the numbers of calls of all kinds that write, a line each, when the
//                        program ends
// Only calls count that touch files which are written: what is opened for writing, and names. Of
// what is read only the entries of folders count ("list").
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum Kind { kOpen, kWrite, kRename, kFsync, kNumWriting, kList = kNumWriting, kNumKinds };
constexpr const char* kNames[kNumKinds] = {"open", "write", "rename", "fsync", "list"};
std::atomic<int> counts[kNumKinds];

// True where this call fails, with errno.
bool fails(Kind kind) {
  const int number = ++counts[kind];
  const char* const at = std::getenv("FAIL_AT");
  const std::size_t length = std::strlen(kNames[kind]);
  if (at == nullptr || std::strncmp(at, kNames[kind], length) != 0 || at[length] != ':')
    return false;
  char* end = nullptr;
  if (std::strncmp(at + length + 1, "all:", 4) == 0) {
    errno = std::atoi(at + length + 5);
    return true;
  }
  if (std::strtol(at + length + 1, &end, 10) != number || *end != ':') return false;
  if (std::strcmp(end + 1, "kill") == 0) {
    ::kill(::getpid(), SIGKILL);
    ::pause();
  }
  errno = std::atoi(end + 1);
  return true;
}

bool never(const char* what) {
  const char* const list = std::getenv("FAIL_ALWAYS");
  return list != nullptr && std::strstr(list, what) != nullptr;
}

bool is_file(int descriptor) {
  struct stat info {};
  return descriptor > 2 && ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

bool is_writing(const char* path, int flags) {
  return (flags & O_ACCMODE) != O_RDONLY && std::strncmp(path, "/dev/", 5) != 0 &&
         std::strncmp(path, "/proc/", 6) != 0;
}

// What the name means without this library.
template <typename Function>
Function* real_call(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

#define REAL(name, ...) static auto* const real = real_call<__VA_ARGS__>(#name)

extern "C" {

#define OPEN(name)                                          \
  int name(const char* path, int flags, ...) {              \
    va_list arguments;                                      \
    va_start(arguments, flags);                             \
    const mode_t mode = mode_of(flags, arguments);          \
    va_end(arguments);                                      \
    REAL(name, int(const char*, int, ...));                 \
    if (is_writing(path, flags) && fails(kOpen)) return -1; \
    return real(path, flags, mode);                         \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                        \
  int name(int folder, const char* path, int flags, ...) {  \
    va_list arguments;                                      \
    va_start(arguments, flags);                             \
    const mode_t mode = mode_of(flags, arguments);          \
    va_end(arguments);                                      \
    REAL(name, int(int, const char*, int, ...));            \
    if (is_writing(path, flags) && fails(kOpen)) return -1; \
    return real(folder, path, flags, mode);                 \
  }
OPENAT(openat)
OPENAT(openat64)

int mkdir(const char* path, mode_t mode) noexcept {
  REAL(mkdir, int(const char*, mode_t));
  return fails(kOpen) ? -1 : real(path, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  REAL(write, ssize_t(int, const void*, size_t));
  return is_file(descriptor) && fails(kWrite) ? -1 : real(descriptor, bytes, count);
}

#define PWRITE(name)                                                                       \
  ssize_t name(int descriptor, const void* bytes, size_t count, off_t at) {                \
    REAL(name, ssize_t(int, const void*, size_t, off_t));                                  \
    return is_file(descriptor) && fails(kWrite) ? -1 : real(descriptor, bytes, count, at); \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

int rename(const char* from, const char* to) noexcept {
  REAL(rename, int(const char*, const char*));
  return fails(kRename) ? -1 : real(from, to);
}

int renameat2(int left, const char* from, int right, const char* to, unsigned flags) noexcept {
  REAL(renameat2, int(int, const char*, int, const char*, unsigned));
  if ((flags & RENAME_EXCHANGE) != 0 && never("exchange")) {
    errno = EINVAL;
    return -1;
  }
  return fails(kRename) ? -1 : real(left, from, right, to, flags);
}

int link(const char* from, const char* to) noexcept {
  REAL(link, int(const char*, const char*));
  if (never("link")) {
    errno = EPERM;
    return -1;
  }
  return fails(kRename) ? -1 : real(from, to);
}

int linkat(int left, const char* from, int right, const char* to, int flags) noexcept {
  REAL(linkat, int(int, const char*, int, const char*, int));
  if (never("link")) {
    errno = EPERM;
    return -1;
  }
  return fails(kRename) ? -1 : real(left, from, right, to, flags);
}

int unlink(const char* path) noexcept {
  REAL(unlink, int(const char*));
  return fails(kRename) ? -1 : real(path);
}

#define LIST(name, entry)                         \
  entry* name(DIR* folder) {                      \
    REAL(name, entry*(DIR*));                     \
    return fails(kList) ? nullptr : real(folder); \
  }
LIST(readdir, dirent)
LIST(readdir64, dirent64)

int flock(int descriptor, int operation) noexcept {
  REAL(flock, int(int, int));
  if (never("lock")) {
    errno = ENOLCK;
    return -1;
  }
  return real(descriptor, operation);
}

#define FLUSH(name)                               \
  int name(int descriptor) {                      \
    REAL(name, int(int));                         \
    return fails(kFsync) ? -1 : real(descriptor); \
  }
FLUSH(fsync)
FLUSH(fdatasync)
FLUSH(syncfs)

__attribute__((destructor)) static void tell() {
  const char* const path = std::getenv("COUNT_CALLS");
  std::FILE* const file = path == nullptr ? nullptr : std::fopen(path, "w");
  if (file == nullptr) return;
  for (int i = 0; i < kNumWriting; ++i) std::fprintf(file, "%s %d\n", kNames[i], counts[i].load());
  std::fclose(file);
}
}
