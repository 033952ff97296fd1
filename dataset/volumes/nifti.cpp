// SPDX-License-Identifier: MIT
#include "dataset/volumes/nifti.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>

#include "dataset/error.h"
#include "dataset/files/little_endian.h"

namespace angiobench {
namespace {

constexpr std::uint32_t kHeaderBytes = 348;
// Where fields stand.
constexpr std::size_t kDim = 40;
constexpr std::size_t kIntentCode = 68;
constexpr std::size_t kDatatype = 70;
constexpr std::size_t kBitpix = 72;
constexpr std::size_t kPixdim = 76;
constexpr std::size_t kVoxOffset = 108;
constexpr std::size_t kSclSlope = 112;
constexpr std::size_t kSclInter = 116;
constexpr std::size_t kXyztUnits = 123;
constexpr std::size_t kQformCode = 252;
constexpr std::size_t kSformCode = 254;
constexpr std::size_t kQuaternD = 264;
constexpr std::size_t kSrowX = 280;
constexpr std::size_t kSrowY = 296;
constexpr std::size_t kSrowZ = 312;
constexpr std::size_t kMagic = 344;

// DT_….
struct NiftiType {
  int code;
  std::size_t bytes;
  bool is_signed;
};
constexpr NiftiType kNiftiTypes[] = {{2, 1, false},    {256, 1, true},  {512, 2, false},
                                     {4, 2, true},     {768, 4, false}, {8, 4, true},
                                     {1280, 8, false}, {1024, 8, true}};

// Fields in the byte order of the file.
class NiftiFields {
 public:
  NiftiFields(std::span<const std::uint8_t> header, bool is_big_endian)
      : header_(header), is_big_endian_(is_big_endian) {}

  int short_at(std::size_t at) const {
    return static_cast<int>(sample_at(header_.data() + at, {2, true, is_big_endian_}));
  }
  float float_at(std::size_t at) const {
    return std::bit_cast<float>(
        static_cast<std::uint32_t>(sample_at(header_.data() + at, {4, false, is_big_endian_})));
  }

 private:
  std::span<const std::uint8_t> header_;
  bool is_big_endian_;
};

// Where the values begin: behind the header and its extensions.
std::size_t start_of(float vox_offset, const std::string& path) {
  const auto least = static_cast<float>(kNiftiHeader);
  const auto most = static_cast<float>(kMaxVolumeHeader);
  if (!(vox_offset >= least && vox_offset <= most) || std::floor(vox_offset) != vox_offset) {
    throw Error(ErrorKind::input, path, "has values that begin at no byte of its header's end",
                "a vox_offset from " + std::to_string(kNiftiHeader) + " to " +
                    std::to_string(kMaxVolumeHeader));
  }
  return static_cast<std::size_t>(vox_offset);
}

}  // namespace

VolumeHeader parse_nifti_header(std::span<const std::uint8_t> beginning, const std::string& path) {
  const auto fail = [&](const std::string& found, const std::string& expected) {
    throw Error(ErrorKind::input, path, found, expected);
  };
  if (beginning.size() < kNiftiHeader) fail("has no whole NIfTI header", "348 bytes and a flag");
  const bool is_little = u32(beginning.data()) == kHeaderBytes;
  const bool is_big = sample_at(beginning.data(), {4, false, true}) == kHeaderBytes;
  if (!is_little && !is_big) fail("is no NIfTI-1 file", "a header of 348 bytes");
  if (std::memcmp(beginning.data() + kMagic, "n+1", 4) != 0)
    fail("is no NIfTI-1 file with its values", "the magic n+1");
  const NiftiFields fields(beginning, is_big);

  const int num_axes = fields.short_at(kDim);
  if (num_axes < 1 || num_axes > 7) fail("has no number of dimensions", "1 to 7");
  std::vector<std::int64_t> lengths;
  for (int i = 1; i <= num_axes; ++i)
    lengths.push_back(fields.short_at(kDim + 2 * static_cast<std::size_t>(i)));
  VolumeHeader header;
  header.form = VolumeForm::nifti;
  take_sides(lengths, path, header);

  const int code = fields.short_at(kDatatype);
  const auto type = std::ranges::find(kNiftiTypes, code, &NiftiType::code);
  if (type == std::end(kNiftiTypes))
    fail("has values of datatype " + std::to_string(code),
         "whole numbers of 8 to 64 bits: labels, .astype(np.uint8)");
  header.sample = {type->bytes, type->is_signed, is_big};
  // No slope means no scale; some programs write NaN for it.
  const float slope = fields.float_at(kSclSlope);
  const float shift = fields.float_at(kSclInter);
  const bool is_scaled =
      std::isfinite(slope) && slope != 0.0F && !(slope == 1.0F && !(std::abs(shift) > 0.0F));
  if (is_scaled) fail("has values with a scale", "scl_slope 0 or 1, scl_inter 0");
  header.start = start_of(fields.float_at(kVoxOffset), path);
  return header;
}

std::vector<std::uint8_t> nifti_header(int width, int height, int num_frames,
                                       const std::string& path) {
  constexpr int kMostOfShort = 32767;
  if (std::max({width, height, num_frames}) > kMostOfShort)
    throw Error(ErrorKind::limit, path, "would have more than 32767 pixels a side, or frames",
                "another form: NIfTI-1 has no more");
  std::vector<std::uint8_t> header(kNiftiHeader, 0);
  const auto put = [&](std::size_t at, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
      header[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  const auto put_short = [&](std::size_t at, int value) {
    put(at, static_cast<std::uint64_t>(value), 2);
  };
  const auto put_float = [&](std::size_t at, float value) {
    put(at, std::bit_cast<std::uint32_t>(value), 4);
  };
  put(0, kHeaderBytes, 4);
  const int dims[] = {3, width, height, num_frames, 1, 1, 1, 1};
  for (std::size_t i = 0; i < std::size(dims); ++i) {
    put_short(kDim + 2 * i, dims[i]);
    put_float(kPixdim + 4 * i, 1.0F);  // the first is the sign of the third axis
  }
  constexpr int kIntentLabel = 1002;
  constexpr int kUint8 = 2;
  constexpr std::uint8_t kMillimetres = 2;
  put_short(kIntentCode, kIntentLabel);
  put_short(kDatatype, kUint8);
  put_short(kBitpix, 8);
  put_float(kVoxOffset, static_cast<float>(kNiftiHeader));
  put_float(kSclSlope, 1.0F);
  header[kXyztUnits] = kMillimetres;
  // NIfTI's axes point to the right and to the front, ours to the left and to the back: half a turn
  // about the third axis.
  put_short(kQformCode, 1);
  put_short(kSformCode, 1);
  put_float(kQuaternD, 1.0F);
  put_float(kSrowX, -1.0F);
  put_float(kSrowY + 4, -1.0F);
  put_float(kSrowZ + 8, 1.0F);
  std::memcpy(header.data() + kMagic, "n+1", 4);
  return header;
}

}  // namespace angiobench
