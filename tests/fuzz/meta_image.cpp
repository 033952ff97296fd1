// SPDX-License-Identifier: MIT
// A stack of masks that a stranger sent (dataset/masks/meta_image.h).
#include "dataset/masks/meta_image.h"

#include <cstdlib>
#include <string>

#include "dataset/error.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kMaxBytes = 1 << 20;

Bytes file(const std::string& header, const Bytes& values) {
  Bytes bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  const std::string first = "ObjectType = Image\nNDims = 3\nBinaryData = True\n";
  const std::string last = "ElementDataFile = LOCAL\n";
  return {
      file(first + "DimSize = 3 2 2\nElementType = MET_UCHAR\n" + last,
           {0, 1, 2, 0, 0, 0, 1, 1, 1, 0, 0, 5}),
      file(first + "BinaryDataByteOrderMSB = True\nDimSize = 2 1 2\nElementType = MET_SHORT\n" +
               last,
           {0, 1, 0, 2, 0, 0, 0, 255}),
      // Four zeros, as one zlib stream.
      file(first + "CompressedData = True\nCompressedDataSize = 11\nDimSize = 2 2 1\n" +
               "ElementType = MET_UCHAR\n" + last,
           {0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0x00, 0x00, 0x00, 0x04, 0x00, 0x01}),
      file("NDims = 2\nDimSize = 2 1\nElementNumberOfChannels = 1\nElementType = MET_UINT\n" + last,
           {7, 0, 0, 0, 1, 0, 0, 0}),
  };
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  try {
    const LabelStack stack = parse_meta_image({data, size}, test::kMaxBytes, "fuzz.mha");
    const std::uint64_t pixels = static_cast<std::uint64_t>(stack.width) *
                                 static_cast<std::uint64_t>(stack.height) *
                                 static_cast<std::uint64_t>(stack.num_frames);
    if (pixels == 0 || stack.labels.size() != pixels || pixels > test::kMaxBytes) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
