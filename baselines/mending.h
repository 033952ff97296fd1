// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "baselines/first_masks.h"
#include "baselines/prompts.h"
#include "dataset/masks/mask.h"

namespace angiobench {

/// What each correction among the prompts says, in order: "the mask of the frame '00025' corrects
/// object 1 (2310 pixels); object 2 is not in it: it is empty there, and may be found again".
std::vector<std::string> correction_texts(const Prompts& prompts);

/// The frame that somebody calls so: one of that name, else the only one whose number it is ("25"
/// for "00025"). Throws Error{usage} about `from` where there is none, or no only one.
std::string frame_called(const std::vector<std::string>& frames, const std::string& called);

/// The masks that a run wrote for a clip up to a frame whose mask somebody mended since: what a run
/// goes on from. Masks are read when they are asked for.
class KeptMasks {
 public:
  /// `folder` holds <frame>.png of each of `frames`, in order; `from` is one of these. Labels that
  /// neither `prompts` nor an earlier mask gave are new objects of that frame. Throws Error{input}
  /// where a mask is missing, is of another size than width x height, or cannot be read; where
  /// `from` is the last frame, or before the first of the prompts; where the mended mask has values
  /// that smoothing made, or more objects than `options` allow.
  KeptMasks(std::string folder, const std::vector<std::string>& frames, const std::string& from,
            const Prompts& prompts, const FirstMaskOptions& options, int width, int height);

  /// How many frames are kept: all up to the mended one.
  std::size_t size() const { return frames_.size(); }
  const std::string& last() const { return frames_.back(); }
  /// The labels of a kept frame. Throws Error{input} where the mask changed and cannot be read.
  Mask labels(std::size_t frame) const;
  /// Writes a kept frame's mask into another folder: the file's own bytes; of a mended mask that
  /// was stored in the labels' colours, or with another palette, its labels.
  void copy(std::size_t frame, const std::string& folder) const;
  /// Every id that the prompts or the mended mask give, ascending.
  const std::vector<int>& object_ids() const { return object_ids_; }
  /// What a person should know of the mended mask: its objects, new and absent ones.
  const std::vector<ClipNote>& notes() const { return notes_; }

 private:
  std::string path(std::size_t frame) const;
  void read_mended();
  void look_at_mended(const Prompts& prompts, const FirstMaskOptions& options);

  std::string folder_;
  std::vector<std::string> frames_;
  int width_;
  int height_;
  Mask mended_;
  bool in_colours_ = false;  // the mended mask's file holds other labels than its colours tell
  std::vector<int> object_ids_;
  std::vector<ClipNote> notes_;
};

/// A prompt without the labels that are known by now (those of `known`).
Mask without_known(const Mask& prompt, const std::vector<int>& known);

}  // namespace angiobench
