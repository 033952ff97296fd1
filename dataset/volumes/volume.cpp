// SPDX-License-Identifier: MIT
#include "dataset/volumes/volume.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "dataset/error.h"
#include "dataset/files/archive_name.h"
#include "dataset/files/text.h"

namespace angiobench {
namespace {

struct FormSuffix {
  std::string_view text;
  VolumeForm form;
};
// The longer of two that end alike first.
constexpr std::array<FormSuffix, 5> kSuffixes = {{{".seg.nrrd", VolumeForm::nrrd},
                                                  {".nrrd", VolumeForm::nrrd},
                                                  {".mha", VolumeForm::meta_image},
                                                  {".nii.gz", VolumeForm::nifti},
                                                  {".nii", VolumeForm::nifti}}};

const FormSuffix* suffix_of(std::string_view name) {
  for (const FormSuffix& suffix : kSuffixes) {
    if (name.size() > suffix.text.size() &&
        compare_folded(name.substr(name.size() - suffix.text.size()), suffix.text) == 0)
      return &suffix;
  }
  return nullptr;
}

}  // namespace

std::optional<VolumeForm> volume_form_of(std::string_view name) {
  const FormSuffix* const suffix = suffix_of(name);
  return suffix == nullptr ? std::nullopt : std::optional(suffix->form);
}

std::string volume_stem(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const FormSuffix* const suffix = suffix_of(name);
  return std::string(suffix == nullptr ? name : name.substr(0, name.size() - suffix->text.size()));
}

std::string_view volume_suffix(VolumeForm form) {
  switch (form) {
    case VolumeForm::nrrd:
      return ".nrrd";
    case VolumeForm::meta_image:
      return ".mha";
    case VolumeForm::nifti:
      return ".nii.gz";
  }
  return {};
}

std::optional<std::string_view> header_line(std::span<const std::uint8_t> file, std::size_t& at) {
  const std::string_view all(reinterpret_cast<const char*>(file.data()),
                             std::min(file.size(), kMaxVolumeHeader));
  const std::size_t end = all.find('\n', at);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = all.substr(at, end - at);
  at = end + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<std::vector<std::int64_t>> whole_numbers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (!(text = trimmed(text)).empty()) {
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc() || number < 1) return std::nullopt;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() != ' ' && text.front() != '\t') return std::nullopt;
  }
  return numbers;
}

void take_sides(std::vector<std::int64_t> lengths, const std::string& path, VolumeHeader& header) {
  for (std::size_t i = 2; lengths.size() > 3 && i < lengths.size();) {
    if (lengths[i] == 1) {
      lengths.erase(lengths.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  if (lengths.size() < 2 || lengths.size() > 3)
    throw Error(ErrorKind::input, path, "has " + std::to_string(lengths.size()) + " dimensions",
                "x, y and frames");
  const auto is_side = [](std::int64_t length) { return length >= 1 && length <= kMaxVolumeSide; };
  if (!std::ranges::all_of(lengths, is_side))
    throw Error(ErrorKind::input, path,
                "has a side of no pixel, or more than " + std::to_string(kMaxVolumeSide) +
                    " pixels a side, or frames",
                "frames of a video, or of its labels");
  header.width = static_cast<int>(lengths[0]);
  header.height = static_cast<int>(lengths[1]);
  header.num_frames = lengths.size() > 2 ? static_cast<int>(lengths[2]) : 1;
}

std::int64_t sample_at(const std::uint8_t* bytes, const SampleType& type) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < type.bytes; ++k) {
    const std::size_t shift = type.is_big_endian ? type.bytes - 1 - k : k;
    value |= std::uint64_t{bytes[k]} << (8 * shift);
  }
  const std::uint64_t sign = std::uint64_t{1} << (8 * type.bytes - 1);
  // Two's complement, by arithmetic that overflows nowhere.
  if (type.is_signed && (value & sign) != 0 && type.bytes < 8) value |= ~((sign << 1) - 1);
  return static_cast<std::int64_t>(value);
}

}  // namespace angiobench
