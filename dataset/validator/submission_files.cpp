// SPDX-License-Identifier: MIT
#include "dataset/validator/submission_files.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "dataset/error.h"
#include "dataset/frame_order.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/submission_place.h"
#include "dataset/validator/mask_facts.h"
#include "dataset/validator/sequence_files.h"

namespace angiobench {
namespace {

std::set<std::string> names_of(const SequenceIndex& index) {
  std::set<std::string> names;
  for (const Sequence& sequence : index.sequences) names.insert(sequence.name);
  return names;
}

// How well a submission fits an index: the share of sequences, of the larger of the two sets, all
// of whose annotated frames were predicted.
double fit(const SubmissionFiles& files, const SequenceIndex& index) {
  std::size_t matches = 0;
  for (const Sequence& sequence : index.sequences) {
    const auto at = files.sequences.find(sequence.name);
    if (at == files.sequences.end()) continue;
    bool covers = true;
    for (std::size_t i = 0; covers && i < sequence.frames.size(); ++i)
      covers = at->second.find(sequence.frames[i]).has_value();
    // A video of another length is another video.
    const auto ours = frame_number(sequence.frames[sequence.frames.size() - 1]);
    const auto theirs =
        at->second.empty() ? std::nullopt : frame_number(at->second[at->second.size() - 1]);
    matches += covers && ours == theirs ? 1 : 0;
  }
  const std::size_t larger = std::max(files.sequences.size(), index.sequences.size());
  return larger == 0 ? 0 : static_cast<double>(matches) / static_cast<double>(larger);
}

// The benchmark of the same layout, another split, that the submission fits far better; empty where
// there is none.
std::string better_split(const SubmissionFiles& files, const SequenceIndex& index,
                         const std::string& root) {
  constexpr double kFits = 0.8;
  const double ours = fit(files, index);
  if (ours >= kFits) return {};
  std::string best;
  double best_fit = std::max(kFits, ours + 0.25);
  for (const std::string& name : benchmark_names()) {
    const BenchmarkDefinition other = load_benchmark(name);
    if (other.layout != index.benchmark.layout || other.task != index.benchmark.task ||
        other.split == index.benchmark.split)
      continue;
    try {
      const SequenceIndex candidate = index_ground_truth(root, other);
      const bool is_same_place =
          candidate.annotations == index.annotations && candidate.split_file == index.split_file;
      if ((candidate.split_file.empty() && candidate.meta_file.empty()) || is_same_place) continue;
      const double theirs = fit(files, candidate);
      if (theirs >= best_fit) {
        best = name;
        best_fit = theirs;
      }
    } catch (const Error&) {
      continue;  // that split is not below this root
    }
  }
  return best;
}

// A data set that is annotated now and then, given as the predictions of what are really
// predictions for every frame: most sequences lack frames between their first and last.
bool looks_swapped(const SubmissionFiles& files, const SequenceIndex& index) {
  std::size_t sparse = 0;
  for (const Sequence& sequence : index.sequences) {
    const auto at = files.sequences.find(sequence.name);
    if (at == files.sequences.end() || at->second.empty() || sequence.frames.size() < 4) continue;
    const FrameNames& submitted = at->second;
    const bool same_ends =
        submitted[0] == sequence.frames[0] &&
        submitted[submitted.size() - 1] == sequence.frames[sequence.frames.size() - 1];
    sparse += same_ends && submitted.size() * 4 <= sequence.frames.size() * 3 ? 1 : 0;
  }
  return index.sequences.size() >= 2 && sparse * 2 > index.sequences.size();
}

}  // namespace

bool survey_submission(const FileMaskSource& masks, const SequenceIndex& index,
                       const std::string& root, SubmissionFiles& files,
                       FindingCollector& findings) {
  const FileTree& tree = masks.tree();
  const std::string top = masks.display();
  if (const std::string marker = dataset_marker(tree); !marker.empty()) {
    findings.add("P033", "the submission has '" + marker + "', which belongs to a data set", top);
    return false;
  }
  if (index.benchmark.has_single_images()) {
    for (const Sequence& sequence : index.sequences) {
      if (masks.present(sequence)[0]) files.sequences[sequence.name] = sequence.frames;
    }
    if (files.sequences.empty()) {
      const std::string extension(index.benchmark.submission_masks.front().extension());
      findings.add("P009",
                   "no <name>" + extension + " of the benchmark: " + place_hint(tree, index), top);
    }
    return !files.sequences.empty();
  }

  const std::set<std::string> expected = names_of(index);
  const std::vector<std::string> places = places_of_sequences(tree, index.benchmark, expected);
  if (!places.empty() && !places.front().empty()) {
    findings.add("P036", "the sequences are not at the top: " + place_hint(tree, index), top);
    return false;
  }
  for (const std::string& name : tree.folders("")) {
    FrameNames frames = masks.list_frames(name);
    if (expected.contains(name) || !frames.empty()) files.sequences[name] = std::move(frames);
  }
  if (files.sequences.empty()) {
    findings.add("P009", "no sequence with masks: " + place_hint(tree, index), top);
    return false;
  }
  if (const std::string other = better_split(files, index, root); !other.empty()) {
    findings.add(
        "P035",
        "the sequences and frames are those of " + other + ", not of " + index.benchmark.name, top);
    return false;
  }
  if (looks_swapped(files, index)) {
    findings.add("P033",
                 "the masks given with -g cover every frame, those given with -p only some, as "
                 "annotations do",
                 top);
    return false;
  }
  return true;
}

std::vector<bool> check_submitted_names(const FileMaskSource& masks, const SequenceIndex& index,
                                        const Sequence& sequence, const FrameNames& submitted,
                                        const ValidationOptions& options,
                                        FindingCollector& findings) {
  const FileTree& tree = masks.tree();
  const std::string path = masks.display(sequence);
  if (const std::optional<OddEntry> odd = masks.odd_entry(sequence))
    findings.add("P026", "is " + odd->kind + "; expected a regular file", odd->name);
  std::vector<bool> present(sequence.frames.size());
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    present[i] = submitted.find(sequence.frames[i]).has_value();
    if (!present[i] && (!options.is_read || options.is_read(sequence, i))) missing.push_back(i);
  }
  if (index.benchmark.has_single_images()) return present;

  // One file for each label of a frame is no set of frames.
  const auto mixed = differ_in_text(submitted);
  if (mixed && !missing.empty()) {
    findings.add("P028",
                 "'" + mixed->first + "' and '" + mixed->second +
                     "' differ in more than a number; one mask a frame is expected",
                 path, mixed->second);
    return present;
  }

  // Numbers of both sides; a set of names without numbers is only compared by name.
  std::map<std::int64_t, std::vector<std::size_t>> by_number;
  bool all_numbers = !differ_in_text(sequence.frames);  // else the truth is the one to mend
  for (std::size_t i = 0; i < submitted.size(); ++i) {
    const auto number = frame_number(submitted[i]);
    if (number) by_number[*number].push_back(i);
    all_numbers = all_numbers && number;
  }
  std::vector<std::int64_t> expected;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    const auto number = frame_number(sequence.frames[i]);
    if (number) expected.push_back(*number);
    all_numbers = all_numbers && number;
  }

  const SequenceImages images = list_images(index, sequence);
  std::vector<std::size_t> outside;
  for (std::size_t i = 0; i < submitted.size(); ++i) {
    if (sequence.frames.find(submitted[i])) continue;
    if (!images.names.empty()) {
      if (!images.names.find(submitted[i])) outside.push_back(i);
      continue;
    }
    const auto number = frame_number(submitted[i]);
    const bool is_known_end = sequence.length > 0 || sequence.frames.size() > 1;
    const std::int64_t last = sequence.length > 0 ? sequence.length - 1
                              : expected.empty()  ? 0
                                                  : *std::ranges::max_element(expected);
    const std::int64_t first = expected.empty() ? 0 : *std::ranges::min_element(expected);
    if (!number || (is_known_end &&
                    (*number > last ||
                     *number < std::min<std::int64_t>(first, sequence.length > 0 ? 0 : first)))) {
      outside.push_back(i);
    }
  }

  if (all_numbers && !missing.empty()) {
    // Other zeros in front of the same numbers.
    const bool is_padding = std::ranges::all_of(
        missing, [&](std::size_t i) { return by_number.contains(expected[i]); });
    if (is_padding) {
      const std::size_t twin = by_number[expected[missing.front()]].front();
      findings.add_many("P006", missing.size(),
                        "'" + std::string(submitted[twin]) + ".png' where '" +
                            std::string(sequence.frames[missing.front()]) + ".png' is expected",
                        path, sequence.frames[missing.front()]);
      return present;
    }
    // All numbers one too high or too low.
    for (const std::int64_t shift : {std::int64_t{1}, std::int64_t{-1}}) {
      const bool is_shift =
          !outside.empty() && std::ranges::all_of(expected, [&](std::int64_t number) {
            return by_number.contains(number + shift);
          });
      if (!is_shift) continue;
      findings.add("P005",
                   "numbered from " + std::string(submitted[0]) + " to " +
                       std::string(submitted[submitted.size() - 1]) + " where " +
                       std::string(sequence.frames[0]) + " to " +
                       std::string(sequence.frames[sequence.frames.size() - 1]) + " is expected",
                   path, submitted[0]);
      return present;
    }
  }
  if (!missing.empty()) {
    // As many masks as are expected, and not one under its name: they were numbered anew.
    const bool is_renamed =
        std::ranges::find(present, true) == present.end() && submitted.size() == present.size();
    if (is_renamed) {
      findings.add_many("P027", missing.size(),
                        std::to_string(submitted.size()) + " masks for " +
                            std::to_string(sequence.frames.size()) +
                            " frames under other names: is " + std::string(submitted[0]) +
                            " the frame " + std::string(sequence.frames[0]) + "?",
                        path, sequence.frames[0]);
      return present;
    }
    findings.add_many("P003", missing.size(),
                      "no mask for the frame" + std::string(missing.size() == 1 ? " " : "s ") +
                          list_frames(sequence.frames, missing),
                      path, sequence.frames[missing.front()]);
  }
  std::set<std::size_t> twins;
  for (const auto& [number, positions] : by_number) {
    if (positions.size() < 2 || mixed) continue;
    findings.add("P007",
                 "'" + std::string(submitted[positions[0]]) + ".png' and '" +
                     std::string(submitted[positions[1]]) + ".png'",
                 path, submitted[positions[1]]);
    twins.insert(positions.begin(), positions.end());
  }
  std::erase_if(outside, [&](std::size_t i) { return twins.contains(i); });
  if (!outside.empty()) {
    findings.add_many(
        "P004", outside.size(),
        "masks for " + list_frames(submitted, outside) + ", where the video has no frame", path,
        submitted[outside.front()]);
  }
  // Files that are no masks, by folder.
  const MaskPattern& pattern = index.benchmark.submission_masks.front();
  const std::string place = join_path(sequence.name, pattern.inner_folder());
  std::vector<std::string> folders = {place};
  if (pattern.has_object_folder()) {
    for (const std::string& object : tree.folders(place))
      folders.push_back(join_path(place, object));
  }
  for (const std::string& folder : folders) {
    const MaskFolder own = list_mask_folder(tree, folder, pattern);
    for (const std::string& copy : own.copies)
      findings.add("P008", "looks like a copy of another mask and is not scored",
                   tree.display_path(join_path(folder, copy)));
    if (own.twins) {
      findings.add("P007",
                   "'" + own.twins->first + "' and '" + own.twins->second +
                       "' differ in the case of letters only",
                   path);
    }
    for (const std::string& file : tree.files(folder)) {
      if (!pattern.name_in(file))
        findings.add("P008", "is ignored; expected <frame>.png",
                     tree.display_path(join_path(folder, file)));
    }
    if (pattern.has_object_folder()) continue;
    for (const std::string& inner : tree.folders(folder)) {
      findings.add("P008", "a folder, is ignored; expected <frame>.png",
                   tree.display_path(join_path(folder, inner)));
    }
  }
  return present;
}

}  // namespace angiobench
