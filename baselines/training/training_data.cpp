// SPDX-License-Identifier: MIT
#include "baselines/training/training_data.h"

#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <sstream>

#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/error.h"
#include "dataset/masks/mask_source.h"
#include "dataset/media/frame_io.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;

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

LabelledFrame read_labelled(const std::string& image, const std::string& mask,
                            const LabelRules& labels) {
  LabelledFrame frame{read_frame_rgb(image), mat_of(read_mask(mask))};
  if (labels.is_stated) relabel(frame.labels, labels.truth_ids);
  if (frame.labels.size() != frame.image.size()) {
    throw Error(
        ErrorKind::input, mask,
        "is " + std::to_string(frame.labels.cols) + " x " + std::to_string(frame.labels.rows),
        "the size of " + image + ", " + std::to_string(frame.image.cols) + " x " +
            std::to_string(frame.image.rows));
  }
  return frame;
}

}  // namespace

std::vector<StillImage> list_still_images(const std::string& folder) {
  const fs::path images = fs::path(folder) / "images";
  boost::system::error_code code;
  std::vector<StillImage> stills;
  if (fs::is_directory(images, code)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(images)) {
      const std::string name = entry.path().stem().string();
      StillImage still;
      still.image = entry.path().string();
      const fs::path mask = fs::path(folder) / "masks" / (name + ".png");
      const fs::path outlines = fs::path(folder) / "labels" / (name + ".txt");
      if (fs::exists(mask, code)) {
        still.mask = mask.string();
      } else if (fs::exists(outlines, code)) {
        still.outlines = outlines.string();
      } else {
        continue;
      }
      stills.push_back(std::move(still));
    }
  }
  if (stills.empty()) {
    throw Error(ErrorKind::input, folder, "has no pictures with objects",
                "images/NAME.jpg with labels/NAME.txt (outlines) or masks/NAME.png");
  }
  std::sort(stills.begin(), stills.end(),
            [](const StillImage& a, const StillImage& b) { return a.image < b.image; });
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

std::vector<TrainingVideo> list_training_videos(const std::string& root,
                                                const std::string& benchmark) {
  const SequenceIndex index = index_ground_truth(root, load_benchmark(benchmark));
  if (index.benchmark.has_overlaps()) {
    throw Error(ErrorKind::input, root, index.benchmark.name + " keeps a mask for each object",
                "a benchmark with one mask of labels a frame");
  }
  std::vector<TrainingVideo> videos;
  for (const Sequence& sequence : index.sequences) {
    TrainingVideo video;
    video.name = sequence.name;
    video.labels = index.benchmark.labels;
    for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
      const std::string frame(sequence.frames[i]);
      const std::string base = join_path(sequence.images, frame);
      for (const char* const extension : {".jpg", ".png"}) {
        if (sequence.images.empty() || !index.truth->has_file(base + extension)) continue;
        video.images.push_back(index.truth->display_path(base + extension));
        video.masks.push_back(index.masks->display(sequence, frame));
        break;
      }
    }
    if (video.images.size() >= 3) videos.push_back(std::move(video));
  }
  if (videos.empty()) {
    throw Error(ErrorKind::input, root,
                "has no video with three labelled frames and their pictures",
                "the frames (JPEGImages) beside the masks");
  }
  return videos;
}

std::string training_data_digest(const std::vector<TrainingVideo>& videos,
                                 const std::vector<StillImage>& stills) {
  Sha256Stream whole;
  const auto add = [&](const std::string& path) {
    if (path.empty()) return;
    whole.update(path.substr(path.rfind('/') + 1) + "\n");
    whole.update(format_digest(sha256(read_text_file(path))) + "\n");
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
  }
  return format_digest(whole.finish());
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
      frames.push_back(read_labelled(video.images[i], video.masks[i], video.labels));
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
    frame = read_labelled(still.image, still.mask, {});
  } else {
    frame.image = read_frame_rgb(still.image);
    frame.labels = draw_outlines(read_text_file(still.outlines), still.outlines, frame.image.cols,
                                 frame.image.rows);
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
