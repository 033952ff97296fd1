// SPDX-License-Identifier: MIT
// Writes DICOM files for the tests of verbs, into the folder that is named: make_dicom FOLDER.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "tests/support/dicom_writer.h"

int main(int argc, char** argv) {
  using namespace angiobench;
  using namespace angiobench::test;
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/";
  const auto write = [&](const std::string& name, const DicomSample& sample) {
    write_file_atomically(folder + name, write_dicom(sample));
  };
  DicomSample sample;
  sample.width = 96;
  sample.height = 80;
  sample.frames = draw_cine(96, 80, 10, 8);
  const char* const names[] = {"implicit.dcm", "explicit.dcm", "rle.dcm",
                               "lossless.dcm", "ls.dcm",       "j2k.dcm"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    sample.syntax = kSixSyntaxes[i];
    write(names[i], sample);
  }
  sample.syntax = kExplicitLittle;
  sample.fields = {{0x00281050, "DS", "500"},      {0x00281051, "DS", "800"},
                   {0x00181164, "DS", "0.3\\0.3"}, {0x00181110, "DS", "1000"},
                   {0x00181111, "DS", "700"},      {0x00280301, "CS", "YES"}};
  write("IM000001", sample);
  for (const auto& [name, syntax] :
       {std::pair("window_implicit.dcm", kImplicitLittle), std::pair("window_rle.dcm", kRle),
        std::pair("window_ls.dcm", kJpegLs), std::pair("window_j2k.dcm", kJpeg2000)}) {
    DicomSample windowed = sample;
    windowed.syntax = syntax;
    write(std::string("windows/") + name, windowed);
  }
  for (const auto& [name, function] :
       {std::pair("sigmoid.dcm", "SIGMOID"), std::pair("exact.dcm", "LINEAR_EXACT"),
        std::pair("signed.dcm", "LINEAR")}) {
    DicomSample windowed = sample;
    windowed.fields = {{0x00281050, "DS", "-312.5"},
                       {0x00281051, "DS", "600"},
                       {0x00281052, "DS", "-1024"},
                       {0x00281053, "DS", "1.5"},
                       {0x00281056, "CS", function}};
    if (std::string_view(name) == "signed.dcm") {
      windowed.is_signed = true;
      // The sign goes on to the upmost bit, as most systems write it.
      for (auto& frame : windowed.frames) {
        for (std::uint16_t& value : frame) {
          if (value >= 512) value = static_cast<std::uint16_t>(value | 0xFC00);
        }
      }
    }
    write(std::string("windows/") + name, windowed);
  }
  sample.photometric = "MONOCHROME1";
  write("inverted.dcm", sample);
  sample.fields = {number_field(0x00280010, "US", {65535}),
                   number_field(0x00280011, "US", {65535}),
                   {0x00280008, "IS", "60000"}};
  write("huge.dcm", sample);
  DicomSample single = sample;
  single.fields = {};
  single.frames.resize(1);
  write("single.dcm", single);
  // Cines whose frames differ in number only, to measure memory.
  for (const int num_frames : {20, 2000}) {
    DicomSample cine;
    cine.width = 128;
    cine.height = 128;
    cine.syntax = kRle;
    cine.frames = draw_cine(128, 128, 10, 20);
    while (cine.frames.size() < static_cast<std::size_t>(num_frames))
      cine.frames.push_back(cine.frames[cine.frames.size() - 20]);
    write("frames_" + std::to_string(num_frames) + ".dcm", cine);
  }
  return 0;
}
