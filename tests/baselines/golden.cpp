// SPDX-License-Identifier: MIT
#include "tests/baselines/golden.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <cstring>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>
#include <stdexcept>

#include "baselines/weights/network_spec.h"
#include "baselines/weights/seed_weights.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"

namespace angiobench::test {
namespace {

namespace fs = boost::filesystem;

std::vector<std::string> sorted_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string only_folder(const std::string& folder) { return sorted_files(folder).at(0); }

}  // namespace

NpyArray read_npy(const std::string& path) {
  const std::string file = read_text_file(path);
  if (file.size() < 10 || file.compare(1, 5, "NUMPY") != 0)
    throw std::runtime_error(path + ": not a .npy file");
  const std::size_t header_length =
      static_cast<std::uint8_t>(file[8]) + 256U * static_cast<std::uint8_t>(file[9]);
  const std::string header = file.substr(10, header_length);
  const char* data = file.data() + 10 + header_length;

  NpyArray array;
  std::size_t at = header.find("'shape': (") + 10;
  std::size_t count = 1;
  while (header[at] != ')') {
    std::size_t used = 0;
    array.shape.push_back(std::stoll(header.substr(at), &used));
    count *= static_cast<std::size_t>(array.shape.back());
    at = header.find_first_of("0123456789)", at + used);
  }
  array.values.resize(count);
  const bool is_float = header.find("<f4") != std::string::npos;
  if (!is_float && header.find("<u2") == std::string::npos)
    throw std::runtime_error(path + ": unknown type " + header);
  for (std::size_t i = 0; i < count; ++i) {
    if (is_float) {
      float value = 0;
      std::memcpy(&value, data + i * sizeof value, sizeof value);
      array.values[i] = static_cast<double>(value);
    } else {
      std::uint16_t value = 0;
      std::memcpy(&value, data + i * sizeof value, sizeof value);
      array.values[i] = value;
    }
  }
  return array;
}

nlohmann::json read_json(const std::string& path) {
  return nlohmann::json::parse(read_text_file(path));
}

std::shared_ptr<const StateDict> golden_weights(const std::string& golden) {
  static const std::shared_ptr<const StateDict> weights = [&] {
    const std::string path = golden + "/calib.safetensors";
    auto made = std::make_shared<StateDict>(reference_weights(read_weights(path), path));
    check_state_dict(*made, network_tensors(), path);
    return made;
  }();
  return weights;
}

GoldenClip load_golden_clip(const std::string& golden, const std::string& name) {
  const std::string root = golden + "/inputs/" + name;
  GoldenClip clip;
  std::vector<std::string> names;
  for (const std::string& file : sorted_files(only_folder(root + "/JPEGImages"))) {
    cv::Mat rgb;
    cv::cvtColor(cv::imread(file, cv::IMREAD_COLOR), rgb, cv::COLOR_BGR2RGB);
    clip.frames.push_back(rgb);
    names.push_back(fs::path(file).filename().string());
  }

  // Annotated frames: those of the first-mask json, or the first one.
  const bool plain = name.rfind("XACV", 0) == 0;
  const std::string masks = only_folder(root + (plain ? "/AnnotationVOS" : "/Annotations"));
  std::set<std::string> annotated = {names.front()};
  if (!plain) {
    annotated.clear();
    const nlohmann::json first_masks = read_json(root + "/ImageSets/val_first_mask.json");
    for (const auto& frame : first_masks.at("videos").begin().value()) {
      annotated.insert(frame.get<std::string>() + ".png");
    }
  }
  std::set<int> seen = {0};
  for (const std::string& frame : names) {
    clip.prompts.push_back(nullptr);
    if (!annotated.contains(frame)) continue;
    auto prompt = std::make_unique<Mask>(read_mask(masks + "/" + frame));
    std::set<int> here;
    for (int y = 0; y < prompt->height(); ++y) {
      for (int x = 0; x < prompt->width(); ++x) {
        std::uint8_t& label = prompt->at(x, y);
        if (seen.contains(label)) {
          label = 0;
        } else {
          here.insert(label);
        }
      }
    }
    seen.insert(here.begin(), here.end());
    clip.prompts.back() = std::move(prompt);
  }
  return clip;
}

}  // namespace angiobench::test
