// SPDX-License-Identifier: MIT
#include "baselines/training/training_data.h"

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cmath>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/image_size.h"
#include "dataset/files/input_file.h"
#include "dataset/files/json_stream.h"
#include "dataset/error.h"
#include "dataset/frame_order.h"
#include "dataset/masks/coco_names.h"
#include "dataset/masks/mask_source.h"
#include "dataset/media/frame_io.h"
#include "dataset/media/mask_values.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

constexpr std::uint64_t kMaxPictureBytes = 1ULL << 30;

Mask mask_of(const cv::Mat& labels) {
  Mask mask(labels.cols, labels.rows);
  for (int y = 0; y < labels.rows; ++y) {
    std::copy_n(labels.ptr<std::uint8_t>(y), labels.cols,
                mask.pixels() + static_cast<std::ptrdiff_t>(y) * labels.cols);
  }
  return mask;
}

cv::Mat mat_of(const Mask& mask) {
  cv::Mat labels(mask.height(), mask.width(), CV_8UC1);
  for (int y = 0; y < mask.height(); ++y) {
    std::copy_n(mask.pixels() + static_cast<std::ptrdiff_t>(y) * mask.width(), mask.width(),
                labels.ptr<std::uint8_t>(y));
  }
  return labels;
}

std::vector<std::uint8_t> labels_in(const cv::Mat& labels) {
  std::array<bool, 256> present{};
  for (int y = 0; y < labels.rows; ++y) {
    for (int x = 0; x < labels.cols; ++x) present[labels.at<std::uint8_t>(y, x)] = true;
  }
  std::vector<std::uint8_t> list;
  for (int label = 1; label < kVoidLabel; ++label) {
    if (present[static_cast<std::size_t>(label)]) list.push_back(static_cast<std::uint8_t>(label));
  }
  return list;
}

void relabel(cv::Mat& labels, const std::array<std::uint8_t, 256>& table) {
  for (int y = 0; y < labels.rows; ++y) {
    for (int x = 0; x < labels.cols; ++x)
      labels.at<std::uint8_t>(y, x) = table[labels.at<std::uint8_t>(y, x)];
  }
}

std::vector<std::uint8_t> bytes_of(const std::string& path) {
  const std::string text = read_text_file(path, kMaxPictureBytes);
  return {text.begin(), text.end()};
}

// Stops where no scaling brings a picture onto what was drawn on it; whether one has to.
bool check_sizes(const cv::Size& picture, const cv::Size& drawn, const std::string& picture_path,
                 const std::string& drawn_path) {
  const SideFit fit = side_fit(drawn.width, drawn.height, picture.width, picture.height);
  if (fit <= SideFit::scaled) return fit == SideFit::scaled;
  throw Error(ErrorKind::input, drawn_path,
              "is " + size_text(drawn.width, drawn.height) +
                  (fit == SideFit::turned ? ": it or the picture is turned by 90 degrees"
                                          : ": the sides' ratio differs"),
              "the size of " + picture_path + ", " + size_text(picture.width, picture.height) +
                  (fit == SideFit::turned ? "; --orientation stored or upright says how the "
                                            "picture is read"
                                          : ", or another of its ratio"));
}

// `bits`: of the clip's samples; 0: by this picture's own range.
cv::Mat read_picture(const std::string& path, int bits, Orientation orientation) {
  const StoredFrame frame = decode_frame(bytes_of(path), path);
  return frame_rgb(frame, bits != 0 ? bits : own_bits(frame),
                   orientation == Orientation::upright ? frame.orientation : 1);
}

// A picture's size as it is read; nothing where its header is none that is known.
std::optional<cv::Size> size_of(const std::vector<std::uint8_t>& file, Orientation orientation) {
  const std::optional<ImageSize> size = image_size(file);
  if (!size) return std::nullopt;
  const bool is_turned = orientation == Orientation::upright && exif_orientation(file) >= 5;
  return is_turned ? cv::Size(size->height, size->width) : cv::Size(size->width, size->height);
}

// Object ids of raw labels, where 255 is void and never an object's id: an object that has it
// (DAVIS 2016's) gets the highest that is free.
std::array<std::uint8_t, 256> training_ids(const LabelRules& labels) {
  std::array<std::uint8_t, 256> ids = labels.truth_ids;
  std::uint8_t free = kVoidLabel - 1;
  while (free > 1 && std::find(ids.begin(), ids.end(), free) != ids.end()) --free;
  std::replace(ids.begin(), ids.end(), std::uint8_t{kVoidLabel}, free);
  return ids;
}

MaskDecodeOptions decoding(const TrainingPalette& palette) {
  MaskDecodeOptions options;
  if (palette != nullptr) options.palette = *palette;
  return options;
}

// A picture with its labels, at their size. Of masks of no benchmark 255 alone is an object.
LabelledFrame read_labelled(const std::string& image, const std::string& mask, int bits,
                            Orientation orientation, const LabelRules& labels,
                            const TrainingPalette& palette) {
  LabelledFrame frame;
  frame.labels = mat_of(read_mask(mask, decoding(palette)));
  if (labels.is_stated) relabel(frame.labels, training_ids(labels));
  const cv::Mat picture = read_picture(image, bits, orientation);
  check_sizes(picture.size(), frame.labels.size(), image, mask);
  frame.image = scaled_picture(picture, frame.labels.cols, frame.labels.rows);
  return frame;
}

// White on black, as most programs write a mask of one object.
void take_white_as_object(cv::Mat& labels) {
  if (!labels_in(labels).empty()) return;
  std::array<std::uint8_t, 256> table{};
  table[kVoidLabel] = 1;
  relabel(labels, table);
}

// What is to be told of many pictures at once.
struct StillCounts {
  std::size_t tagged = 0;
  std::size_t scaled = 0;
};

// Looks at a still image before it is learned from.
void check_still(const StillImage& still, const TrainingReading& reading, StillCounts& counts) {
  const std::vector<std::uint8_t> file = bytes_of(still.image);
  if (exif_orientation(file) != 1) ++counts.tagged;
  if (still.mask.empty()) return;
  const Mask mask = read_mask(still.mask, decoding(still.palette));
  if (const auto size = size_of(file, reading.frames.orientation)) {
    const cv::Size drawn(mask.width(), mask.height());
    if (check_sizes(*size, drawn, still.image, still.mask)) ++counts.scaled;
  }
  if (!reading.trusts_masks) check_mask_of_labels(mask, still.mask);
}

// What a json says that is wrong with it stops here; the rest is told.
void take_findings(const std::vector<Finding>& findings, const std::string& path,
                   std::vector<std::string>* notes) {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::error) throw Error(ErrorKind::input, path, finding.message);
    const bool is_expected = finding.code == "A014";  // objects without ids are numbered
    if (notes != nullptr && !is_expected) notes->push_back(path + ": " + finding.message);
  }
}

Sha256 digest_of_coco(const StillImage& still, const cv::Size& size) {
  CocoBuffers buffers;
  return still.coco->read(still.coco_image, 0, 0, size.width, size.height, buffers).digest;
}

// Looks at the objects of a picture; false where it has none.
bool check_coco_still(StillImage& still, StillCounts& counts) {
  const auto picture = size_of(bytes_of(still.image), still.orientation);
  const cv::Size size = picture.value_or(cv::Size());
  const cv::Mat labels = coco_labels(still, size.width, size.height);
  if (picture && check_sizes(size, labels.size(), still.image, still.coco->path())) ++counts.scaled;
  if (cv::countNonZero(labels == kVoidLabel) > 0) {
    throw Error(ErrorKind::limit, still.coco->path(),
                "has an object 255 in " + still.image + ", which is void in training",
                "at most 254 objects in a picture");
  }
  still.coco_digest = digest_of_coco(still, labels.size());
  return !labels_in(labels).empty();
}

// What a COCO file says: pictures with their objects.
void read_coco(const fs::path& folder, const fs::path& json, Orientation orientation,
               std::vector<StillImage>& stills, StillCounts& counts,
               std::vector<std::string>* notes) {
  const std::string path = json.string();
  CocoRecords records = read_coco_records(open_random_bytes(path, "a COCO json"), path);
  if (records.form != CocoForm::images) {
    throw Error(ErrorKind::input, path, "has no images with annotations of them",
                "\"images\" and \"annotations\" with an image_id each");
  }
  boost::system::error_code code;
  std::map<std::string, std::string> pictures;  // by their names without extension
  for (std::size_t i = 0; i < records.images.size(); ++i) {
    // Names may stand with folders of another machine before them.
    const std::string_view name = records.images.name(i);
    const std::string picture = (folder / "images" / std::string(coco_file(name))).string();
    if (!fs::is_regular_file(picture, code))
      throw Error(ErrorKind::input, picture, "not found", "the picture that " + path + " names");
    pictures.emplace(coco_stem(name), picture);
  }
  CocoNaming naming;
  naming.has_single_images = true;
  const auto masks = std::make_shared<const CocoMasks>(std::move(records), naming);
  take_findings(masks->findings(), path, notes);
  for (std::size_t i = 0; i < masks->num_sequences(); ++i) {
    StillImage still;
    still.orientation = orientation;
    still.image = pictures.at(std::string(masks->name(i)));
    still.coco = masks;
    still.coco_image = i;
    if (masks->labels_of(i).empty()) continue;
    if (check_coco_still(still, counts)) stills.push_back(std::move(still));
  }
}

}  // namespace

std::vector<StillImage> list_still_images(const std::string& folder,
                                          std::vector<std::string>* notes,
                                          const TrainingReading& reading) {
  check_input_folder(folder, "a folder of still images");
  StillCounts counts;
  const fs::path images = fs::path(folder) / "images";
  boost::system::error_code code;
  std::vector<StillImage> stills;
  // Without a table no colour but black has a meaning, and the message says how to give it one.
  const auto palette = std::make_shared<const std::vector<Rgb>>(
      reading.colors ? palette_of(*reading.colors) : std::vector<Rgb>{{0, 0, 0}});
  if (fs::is_directory(images, code)) {
    for (const std::string& file : list_frame_files(*open_folder(images.string()), "").files) {
      const std::string name(file_stem(file));
      StillImage still;
      still.orientation = reading.frames.orientation;
      still.image = (images / file).string();
      const fs::path mask = fs::path(folder) / "masks" / (name + ".png");
      const fs::path outlines = fs::path(folder) / "labels" / (name + ".txt");
      if (fs::exists(mask, code)) {
        still.mask = mask.string();
        still.palette = palette;
      } else if (fs::exists(outlines, code)) {
        still.outlines = outlines.string();
      } else {
        continue;
      }
      stills.push_back(std::move(still));
    }
  }
  const fs::path annotations = fs::path(folder) / "annotations";
  if (stills.empty() && fs::is_directory(annotations, code)) {
    for (const std::string& file : open_folder(annotations.string())->files("")) {
      if (file_suffix(file) == ".json")
        read_coco(folder, annotations / file, reading.frames.orientation, stills, counts, notes);
    }
  }
  if (stills.empty()) {
    throw Error(ErrorKind::input, folder, "has no pictures with objects",
                "images/NAME.jpg with labels/NAME.txt (outlines), masks/NAME.png, or "
                "annotations/*.json (COCO)");
  }
  for (const StillImage& still : stills) check_still(still, reading, counts);
  if (notes != nullptr && counts.tagged > 0) {
    const bool follows = reading.frames.orientation == Orientation::upright;
    notes->push_back(folder + ": " + std::to_string(counts.tagged) +
                     " pictures carry a tag of orientation, which is " +
                     (follows ? "followed" : "not followed (--orientation upright follows it)"));
  }
  if (notes != nullptr && counts.scaled > 0) {
    notes->push_back(folder + ": " + std::to_string(counts.scaled) +
                     " pictures are of another size than what was drawn on them, and one is scaled "
                     "to the other");
  }
  std::sort(stills.begin(), stills.end(),
            [](const StillImage& a, const StillImage& b) { return FrameLess()(a.image, b.image); });
  return stills;
}

cv::Mat draw_outlines(const std::string& text, const std::string& path, int width, int height) {
  cv::Mat labels = cv::Mat::zeros(height, width, CV_8UC1);
  std::istringstream lines(text);
  std::string line;
  int number = 0;
  int object = 0;
  while (std::getline(lines, line)) {
    ++number;
    std::istringstream words(line);
    std::string name;
    if (!(words >> name)) continue;
    std::vector<double> numbers;
    double value = 0;
    while (words >> value) numbers.push_back(value);
    const bool inside =
        std::all_of(numbers.begin(), numbers.end(), [](double v) { return v >= 0 && v <= 1; });
    if (!words.eof() || numbers.size() < 6 || numbers.size() % 2 != 0 || !inside) {
      throw Error(ErrorKind::input, path, "line " + std::to_string(number) + " is no outline",
                  "a class and three or more points, x y in 0..1");
    }
    std::vector<cv::Point> outline;
    for (std::size_t i = 0; i < numbers.size(); i += 2) {
      outline.emplace_back(static_cast<int>(std::lround(numbers[i] * (width - 1))),
                           static_cast<int>(std::lround(numbers[i + 1] * (height - 1))));
    }
    if (++object >= kVoidLabel)
      throw Error(ErrorKind::limit, path, "has too many outlines", "at most 254");
    cv::fillPoly(labels, std::vector<std::vector<cv::Point>>{outline}, cv::Scalar(object));
  }
  return labels;
}

cv::Mat coco_labels(const StillImage& still, int width, int height) {
  CocoBuffers buffers;
  const auto [own_width, own_height] = still.coco->stated_size(still.coco_image);
  const bool has_size = own_width > 0 && own_height > 0;
  try {
    Mask pixels;
    const CocoFrame frame = still.coco->read(still.coco_image, 0, 0, has_size ? own_width : width,
                                             has_size ? own_height : height, buffers);
    return mat_of(Mask(pixels_of(frame.labels, pixels)));
  } catch (const Error& error) {
    if (!error.path().empty()) throw;
    throw Error(error.kind(), still.coco->path(),
                "'" + std::string(still.coco->name(still.coco_image)) + "': " + error.found(),
                error.expected());
  }
}

namespace {

// Holds the masks of a video against its frames, and looks at what they mean.
void check_video(const TrainingVideo& video, const FrameFacts& facts,
                 const TrainingReading& reading, std::vector<ClipNote>* notes) {
  std::vector<ClipNote> said = facts.notes;
  const cv::Size size(facts.width, facts.height);
  for (std::size_t i = 0; i < video.masks.size(); ++i) {
    const PngHeader header = read_png_header(bytes_of(video.masks[i]), video.masks[i]);
    const cv::Size drawn(static_cast<int>(header.width), static_cast<int>(header.height));
    if (check_sizes(size, drawn, video.images[i], video.masks[i]) && i == 0) {
      said.push_back({Severity::note, "frames of " + size_text(size.width, size.height) +
                                          " are scaled to the masks' " +
                                          size_text(drawn.width, drawn.height)});
    }
  }
  const std::size_t last = video.masks.size() - 1;
  for (const std::size_t at : std::set<std::size_t>{0, last / 2, last}) {
    cv::Mat labels = mat_of(read_mask(video.masks[at], decoding(video.palette)));
    if (video.labels.is_stated) relabel(labels, training_ids(video.labels));
    if (!reading.trusts_masks) check_mask_of_labels(mask_of(labels), video.masks[at]);
    if (at == 0 && !video.labels.is_stated && labels_in(labels).empty() &&
        cv::countNonZero(labels) > 0) {
      said.push_back({Severity::warning,
                      "its first mask has the label 255 only, which is void and never learned; "
                      "where it is an object, say so in a benchmark file (\"labels\": "
                      "{\"nonzero\": 1})"});
    }
  }
  if (notes == nullptr) return;
  for (const ClipNote& note : said)
    notes->push_back({note.severity, "video '" + video.name + "': " + note.text});
}

}  // namespace

std::vector<TrainingVideo> list_training_videos(const std::string& root,
                                                const std::string& benchmark,
                                                std::vector<ClipNote>* notes,
                                                const TrainingReading& reading) {
  BenchmarkDefinition definition = load_benchmark(benchmark);
  if (reading.colors) definition = with_colors(std::move(definition), *reading.colors);
  const SequenceIndex index = index_ground_truth(root, definition);
  const std::span<const Rgb> colors = palette_for(index.benchmark, MaskRole::truth);
  const auto palette = std::make_shared<const std::vector<Rgb>>(colors.begin(), colors.end());
  if (index.benchmark.has_overlaps()) {
    throw Error(ErrorKind::input, root, index.benchmark.name + " keeps a mask for each object",
                "a benchmark with one mask of labels a frame");
  }
  std::vector<TrainingVideo> videos;
  for (const Sequence& sequence : index.sequences) {
    if (sequence.images.empty()) continue;
    TrainingVideo video;
    video.name = sequence.name;
    video.labels = index.benchmark.labels;
    video.palette = palette;
    ByFrame<std::string> pictures;
    for (const std::string& file : list_frame_files(*index.truth, sequence.images).files)
      pictures.emplace(file_stem(file), join_path(sequence.images, file));
    ByFrame<std::string> masks;
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      const std::string frame(sequence.frames[i]);
      masks.emplace(frame, index.masks->display(sequence, frame));
    }
    for (const auto& [frame, mask] : masks) {
      const auto picture = pictures.find(frame);
      if (picture == pictures.end()) continue;
      video.images.push_back(index.truth->display_path(picture->second));
      video.masks.push_back(mask);
    }
    if (video.images.size() < 3) continue;
    // What is wrong with a video is told before the first step.
    const auto frames = open_frame_folder(index.truth, sequence.images, reading.frames);
    const FrameFacts& facts = frames->facts();
    if (facts.trouble) throw Error(*facts.trouble);
    video.bits = facts.bits;
    video.orientation = reading.frames.orientation;
    check_video(video, facts, reading, notes);
    videos.push_back(std::move(video));
  }
  if (videos.empty()) {
    throw Error(ErrorKind::input, root,
                "has no video with three labelled frames and their pictures",
                "the frames (JPEGImages) beside the masks");
  }
  return videos;
}

namespace {

// Over the names of all files that can be drawn, what `facts` says of each, and the objects of
// json.
template <typename Facts>
std::string digest_of_files(const std::vector<TrainingVideo>& videos,
                            const std::vector<StillImage>& stills, const Facts& facts) {
  Sha256Stream whole;
  const auto add = [&](const std::string& path) {
    if (path.empty()) return;
    whole.update(path.substr(path.rfind('/') + 1) + "\n");
    whole.update(facts(path) + "\n");
  };
  for (const TrainingVideo& video : videos) {
    whole.update("video " + video.name + "\n");
    for (std::size_t i = 0; i < video.images.size(); ++i) {
      add(video.images[i]);
      add(video.masks[i]);
    }
  }
  for (const StillImage& still : stills) {
    whole.update("still\n");
    add(still.image);
    add(still.mask);
    add(still.outlines);
    if (still.coco != nullptr) whole.update(format_digest(still.coco_digest) + "\n");
  }
  return format_digest(whole.finish());
}

}  // namespace

std::string training_data_digest(const std::vector<TrainingVideo>& videos,
                                 const std::vector<StillImage>& stills) {
  return digest_of_files(videos, stills, [](const std::string& path) {
    return format_digest(sha256(read_text_file(path)));
  });
}

std::string training_files_digest(const std::vector<TrainingVideo>& videos,
                                  const std::vector<StillImage>& stills) {
  return digest_of_files(videos, stills, [](const std::string& path) {
    return std::to_string(open_input_file(path).size);
  });
}

bool choose_objects(TrainingSample& sample, synth::Random& random) {
  std::vector<std::uint8_t> labels = labels_in(sample.frames.front().labels);
  sample.has_second = labels.size() > 1;
  std::array<std::uint8_t, 256> table{};
  for (std::uint8_t chosen = 1; chosen <= 2 && !labels.empty(); ++chosen) {
    const auto place =
        static_cast<std::size_t>(random.integer(0, static_cast<int>(labels.size()) - 1));
    table[labels[place]] = chosen;
    labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(place));
  }
  for (LabelledFrame& frame : sample.frames) relabel(frame.labels, table);
  return table != std::array<std::uint8_t, 256>{};
}

TrainingSample sample_video(const TrainingVideo& video, int distance, const AugmentOptions& options,
                            std::uint64_t seed) {
  TrainingSample sample;
  for (std::uint64_t attempt = 0; attempt <= 5; ++attempt) {
    synth::Random random(synth::mix_seed(seed, 1, attempt));
    std::vector<LabelledFrame> frames;
    for (const int place : draw_clip(static_cast<int>(video.images.size()), distance, random)) {
      const auto i = static_cast<std::size_t>(place);
      frames.push_back(read_labelled(video.images[i], video.masks[i], video.bits, video.orientation,
                                     video.labels, video.palette));
    }
    sample.frames = augment(frames, options, random);
    if (choose_objects(sample, random)) break;
  }
  return sample;
}

TrainingSample sample_still(const StillImage& still, const AugmentOptions& options,
                            std::uint64_t seed) {
  LabelledFrame frame;
  if (!still.mask.empty()) {
    frame = read_labelled(still.image, still.mask, 0, still.orientation, {}, still.palette);
    take_white_as_object(frame.labels);
  } else {
    frame.image = read_picture(still.image, 0, still.orientation);
    frame.labels = still.coco != nullptr
                       ? coco_labels(still, frame.image.cols, frame.image.rows)
                       : draw_outlines(read_text_file(still.outlines), still.outlines,
                                       frame.image.cols, frame.image.rows);
    frame.image = scaled_picture(frame.image, frame.labels.cols, frame.labels.rows);
  }
  TrainingSample sample;
  for (std::uint64_t attempt = 0; attempt <= 5; ++attempt) {
    synth::Random random(synth::mix_seed(seed, 2, attempt));
    LabelledFrame grouped{frame.image, frame.labels.clone()};
    if (still.mask.empty()) {
      // Deal the segments to one or two objects.
      std::vector<std::uint8_t> segments = labels_in(grouped.labels);
      const bool whole = random.chance(0.5);
      std::array<std::uint8_t, 256> table{};
      for (const std::uint8_t segment : segments)
        table[segment] = whole || random.chance(0.5) ? 1 : 2;
      relabel(grouped.labels, table);
    }
    sample.frames = augment({grouped, grouped, grouped}, options, random);
    if (choose_objects(sample, random)) break;
  }
  return sample;
}

std::vector<float> normalised_planes(const cv::Mat& image, PixelScale scale) {
  constexpr std::array<float, 3> kMean{0.485F, 0.456F, 0.406F};
  constexpr std::array<float, 3> kDeviation{0.229F, 0.224F, 0.225F};
  const auto plane = static_cast<std::size_t>(image.rows) * static_cast<std::size_t>(image.cols);
  std::vector<float> planes(3 * plane);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const cv::Vec3b& pixel = image.at<cv::Vec3b>(y, x);
      const std::size_t at = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.cols) +
                             static_cast<std::size_t>(x);
      for (int c = 0; c < 3; ++c) {
        const auto channel = static_cast<std::size_t>(c);
        const float mean = scale == PixelScale::xray ? 0.5F : kMean[channel];
        const float deviation = scale == PixelScale::xray ? 0.5F : kDeviation[channel];
        planes[channel * plane + at] = (static_cast<float>(pixel[c]) / 255.0F - mean) / deviation;
      }
    }
  }
  return planes;
}

}  // namespace angiobench
