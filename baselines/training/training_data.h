// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baselines/training/augmentation.h"
#include "baselines/training/schedule.h"
#include "dataset/benchmark.h"
#include "dataset/color_table.h"
#include "dataset/files/digest.h"
#include "dataset/masks/coco_masks.h"
#include "dataset/media/frame_source.h"

namespace angiobench {

/// How pictures and masks to learn from are read.
struct TrainingReading {
  FrameReading frames;
  bool trusts_masks = false;  // takes every value of a mask as an object (check_mask_of_labels)
  /// Through which masks in colours are read; none: the benchmark's, and stills have no colours.
  std::optional<ColorTable> colors = {};
};

/// Colours of the labels of masks, shared by all that have them; null: colours are refused.
using TrainingPalette = std::shared_ptr<const std::vector<Rgb>>;

/// A still image with objects: clips are made of it by warping it three times.
struct StillImage {
  std::string image;  // path of the picture
  std::string mask;   // path of a PNG of labels; or
  /// Path of a text file, a line an object: "class x y x y …", in shares of the sides
  std::string outlines;
  /// COCO: the json that has its objects, outlines or run lengths
  std::shared_ptr<const CocoMasks> coco = {};
  std::size_t coco_image = 0;  // among its sequences
  Sha256 coco_digest{};        // of its objects
  Orientation orientation = Orientation::stored;
  TrainingPalette palette = {};  // of its mask
};

/// The pictures of a folder: images/ with labels/*.txt (outlines, as ARCADE in YOLO form), with
/// masks/*.png (labels) of the same names, or with annotations/*.json (COCO, as ARCADE is
/// published; objects are found by the id of their image, never by their own, which ARCADE uses
/// twice); pictures without objects are left out. In the order of their names. Every picture's
/// header and every mask are looked at: a mask whose one label is 255 has one object, pictures of
/// another size than what was drawn on them are scaled. `notes`, where not null, gets what a person
/// should know. Throws Error{input} where there are none, where a json is malformed (CocoMasks) or
/// names a picture that is not there, where ratios of sides differ, and for masks that cannot be
/// meant (check_mask_of_labels); Error{limit} for more than 254 objects in a picture of a json.
std::vector<StillImage> list_still_images(const std::string& folder,
                                          std::vector<std::string>* notes = nullptr,
                                          const TrainingReading& reading = {});

/// The labels of a still image of a COCO json: objects by their ids, else 1, 2, … in the json's
/// order; where they share pixels as CocoMasks says. At the json's size, or, where it says none, at
/// `width` x `height`. Throws as CocoMasks::read, naming the json.
cv::Mat coco_labels(const StillImage& still, int width, int height);

/// The labels of a still image: objects 1, 2, … in the order of the file's lines; later outlines
/// lie on top. Throws Error{input} naming the line that is wrong.
cv::Mat draw_outlines(const std::string& text, const std::string& path, int width, int height);

/// A video whose labelled frames can be drawn from.
struct TrainingVideo {
  std::string name;
  std::vector<std::string> images;  // of labelled frames, in order
  std::vector<std::string> masks;
  int bits = 8;  // of the whole video's samples that are used (FrameFacts)
  Orientation orientation = Orientation::stored;
  LabelRules labels = {};        // what the masks' labels mean
  TrainingPalette palette = {};  // of its masks
};

/// The videos of a benchmark's split ("mosxav-train", or a definition's file) at `root` that have
/// three labelled frames or more, with pictures, in the order of frames (FrameLess). `notes`, where
/// not null, gets what is to be known of them (FrameFacts), each with the video's name. Frames of
/// another size than their masks' are scaled to it. Throws Error{input} where none has, where
/// ratios of sides, depths or orientations differ within a video, for masks that cannot be meant
/// (check_mask_of_labels; the first, the middle and the last are looked at), and for a benchmark
/// that keeps a mask for each object.
std::vector<TrainingVideo> list_training_videos(const std::string& root,
                                                const std::string& benchmark,
                                                std::vector<ClipNote>* notes = nullptr,
                                                const TrainingReading& reading = {});

/// SHA-256 over the names (without folders) and contents of every file that can be drawn, in order:
/// the same data has one digest wherever it lies. "sha256:…". Throws Error{input}.
std::string training_data_digest(const std::vector<TrainingVideo>& videos,
                                 const std::vector<StillImage>& stills);
/// The same over names and sizes, which costs no reading: whether the data are those of a plan.
std::string training_files_digest(const std::vector<TrainingVideo>& videos,
                                  const std::vector<StillImage>& stills);

/// Three frames with up to two objects, ready to be made tensors: class 1 is the target, 2 the
/// second object.
struct TrainingSample {
  std::vector<LabelledFrame> frames;  // 3
  bool has_second = false;
};

/// Picks the target and the second object among the labels of the first frame, each alike, and
/// makes them 1 and 2 in every frame; all else becomes 0. False where the first frame has no
/// object.
bool choose_objects(TrainingSample& sample, synth::Random& random);

/// A sample of a video: frames no further apart than `distance`; up to five more tries where the
/// first has no object left after augmentation. The last try is returned as it is, perhaps without
/// object. Pure function of its arguments.
TrainingSample sample_video(const TrainingVideo& video, int distance, const AugmentOptions& options,
                            std::uint64_t seed);

/// A sample of a still image. With outlines the target is the whole tree half of the time, else a
/// random half of the segments, the other half being the second object: one vessel's parts look
/// alike, so both tasks are worth learning.
TrainingSample sample_still(const StillImage& still, const AugmentOptions& options,
                            std::uint64_t seed);

/// How pixels become the network's numbers.
enum class PixelScale { xray, imagenet };  // (x - 0.5) / 0.5, or ImageNet's mean and deviation

/// 3 planes of floats of an R, G, B image.
std::vector<float> normalised_planes(const cv::Mat& image, PixelScale scale);

}  // namespace angiobench
