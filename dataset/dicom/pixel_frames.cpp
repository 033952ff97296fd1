// SPDX-License-Identifier: MIT
#include "dataset/dicom/pixel_frames.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "dataset/dicom/codec.h"
#include "dataset/error.h"
#include "dataset/files/little_endian.h"

namespace angiobench::dicom {
namespace {

constexpr Tag kFragment = 0xFFFEE000;
constexpr Tag kFragmentsEnd = 0xFFFEE0DD;
// No frame of the largest size takes more, coded.
constexpr std::uint64_t kMaxFragmentBytes = 1ULL << 30;

// All fragments, and the basic offset table before them (PS3.5, A.4): offsets from the first one's
// head on.
struct Fragments {
  FramePlaces places;
  std::vector<std::uint64_t> table;
};

Fragments walk_fragments(HeaderFile& file, const DicomHeader& header, const DicomLimits& limits) {
  const auto fail_cut = [&] {
    throw Error(ErrorKind::input, file.path(), "is cut off: it ends in its pixel data",
                "a whole file");
  };
  Fragments found;
  bool is_table = true;
  for (std::uint64_t at = header.pixels.offset; at < file.size();) {
    std::array<std::uint8_t, 8> head{};
    if (file.size() - at < head.size()) fail_cut();
    file.read(at, head);
    const Tag tag = Tag{u16(head.data())} << 16 | u16(head.data() + 2);
    const std::uint32_t length = u32(head.data() + 4);
    if (tag == kFragmentsEnd) break;
    if (tag != kFragment) {
      throw Error(ErrorKind::input, file.path(),
                  "has pixel data that are malformed: no fragment follows the one before",
                  "fragments, and their end");
    }
    at += head.size();
    if (file.size() - at < length) fail_cut();
    if (is_table) {
      // A table of more frames than there are is none.
      if (length == 4 * header.num_frames) {
        std::vector<std::uint8_t> bytes(length);
        file.read(at, bytes);
        for (std::size_t i = 0; i < bytes.size(); i += 4)
          found.table.push_back(u32(bytes.data() + i));
      }
      is_table = false;
    } else {
      if (found.places.offsets.size() >= limits.max_fragments) {
        throw Error(
            ErrorKind::limit, file.path(),
            "has more than " + std::to_string(limits.max_fragments) + " fragments of pixel data",
            "at most so many");
      }
      if (length > kMaxFragmentBytes) {
        throw Error(ErrorKind::limit, file.path(),
                    "has a fragment of " + std::to_string(length) + " bytes",
                    "at most " + std::to_string(kMaxFragmentBytes));
      }
      found.places.offsets.push_back(at);
      found.places.lengths.push_back(length);
    }
    at += length;
  }
  return found;
}

// The fragments that an offset table names, if it names one for each frame, in order.
std::vector<std::uint32_t> firsts_by_table(const Fragments& found) {
  std::vector<std::uint32_t> first;
  if (found.places.offsets.empty()) return {};
  const std::uint64_t base = found.places.offsets.front() - 8;
  for (const std::uint64_t offset : found.table) {
    const auto place = std::ranges::lower_bound(found.places.offsets, base + offset + 8);
    if (place == found.places.offsets.end() || *place != base + offset + 8) return {};
    const auto index = static_cast<std::uint32_t>(place - found.places.offsets.begin());
    if (first.empty() ? index != 0 : index <= first.back()) return {};
    first.push_back(index);
  }
  return first;
}

// The fragments that begin a stream.
std::vector<std::uint32_t> firsts_by_content(HeaderFile& file, PixelCoding coding,
                                             const FramePlaces& places) {
  std::vector<std::uint32_t> first;
  for (std::size_t i = 0; i < places.offsets.size(); ++i) {
    std::array<std::uint8_t, 2> begin{};
    if (places.lengths[i] < begin.size()) continue;
    file.read(places.offsets[i], begin);
    if (begins_stream(coding, begin)) first.push_back(static_cast<std::uint32_t>(i));
  }
  if (first.empty() || first.front() != 0) return {};
  return first;
}

}  // namespace

FramePlaces find_frame_places(HeaderFile& file, const DicomHeader& header,
                              const DicomLimits& limits) {
  if (header.coding == PixelCoding::plain) return {};
  Fragments found = walk_fragments(file, header, limits);
  const std::size_t count = found.places.offsets.size();
  const auto num_frames = static_cast<std::size_t>(header.num_frames);
  if (count < num_frames) {
    throw Error(ErrorKind::input, file.path(),
                "has " + std::to_string(count) + " fragments of pixel data for " +
                    std::to_string(num_frames) + " frames (cut off, or its header lies)",
                "one a frame or more");
  }
  std::vector<std::uint32_t>& first = found.places.first;
  if (count == num_frames) {
    for (std::uint32_t i = 0; i < count; ++i) first.push_back(i);
  } else if (num_frames == 1) {
    first.push_back(0);
  } else if (header.coding != PixelCoding::rle) {
    first = firsts_by_table(found);
    if (first.empty()) first = firsts_by_content(file, header.coding, found.places);
  }
  if (first.size() != num_frames) {
    throw Error(ErrorKind::input, file.path(),
                "has " + std::to_string(count) + " fragments for " + std::to_string(num_frames) +
                    " frames, and nothing says which are whose",
                "one a frame, or a table of offsets");
  }
  first.push_back(static_cast<std::uint32_t>(count));
  return std::move(found.places);
}

PixelFrames::PixelFrames(const std::string& path, std::shared_ptr<const DicomHeader> header,
                         std::shared_ptr<const FramePlaces> places,
                         std::shared_ptr<DecoderProcess> decoder)
    : file_(path),
      header_(std::move(header)),
      places_(std::move(places)),
      decoder_(std::move(decoder)) {}

const std::vector<std::uint16_t>& PixelFrames::read(std::uint64_t frame) {
  expects(frame < header_->num_frames, "a frame of the file");
  const PixelForm& form = header_->form;
  if (header_->coding == PixelCoding::plain) {
    bytes_.resize(static_cast<std::size_t>(form.frame_bytes()));
    file_.read(header_->pixels.offset + frame * form.frame_bytes(), bytes_);
  } else {
    const std::string place = file_.path() + ", frame " + std::to_string(frame);
    const auto index = static_cast<std::size_t>(frame);
    std::uint64_t size = 0;
    for (std::uint32_t i = places_->first[index]; i < places_->first[index + 1]; ++i)
      size += places_->lengths[i];
    if (size > kMaxFragmentBytes)
      throw Error(ErrorKind::limit, place, "has " + std::to_string(size) + " bytes",
                  "at most " + std::to_string(kMaxFragmentBytes));
    std::vector<std::uint8_t> coded(static_cast<std::size_t>(size));
    std::size_t at = 0;
    for (std::uint32_t i = places_->first[index]; i < places_->first[index + 1]; ++i) {
      file_.read(places_->offsets[i], std::span(coded).subspan(at, places_->lengths[i]));
      at += places_->lengths[i];
    }
    bytes_ = header_->coding == PixelCoding::rle
                 ? decode_rle(coded, form, place)
                 : decoder_->decode(header_->coding, coded, form, place);
  }
  // The bits that are stored, wherever they lie; what stands beside them is something else.
  const std::size_t num_pixels =
      static_cast<std::size_t>(form.width) * static_cast<std::size_t>(form.height);
  const int shift = form.high_bit + 1 - form.bits_stored;
  const int mask = form.num_values() - 1;
  values_.resize(num_pixels);
  for (std::size_t i = 0; i < num_pixels; ++i) {
    const int sample = form.bits_allocated == 8 ? bytes_[i] : u16(bytes_.data() + 2 * i);
    values_[i] = static_cast<std::uint16_t>(sample >> shift & mask);
  }
  return values_;
}

}  // namespace angiobench::dicom
