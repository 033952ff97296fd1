// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dataset/volumes/volume.h"

namespace angiobench {

/// Makes the file of a volume of 8-bit labels, frame by frame: packed, of spacing 1, with x to the
/// patient's left and y to the back, so that viewers show a frame upright in the axial plane. The
/// same labels give the same bytes (of one version of zlib). What is in memory is the packed file.
class VolumeWriter {
 public:
  /// `path` is what messages call the file. Throws Error{limit} as nifti_header.
  VolumeWriter(VolumeForm form, int width, int height, int num_frames, std::string path);
  ~VolumeWriter();
  VolumeWriter(const VolumeWriter&) = delete;
  VolumeWriter& operator=(const VolumeWriter&) = delete;

  /// The next frame's labels, width * height of them in rows.
  void add(std::span<const std::uint8_t> labels);
  /// The whole file; once, after the last frame. Expects as many frames as were announced.
  std::vector<std::uint8_t> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace angiobench
