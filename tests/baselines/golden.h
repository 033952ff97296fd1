// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "baselines/weights/state_dict.h"
#include "dataset/masks/mask.h"

namespace angiobench::test {

/// An array of numbers as NumPy stores it (.npy, version 1), made double.
struct NpyArray {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

/// Reads a little-endian C-ordered .npy of type u2 or f4.
NpyArray read_npy(const std::string& path);

/// The weights that all golden outputs were made with, from the folder data/golden; made once.
std::shared_ptr<const StateDict> golden_weights(const std::string& golden);

/// An input clip of data/golden: frames, and the new labels of each annotated frame.
struct GoldenClip {
  std::vector<cv::Mat> frames;                 // R, G, B
  std::vector<std::unique_ptr<Mask>> prompts;  // null where the frame has no annotation
};

/// Loads "MOSXAV_m128", "MOSXAV_mpad" or "XACV_x128".
GoldenClip load_golden_clip(const std::string& golden, const std::string& name);

nlohmann::json read_json(const std::string& path);

}  // namespace angiobench::test
