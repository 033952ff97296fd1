// SPDX-License-Identifier: MIT
// A DICOM cine, from its header to the last frame's grey (dataset/dicom/dicom_clip.h).
#include "dataset/dicom/dicom_clip.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <opencv2/core/mat.hpp>
#include <string>

#include "dataset/error.h"
#include "dataset/files/input_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/dicom_writer.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  std::vector<Bytes> seeds;
  for (const std::string_view syntax : kSixSyntaxes) {
    DicomSample sample;
    sample.syntax = syntax;
    sample.frames = draw_cine(sample.width, sample.height, sample.bits_stored, 2);
    if (syntax != kRle) sample.fields = {{0x00281050, "DS", "500"}, {0x00281051, "DS", "900"}};
    if (syntax == kJpegLs) sample.fragments_a_frame = 2;
    if (syntax == kImplicitLittle) {
      DicomField table{0x00283010, "SQ"};
      table.items = {{number_field(0x00283002, "US", {4, 100, 16}),
                      number_field(0x00283006, "US", {10, 20, 30, 40})}};
      sample.fields.push_back(table);
    }
    const std::string file = write_dicom(sample);
    seeds.emplace_back(file.begin(), file.end());
  }
  return seeds;
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  // The reader works on files.
  const Descriptor file(::memfd_create("fuzz", MFD_CLOEXEC));
  if (file.get() < 0 || ::write(file.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    dicom::DicomLimits limits;
    limits.max_side = 256;
    limits.max_frames = 64;
    limits.max_fragments = 256;
    const auto clip =
        dicom::open_dicom_clip("/proc/self/fd/" + std::to_string(file.get()), {}, limits);
    const FrameFacts& facts = clip->facts();
    const std::unique_ptr<FrameSource> frames = clip->open();
    std::size_t count = 0;
    while (const std::optional<Frame> frame = frames->next()) {
      if (frame->rgb.cols != facts.width || frame->rgb.rows != facts.height) std::abort();
      ++count;
    }
    if (count != clip->names().size() || count > limits.max_frames) std::abort();
    if (!facts.frame_times_ms.empty() && facts.frame_times_ms.size() != count) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) std::abort();
  }
  return 0;
}
