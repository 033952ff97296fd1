// SPDX-License-Identifier: MIT
#include "baselines/weights/byte_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "dataset/error.h"

namespace angiobench {
namespace {

std::string system_words() { return std::generic_category().message(errno); }

}  // namespace

void ByteSource::check_range(std::uint64_t offset, std::uint64_t count) const {
  if (offset <= size() && count <= size() - offset) return;
  throw Error(ErrorKind::input, path(),
              "ends at byte " + std::to_string(size()) + ", but has something at byte " +
                  std::to_string(offset),
              "a whole file of weights");
}

void ByteSource::read(std::uint64_t offset, std::span<std::uint8_t> into) const {
  check_range(offset, into.size());
  if (!into.empty()) read_inside(offset, into);
}

std::vector<std::uint8_t> ByteSource::read(std::uint64_t offset, std::uint64_t count) const {
  check_range(offset, count);
  std::vector<std::uint8_t> bytes(count);
  if (count > 0) read_inside(offset, bytes);
  return bytes;
}

FileSource::FileSource(const std::string& path)
    : ByteSource(path), file_(open_input_file(path, "a file of weights (.safetensors or .pth)")) {}

void FileSource::read_inside(std::uint64_t offset, std::span<std::uint8_t> into) const {
  while (!into.empty()) {
    const ssize_t count =
        ::pread(file_.descriptor.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(ErrorKind::input, path(), "cannot be read (" + system_words() + ")");
    if (count == 0) throw Error(ErrorKind::input, path(), "became shorter while it was read");
    into = into.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void MemorySource::read_inside(std::uint64_t offset, std::span<std::uint8_t> into) const {
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
}

}  // namespace angiobench
