// SPDX-License-Identifier: MIT
// The header of a DICOM cine (dataset/dicom/cine_header.h).
#include "dataset/dicom/cine_header.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes file(const std::string& syntax, std::initializer_list<std::uint8_t> elements) {
  const std::string start = std::string(128, '\0') + "DICM" + std::string("\2\0\x10\0UI", 6) +
                            static_cast<char>(syntax.size()) + '\0' + syntax;
  Bytes bytes(start.begin(), start.end());
  bytes.insert(bytes.end(), elements);
  return bytes;
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  return {
      // Explicit: rows, frames, a sequence of an open item, pixel data.
      file("1.2.840.10008.1.2.1 ",
           {0x28, 0,    0x10, 0,    'U',  'S',  2,    0,    4,    0,    0x28, 0,    0x08, 0,
            'I',  'S',  2,    0,    '1',  '2',  0x40, 0,    0x08, 0x92, 'S',  'Q',  0,    0,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0,    0xE0, 0xFF, 0xFF, 0xFF, 0xFF, 8,    0,
            0x18, 0,    'U',  'I',  2,    0,    '1',  0,    0xFE, 0xFF, 0x0D, 0xE0, 0,    0,
            0,    0,    0xFE, 0xFF, 0xDD, 0xE0, 0,    0,    0,    0,    0xE0, 0x7F, 0x10, 0,
            'O',  'W',  0,    0,    4,    0,    0,    0,    1,    2,    3,    4}),
      // Implicit: rows, pixel data.
      file("1.2.840.10008.1.2 ",
           {0x28, 0, 0x10, 0, 2, 0, 0, 0, 4, 0, 0xE0, 0x7F, 0x10, 0, 2, 0, 0, 0, 1, 2}),
  };
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  // The reader works on files.
  const Descriptor file(::memfd_create("fuzz", MFD_CLOEXEC));
  if (file.get() < 0 || ::write(file.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    const dicom::CineHeader cine("/proc/self/fd/" + std::to_string(file.get()),
                                 {0x00100010, 0x00280008, 0x00280010});
    cine.text(0x00100010);
    if (cine.num_frames() < 1 || cine.number(0x00280010, "Rows") < 1) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
