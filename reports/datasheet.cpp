// SPDX-License-Identifier: MIT
#include "reports/datasheet.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <vector>

#include "dataset/files/image_size.h"
#include "dataset/files/text.h"
#include "dataset/finding_codes.h"
#include "reports/escape.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

using Row = std::vector<Table::Cell>;

Table::Column left(std::string heading) { return {std::move(heading), "", Table::Align::left}; }
Table::Column right(std::string heading) { return {std::move(heading), ""}; }

std::string number(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  // "-0.0" is 0.
  const bool is_zero = std::string_view(text).find_first_of("123456789") == std::string_view::npos;
  return is_zero && text[0] == '-' ? std::string(text + 1) : std::string(text);
}

std::string percent(double share, int decimals = 1) { return number(100 * share, decimals) + " %"; }

std::string part_of(std::uint64_t part, std::uint64_t whole) {
  std::string text = std::to_string(part) + " of " + std::to_string(whole);
  if (whole > 0)
    text += " (" + percent(static_cast<double>(part) / static_cast<double>(whole)) + ")";
  return text;
}

// A row of five figures; `scale` is what a value is multiplied with.
Row spread_row(const std::string& what, const ValueSpread& spread, int decimals, double scale = 1) {
  const auto text = [&](double value) { return number(scale * value, decimals); };
  return {{what},
          {std::to_string(spread.count)},
          {text(spread.least)},
          {text(spread.quartile_1)},
          {text(spread.median)},
          {text(spread.quartile_3)},
          {text(spread.most)}};
}

Table spread_table() {
  Table table;
  table.columns = {left("What"),    right("Values"),         right("Least"), right("Quarter"),
                   right("Median"), right("Three quarters"), right("Most")};
  return table;
}

std::string sizes_text(const DatasetTraits& traits) {
  constexpr std::size_t kShown = 4;
  std::vector<std::pair<std::uint64_t, std::pair<int, int>>> sizes;
  for (const auto& [size, count] : traits.sizes) sizes.emplace_back(count, size);
  std::ranges::stable_sort(sizes, std::greater<>(), &decltype(sizes)::value_type::first);
  if (sizes.size() == 1)
    return size_text(sizes.front().second.first, sizes.front().second.second) + ", every mask";
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, sizes.size()); ++i) {
    text += (i == 0 ? "" : ", ") + size_text(sizes[i].second.first, sizes[i].second.second) + " (" +
            plural(sizes[i].first, "mask") + ")";
  }
  if (sizes.size() > kShown) text += " and " + plural(sizes.size() - kShown, "other size");
  return text.empty() ? "no mask could be read" : text;
}

std::string rate_text(const DatasetCard& card, const DatasetTraits& traits) {
  std::string text =
      card.frame_rate > 0
          ? number(card.frame_rate, card.frame_rate == std::floor(card.frame_rate) ? 0 : 2) +
                " frames a second"
          : "not stated";
  if (traits.strides.count == 0) return text;
  if (traits.strides.least == traits.strides.most) {
    const double stride = traits.strides.median;
    return text + (stride == 1 ? "; every frame is annotated"
                               : "; every " + number(stride, 0) + "th frame is annotated");
  }
  return text + "; annotated every " + number(traits.strides.least, 0) + " to " +
         number(traits.strides.most, 0) + " frames (median " + number(traits.strides.median, 0) +
         ")";
}

std::string images_text(const DatasetTraits& traits, const BenchmarkDefinition& benchmark) {
  if (benchmark.has_single_images()) return "not looked at: masks of single images";
  if (traits.image_types.empty()) return "none lie with the masks";
  std::uint64_t total = 0;
  std::string types;
  for (const auto& [suffix, count] : traits.image_types) {
    total += count;
    types += (types.empty() ? "" : ", ") + std::to_string(count) + " " + suffix;
  }
  return std::to_string(total) + " (" + types + ")";
}

// "a, b, c".
std::string all_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string glance(const Validation& validation, const DatasetTraits& traits,
                   const BenchmarkDefinition& benchmark, const DatasetCard& card) {
  const ValidationTotals& totals = validation.totals;
  Table table;
  table.columns = {left(""), left("")};
  const auto add = [&](const std::string& what, const std::string& value) {
    if (!value.empty()) table.rows.push_back({{what}, {value}});
  };
  add("Benchmark", validation.benchmark +
                       (benchmark.split.empty() ? "" : ", split " + benchmark.split) + ", task " +
                       std::string(task_name(benchmark.task)));
  add("Sequences", std::to_string(totals.sequences));
  add("Annotated frames",
      std::to_string(totals.annotated_frames) +
          (totals.readable_frames == totals.annotated_frames
               ? ""
               : " (" + std::to_string(totals.readable_frames) + " readable)") +
          (totals.empty_masks > 0 ? ", of which " + plural(totals.empty_masks, "mask") +
                                        (totals.empty_masks == 1 ? " is empty" : " are empty")
                                  : ""));
  add("Frames of the videos", totals.frames > 0 ? std::to_string(totals.frames) : "not known");
  add("Images", images_text(traits, benchmark));
  add("Size of the masks", sizes_text(traits));
  add("Frame rate", rate_text(card, traits));
  add("Objects", std::to_string(totals.objects) + ", in " + std::to_string(traits.object_frames) +
                     " object masks");
  add("Licence", card.license.empty() ? "not stated" : card.license);
  add("Authors", all_words(card.creators));
  add("Published", card.published);
  add("Page", card.url);
  add("Digest of the masks", validation.digest);
  return markdown_table(table);
}

std::string objects_section(const Validation& validation, const DatasetTraits& traits) {
  const ValidationTotals& totals = validation.totals;
  std::string text = "## Objects\n\n";
  if (totals.objects == 0) return text + "No mask shows an object.\n\n";
  Table table = spread_table();
  table.rows.push_back(spread_row("Objects a sequence", traits.objects, 0));
  table.rows.push_back(spread_row("Masks a sequence", traits.lengths, 0));
  if (traits.images.count > 0)
    table.rows.push_back(spread_row("Images a sequence", traits.images, 0));
  ValueSpread sizes = spread_of(totals.object_shares);
  table.rows.push_back(
      spread_row("Size: share of the frame, % (mean of an object)", sizes, 2, 100));
  if (traits.motion.count > 0) {
    table.rows.push_back(spread_row("Motion: pixels a frame", traits.motion, 2));
    table.rows.push_back(
        spread_row("Motion: % of the diagonal a frame", traits.motion_share, 2, 100));
  }
  if (traits.overlap.count > 0)
    table.rows.push_back(
        spread_row("Overlap with the annotated frame before, IoU", traits.overlap, 2));
  if (traits.contrast.count > 0)
    table.rows.push_back(
        spread_row("Contrast: grey levels darker than around", traits.contrast, 1));
  text += markdown_table(table) + "\n";
  text += "- Late objects: " + part_of(totals.late_objects, totals.objects) +
          " appear after the first annotated frame" +
          (totals.late_objects > 0
               ? "; " + std::to_string(totals.unprompted_objects) + " of them without a prompt"
               : "") +
          ".\n";
  text += "- Border: " + part_of(traits.border_frames, traits.object_frames) +
          " object masks touch the border of the frame; " +
          part_of(traits.border_objects, traits.num_objects) + " objects do so in every mask.\n";
  text += traits.contrast.count > 0
              ? "- Contrast was measured in " + plural(traits.contrast_frames, "frame") +
                    " (the first, middle and last annotated one of a sequence).\n"
              : "- Contrast was not measured: " +
                    std::string(traits.image_types.empty() ? "no images lie with the masks"
                                                           : "no image of an annotated frame "
                                                             "could be read at the mask's size") +
                    ".\n";
  return text + "\n";
}

std::string classes_section(const DatasetTraits& traits) {
  if (traits.classes.empty()) return {};
  std::string text = "## Classes\n\n";
  const bool is_counted = !traits.class_source.empty();
  Table table;
  table.columns = {right("Id"), left("Name"), left("Colour")};
  if (is_counted) {
    for (const char* const heading : {"Sequences", "Frames", "Pixels", "Share of all classes"})
      table.columns.push_back(right(heading));
  }
  std::uint64_t all = 0;
  for (const ClassTraits& one : traits.classes) all += one.pixels;
  for (const ClassTraits& one : traits.classes) {
    char color[8];
    std::snprintf(color, sizeof color, "#%02x%02x%02x", one.color[0], one.color[1], one.color[2]);
    Row row = {{std::to_string(one.id)}, {one.name}, {color}};
    if (is_counted) {
      row.push_back({std::to_string(one.sequences)});
      row.push_back({std::to_string(one.frames)});
      row.push_back({std::to_string(one.pixels)});
      row.push_back(
          {all > 0 ? percent(static_cast<double>(one.pixels) / static_cast<double>(all)) : "-"});
    }
    table.rows.push_back(std::move(row));
  }
  text += markdown_table(table) + "\n";
  return text + (is_counted ? "Counted in the " + traits.class_source + ".\n\n"
                            : "The table is the benchmark's; the masks of the classes do not lie "
                              "here, so nothing was counted.\n\n");
}

std::string duplicates_section(const DatasetTraits& traits) {
  std::string text = "## Duplicates and splits\n\n";
  const bool has_images = !traits.image_types.empty();
  text += "- Within sequences: " + plural(traits.still_masks, "mask") + " equal" +
          (traits.still_masks == 1 ? "s" : "") + " the annotated one before" +
          (has_images ? "; " + plural(traits.repeated_images, "image") +
                            (traits.repeated_images == 1 ? " equals" : " equal") +
                            " the one before, byte by byte"
                      : "") +
          ".\n";
  text += "- Between sequences: " + plural(traits.num_same_masks, "mask") + " occur" +
          (traits.num_same_masks == 1 ? "s" : "") + " in another sequence" +
          (has_images ? ", " + plural(traits.num_same_images, "image") + " too" : "") + ".\n";
  for (const Duplicate& one : traits.duplicates)
    text += "  - " + one.what + " " + escape_markdown(one.first) + " = " +
            escape_markdown(one.second) + "\n";
  if (traits.splits.empty())
    text +=
        "- Between splits: no other split lies below the same folder, so nothing was compared.\n";
  for (const SplitOverlap& split : traits.splits) {
    const std::string names =
        split.same_names.empty()
            ? "no sequence of the same name"
            : plural(split.same_names.size(), "sequence") + " of the same name (" +
                  all_words(split.same_names) + ")" +
                  (split.same_masks == 0 ? ", other videos as far as masks tell" : "");
    text +=
        "- Against " + escape_markdown(split.split) + " (" + plural(split.sequences, "sequence") +
        "): " + escape_markdown(names) + ", " +
        (split.same_masks == 0 ? "no common mask" : plural(split.same_masks, "common mask")) +
        (has_images ? (split.same_images == 0 ? std::string(", no common image")
                                              : ", " + plural(split.same_images, "common image"))
                    : "") +
        ".\n";
  }
  return text + "\n";
}

std::string findings_section(const Validation& validation) {
  std::string text = "## Findings\n\n";
  if (validation.counts.empty()) return text + "The validator found nothing.\n\n";
  Table table;
  table.columns = {left("Severity"), left("Code"), right("Places"), left("What"), left("Cure")};
  for (const auto& [code, places] : validation.counts) {
    const FindingCode& entry = finding_code(code);
    table.rows.push_back({{std::string(severity_name(entry.severity))},
                          {code},
                          {std::to_string(places)},
                          {std::string(entry.title)},
                          {std::string(entry.cure)}});
  }
  return text + markdown_table(table) + "\n";
}

std::string sequences_section(const Validation& validation, const DatasetTraits& traits) {
  std::string text = "## Sequences\n\n";
  std::map<std::string_view, const SequenceTraits*> by_name;
  for (const SequenceTraits& one : traits.sequences) by_name[one.name] = &one;
  Table table;
  table.columns = {left("Sequence"), right("Size"),          right("Frames"),
                   right("Masks"),   right("Empty"),         right("Objects"),
                   right("Late"),    right("At the border"), right("Motion, pixels a frame")};
  for (const SequenceStatistics& sequence : validation.sequences) {
    const auto late = std::ranges::count_if(sequence.objects, &ObjectStatistics::late);
    const auto own = by_name.find(sequence.name);
    const SequenceTraits* const one = own == by_name.end() ? nullptr : own->second;
    table.rows.push_back(
        {{sequence.name},
         {sequence.width > 0 ? size_text(sequence.width, sequence.height) : "-"},
         {sequence.frames > 0 ? std::to_string(sequence.frames) : "-"},
         {std::to_string(sequence.readable_frames)},
         {std::to_string(sequence.empty_masks)},
         {std::to_string(sequence.objects.size())},
         {std::to_string(late)},
         {one == nullptr || one->object_frames == 0
              ? "-"
              : percent(static_cast<double>(one->border_frames) /
                            static_cast<double>(one->object_frames),
                        0)},
         {one == nullptr || one->motion.count == 0 ? "-" : number(one->motion.median, 2)}});
  }
  return text + markdown_table(table) + "\n";
}

constexpr std::string_view kMeanings =
    "## What the figures mean\n\n"
    "- Quarter, median and three quarters are nearest ranks of all values, which each row counts.\n"
    "- Size: an object's mean share of the frame over the masks that show it.\n"
    "- Motion: the way of an object's centre from one annotated frame that shows it to the next, "
    "divided by the frames between them (by the numbers in their names).\n"
    "- Overlap: intersection over union of an object's mask with its own in the annotated frame "
    "just before; near 1 nothing moves.\n"
    "- Contrast: mean brightness of the ring of 5 pixels around an object that belongs to no "
    "object, "
    "minus the object's own, of 255; above 0 the object is darker than what is around it.\n"
    "- Late: first shown after the first annotated frame of its sequence. At the border: share of "
    "the "
    "object's masks that touch the first or last row or column.\n"
    "- A mask is a duplicate where it shows objects of 16 pixels and more and every pixel is the "
    "same; an image where its file is.\n";

}  // namespace

std::string datasheet_markdown(const Validation& validation, const DatasetTraits& traits,
                               const BenchmarkDefinition& benchmark, const DatasetCard& card) {
  std::string text = "# Datasheet: " + escape_markdown(validation.title) + "\n\n";
  if (!card.description.empty()) text += escape_markdown(card.description) + "\n\n";
  text += glance(validation, traits, benchmark, card) + "\n";
  text += objects_section(validation, traits);
  text += classes_section(traits);
  text += duplicates_section(traits);
  text += findings_section(validation);
  text += sequences_section(validation, traits);
  if (!card.citation.empty()) text += "## To cite\n\n" + escape_markdown(card.citation) + "\n\n";
  return text + std::string(kMeanings);
}

}  // namespace angiobench
