// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "baselines/prompts.h"
#include "dataset/benchmark.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/media/frame_source.h"

namespace angiobench {

/// What a person says of first masks.
struct FirstMaskOptions {
  bool binarize = false;  // give the pixels of smoothed edges to the nearest object or background
  bool trusted = false;   // take every value as it is: scattered ones and large objects, too
  int background = -1;    // this label and 0 change places: it is what was meant as background
  // Masks of later frames hold all that is seen there, of objects given before too, and correct
  // what was predicted; otherwise labels that repeat are left out
  bool correct = false;
  int max_objects = kDefaultMaxIds;  // of a clip; more are no hand-drawn objects
  // Which colour is which object (ColorTable::labels); empty: each colour of a drawing is one
  std::vector<LabelClass> colors = {};
};

/// The first masks of a clip, and what a person should know of how they were read.
struct FirstMasks {
  Prompts prompts;
  std::vector<ClipNote> notes;
};

/// Reads the first masks of a clip of one's own. `path`: one picture, given at the frame that it is
/// named as, else at the clip's first; a folder of pictures named as the frames they belong to; or
/// a volume of labels (.nrrd, .mha, .nii.gz) of one slice, the first frame's, or of one a frame.
/// `frames`: the clip's names in order.
///
/// A picture of labels (grey; palette where index 0 is black, or where the colours are VOC's; alpha
/// 0 is background) gives its values as ids: 0 and 1, 0 and 255, 1, 2, 3. A drawn picture (colours)
/// gives each colour an id: VOC's own where all colours are VOC's, else 1, 2, … from the largest
/// red, green, blue down; black, transparent, or else the commonest is background. With a table of
/// `colors` each colour is the table's object, of pictures in RGB and of palettes whose colours are
/// the table's; another colour is refused.
///
/// After the first mask with an object each gives the labels that are new in it, or, with
/// `correct`, all (Prompts::corrections). Labels that are left out are noted.
///
/// Throws Error{input} where values lie on the edges between others (smoothed edges; with
/// `binarize` they are taken apart), where they are scattered among each other (dithered), where no
/// object is left, where sizes differ, and where a mask is of no frame.
FirstMasks read_first_masks(const std::string& path, const std::vector<std::string>& frames,
                            const FirstMaskOptions& options);

/// Stops at what can be no first masks: more than `max_objects`, an object that covers most of the
/// frame and its corners (a background with a number). Where `background` says so, two labels
/// change places first. Throws Error{input} with the cure.
void check_first_masks(Prompts& prompts, const FirstMaskOptions& options, const std::string& place);

/// Stops at labels that smoothing or dithering made, in the prompts of a data set; the labels count
/// as numbers. Throws Error{input} with the cure.
void check_prompt_values(const Prompts& prompts, const FirstMaskOptions& options,
                         const std::string& place);

/// Where an object is given, and how large it is there.
struct GivenObject {
  int id = 0;
  std::string frame;
  std::uint64_t pixels = 0;
};

/// Every object of some prompts, by id.
std::vector<GivenObject> given_objects(const Prompts& prompts);

/// "object 1: 2310 pixels, object 4: 87 pixels at 00012"; a frame is named where it is not `first`.
std::string given_objects_text(const std::vector<GivenObject>& objects, const std::string& first);

/// SHA-256 over frames, sizes, labels and folders of objects: "sha256:…".
std::string prompts_digest(const Prompts& prompts);

/// The prompts at another size, labels of the nearest pixels.
Prompts scaled_prompts(const Prompts& prompts, int width, int height);

}  // namespace angiobench
