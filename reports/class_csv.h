// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "evaluator/result.h"

namespace angiobench {

// The CSV files of `score --out` where there are no objects; fractions with 17 significant digits,
// an empty field where there is no value.

/// id,name,group,background,images,intersection,union,truth,prediction,IoU,Dice,precision,
/// sensitivity,IoU_image,low,high (the interval of IoU); a row a class or label.
std::string per_class_csv(const Result& result);

/// truth,<name of each class>: rows are the truth's classes, figures pixels. Empty where the result
/// has no confusion matrix.
std::string confusion_csv(const Result& result);

/// sequence,frame, the measures of these that an image has, and its integers: intersection, truth
/// and prediction in pixels, "_<class>" behind them where there are classes.
std::string per_image_csv_header(std::span<const Metric> measures, const ImageScore& image);
/// The rows of one sequence.
std::string per_image_csv_rows(const SequenceScore& sequence, std::span<const Metric> measures);

}  // namespace angiobench
