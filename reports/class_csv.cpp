// SPDX-License-Identifier: MIT
#include "reports/class_csv.h"

#include <algorithm>

#include "reports/decimal.h"
#include "reports/escape.h"

namespace angiobench {

std::string per_class_csv(const Result& result) {
  std::string text =
      "id,name,group,background,images,intersection,union,truth,prediction,IoU,Dice,precision,"
      "sensitivity,IoU_image,low,high\n";
  for (const ClassScore& one : result.classes) {
    text += std::to_string(one.id) + "," + escape_csv(one.name) + "," +
            std::string(group_name(one.group)) + "," + (one.is_background ? "1" : "0");
    for (const std::uint64_t count : {one.images, one.sums.intersection, one.sums.union_area(),
                                      one.sums.truth, one.sums.prediction})
      text += "," + std::to_string(count);
    for (const std::optional<double>& value :
         {one.iou, one.dice, one.precision, one.sensitivity, one.iou_image})
      text += "," + format_exact(value, "");
    text += "," + (one.interval ? format_exact(one.interval->low) : std::string()) + "," +
            (one.interval ? format_exact(one.interval->high) : std::string()) + "\n";
  }
  return text;
}

std::string confusion_csv(const Result& result) {
  if (!result.confusion) return {};
  const auto name_of = [&](int label) {
    const auto found = std::ranges::find(result.classes, label, &ClassScore::id);
    return escape_csv(found == result.classes.end() ? std::to_string(label) : found->name);
  };
  std::string text = "truth";
  for (const int label : result.confusion->labels) text += "," + name_of(label);
  text += "\n";
  for (std::size_t i = 0; i < result.confusion->rows.size(); ++i) {
    text += name_of(result.confusion->labels[i]);
    for (const std::uint64_t pixels : result.confusion->rows[i])
      text += "," + std::to_string(pixels);
    text += "\n";
  }
  return text;
}

std::string per_image_csv_header(std::span<const Metric> measures, const ImageScore& image) {
  std::string text = "sequence,frame";
  for (const Metric& metric : measures) {
    if (image.measures.contains(metric)) text += "," + escape_csv(metric.id);
  }
  for (std::size_t i = 0; i < image.classes.size(); ++i) {
    const std::string suffix = image.classes.size() == 1 ? "" : "_" + std::to_string(i);
    for (const char* const name : {"intersection", "truth", "prediction"})
      text += "," + (name + suffix);
  }
  return text + "\n";
}

std::string per_image_csv_rows(const SequenceScore& sequence, std::span<const Metric> measures) {
  std::string text;
  for (const ImageScore& image : sequence.images) {
    text += escape_csv(sequence.name) + "," + escape_csv(image.name);
    for (const Metric& metric : measures) {
      const auto found = image.measures.find(metric);
      if (found != image.measures.end()) text += "," + format_exact(found->second, "");
    }
    for (const ClassSums& sums : image.classes) {
      for (const std::uint64_t count : {sums.intersection, sums.truth, sums.prediction})
        text += "," + std::to_string(count);
    }
    text += "\n";
  }
  return text;
}

}  // namespace angiobench
