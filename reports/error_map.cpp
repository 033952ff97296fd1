// SPDX-License-Identifier: MIT
#include "reports/error_map.h"

#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cstring>
#include <tuple>
#include <utility>

#include "dataset/files/atomic_file.h"
#include "dataset/files/temporary_name.h"
#include "dataset/error.h"
#include "reports/row_deflate.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

constexpr std::array<std::string_view, 5> kColors = {"#FFFFFF", "#BFBFBF", "#D55E00", "#0072B2",
                                                     "#CC79A7"};
constexpr MapPalette kPalette = {{{0xFF, 0xFF, 0xFF},
                                  {0xBF, 0xBF, 0xBF},
                                  {0xD5, 0x5E, 0x00},
                                  {0x00, 0x72, 0xB2},
                                  {0xCC, 0x79, 0xA7}}};
constexpr std::array<std::uint8_t, 8> kPngSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
// An error map of 8192x8192 pixels stays well below this.
constexpr std::uint64_t kMaxMapBytes = 16ULL << 20;

std::uint8_t verdict_of(std::uint8_t truth, std::uint8_t prediction) {
  PixelVerdict verdict = PixelVerdict::wrong_object;
  if (truth == prediction) {
    verdict = truth == kBackgroundLabel ? PixelVerdict::background : PixelVerdict::right;
  } else if (truth == kBackgroundLabel) {
    verdict = PixelVerdict::false_positive;
  } else if (prediction == kBackgroundLabel) {
    verdict = PixelVerdict::false_negative;
  }
  return static_cast<std::uint8_t>(verdict);
}

void append_u32(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append_chunk(std::vector<std::uint8_t>& png, std::string_view type,
                  std::span<const std::uint8_t> data) {
  append_u32(png, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = png.size();
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), data.begin(), data.end());
  append_u32(png, libdeflate_crc32(0, png.data() + start, png.size() - start));
}

constexpr std::size_t kBlock = 64;  // pixels that are looked at together
using Block = std::array<std::uint8_t, kBlock>;

// Calls visit(y, x, verdicts of 64 pixels from x on) where any of them is not background; behind
// the row's end they are. Most of a picture is background on both sides and is only passed over.
template <typename Visit>
void for_each_block(const MaskView& truth, const MaskView& prediction,
                    const ErrorMapOptions& options, Visit visit) {
  const int y_begin = std::min(truth.num_empty_above, prediction.num_empty_above);
  const int y_end = truth.height - std::min(truth.num_empty_below, prediction.num_empty_below);
  const auto width = static_cast<std::size_t>(truth.width);
  // What void pixels are compared with: a label that no pixel has where void is not honoured.
  const int void_label = options.ignore_void ? kVoidLabel : -1;
  for (int y = y_begin; y < y_end; ++y) {
    for (std::size_t x = 0; x < width; x += kBlock) {
      Block t{};
      Block p{};
      const std::size_t count = std::min(kBlock, width - x);
      std::memcpy(t.data(), truth.row(y) + x, count);
      std::memcpy(p.data(), prediction.row(y) + x, count);
      std::uint8_t any = 0;
      for (std::size_t i = 0; i < kBlock; ++i) any = static_cast<std::uint8_t>(any | t[i] | p[i]);
      if (any == 0) continue;
      Block verdicts;
      for (std::size_t i = 0; i < kBlock; ++i)
        verdicts[i] = t[i] == void_label ? std::uint8_t{0} : verdict_of(t[i], p[i]);
      visit(static_cast<std::size_t>(y), x, verdicts);
    }
  }
}

// A PNG of verdicts, which `for_each` shows in blocks: for_each(visit) calls visit(y, x, verdicts
// of 64 pixels from x on) wherever one of them is not 0.
template <typename ForEach>
std::vector<std::uint8_t> encode_blocks(std::size_t width, std::size_t height,
                                        const MapPalette& colors, ForEach for_each) {
  // See which verdicts there are.
  std::array<bool, 5> used{};
  used[0] = true;  // entry 0 carries the transparency
  {
    std::uint8_t seen = 0;
    for_each([&](std::size_t, std::size_t, const Block& block) {
      for (const std::uint8_t verdict : block) seen |= static_cast<std::uint8_t>(1U << verdict);
    });
    for (std::size_t verdict = 1; verdict < used.size(); ++verdict)
      used[verdict] = ((seen >> verdict) & 1U) != 0;
  }
  const bool needs_four_bits = used[static_cast<std::size_t>(PixelVerdict::wrong_object)];

  // Where right pixels or any other verdict is absent, wrong objects fit into two bits: renumber
  // the palette.
  std::array<std::uint8_t, 5> entry{};
  std::vector<std::uint8_t> palette;
  const bool all_used = std::all_of(used.begin(), used.end(), [](bool is_used) { return is_used; });
  for (std::size_t verdict = 0; verdict < used.size(); ++verdict) {
    const bool keep = used[verdict] || (!needs_four_bits && verdict < 4);
    if (!keep) continue;
    entry[verdict] = static_cast<std::uint8_t>(palette.size() / 3);
    palette.insert(palette.end(), colors[verdict].begin(), colors[verdict].end());
  }

  // Pack pixels from the high bits down, each row after its filter byte 0. Pixels behind the row's
  // end are entry 0 and fall on the row's last byte or behind it.
  const unsigned bits = all_used ? 4 : 2;
  const std::size_t per_byte = 8 / bits;
  const std::size_t row_bytes = 1 + (width + per_byte - 1) / per_byte;
  std::vector<std::uint8_t> packed(row_bytes * height + kBlock);
  for_each([&](std::size_t y, std::size_t x, const Block& block) {
    std::uint8_t* const target = packed.data() + y * row_bytes + 1 + x / per_byte;
    const std::size_t num_bytes = (std::min(kBlock, width - x) + per_byte - 1) / per_byte;
    for (std::size_t i = 0; i < num_bytes; ++i) {
      unsigned byte = 0;
      for (std::size_t k = 0; k < per_byte; ++k)
        byte = byte << bits | entry[block[i * per_byte + k]];
      target[i] = static_cast<std::uint8_t>(byte);
    }
  });
  packed.resize(row_bytes * height);

  std::vector<std::uint8_t> png(kPngSignature.begin(), kPngSignature.end());
  std::vector<std::uint8_t> header;
  append_u32(header, static_cast<std::uint32_t>(width));
  append_u32(header, static_cast<std::uint32_t>(height));
  header.insert(header.end(), {static_cast<std::uint8_t>(bits), 3, 0, 0, 0});
  append_chunk(png, "IHDR", header);
  append_chunk(png, "PLTE", palette);
  append_chunk(png, "tRNS", std::array<std::uint8_t, 1>{0});
  append_chunk(png, "IDAT", deflate_rows(packed, row_bytes));
  append_chunk(png, "IEND", {});
  return png;
}

// Names come from the folder names of strangers' data: one plain path part, or nothing is written.
void require_file_name(const std::string& folder, const std::string& name) {
  if (name.empty() || name == "." || name == ".." ||
      name.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos) {
    throw Error(ErrorKind::input, folder, "'" + name + "' cannot name a file",
                "a sequence or frame name without slashes");
  }
}

}  // namespace

std::span<const std::string_view, 5> error_map_colors() { return kColors; }

std::vector<std::uint8_t> encode_error_map(const MaskView& truth, const MaskView& prediction,
                                           const ErrorMapOptions& options) {
  expects(truth.width == prediction.width && truth.height == prediction.height,
          "both masks have one size");
  expects(truth.width >= 1 && truth.height >= 1, "a mask has pixels");
  return encode_blocks(static_cast<std::size_t>(truth.width),
                       static_cast<std::size_t>(truth.height), kPalette,
                       [&](auto visit) { for_each_block(truth, prediction, options, visit); });
}

std::vector<std::uint8_t> encode_palette_map(const MaskView& entries, const MapPalette& palette) {
  expects(entries.width >= 1 && entries.height >= 1, "a map has pixels");
  const auto width = static_cast<std::size_t>(entries.width);
  return encode_blocks(width, static_cast<std::size_t>(entries.height), palette, [&](auto visit) {
    for (int y = 0; y < entries.height; ++y) {
      for (std::size_t x = 0; x < width; x += kBlock) {
        Block block{};
        std::memcpy(block.data(), entries.row(y) + x, std::min(kBlock, width - x));
        visit(static_cast<std::size_t>(y), x, block);
      }
    }
  });
}

double frame_quality(std::span<const ObjectCounts> objects) {
  double sum = 0;
  std::size_t shown = 0;
  for (const auto& [id, counts] : objects) {
    if (counts.union_area == 0) continue;
    sum += (region_j(counts) + boundary_f(counts)) / 2;
    ++shown;
  }
  return shown == 0 ? 1.0 : sum / static_cast<double>(shown);
}

WorstFrames::WorstFrames(const ErrorMapSelection& selection) : selection_(selection) {
  expects(selection.spacing >= 1, "neighbourhoods have a frame");
}

void WorstFrames::offer(std::size_t sequence, std::size_t frame,
                        std::span<const ObjectCounts> objects) {
  if (selection_.worst == 0) return;
  const Kept candidate{frame_quality(objects), frame};
  if (candidate.quality >= 1.0) return;
  // The kept set is the `worst` neighbourhoods by their worst frame. A neighbourhood's worst only
  // falls, so one that was dropped can only come back through a frame that is itself worse than
  // what is kept: order does not matter.
  const auto worse = [](const Kept& left, const Kept& right) {
    return std::tie(left.quality, left.frame) < std::tie(right.quality, right.frame);
  };
  const std::lock_guard lock(mutex_);
  std::vector<Kept>& kept = sequences_[sequence];
  const auto neighbour = std::find_if(kept.begin(), kept.end(), [&](const Kept& other) {
    return other.frame / selection_.spacing == frame / selection_.spacing;
  });
  if (neighbour == kept.end() && kept.size() < selection_.worst) {
    kept.push_back(candidate);
    return;
  }
  const auto place =
      neighbour != kept.end() ? neighbour : std::max_element(kept.begin(), kept.end(), worse);
  if (worse(candidate, *place)) *place = candidate;
}

std::vector<std::size_t> WorstFrames::take(std::size_t sequence) {
  std::vector<std::size_t> frames;
  const std::lock_guard lock(mutex_);
  const auto found = sequences_.find(sequence);
  if (found == sequences_.end()) return frames;
  for (const Kept& kept : found->second) frames.push_back(kept.frame);
  sequences_.erase(found);
  std::sort(frames.begin(), frames.end());
  return frames;
}

StagedErrorMaps::StagedErrorMaps(std::string folder,
                                 std::function<std::string(std::size_t)> sequence_name,
                                 std::function<std::string(std::size_t, std::size_t)> frame_name)
    : folder_(std::move(folder)),
      sequence_name_(std::move(sequence_name)),
      frame_name_(std::move(frame_name)) {
  static std::atomic<unsigned> counter{0};
  temporary_ =
      folder_ + ".tmp" + std::to_string(::getpid()) + "." + std::to_string(counter.fetch_add(1));
}

StagedErrorMaps::~StagedErrorMaps() {
  boost::system::error_code code;
  fs::remove_all(temporary_, code);
}

std::string StagedErrorMaps::file(const std::string& folder, std::size_t sequence,
                                  std::size_t frame) const {
  return folder + "/" + sequence_name_(sequence) + "/" + frame_name_(sequence, frame) + ".png";
}

void StagedErrorMaps::add(std::size_t sequence, std::size_t frame,
                          std::span<const std::uint8_t> png) {
  require_file_name(place_meant(folder_), sequence_name_(sequence));
  require_file_name(place_meant(folder_), frame_name_(sequence, frame));
  write_file_atomically(file(temporary_, sequence, frame), png, Flush::with_folder);
  const std::lock_guard lock(mutex_);
  places_.push_back({static_cast<std::uint32_t>(sequence), static_cast<std::uint32_t>(frame),
                     static_cast<std::uint32_t>(png.size())});
}

void StagedErrorMaps::sort() {
  std::sort(places_.begin(), places_.end(), [](const Place& left, const Place& right) {
    return std::tie(left.sequence, left.frame) < std::tie(right.sequence, right.frame);
  });
}

std::vector<std::uint8_t> StagedErrorMaps::read(std::size_t place) const {
  const Place& one = places_[place];
  const std::string text = read_text_file(file(temporary_, one.sequence, one.frame), kMaxMapBytes);
  return {text.begin(), text.end()};
}

void StagedErrorMaps::commit() {
  const auto refuse = [&](const std::string& path, const boost::system::error_code& code) {
    if (code) throw Error(ErrorKind::input, path, "cannot be written (" + code.message() + ")");
  };
  boost::system::error_code code;
  if (!places_.empty()) fs::create_directories(folder_, code);
  refuse(folder_, code);
  for (auto place = places_.begin(); place != places_.end();) {
    const auto end = std::find_if(place, places_.end(), [&](const Place& other) {
      return other.sequence != place->sequence;
    });
    // A whole folder at once, where there is none yet.
    const std::string name = "/" + sequence_name_(place->sequence);
    if (!fs::exists(folder_ + name, code)) {
      fs::rename(temporary_ + name, folder_ + name, code);
      refuse(folder_ + name, code);
      place = end;
    }
    for (; place != end; ++place) {
      const std::string path = file(folder_, place->sequence, place->frame);
      fs::rename(file(temporary_, place->sequence, place->frame), path, code);
      refuse(path, code);
    }
  }
  fs::remove_all(temporary_, code);  // the folder that it is in may move before this goes
}

void write_error_maps(const std::string& folder, std::span<const ErrorMap> maps) {
  for (const ErrorMap& map : maps) {
    require_file_name(folder, map.sequence);
    require_file_name(folder, map.frame);
    write_file_atomically(folder + "/" + map.sequence + "/" + map.frame + ".png",
                          std::span<const std::uint8_t>(map.png));
  }
}

std::vector<ErrorMap> read_error_maps(const std::string& folder, const Result& result) {
  std::vector<ErrorMap> maps;
  boost::system::error_code code;
  for (const SequenceScore& sequence : result.sequences) {
    if (sequence.name.empty() || sequence.name == "." || sequence.name == ".." ||
        sequence.name.find_first_of("/\\") != std::string::npos) {
      continue;
    }
    const fs::path place = fs::path(folder) / sequence.name;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(place, code), end; !code && entry != end;
         entry.increment(code)) {
      if (entry->path().extension() == ".png") names.push_back(entry->path().stem().string());
    }
    code.clear();
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      const std::string path = (place / (name + ".png")).string();
      const std::string text = read_text_file(path, kMaxMapBytes);
      if (text.size() < kPngSignature.size() ||
          !std::equal(kPngSignature.begin(), kPngSignature.end(), text.begin(),
                      [](std::uint8_t expected, char found) {
                        return expected == static_cast<std::uint8_t>(found);
                      })) {
        throw Error(ErrorKind::input, path, "is not a PNG",
                    "an error map that `angiobench score` wrote");
      }
      maps.push_back({sequence.name, name, {text.begin(), text.end()}});
    }
  }
  return maps;
}

}  // namespace angiobench
