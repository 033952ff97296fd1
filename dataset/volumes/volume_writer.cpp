// SPDX-License-Identifier: MIT
#include "dataset/volumes/volume_writer.h"

#include <zlib.h>

#include <utility>

#include "dataset/error.h"
#include "dataset/volumes/meta_image.h"
#include "dataset/volumes/nifti.h"
#include "dataset/volumes/nrrd.h"

namespace angiobench {

struct VolumeWriter::State {
  VolumeForm form = VolumeForm::nrrd;
  int width = 0;
  int height = 0;
  int num_frames = 0;
  int num_added = 0;
  z_stream stream{};
  std::vector<std::uint8_t> packed;

  State() = default;
  ~State() { deflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void deflate_all(std::span<const std::uint8_t> bytes, int flush) {
    // zlib asks for a pointer that it does not write through.
    stream.next_in = const_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::uint8_t piece[1 << 15];
    do {
      stream.next_out = piece;
      stream.avail_out = sizeof piece;
      deflate(&stream, flush);
      packed.insert(packed.end(), piece, piece + (sizeof piece - stream.avail_out));
    } while (stream.avail_out == 0);
  }
};

VolumeWriter::VolumeWriter(VolumeForm form, int width, int height, int num_frames, std::string path)
    : state_(std::make_unique<State>()) {
  constexpr int kGzip = MAX_WBITS + 16;
  constexpr int kMemory = 8;  // zlib's own
  state_->form = form;
  state_->width = width;
  state_->height = height;
  state_->num_frames = num_frames;
  const int window = form == VolumeForm::meta_image ? MAX_WBITS : kGzip;
  const int code = deflateInit2(&state_->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, kMemory,
                                Z_DEFAULT_STRATEGY);
  expects(code == Z_OK, "zlib starts");
  if (form == VolumeForm::nifti)
    state_->deflate_all(nifti_header(width, height, num_frames, path), Z_NO_FLUSH);
}

VolumeWriter::~VolumeWriter() = default;

void VolumeWriter::add(std::span<const std::uint8_t> labels) {
  const auto area =
      static_cast<std::size_t>(state_->width) * static_cast<std::size_t>(state_->height);
  expects(labels.size() == area, "a frame has the volume's size");
  ++state_->num_added;
  state_->deflate_all(labels, Z_NO_FLUSH);
}

std::vector<std::uint8_t> VolumeWriter::finish() {
  State& state = *state_;
  expects(state.num_added == state.num_frames, "all frames were added");
  state.deflate_all({}, Z_FINISH);
  std::string header;
  if (state.form == VolumeForm::nrrd)
    header = nrrd_header(state.width, state.height, state.num_frames);
  if (state.form == VolumeForm::meta_image)
    header = meta_header(state.width, state.height, state.num_frames, state.packed.size());
  std::vector<std::uint8_t> file(header.begin(), header.end());
  file.insert(file.end(), state.packed.begin(), state.packed.end());
  return file;
}

}  // namespace angiobench
