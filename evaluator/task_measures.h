// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/benchmark.h"
#include "evaluator/metric.h"

namespace angiobench {

// What is measured where there are no objects to follow: classes, maps, labels that may overlap.
// What each number is called and which way it is better stands in the table of measures
// (measures.h); here stands of which task it is and how it comes of what was counted.

/// What is worked out of a class's pixels, or of all classes together.
enum class ClassQuantity {
  iou,                    // intersection / union
  dice,                   // 2 intersection / (truth + prediction)
  pixel_accuracy,         // right pixels / pixels, all classes together
  frequency_weighted_iou  // IoU of classes weighted by their pixels of the truth
};

/// Over which classes the mean is. A background that the protocol names is no foreground.
enum class ClassSet { all, foreground };

/// In which order images and classes become one number.
enum class ClassPooling {
  sums,              // of sums over images, then the mean over classes
  within_images,     // of each image the mean over its classes, then the mean over images
  images_published,  // PAXRay's: I / (U + 1e-6) of every image and class, mean over images, classes
  images_either,     // over images in which either side has the class, then over classes
  images_truth,      // over images whose truth has the class, then over classes
  none,              // of maps: a value of each image, no class
};

struct TaskMeasure {
  std::string_view id;
  Task task;
  std::string_view word;  // of a protocol's `measures`, for several: "IoU"; empty: only by its id
  ClassQuantity quantity = ClassQuantity::iou;
  ClassSet set = ClassSet::all;
  ClassPooling pooling = ClassPooling::none;
  bool goes_without_saying = false;  // reported whatever a protocol lists
  bool is_of_groups = false;         // of seen and of unseen classes, never overall
};

/// In the order in which people read them.
std::span<const TaskMeasure> task_measures();

/// The row of a task's measure; nullptr where there is none.
const TaskMeasure* find_task_measure(Task task, const Metric& metric);

/// What a word of a protocol's `measures` means for a task: several for "IoU", one for an id, none
/// for a word that is neither. Of no word at all: everything that the task reports unasked.
std::vector<Metric> task_metrics(Task task, std::string_view word);

/// "IoU, Dice, mIoU, …": the words that a protocol of the task may list.
std::string known_task_measures(Task task);

/// What the mean of a measure is over: "image", "class" or "label".
std::string_view counted_noun(const TaskMeasure& measure);

}  // namespace angiobench
