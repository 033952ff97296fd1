// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dataset/files/file_tree.h"
#include "dataset/volumes/volume.h"

namespace angiobench {

/// The samples of a volume from the first frame on, unpacked as they are asked for: beside its
/// buffers of some 100 KiB nothing of it is in memory.
class VolumeReader {
 public:
  /// Reads the header. `path` is what messages call the file, whose form is `form`. Throws
  /// Error{input} as parse_nrrd_header, parse_meta_header and parse_nifti_header, and where the
  /// values of a file that is not packed are not as many bytes as its header says.
  VolumeReader(std::unique_ptr<FileStream> file, VolumeForm form, std::string path);
  ~VolumeReader();
  VolumeReader(VolumeReader&&) noexcept;
  VolumeReader& operator=(VolumeReader&&) noexcept;

  const VolumeHeader& header() const { return header_; }
  const std::string& path() const { return path_; }

  /// The next samples, as they are stored. Throws Error{input} where there are no more, or where
  /// they are damaged.
  void read(std::span<std::uint8_t> bytes);
  /// To be called behind the last frame: throws Error{input} where more values follow, or what
  /// packed them is damaged at its end.
  void finish();

 private:
  class Source;
  class Inflated;

  [[noreturn]] void fail_length(const std::string& found) const;

  std::string path_;
  VolumeHeader header_;
  std::unique_ptr<Source> source_;
};

/// Throws Error{limit} where the values would take more than `max_bytes`.
void check_volume_bytes(const VolumeHeader& header, std::uint64_t max_bytes,
                        const std::string& path);

/// Reads the next frame of labels, width * height of them. Throws as VolumeReader::read, and
/// Error{input} for a value that is not 0 … 255. `samples` is a buffer that is reused.
void read_label_frame(VolumeReader& reader, std::vector<std::uint8_t>& samples,
                      std::span<std::uint8_t> labels);

}  // namespace angiobench
