// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "dataset/synth/random.h"

namespace angiobench {

/// A frame and its labels, 8-bit: rows x cols x 3 (R, G, B), rows x cols.
struct LabelledFrame {
  cv::Mat image;
  cv::Mat labels;
};

/// How frames are varied; the defaults are the official code's for X-ray videos.
struct AugmentOptions {
  int crop = 384;             // side of what comes out
  double least_area = 0.36;   // share of the frame that a crop covers, from
  double most_area = 1;       // to
  double least_ratio = 0.75;  // width over height of a crop, to its inverse
  double flip = 0.5;          // chance to mirror a whole clip
  std::array<double, 3> clip_jitter{0.1, 0.03, 0.03};  // brightness, contrast, saturation of a clip
  double grey = 0.05;                                  // chance to lose all colour
  double rotation = 15;                                // degrees, each frame its own
  double shear = 10;                                   // degrees
  std::array<double, 2> scale{1, 1};                   // of each frame
  std::array<double, 3> frame_jitter{0.01, 0.01, 0.01};  // of each frame
  double warp = 0;  // chance of a thin-plate spline, each frame its own
};

/// For clips that are made of one still image: stronger affine maps, splines a third of the time.
AugmentOptions still_image_augmentation();

/// Varies a clip: one mirror, crop and colour for all frames; one affine map, spline and small
/// colour change for each. Images are resampled bicubically, outside grey 128; labels by the
/// nearest, outside 0. All frames have one size.
std::vector<LabelledFrame> augment(const std::vector<LabelledFrame>& frames,
                                   const AugmentOptions& options, synth::Random& random);

/// A thin-plate spline map by `weights` over control points in [0, 1]: maps every pixel of the
/// result to where it is taken from. `shifts` moves each control point of a `grid` x `grid`
/// lattice, as shares of the side.
void thin_plate_maps(int width, int height, int grid, const std::vector<cv::Point2d>& shifts,
                     cv::Mat& map_x, cv::Mat& map_y);

/// Brightness, contrast and saturation multiplied, in this order, as Pillow defines them.
void jitter_colors(cv::Mat& image, double brightness, double contrast, double saturation);

}  // namespace angiobench
