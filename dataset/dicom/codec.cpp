// SPDX-License-Identifier: MIT
#include "dataset/dicom/codec.h"

#include <gdcmByteValue.h>
#include <gdcmDataElement.h>
#include <gdcmFragment.h>
#include <gdcmJPEG2000Codec.h>
#include <gdcmJPEGCodec.h>
#include <gdcmJPEGLSCodec.h>
#include <gdcmSequenceOfFragments.h>
#include <gdcmTrace.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/files/little_endian.h"

namespace angiobench::dicom {
namespace {

std::uint32_t big_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

// What a stream's own header claims.
struct StreamHead {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t components = 0;
  std::uint32_t bits = 0;
};

// The frame header of a JPEG or JPEG-LS (ITU-T T.81, B.2.2; T.87, C.2.2).
std::optional<StreamHead> jpeg_head(std::span<const std::uint8_t> stream, PixelCoding coding) {
  constexpr std::uint8_t kMarker = 0xFF;
  std::size_t at = 2;
  while (at + 4 <= stream.size()) {
    if (stream[at] != kMarker) return std::nullopt;
    const std::uint8_t kind = stream[at + 1];
    if (kind == kMarker) {  // fill byte
      ++at;
      continue;
    }
    const std::size_t length = big_endian(stream.data() + at + 2, 2);
    const bool is_frame = coding == PixelCoding::jpeg_ls
                              ? kind == 0xF7
                              : kind == 0xC0 || kind == 0xC1 || kind == 0xC3;
    if (is_frame) {
      if (length < 8 || stream.size() - at < 10) return std::nullopt;
      const std::uint8_t* const frame = stream.data() + at + 4;
      return StreamHead{big_endian(frame + 3, 2), big_endian(frame + 1, 2), frame[5], frame[0]};
    }
    // Data before a frame header, a marker without a length, another kind of frame.
    const bool is_other_frame =
        kind >= 0xC0 && kind <= 0xCF && kind != 0xC4 && kind != 0xC8 && kind != 0xCC;
    if (kind == 0xDA || kind < 0xC0 || (kind >= 0xD0 && kind <= 0xD9) || is_other_frame)
      return std::nullopt;
    if (length < 2) return std::nullopt;
    at += 2 + length;
  }
  return std::nullopt;
}

// The image and tile size of a JPEG 2000 codestream (ITU-T T.800, A.5.1), whose image and tiles
// begin at 0.
std::optional<StreamHead> jpeg_2000_head(std::span<const std::uint8_t> stream) {
  constexpr std::size_t kSize = 2 + 2 + 2 + 36 + 3;
  if (stream.size() < kSize || stream[2] != 0xFF || stream[3] != 0x51) return std::nullopt;
  const std::uint8_t* const size = stream.data() + 6;  // from Rsiz on
  for (const std::size_t offset : {10, 14, 26, 30}) {
    if (big_endian(size + offset, 4) != 0) return std::nullopt;
  }
  const std::uint32_t width = big_endian(size + 2, 4);
  const std::uint32_t height = big_endian(size + 6, 4);
  const std::uint32_t tile_width = big_endian(size + 18, 4);
  const std::uint32_t tile_height = big_endian(size + 22, 4);
  const std::uint32_t components = big_endian(size + 34, 2);
  const std::uint32_t bits = (size[36] & 0x7FU) + 1U;
  // Not sampled down, and no more tiles than somebody would make.
  constexpr std::uint64_t kMostTiles = 4096;
  if (tile_width == 0 || tile_height == 0 || size[37] != 1 || size[38] != 1) return std::nullopt;
  const std::uint64_t tiles = ((std::uint64_t{width} + tile_width - 1) / tile_width) *
                              ((std::uint64_t{height} + tile_height - 1) / tile_height);
  if (tiles > kMostTiles) return std::nullopt;
  return StreamHead{width, height, components, bits};
}

[[noreturn]] void fail(const std::string& place, const std::string& found,
                       const std::string& expected) {
  throw Error(ErrorKind::input, place, found, expected);
}

// What GDCM says goes to the terminal, and may repeat what a file holds.
void be_quiet() {
  static const bool is_quiet = [] {
    gdcm::Trace::WarningOff();
    gdcm::Trace::ErrorOff();
    gdcm::Trace::DebugOff();
    return true;
  }();
  static_cast<void>(is_quiet);
}

template <typename Codec>
bool decode_with(const gdcm::DataElement& coded, gdcm::DataElement& plain,
                 const gdcm::PixelFormat& format, const PixelForm& form) {
  Codec codec;
  const unsigned int sides[3] = {static_cast<unsigned int>(form.width),
                                 static_cast<unsigned int>(form.height), 1};
  codec.SetNumberOfDimensions(2);
  codec.SetDimensions(sides);
  codec.SetPlanarConfiguration(0);
  codec.SetPhotometricInterpretation(gdcm::PhotometricInterpretation::MONOCHROME2);
  codec.SetPixelFormat(format);
  codec.SetNeedOverlayCleanup(false);
  return codec.Decode(coded, plain);
}

}  // namespace

std::vector<std::uint8_t> decode_rle(std::span<const std::uint8_t> fragment, const PixelForm& form,
                                     const std::string& place) {
  constexpr std::size_t kHead = 64;
  const std::size_t num_segments = static_cast<std::size_t>(form.bits_allocated) / 8;
  const std::size_t num_pixels =
      static_cast<std::size_t>(form.width) * static_cast<std::size_t>(form.height);
  const std::string expected =
      std::to_string(num_segments) + " segments of " + std::to_string(num_pixels) + " bytes";
  if (fragment.size() < kHead || u32(fragment.data()) != num_segments)
    fail(place, "does not begin as a stream of run lengths", expected);
  std::vector<std::uint8_t> samples(num_pixels * num_segments);
  for (std::size_t segment = 0; segment < num_segments; ++segment) {
    const std::size_t begin = u32(fragment.data() + 4 * (segment + 1));
    const std::size_t end =
        segment + 1 < num_segments ? u32(fragment.data() + 4 * (segment + 2)) : fragment.size();
    if (begin < kHead || end < begin || end > fragment.size())
      fail(place, "has segments of run lengths that do not lie in it", expected);
    // The first segment has the upper bytes.
    std::size_t to = num_segments - 1 - segment;
    std::size_t num_done = 0;
    for (std::size_t at = begin; at < end && num_done < num_pixels;) {
      const int code = static_cast<std::int8_t>(fragment[at++]);
      if (code == -128) continue;
      const bool is_run = code < 0;
      const std::size_t count = static_cast<std::size_t>(is_run ? 1 - code : 1 + code);
      const std::size_t num_bytes = is_run ? 1 : count;
      if (end - at < num_bytes || num_pixels - num_done < count)
        fail(place, "has run lengths that go past its end", expected);
      for (std::size_t i = 0; i < count; ++i, to += num_segments)
        samples[to] = fragment[at + (is_run ? 0 : i)];
      at += num_bytes;
      num_done += count;
    }
    if (num_done != num_pixels)
      fail(place, "is cut off: a segment has " + std::to_string(num_done) + " bytes", expected);
  }
  return samples;
}

bool begins_stream(PixelCoding coding, std::span<const std::uint8_t> fragment) {
  if (fragment.size() < 2 || fragment[0] != 0xFF) return false;
  return fragment[1] == (coding == PixelCoding::jpeg_2000 ? 0x4F : 0xD8);
}

namespace {

// Whether a stream ends as all three kinds do, by FF D9, before the zeros that make it even.
bool ends_stream(std::span<const std::uint8_t> stream) {
  std::size_t size = stream.size();
  while (size > 0 && stream[size - 1] == 0) --size;
  return size >= 2 && stream[size - 2] == 0xFF && stream[size - 1] == 0xD9;
}

}  // namespace

int check_stream(PixelCoding coding, std::span<const std::uint8_t> stream, const PixelForm& form,
                 const std::string& place) {
  const std::string wanted = size_text(form.width, form.height) + " pixels of up to " +
                             std::to_string(form.bits_allocated) + " bits";
  const std::optional<StreamHead> head = !begins_stream(coding, stream) ? std::nullopt
                                         : coding == PixelCoding::jpeg_2000
                                             ? jpeg_2000_head(stream)
                                             : jpeg_head(stream, coding);
  if (!head) fail(place, "does not begin as a stream of its coding", wanted);
  if (head->width != static_cast<std::uint32_t>(form.width) ||
      head->height != static_cast<std::uint32_t>(form.height)) {
    fail(place, "claims " + size_text(head->width, head->height) + " pixels", wanted);
  }
  if (head->components != 1)
    fail(place, "claims " + std::to_string(head->components) + " components", "one: grey");
  const auto most = static_cast<std::uint32_t>(form.bits_allocated);
  if (head->bits < 2 || head->bits > most)
    fail(place, "claims " + std::to_string(head->bits) + " bits a pixel", wanted);
  if (!ends_stream(stream)) fail(place, "is cut off: its stream has no end", wanted);
  return static_cast<int>(head->bits);
}

std::vector<std::uint8_t> decode_stream(PixelCoding coding, std::vector<std::uint8_t> stream,
                                        const PixelForm& form, int bits) {
  be_quiet();
  if (stream.size() % 2 != 0) stream.push_back(0);
  // The codec is chosen by the stream's own bits, which may be fewer than those that are stored.
  const gdcm::PixelFormat format(
      1, static_cast<unsigned short>(form.bits_allocated), static_cast<unsigned short>(bits),
      static_cast<unsigned short>(bits - 1), static_cast<unsigned short>(form.is_signed ? 1 : 0));
  const std::size_t num_pixels =
      static_cast<std::size_t>(form.width) * static_cast<std::size_t>(form.height);
  const auto num_bytes = static_cast<std::size_t>(form.bits_allocated) / 8;
  std::vector<std::uint8_t> samples;
  try {
    gdcm::Fragment fragment;
    fragment.SetByteValue(reinterpret_cast<const char*>(stream.data()),
                          static_cast<std::uint32_t>(stream.size()));
    const gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments =
        gdcm::SequenceOfFragments::New();
    fragments->AddFragment(fragment);
    gdcm::DataElement coded(gdcm::Tag(0x7FE0, 0x0010));
    coded.SetVR(gdcm::VR::OB);
    coded.SetValue(*fragments);
    gdcm::DataElement plain;
    const bool is_done = coding == PixelCoding::jpeg
                             ? decode_with<gdcm::JPEGCodec>(coded, plain, format, form)
                         : coding == PixelCoding::jpeg_ls
                             ? decode_with<gdcm::JPEGLSCodec>(coded, plain, format, form)
                             : decode_with<gdcm::JPEG2000Codec>(coded, plain, format, form);
    const gdcm::ByteValue* const value = is_done ? plain.GetByteValue() : nullptr;
    if (value != nullptr) {
      const auto* const bytes = reinterpret_cast<const std::uint8_t*>(value->GetPointer());
      const std::size_t size = value->GetLength();
      if (size == num_pixels * num_bytes || size == num_pixels * num_bytes + 1) {
        samples.assign(bytes, bytes + num_pixels * num_bytes);
      } else if (num_bytes == 2 && (size == num_pixels || size == num_pixels + 1)) {
        // A stream of up to 8 bits in a file of 16.
        samples.resize(2 * num_pixels);
        for (std::size_t i = 0; i < num_pixels; ++i) samples[2 * i] = bytes[i];
      }
    }
  } catch (const std::exception&) {  // no word of it: it may repeat what a file holds
    samples.clear();
  }
  return samples;
}

}  // namespace angiobench::dicom
