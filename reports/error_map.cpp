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

int verdict_of(int truth, int prediction) {
  PixelVerdict verdict = PixelVerdict::wrong_object;
  if (truth == prediction) {
    verdict = truth == kBackgroundLabel ? PixelVerdict::background : PixelVerdict::right;
  } else if (truth == kBackgroundLabel) {
    verdict = PixelVerdict::false_positive;
  } else if (prediction == kBackgroundLabel) {
    verdict = PixelVerdict::false_negative;
  }
  return static_cast<int>(verdict);
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

// How a map's pixels are kept: which palette entry a verdict is, and how many bits one takes.
struct MapForm {
  std::array<std::uint8_t, 5> entry{};
  std::vector<std::uint8_t> palette;
  unsigned bits = 2;

  std::size_t per_byte() const { return 8 / bits; }
  std::size_t row_bytes(std::size_t width) const {  // with the filter byte
    return 1 + (width + per_byte() - 1) / per_byte();
  }
};

// `seen`: bit v is set where verdict v occurs.
MapForm form_of(unsigned seen, const MapPalette& colors) {
  seen |= 1;  // entry 0 carries the transparency
  const auto is_used = [&](std::size_t verdict) { return ((seen >> verdict) & 1U) != 0; };
  // Where right pixels or any other verdict is absent, wrong objects fit into two bits: renumber
  // the palette.
  const bool has_wrong_objects = is_used(static_cast<std::size_t>(PixelVerdict::wrong_object));
  MapForm form;
  for (std::size_t verdict = 0; verdict < colors.size(); ++verdict) {
    const bool keep = is_used(verdict) || (!has_wrong_objects && verdict < 4);
    if (!keep) continue;
    form.entry[verdict] = static_cast<std::uint8_t>(form.palette.size() / 3);
    form.palette.insert(form.palette.end(), colors[verdict].begin(), colors[verdict].end());
  }
  if (seen == (1U << colors.size()) - 1) form.bits = 4;
  return form;
}

// A PNG of rows that are packed as `form` says, each after its filter byte 0.
std::vector<std::uint8_t> png_of(std::size_t width, std::size_t height, const MapForm& form,
                                 std::span<const std::uint8_t> packed) {
  std::vector<std::uint8_t> png(kPngSignature.begin(), kPngSignature.end());
  std::vector<std::uint8_t> header;
  append_u32(header, static_cast<std::uint32_t>(width));
  append_u32(header, static_cast<std::uint32_t>(height));
  header.insert(header.end(), {static_cast<std::uint8_t>(form.bits), 3, 0, 0, 0});
  append_chunk(png, "IHDR", header);
  append_chunk(png, "PLTE", form.palette);
  append_chunk(png, "tRNS", std::array<std::uint8_t, 1>{0});
  append_chunk(png, "IDAT", deflate_rows(packed, form.row_bytes(width)));
  append_chunk(png, "IEND", {});
  return png;
}

// What is right and wrong, as runs of verdicts.
std::vector<LabelRun> verdict_runs(std::span<const LabelRun> truth,
                                   std::span<const LabelRun> prediction,
                                   const ErrorMapOptions& options) {
  std::vector<LabelRun> verdicts;
  verdicts.reserve(truth.size() + prediction.size());
  for_each_pair(truth, prediction, [&](int y, int x_begin, int x_end, int own, int other) {
    if (options.ignore_void && own == kVoidLabel) return;
    append_run(verdicts, {y, x_begin, x_end, verdict_of(own, other)});
  });
  return verdicts;
}

// Pixels x_begin to before x_end of a packed row become `entry`; they are 0 before.
void fill_packed(std::uint8_t* row, const MapForm& form, std::size_t x_begin, std::size_t x_end,
                 unsigned entry) {
  const std::size_t per_byte = form.per_byte();
  unsigned pattern = 0;
  for (std::size_t k = 0; k < per_byte; ++k) pattern = pattern << form.bits | entry;
  const std::size_t first = x_begin / per_byte;
  const std::size_t last = (x_end - 1) / per_byte;
  // Bits of the first byte from x_begin on, and of the last one up to x_end; high ones come first.
  const unsigned from = 0xFFU >> (form.bits * (x_begin % per_byte));
  const unsigned to = 0xFFU << (8 - form.bits * ((x_end - 1) % per_byte + 1));
  if (first == last) {
    row[first] = static_cast<std::uint8_t>(row[first] | (pattern & from & to));
    return;
  }
  row[first] = static_cast<std::uint8_t>(row[first] | (pattern & from));
  std::memset(row + first + 1, static_cast<int>(pattern), last - first - 1);
  row[last] = static_cast<std::uint8_t>(row[last] | (pattern & to));
}

// A PNG of verdicts; where there is no run a pixel is background.
std::vector<std::uint8_t> encode_runs(const MaskLabels& verdicts, const MapPalette& colors) {
  unsigned seen = 0;
  for (const LabelRun& run : verdicts.runs) seen |= 1U << run.label;
  const MapForm form = form_of(seen, colors);
  const auto width = static_cast<std::size_t>(verdicts.width);
  const auto height = static_cast<std::size_t>(verdicts.height);
  const std::size_t row_bytes = form.row_bytes(width);
  std::vector<std::uint8_t> packed(row_bytes * height);
  for (const LabelRun& run : verdicts.runs) {
    fill_packed(packed.data() + static_cast<std::size_t>(run.y) * row_bytes + 1, form,
                static_cast<std::size_t>(run.x_begin), static_cast<std::size_t>(run.x_end),
                form.entry[static_cast<std::size_t>(run.label)]);
  }
  return png_of(width, height, form, packed);
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

std::vector<std::uint8_t> encode_error_map(const MaskLabels& truth, const MaskLabels& prediction,
                                           const ErrorMapOptions& options) {
  expects(truth.width == prediction.width && truth.height == prediction.height,
          "both masks have one size");
  expects(truth.width >= 1 && truth.height >= 1, "a mask has pixels");
  std::vector<LabelRun> truth_runs;
  std::vector<LabelRun> prediction_runs;
  const std::vector<LabelRun> verdicts = verdict_runs(
      runs_of(truth, truth_runs).runs, runs_of(prediction, prediction_runs).runs, options);
  return encode_runs({truth.width, truth.height, verdicts}, kPalette);
}

std::vector<std::uint8_t> encode_palette_map(const MaskView& entries, const MapPalette& palette) {
  expects(entries.width >= 1 && entries.height >= 1, "a map has pixels");
  std::vector<LabelRun> runs;
  return encode_runs(runs_of(entries, runs), palette);
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
  const std::string path = file(temporary_, sequence, frame);
  make_folder(sequence);
  write_new_file(path, png);
  const std::lock_guard lock(mutex_);
  places_.push_back({static_cast<std::uint32_t>(sequence), static_cast<std::uint32_t>(frame),
                     static_cast<std::uint32_t>(png.size())});
}

// Once for all maps of a sequence.
void StagedErrorMaps::make_folder(std::size_t sequence) {
  const std::lock_guard lock(mutex_);
  if (!folders_.insert(sequence).second) return;
  boost::system::error_code code;
  const std::string path = temporary_ + "/" + sequence_name_(sequence);
  fs::create_directories(path, code);
  if (code)
    throw Error(ErrorKind::input, path, "the folder cannot be made (" + code.message() + ")");
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
