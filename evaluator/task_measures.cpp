// SPDX-License-Identifier: MIT
#include "evaluator/task_measures.h"

#include <algorithm>
#include <array>

namespace angiobench {
namespace {

constexpr Task kSemantic = Task::semantic;
constexpr Task kBinary = Task::binary;
constexpr Task kMultilabel = Task::multilabel;
constexpr ClassQuantity kIou = ClassQuantity::iou;
constexpr ClassQuantity kDice = ClassQuantity::dice;
constexpr ClassSet kAll = ClassSet::all;
constexpr ClassSet kForeground = ClassSet::foreground;
constexpr ClassPooling kSums = ClassPooling::sums;

// clang-format off
constexpr std::array kTable = {
    TaskMeasure{"mIoU_foreground", kSemantic, "IoU", kIou, kForeground, kSums},
    TaskMeasure{"mIoU", kSemantic, "IoU", kIou, kAll, kSums},
    TaskMeasure{"IoU", kSemantic, "IoU", kIou, kForeground, kSums, false, true},
    TaskMeasure{"mDice_foreground", kSemantic, "Dice", kDice, kForeground, kSums},
    TaskMeasure{"mDice", kSemantic, "Dice", kDice, kAll, kSums},
    TaskMeasure{"Dice", kSemantic, "Dice", kDice, kForeground, kSums, false, true},
    TaskMeasure{"mIoU_foreground_image", kSemantic, "IoU", kIou, kForeground, ClassPooling::within_images},
    TaskMeasure{"mIoU_image", kSemantic, "IoU", kIou, kAll, ClassPooling::within_images},
    TaskMeasure{"fwIoU", kSemantic, "IoU", ClassQuantity::frequency_weighted_iou, kAll, kSums},
    TaskMeasure{"pixel_accuracy", kSemantic, "", ClassQuantity::pixel_accuracy, kAll, kSums, true},

    TaskMeasure{"DSC", kBinary, ""},
    TaskMeasure{"Acc", kBinary, ""},
    TaskMeasure{"Sen", kBinary, ""},
    TaskMeasure{"Spe", kBinary, ""},
    TaskMeasure{"IOU", kBinary, ""},
    TaskMeasure{"AUC", kBinary, ""},
    TaskMeasure{"cldice", kBinary, ""},
    TaskMeasure{"VC", kBinary, ""},
    TaskMeasure{"log_VC", kBinary, ""},
    TaskMeasure{"AP", kBinary, ""},

    TaskMeasure{"miou-published", kMultilabel, "IoU", kIou, kForeground, ClassPooling::images_published},
    TaskMeasure{"miou", kMultilabel, "IoU", kIou, kForeground, ClassPooling::images_either},
    TaskMeasure{"miou-present", kMultilabel, "IoU", kIou, kForeground, ClassPooling::images_truth},
    TaskMeasure{"miou-dataset", kMultilabel, "IoU", kIou, kForeground, kSums},
    TaskMeasure{"mdice-published", kMultilabel, "Dice", kDice, kForeground, ClassPooling::images_published},
    TaskMeasure{"mdice", kMultilabel, "Dice", kDice, kForeground, ClassPooling::images_either},
    TaskMeasure{"mdice-present", kMultilabel, "Dice", kDice, kForeground, ClassPooling::images_truth},
    TaskMeasure{"mdice-dataset", kMultilabel, "Dice", kDice, kForeground, kSums},
};
// clang-format on

void add_once(std::vector<Metric>& metrics, std::string_view id) {
  const Metric metric(id);
  if (std::ranges::find(metrics, metric) == metrics.end()) metrics.push_back(metric);
}

}  // namespace

std::span<const TaskMeasure> task_measures() { return kTable; }

const TaskMeasure* find_task_measure(Task task, const Metric& metric) {
  const auto found = std::ranges::find_if(
      kTable, [&](const TaskMeasure& row) { return row.task == task && row.id == metric.id; });
  return found == kTable.end() ? nullptr : &*found;
}

std::vector<Metric> task_metrics(Task task, std::string_view word) {
  std::vector<Metric> metrics;
  for (const TaskMeasure& row : kTable) {
    if (row.task == task && (word.empty() || row.word == word)) add_once(metrics, row.id);
  }
  if (metrics.empty() && find_task_measure(task, Metric(word)) != nullptr) add_once(metrics, word);
  return metrics;
}

std::string known_task_measures(Task task) {
  std::vector<Metric> words;
  for (const TaskMeasure& row : kTable) {
    if (row.task == task && !row.word.empty()) add_once(words, row.word);
  }
  for (const TaskMeasure& row : kTable) {
    if (row.task == task) add_once(words, row.id);
  }
  std::string known;
  for (const Metric& word : words) known += (known.empty() ? "" : ", ") + word.id;
  return known;
}

std::string_view counted_noun(const TaskMeasure& measure) {
  const bool is_of_classes =
      measure.quantity == ClassQuantity::iou || measure.quantity == ClassQuantity::dice;
  if (measure.pooling == ClassPooling::none || measure.pooling == ClassPooling::within_images ||
      !is_of_classes)
    return "image";
  return measure.task == Task::multilabel ? "label" : "class";
}

}  // namespace angiobench
