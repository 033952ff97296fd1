// SPDX-License-Identifier: MIT
#include "dataset/synth/set_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/core/mat.hpp>
#include <opencv2/imgcodecs.hpp>

#include "dataset/benchmark.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"

namespace angiobench::synth {

void ProgressCounter::add() {
  const std::uint64_t done = done_.fetch_add(1) + 1;
  if (callback_) callback_(std::min(done, total_), total_);
}

std::string padded(int number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string lines_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

namespace {

std::vector<std::uint8_t> encode_picture(std::span<const std::uint8_t> grey, int width, int height,
                                         const char* extension, const std::vector<int>& options) {
  expects(grey.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
          "a pixel a byte");
  // OpenCV takes no pointer to const; it only reads.
  const cv::Mat image(height, width, CV_8UC1, const_cast<std::uint8_t*>(grey.data()));
  std::vector<std::uint8_t> bytes;
  bool done = false;
  try {
    done = cv::imencode(extension, image, bytes, options);
  } catch (const cv::Exception& error) {
    throw Error(
        ErrorKind::bug, "",
        std::string("a picture cannot be encoded as ") + extension + " (" + error.what() + ")");
  }
  expects(done, "a grey picture can be encoded");
  return bytes;
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg(std::span<const std::uint8_t> grey, int width, int height,
                                      int quality) {
  return encode_picture(grey, width, height, ".jpg", {cv::IMWRITE_JPEG_QUALITY, quality});
}

std::vector<std::uint8_t> encode_grey_png(std::span<const std::uint8_t> grey, int width,
                                          int height) {
  return encode_picture(grey, width, height, ".png", {});
}

void write_benchmark_like(const OutputFolder& out, const std::string& pattern,
                          const std::string& name, const std::string& title, int width,
                          int height) {
  nlohmann::ordered_json definition = nlohmann::ordered_json::parse(benchmark_text(pattern));
  definition["name"] = name;
  definition["title"] = title;
  definition["width"] = width;
  definition["height"] = height;
  definition.erase("sequences");
  definition.erase("digest");
  out.write("benchmarks/" + name + ".json", definition.dump(2) + "\n");
}

}  // namespace angiobench::synth
