// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/words.h"

namespace angiobench {

/// Volumes that programs of medical imaging read: here frames of a video or of its labels, one
/// after the other. Sample (x, y) of frame t is the (t * height + y) * width + x th.
enum class VolumeForm {
  nrrd,        // .nrrd (.seg.nrrd): text header, values raw or as one gzip stream
  meta_image,  // .mha: text header, values raw or as one zlib stream
  nifti,       // .nii, or .nii.gz, which is the whole file as a gzip stream
};

inline constexpr auto kVolumeForms = words<VolumeForm>(
    {{"nrrd", VolumeForm::nrrd}, {"mha", VolumeForm::meta_image}, {"nifti", VolumeForm::nifti}});

/// Whole numbers of 1, 2, 4 or 8 bytes.
struct SampleType {
  std::size_t bytes = 1;
  bool is_signed = false;
  bool is_big_endian = false;
};

/// How the values of a volume are kept in its file.
enum class VolumePacking { none, deflated };

/// What the header of a volume says.
struct VolumeHeader {
  VolumeForm form = VolumeForm::nrrd;
  int width = 0;
  int height = 0;
  int num_frames = 0;
  SampleType sample;
  VolumePacking packing = VolumePacking::none;  // of the values, where the header is plain text
  std::size_t start = 0;                        // of the values, in bytes behind the file's first

  std::size_t frame_bytes() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * sample.bytes;
  }
  std::uint64_t num_bytes() const {
    return std::uint64_t{frame_bytes()} * static_cast<std::uint64_t>(num_frames);
  }
};

/// Bytes before the values at most: what programs write has a few hundred.
inline constexpr std::size_t kMaxVolumeHeader = 1 << 16;
/// Pixels of a side, and frames, at most: three of them and eight bytes a sample stay below 2^48.
inline constexpr std::int64_t kMaxVolumeSide = 32768;

/// The form that a name says, whatever its case: nothing for another file.
std::optional<VolumeForm> volume_form_of(std::string_view name);

/// The name without what says its form: "v00" of "v00.nii.gz", of "v00.seg.nrrd" and of
/// "in/v00.mha".
std::string volume_stem(std::string_view path);

/// The end of a name that is written for a form: ".nrrd", ".mha", ".nii.gz".
std::string_view volume_suffix(VolumeForm form);

/// The line of a header of text that begins at `at`, which moves behind it; without its end, of
/// Windows, too. Nothing where it does not end within kMaxVolumeHeader.
std::optional<std::string_view> header_line(std::span<const std::uint8_t> file, std::size_t& at);

/// "512 512 60": whole numbers from 1 on between blanks; nothing where there is something else.
std::optional<std::vector<std::int64_t>> whole_numbers(std::string_view text);

/// Takes the lengths of a volume's axes, the fastest first, into the header; axes of one sample
/// behind the second are no axes where there are more than three. Throws Error{input} for fewer
/// than two or more than three axes, and for lengths that are not 1 to kMaxVolumeSide.
void take_sides(std::vector<std::int64_t> lengths, const std::string& path, VolumeHeader& header);

/// The value of a sample.
std::int64_t sample_at(const std::uint8_t* bytes, const SampleType& type);

}  // namespace angiobench
