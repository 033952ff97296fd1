// SPDX-License-Identifier: MIT
// Compares synthetic angiograms with real ones by statistics and prints a Markdown table:
//   synth_statistics REAL_FOLDER [COUNT] [MONTAGE.png]
// REAL_FOLDER has images/*.jpg and labels/*.txt as ARCADE's YOLO form does: a line is "class x y x
// y …", an outline in fractions of the image. The synthetic ones are the fullest frames of coronary
// scenes with seeds from 1 on.
#include <algorithm>
#include <array>
#include <boost/filesystem/operations.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "dataset/media/frame_io.h"
#include "dataset/synth/random.h"
#include "dataset/synth/scene.h"
#include "dataset/synth/sequence_files.h"

namespace {

namespace fs = boost::filesystem;
using namespace angiobench::synth;
using angiobench::encode_jpeg;

constexpr int kSize = 512;
constexpr std::array<int, 7> kFrequencies{4, 8, 16, 32, 64, 128, 220};  // cycles a picture

// A grey picture and where its vessels are (255).
struct Sample {
  cv::Mat grey;
  cv::Mat vessels;
};

// One number a picture, or for widths one a pixel of the axis.
struct Numbers {
  std::vector<double> mean, deviation, dark, bright, noise, correlation, contrast, area, width;
  std::array<std::vector<double>, kFrequencies.size()> power;
  std::array<double, 64> histogram{};
};

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double place = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (place - static_cast<double>(low)) * (values[high] - values[low]);
}

void measure(const Sample& sample, Numbers& numbers) {
  // Leave a border out: shutters are black.
  const cv::Rect inner(48, 48, kSize - 96, kSize - 96);
  std::vector<double> greys;
  for (int y = inner.y; y < inner.y + inner.height; ++y) {
    for (int x = inner.x; x < inner.x + inner.width; ++x) {
      const int value = sample.grey.at<std::uint8_t>(y, x);
      greys.push_back(value);
      numbers.histogram[static_cast<std::size_t>(value / 4)] += 1.0 / (inner.width * inner.height);
    }
  }
  double sum = 0;
  double squares = 0;
  for (const double value : greys) {
    sum += value;
    squares += value * value;
  }
  const double count = static_cast<double>(greys.size());
  numbers.mean.push_back(sum / count);
  numbers.deviation.push_back(std::sqrt(squares / count - sum / count * (sum / count)));
  numbers.dark.push_back(quantile(greys, 0.02));
  numbers.bright.push_back(quantile(greys, 0.98));

  // Estimate the noise where nothing but noise is fine: Laplacian-like mask of Immerkaer (1996),
  // away from vessels.
  cv::Mat image;
  sample.grey.convertTo(image, CV_32F);
  const cv::Mat mask = (cv::Mat_<float>(3, 3) << 1, -2, 1, -2, 4, -2, 1, -2, 1);
  cv::Mat residual;
  cv::filter2D(image, residual, CV_32F, mask);
  std::vector<double> absolute;
  for (int y = inner.y; y < inner.y + inner.height; y += 2) {
    for (int x = inner.x; x < inner.x + inner.width; x += 2) {
      if (sample.vessels.at<std::uint8_t>(y, x) == 0)
        absolute.push_back(std::abs(static_cast<double>(residual.at<float>(y, x))));
    }
  }
  numbers.noise.push_back(quantile(absolute, 0.5) / 0.6745 / 6);

  // How alike neighbours' noise is: correlation at one pixel of what a blur of 3 pixels takes away.
  cv::Mat blurred;
  cv::GaussianBlur(image, blurred, {0, 0}, 3);
  const cv::Mat fine = image - blurred;
  double own = 0;
  double next = 0;
  for (int y = inner.y; y < inner.y + inner.height; ++y) {
    for (int x = inner.x; x < inner.x + inner.width - 1; ++x) {
      if (sample.vessels.at<std::uint8_t>(y, x) != 0) continue;
      const auto a = static_cast<double>(fine.at<float>(y, x));
      own += a * a;
      next += a * static_cast<double>(fine.at<float>(y, x + 1));
    }
  }
  numbers.correlation.push_back(next / std::max(own, 1e-9));

  // Take the power spectrum of the middle, a Hann window over it, rings of a third of an octave.
  const int side = inner.width;
  cv::Mat window;
  cv::createHanningWindow(window, {side, side}, CV_32F);
  cv::Mat centred = image(inner) - static_cast<float>(sum / count);
  cv::Mat spectrum;
  cv::dft(centred.mul(window), spectrum, cv::DFT_COMPLEX_OUTPUT);
  std::array<double, kFrequencies.size()> power{};
  std::array<double, kFrequencies.size()> cells{};
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double f = std::hypot(std::min(x, side - x), std::min(y, side - y)) * kSize / side;
      for (std::size_t k = 0; k < kFrequencies.size(); ++k) {
        if (f < kFrequencies[k] / 1.12 || f > kFrequencies[k] * 1.12) continue;
        const auto value = spectrum.at<cv::Vec2f>(y, x);
        power[k] += static_cast<double>(value[0] * value[0] + value[1] * value[1]);
        cells[k] += 1;
      }
    }
  }
  for (std::size_t k = 0; k < kFrequencies.size(); ++k) {
    numbers.power[k].push_back(
        10 * std::log10(power[k] / std::max(cells[k], 1.0) / (side * side) + 1e-9));
  }

  // Contrast of the vessels against a ring around them, and their widths along the axis.
  cv::Mat near;
  cv::Mat far;
  cv::dilate(sample.vessels, near, cv::getStructuringElement(cv::MORPH_ELLIPSE, {7, 7}));
  cv::dilate(sample.vessels, far, cv::getStructuringElement(cv::MORPH_ELLIPSE, {21, 21}));
  const double vessel = cv::mean(image, sample.vessels)[0];
  const double ring = cv::mean(image, far & ~near)[0];
  if (cv::countNonZero(sample.vessels) > 200) {
    numbers.contrast.push_back((ring - vessel) / std::max(ring, 1.0));
    numbers.area.push_back(static_cast<double>(cv::countNonZero(sample.vessels)) / (kSize * kSize));
    cv::Mat depth;
    cv::distanceTransform(sample.vessels, depth, cv::DIST_L2, cv::DIST_MASK_PRECISE);
    cv::Mat highest;
    cv::dilate(depth, highest, cv::Mat::ones(3, 3, CV_8U));
    for (int y = 1; y + 1 < kSize; ++y) {
      for (int x = 1; x + 1 < kSize; ++x) {
        const float d = depth.at<float>(y, x);
        if (d > 0.9F && d >= highest.at<float>(y, x))
          numbers.width.push_back(2 * static_cast<double>(d) - 1);
      }
    }
  }
}

std::vector<Sample> real_samples(const std::string& folder, std::size_t count) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(folder) / "images")) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < names.size() && samples.size() < count; ++i) {
    Sample sample;
    sample.grey = cv::imread(folder + "/images/" + names[i] + ".jpg", cv::IMREAD_GRAYSCALE);
    if (sample.grey.cols != kSize || sample.grey.rows != kSize) continue;
    sample.vessels = cv::Mat::zeros(kSize, kSize, CV_8U);
    std::ifstream lines(folder + "/labels/" + names[i] + ".txt");
    std::string line;
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::string label;
      words >> label;
      std::vector<cv::Point> outline;
      double x = 0;
      double y = 0;
      while (words >> x >> y)
        outline.emplace_back(static_cast<int>(x * kSize), static_cast<int>(y * kSize));
      if (outline.size() > 2)
        cv::fillPoly(sample.vessels, std::vector<std::vector<cv::Point>>{outline}, 255);
    }
    samples.push_back(sample);
  }
  return samples;
}

std::vector<Sample> made_samples(std::size_t count) {
  std::vector<Sample> samples;
  for (std::uint64_t seed = 1; samples.size() < count; ++seed) {
    SceneOptions options;
    options.size = kSize;
    const Scene scene(options, mix_seed(seed, 77));
    if (scene.procedure != Procedure::left_coronary && scene.procedure != Procedure::right_coronary)
      continue;
    Canvas canvas(kSize, kSize);
    int best = 0;
    int most = -1;
    const auto is_vessel = [&](std::uint8_t label) {
      return label > 0 &&
             scene.objects[static_cast<std::size_t>(label - 1)].category == Category::vessel;
    };
    for (int frame = 4; frame < options.num_frames; frame += 8) {
      scene.draw(frame, canvas);
      const std::uint8_t* labels = canvas.labels().pixels();
      const auto area = static_cast<int>(std::count_if(labels, labels + kSize * kSize, is_vessel));
      if (area > most) {
        most = area;
        best = frame;
      }
    }
    const std::vector<std::uint8_t> grey = scene.render(best, canvas);
    Sample sample;
    sample.grey = cv::imdecode(encode_jpeg(grey, kSize, kSize, 95), cv::IMREAD_GRAYSCALE);
    sample.vessels = cv::Mat::zeros(kSize, kSize, CV_8U);
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x)
        sample.vessels.at<std::uint8_t>(y, x) = is_vessel(canvas.labels().at(x, y)) ? 255 : 0;
    }
    samples.push_back(sample);
  }
  return samples;
}

void print_row(const char* name, const std::vector<double>& real, const std::vector<double>& made,
               double factor) {
  std::printf("| %s |", name);
  for (const std::vector<double>* values : {&real, &made}) {
    std::printf(" %.3g (%.3g, %.3g) |", factor * quantile(*values, 0.5),
                factor * quantile(*values, 0.1), factor * quantile(*values, 0.9));
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: synth_statistics REAL_FOLDER [COUNT] [MONTAGE.png]\n";
    return 2;
  }
  const std::size_t count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200;
  const std::vector<Sample> real = real_samples(argv[1], count);
  const std::vector<Sample> made = made_samples(count);
  Numbers a;
  Numbers b;
  for (const Sample& sample : real) measure(sample, a);
  for (const Sample& sample : made) measure(sample, b);

  std::printf("%zu real, %zu synthetic pictures; median (10th, 90th percentile)\n\n", real.size(),
              made.size());
  std::printf("| | real | synthetic |\n| --- | --- | --- |\n");
  print_row("grey, mean", a.mean, b.mean, 1);
  print_row("grey, standard deviation", a.deviation, b.deviation, 1);
  print_row("grey, 2nd percentile", a.dark, b.dark, 1);
  print_row("grey, 98th percentile", a.bright, b.bright, 1);
  print_row("noise, grey levels", a.noise, b.noise, 1);
  print_row("correlation of neighbours' fine structure", a.correlation, b.correlation, 1);
  for (std::size_t k = 0; k < kFrequencies.size(); ++k) {
    const std::string name = "power at " + std::to_string(kFrequencies[k]) + " cycles, dB";
    print_row(name.c_str(), a.power[k], b.power[k], 1);
  }
  print_row("vessel contrast, %", a.contrast, b.contrast, 100);
  print_row("vessel area, %", a.area, b.area, 100);
  print_row("vessel width, pixels", a.width, b.width, 1);
  double overlap = 0;
  for (std::size_t i = 0; i < a.histogram.size(); ++i) {
    overlap += std::min(a.histogram[i] / static_cast<double>(real.size()),
                        b.histogram[i] / static_cast<double>(made.size()));
  }
  std::printf("\nOverlap of the mean grey histograms: %.1f %%\n", 100 * overlap);

  if (argc > 3) {
    // Rows in turn: four real, four made.
    const int tile = 320;
    cv::Mat sheet(6 * tile, 4 * tile, CV_8U, cv::Scalar(0));
    for (int row = 0; row < 6; ++row) {
      for (int column = 0; column < 4; ++column) {
        const std::vector<Sample>& from = row % 2 == 0 ? real : made;
        const std::size_t index = static_cast<std::size_t>(row / 2 * 4 + column) *
                                  std::max<std::size_t>(1, from.size() / 12);
        if (index >= from.size()) continue;
        cv::Mat small;
        cv::resize(from[index].grey, small, {tile, tile}, 0, 0, cv::INTER_AREA);
        small.copyTo(sheet(cv::Rect(column * tile, row * tile, tile, tile)));
      }
    }
    cv::imwrite(argv[3], sheet);
  }
  return 0;
}
