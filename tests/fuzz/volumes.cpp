// SPDX-License-Identifier: MIT
// A stack of masks that a stranger sent, in each of the forms (dataset/volumes); the first byte
// says which.
#include <cstdlib>
#include <string>

#include "dataset/error.h"
#include "dataset/masks/label_stack.h"
#include "dataset/volumes/nifti.h"
#include "dataset/volumes/volume_writer.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kMaxBytes = 1 << 20;

Bytes seed(VolumeForm form, const std::string& header, const Bytes& values) {
  const std::string text = static_cast<char>(form) + header;
  Bytes bytes(text.begin(), text.end());
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

Bytes written(VolumeForm form) {
  VolumeWriter writer(form, 3, 2, 2, "seed");
  writer.add(Bytes{0, 1, 2, 0, 0, 0});
  writer.add(Bytes{1, 1, 1, 0, 0, 5});
  return seed(form, "", writer.finish());
}

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  const std::string first = "ObjectType = Image\nNDims = 3\nBinaryData = True\n";
  const std::string last = "ElementDataFile = LOCAL\n";
  const Bytes nifti = nifti_header(2, 1, 2, "seed");
  return {
      seed(VolumeForm::meta_image, first + "DimSize = 3 2 2\nElementType = MET_UCHAR\n" + last,
           {0, 1, 2, 0, 0, 0, 1, 1, 1, 0, 0, 5}),
      seed(VolumeForm::meta_image,
           first + "BinaryDataByteOrderMSB = True\nDimSize = 2 1 2\nElementType = MET_SHORT\n" +
               last,
           {0, 1, 0, 2, 0, 0, 0, 255}),
      seed(VolumeForm::meta_image,
           "NDims = 2\nDimSize = 2 1\nElementNumberOfChannels = 1\nElementType = MET_UINT\n" + last,
           {7, 0, 0, 0, 1, 0, 0, 0}),
      seed(VolumeForm::nrrd,
           "NRRD0004\n# x\ntype: short\ndimension: 3\nsizes: 2 1 1\nkinds: domain domain list\n"
           "endian: big\nencoding: raw\na:=b\n\n",
           {0, 1, 0, 2}),
      seed(VolumeForm::nifti, std::string(nifti.begin(), nifti.end()), {1, 2, 3, 4}),
      written(VolumeForm::nrrd),
      written(VolumeForm::meta_image),
      written(VolumeForm::nifti),
  };
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  if (size == 0) return 0;
  const auto form = static_cast<VolumeForm>(data[0] % kVolumeForms.entries.size());
  try {
    VolumeReader reader(stream_of({data + 1, data + size}), form, "fuzz");
    const LabelStack stack = read_label_stack(std::move(reader), test::kMaxBytes);
    const std::uint64_t pixels = static_cast<std::uint64_t>(stack.width) *
                                 static_cast<std::uint64_t>(stack.height) *
                                 static_cast<std::uint64_t>(stack.num_frames);
    if (pixels == 0 || stack.labels.size() != pixels || pixels > test::kMaxBytes) std::abort();
    // What was read is written and read again.
    VolumeWriter writer(form, stack.width, stack.height, stack.num_frames, "fuzz");
    const std::size_t area = stack.labels.size() / static_cast<std::size_t>(stack.num_frames);
    for (int t = 0; t < stack.num_frames; ++t) writer.add({stack.frame(t).data, area});
    const LabelStack again =
        read_label_stack(VolumeReader(stream_of(writer.finish()), form, "fuzz"), test::kMaxBytes);
    if (again.labels != stack.labels || again.width != stack.width) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
