// SPDX-License-Identifier: MIT
// A zip that a stranger sent: opened, listed, every file read; libzip must unpack what is read to
// the same bytes.
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>

#include "dataset/error.h"
#include "dataset/files/zip_tree.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/hostile_zip.h"

namespace angiobench::test {
namespace {

// A file in memory, with a path, that is filled anew for each input.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("fuzz.zip", MFD_CLOEXEC)) {
    if (descriptor_ < 0) std::abort();
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  void fill(const std::uint8_t* data, std::size_t size) const {
    const bool good = ::ftruncate(descriptor_, 0) == 0 &&
                      ::pwrite(descriptor_, data, size, 0) == static_cast<ssize_t>(size);
    if (!good) std::abort();
  }
  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

struct Reading {
  const FileTree& tree;
  const std::uint8_t* data;
  std::size_t size;
  std::string prefix;  // what display_path shows before a relative path
  int left = 32;       // files that are read of one input
  zip_t* oracle = nullptr;
};

void compare(Reading& reading, const std::string& path, const std::vector<std::uint8_t>& bytes) {
  if (reading.oracle == nullptr) return;
  const std::string whole = reading.tree.display_path(path).substr(reading.prefix.size());
  zip_file_t* const file = zip_fopen(reading.oracle, whole.c_str(), ZIP_FL_ENC_RAW);
  if (file == nullptr) std::abort();
  std::vector<std::uint8_t> expected(bytes.size() + 1);
  const zip_int64_t count = zip_fread(file, expected.data(), expected.size());
  zip_fclose(file);
  expected.resize(bytes.size());
  if (count != static_cast<zip_int64_t>(bytes.size()) || expected != bytes) std::abort();
}

// A member that is read piece by piece has the bytes that it has as a whole.
void compare_stream(const Reading& reading, const std::string& path,
                    const std::vector<std::uint8_t>& bytes) {
  const std::unique_ptr<FileStream> stream = reading.tree.open(path);
  if (stream == nullptr || stream->size() != bytes.size()) std::abort();
  std::vector<std::uint8_t> pieces(bytes.size());
  constexpr std::size_t kPiece = 7;
  for (std::size_t at = 0; at < pieces.size(); at += kPiece)
    stream->read(std::span(pieces).subspan(at, std::min(kPiece, pieces.size() - at)));
  if (pieces != bytes) std::abort();
}

// What the whole is refused for must not be given away in pieces either.
void expect_refused_stream(const Reading& reading, const std::string& path) {
  try {
    const std::unique_ptr<FileStream> stream = reading.tree.open(path);
    if (stream == nullptr || stream->size() == 0) return;
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(stream->size()));
    stream->read(bytes);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
    return;
  }
  std::abort();
}

void read_folder(Reading& reading, const std::string& folder, int depth) {
  if (depth > 9) std::abort();  // deeper than the limit
  std::vector<std::uint8_t> bytes;
  for (const std::string& name : reading.tree.files(folder)) {
    if (reading.left-- <= 0) return;
    const std::string path = join_path(folder, name);
    if (!reading.tree.has_file(path)) std::abort();
    try {
      if (!reading.tree.read(path, bytes)) std::abort();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::bug) std::abort();
      expect_refused_stream(reading, path);
      continue;
    }
    compare(reading, path, bytes);
    compare_stream(reading, path, bytes);
  }
  for (const std::string& name : reading.tree.folders(folder)) {
    if (reading.left-- <= 0) return;
    read_folder(reading, join_path(folder, name), depth + 1);
  }
}

}  // namespace

std::vector<std::vector<std::uint8_t>> fuzz_seeds() {
  std::vector<ZipPart> parts(3);
  parts[0].name = "v00/00000.png";
  parts[1].name = "v00/00001.png";
  parts[2].name = "v01/00000.png";
  parts[0].content = "first mask";
  parts[1].content = "second mask, deflated, deflated, deflated";
  parts[1].deflated = true;
  std::vector<std::string> archives = {build_zip({}), build_zip(parts)};
  ZipEnd end;
  end.zip64 = true;
  archives.push_back(build_zip(parts, end));
  std::vector<ZipPart> others = parts;
  for (ZipPart& part : others) part.name = "top/" + part.name;
  others[2].name = "__MACOSX/.DS_Store";
  others[1].flags = 1 << 3;
  others[0].extra = zip_extra(0x5455, "12345");
  end.comment = "comment";
  archives.push_back(build_zip(others, end));
  for (const HostileZip& zip : hostile_zips(parts)) {
    if (zip.bytes.size() < 2000) archives.push_back(zip.bytes);
  }
  std::vector<std::vector<std::uint8_t>> seeds;
  for (const std::string& archive : archives) seeds.emplace_back(archive.begin(), archive.end());
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  static const test::MemoryFile memory;
  memory.fill(data, size);
  ArchiveLimits limits;
  limits.max_entry_bytes = 1 << 16;
  limits.max_entries = 1000;
  limits.max_uncompressed_bytes = 1 << 20;
  try {
    const std::unique_ptr<FileTree> tree = open_zip(memory.path(), limits);
    const std::unique_ptr<zip_t, decltype(&zip_discard)> oracle(
        zip_open(memory.path().c_str(), ZIP_RDONLY, nullptr), zip_discard);
    test::Reading reading{*tree, data, size, memory.path() + "!", 32, oracle.get()};
    test::read_folder(reading, "", 0);
    for (const Finding& note : tree->notes()) {
      if (note.message.empty()) std::abort();
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
