// SPDX-License-Identifier: MIT
// Writes DICOM files for the tests of verbs, into the folder that is named: make_dicom FOLDER.
#include <cstdio>
#include <string>

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
