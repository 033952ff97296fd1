// SPDX-License-Identifier: MIT
#include "dataset/dicom/dicom_clip.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <utility>

#include "dataset/dicom/pixel_frames.h"
#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/frame_values.h"

namespace angiobench::dicom {
namespace {

// A file of the clip.
struct CineFile {
  std::string path;
  std::shared_ptr<const DicomHeader> header;
  std::shared_ptr<const FramePlaces> places;
};

CineFile look_at(const std::string& path, const DicomLimits& limits) {
  HeaderFile file(path);
  CineFile found;
  found.path = path;
  auto header = std::make_shared<const DicomHeader>(read_dicom_header(file, limits));
  found.places = std::make_shared<const FramePlaces>(find_frame_places(file, *header, limits));
  found.header = std::move(header);
  return found;
}

// Reads the stored values of all frames, one after the other; opens one file at a time.
class ValueReader {
 public:
  explicit ValueReader(const std::vector<CineFile>& files) : files_(files) {}

  // The next frame's, with its file; nothing at the end.
  const std::vector<std::uint16_t>* next() {
    if (frames_ != nullptr && frame_ + 1 < files_[file_].header->num_frames) {
      ++frame_;
    } else {
      const std::size_t next_file = frames_ == nullptr ? 0 : file_ + 1;
      if (next_file == files_.size()) return nullptr;
      file_ = next_file;
      frame_ = 0;
      const CineFile& file = files_[file_];
      frames_ = std::make_unique<PixelFrames>(file.path, file.header, file.places, decoder_);
    }
    return &frames_->read(frame_);
  }

  const CineFile& file() const { return files_[file_]; }
  std::uint64_t frame() const { return frame_; }

 private:
  const std::vector<CineFile>& files_;
  std::size_t file_ = 0;
  std::uint64_t frame_ = 0;
  std::shared_ptr<DecoderProcess> decoder_ = std::make_shared<DecoderProcess>();
  std::unique_ptr<PixelFrames> frames_;
};

ValueCounts count_values(const std::vector<CineFile>& files) {
  ValueCounts counts;
  std::vector<std::uint64_t> own;  // by stored value, of frames with one mapping
  const DicomHeader* header = nullptr;
  FrameMapping mapping;
  const auto add_own = [&] {
    for (std::size_t bits = 0; bits < own.size(); ++bits) {
      if (own[bits] > 0) counts[value_of(*header, mapping, static_cast<int>(bits))] += own[bits];
    }
  };
  ValueReader reader(files);
  while (const std::vector<std::uint16_t>* const values = reader.next()) {
    const DicomHeader& next = *reader.file().header;
    if (header != &next || !(mapping == next.values_of(reader.frame()))) {
      add_own();
      header = &next;
      mapping = next.values_of(reader.frame());
      own.assign(static_cast<std::size_t>(next.form.num_values()), 0);
    }
    for (const std::uint16_t value : *values) ++own[value];
  }
  add_own();
  return counts;
}

class CineClip final : public DicomClip, public std::enable_shared_from_this<CineClip> {
 public:
  CineClip(std::string place, std::vector<CineFile> files, const FrameReading& reading)
      : place_(std::move(place)), files_(std::move(files)), reading_(reading) {
    std::uint64_t num_frames = 0;
    for (const CineFile& file : files_) num_frames += file.header->num_frames;
    for (std::size_t i = 0; i < num_frames; ++i) names_.push_back(numbered_frame(i));
  }

  std::string place() const override { return place_; }
  const std::vector<std::string>& names() const override { return names_; }
  const DicomHeader& header() const override { return *files_.front().header; }
  const std::vector<CineFile>& files() const { return files_; }

  const GreyRule& grey_rule() const override {
    if (!rule_) {
      rule_ = choose_grey(
          header(), reading_.window, [this] { return count_values(files_); }, place_);
    }
    return *rule_;
  }

  const FrameFacts& facts() const override {
    if (!facts_) facts_ = find_facts();
    return *facts_;
  }

  std::unique_ptr<FrameSource> open() const override;
  std::unique_ptr<FrameSource> open_grey() const override;

  std::string digest() const override {
    Sha256Stream whole;
    std::vector<std::uint8_t> piece(std::size_t{1} << 20);
    for (const CineFile& cine : files_) {
      HeaderFile file(cine.path);
      for (std::uint64_t at = 0; at < file.size(); at += piece.size()) {
        piece.resize(static_cast<std::size_t>(
            std::min<std::uint64_t>(file.size() - at, std::size_t{1} << 20)));
        file.read(at, piece);
        whole.update(piece);
      }
    }
    return format_digest(whole.finish());
  }

 private:
  void add_notes(FrameFacts& facts) const {
    const auto note = [&](Severity severity, std::string text) {
      facts.notes.push_back({severity, std::move(text)});
    };
    const DicomHeader& first = header();
    note(Severity::note, "DICOM (" + first.syntax + ") of " +
                             std::to_string(first.form.bits_stored) +
                             " bits, shown as 8: " + facts.values_as);
    if (first.num_windows > 1 && !first.voi_table && reading_.window.kind < DicomWindow::Kind::full)
      note(Severity::note,
           "the file has " + std::to_string(first.num_windows) + " windows: the first is used");
    for (const std::string& doubt : first.doubts) note(Severity::warning, doubt);
    if (first.has_burned_in) {
      note(Severity::warning,
           "the file says that text is burnt into its pictures (BurnedInAnnotation): it may name "
           "the patient, and it stays in every picture that is made of them");
    }
    if (first.has_overlays)
      note(Severity::warning, "overlay planes of the file are neither drawn nor kept");
    if (!first.plane.empty())
      note(Severity::note, "this is plane " + first.plane + " of a biplane acquisition");
    if (facts.frame_times_ms.empty())
      note(Severity::note, "the file does not say when its frames were taken");
    if (facts.spacing_mm) {
      note(Severity::note,
           "millimetres are approximate: the detector's spacing by the distances of the source "
           "from the patient and from the detector");
    }
    if (uses_small_part(facts.least, facts.most, 1 << facts.bits)) {
      note(Severity::warning,
           "the first frame uses little of the range from black to white "
           "(grey " +
               std::to_string(facts.least) + " to " + std::to_string(facts.most) +
               " of 0 to 255): networks were trained on pictures that use it");
    }
  }

  FrameFacts find_facts() const {
    if (reading_.bits != 0) {
      throw Error(ErrorKind::input, place_, "is DICOM, which says itself how many bits are used",
                  "no bits for it (a window instead)");
    }
    FrameFacts facts;
    const DicomHeader& first = header();
    facts.width = first.form.width;
    facts.height = first.form.height;
    facts.stored_bits = 8;  // as it is handed over
    facts.values_as = std::to_string(first.form.bits_stored) + " bits by " + grey_rule().words +
                      (first.is_inverted ? ", inverted" : "");
    const std::optional<Frame> frame = open_grey()->next();
    double least = 0;
    double most = 0;
    cv::minMaxIdx(frame->rgb, &least, &most);
    facts.least = static_cast<int>(least);
    facts.most = static_cast<int>(most);
    if (files_.size() == 1) facts.frame_times_ms = first.frame_times_ms;
    facts.spacing_mm = patient_spacing_mm(first);
    add_notes(facts);
    return facts;
  }

  std::string place_;
  std::vector<CineFile> files_;
  FrameReading reading_;
  std::vector<std::string> names_;
  mutable std::optional<GreyRule> rule_;
  mutable std::optional<FrameFacts> facts_;
};

enum class Channels { grey, rgb };

class CineSource final : public FrameSource {
 public:
  CineSource(std::shared_ptr<const CineClip> clip, Channels channels)
      : clip_(std::move(clip)), channels_(channels), reader_(clip_->files()) {
    clip_->grey_rule();  // found here, not by the thread that reads ahead
  }

  std::optional<Frame> next() override {
    const std::vector<std::uint16_t>* const values = reader_.next();
    if (values == nullptr) return std::nullopt;
    const DicomHeader& header = *reader_.file().header;
    const FrameMapping& mapping = header.values_of(reader_.frame());
    if (table_of_ != &header || !(mapping_ == mapping)) {
      table_ = grey_table(header, clip_->grey_rule(), reader_.frame());
      table_of_ = &header;
      mapping_ = mapping;
    }
    Frame frame;
    frame.name = clip_->names()[position_++];
    cv::Mat grey(header.form.height, header.form.width, CV_8UC1);
    std::transform(values->begin(), values->end(), grey.ptr<std::uint8_t>(),
                   [this](std::uint16_t value) { return table_[value]; });
    if (channels_ == Channels::rgb) {
      cv::cvtColor(grey, frame.rgb, cv::COLOR_GRAY2RGB);
    } else {
      frame.rgb = grey;
    }
    return frame;
  }

 private:
  std::shared_ptr<const CineClip> clip_;
  Channels channels_;
  ValueReader reader_;
  std::size_t position_ = 0;
  const DicomHeader* table_of_ = nullptr;
  FrameMapping mapping_;
  std::vector<std::uint8_t> table_;
};

std::unique_ptr<FrameSource> CineClip::open() const {
  return std::make_unique<CineSource>(shared_from_this(), Channels::rgb);
}

std::unique_ptr<FrameSource> CineClip::open_grey() const {
  return std::make_unique<CineSource>(shared_from_this(), Channels::grey);
}

// What files of one frame must share to be the frames of one cine.
bool is_alike(const DicomHeader& one, const DicomHeader& other) {
  return one.series_digest == other.series_digest && one.form.width == other.form.width &&
         one.form.height == other.form.height && one.form.bits_stored == other.form.bits_stored &&
         one.form.is_signed == other.form.is_signed && one.is_inverted == other.is_inverted &&
         one.voi_table.has_value() == other.voi_table.has_value();
}

// Puts the single frames of a series in order. Throws where they are none.
void sort_series(const std::string& folder, std::vector<CineFile>& files) {
  const auto fail = [&](const std::string& found) {
    throw Error(ErrorKind::input, folder, found,
                "one cine (name its file), or the single frames of one series");
  };
  const auto num_cines = std::ranges::count_if(
      files, [](const CineFile& file) { return file.header->num_frames > 1; });
  const std::string count = "has " + std::to_string(files.size()) + " DICOM files";
  if (num_cines > 0)
    fail(count + ", of which " + std::to_string(num_cines) + " have several frames");
  std::set<std::int64_t> numbers;
  for (const CineFile& file : files) {
    if (!is_alike(*file.header, *files.front().header))
      fail(count + " of one frame that are not of one series, size and depth");
    if (!file.header->instance_number || !numbers.insert(*file.header->instance_number).second)
      fail(count + " of one frame without instance numbers of their own, so without an order");
  }
  // One rule of grey holds for all: the first file's.
  std::ranges::sort(files, {}, [](const CineFile& file) { return *file.header->instance_number; });
}

}  // namespace

std::vector<std::string> list_dicom_files(const std::string& folder) {
  const std::unique_ptr<FileTree> tree = open_folder(folder);
  std::vector<std::string> names = tree->files("");
  std::ranges::sort(names, FrameLess());
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    const std::string path = tree->display_path(name);
    HeaderFile file(path);
    std::vector<std::uint8_t> first(
        static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kDicomMarkEnd)));
    file.read(0, first);
    const bool is_marked = has_dicom_mark(first);
    if (!is_marked && !is_dicom_suffix(file_suffix(name))) continue;
    if (!is_marked || !is_dicom_directory(path)) paths.push_back(path);
  }
  return paths;
}

std::shared_ptr<const DicomClip> open_dicom_clip(const std::string& path,
                                                 const FrameReading& reading,
                                                 const DicomLimits& limits) {
  boost::system::error_code code;
  std::vector<std::string> paths = {path};
  if (boost::filesystem::is_directory(path, code)) {
    paths = list_dicom_files(path);
    if (paths.empty())
      throw Error(ErrorKind::input, path, "has no DICOM files", "a cine, or its frames");
    if (paths.size() > limits.max_frames) {
      throw Error(ErrorKind::limit, path, "has " + std::to_string(paths.size()) + " DICOM files",
                  "at most " + std::to_string(limits.max_frames));
    }
  }
  std::vector<CineFile> files;
  for (const std::string& file : paths) files.push_back(look_at(file, limits));
  if (files.size() > 1) sort_series(path, files);
  if (files.size() == 1 && files.front().header->num_frames == 1) {
    throw Error(ErrorKind::input, files.front().path, "has a single frame",
                "a cine: several frames in a file, or a folder of the single frames of a series");
  }
  return std::make_shared<CineClip>(path, std::move(files), reading);
}

}  // namespace angiobench::dicom
