// SPDX-License-Identifier: MIT
#include "dataset/validator/sequence_files.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "dataset/characters.h"
#include "dataset/frame_order.h"
#include "dataset/frame_values.h"
#include "dataset/masks/mask_source.h"
#include "dataset/validator/mask_facts.h"

namespace angiobench {
namespace {

bool is_image(std::string_view file) {
  return std::ranges::find(kFrameSuffixes, file_suffix(file)) != std::end(kFrameSuffixes);
}

std::string_view stem(std::string_view file) {
  return file.substr(0, std::min(file.rfind('.'), file.size()));
}

std::vector<std::optional<std::int64_t>> numbers_of(const FrameNames& names) {
  std::vector<std::optional<std::int64_t>> numbers;
  numbers.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) numbers.push_back(frame_number(names[i]));
  return numbers;
}

// What lies in a folder of masks and is none, and two files for one frame.
void check_folder(const SequenceIndex& index, const std::string& folder, bool may_have_folders,
                  const FrameNames& masks, FindingCollector& findings) {
  const FileTree& tree = *index.truth;
  for (const std::string& file : tree.files(folder)) {
    if (index.benchmark.masks.name_in(file)) continue;  // copies are told by the index
    const std::string path = tree.display_path(join_path(folder, file));
    if (is_image(file) && masks.find(stem(file))) {
      findings.add(
          "D012",
          "a second file for frame " + std::string(stem(file)) + "; expected one mask a frame",
          path, stem(file));
    } else {
      findings.add("D014", "not a mask; expected <frame>.png only", path);
    }
  }
  if (may_have_folders) return;
  for (const std::string& inner : tree.folders(folder)) {
    findings.add("D014", "a folder among the masks; expected <frame>.png only",
                 tree.display_path(join_path(folder, inner)));
  }
}

void check_numbers(const SequenceIndex& index, const Sequence& sequence, bool has_images,
                   FindingCollector& findings) {
  const std::vector<std::optional<std::int64_t>> numbers = numbers_of(sequence.frames);
  const std::string path = index.truth->display_path(sequence.folder);
  std::map<std::int64_t, std::size_t> first_with;
  bool has_twins = false;
  if (differ_in_text(sequence.frames)) return;  // the index told
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!numbers[i]) return;  // names, not numbers: nothing to check
    const auto [at, is_new] = first_with.emplace(*numbers[i], i);
    if (!is_new) {
      has_twins = true;
      findings.add("D012",
                   "the masks " + std::string(sequence.frames[at->second]) + " and " +
                       std::string(sequence.frames[i]) + " have the number " +
                       std::to_string(*numbers[i]),
                   path, sequence.frames[i]);
    }
  }
  if (has_twins) return;
  if (index.benchmark.from_zero && !has_images && *numbers.front() == 1 && index.benchmark.dense) {
    findings.add("D011",
                 "the first mask is " + std::string(sequence.frames[0]) + "; expected number 0",
                 path, sequence.frames[0]);
  }
  if (!index.benchmark.dense || has_images) return;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (*numbers[i] == *numbers[i - 1] + 1) continue;
    findings.add_many("D010", static_cast<std::uint64_t>(*numbers[i] - *numbers[i - 1] - 1),
                      "after " + std::string(sequence.frames[i - 1]) + " comes " +
                          std::string(sequence.frames[i]) + "; expected a mask for every frame",
                      path, sequence.frames[i]);
  }
}

void check_against_images(const SequenceIndex& index, const Sequence& sequence,
                          const SequenceImages& images, FindingCollector& findings) {
  const FileTree& tree = *index.truth;
  const std::string mask_folder = tree.display_path(sequence.folder);
  const std::string image_folder = tree.display_path(sequence.images);
  if (images.names.empty()) {
    findings.add_many("D009", sequence.frames.size(),
                      "no frames for " + std::to_string(sequence.frames.size()) + " masks",
                      image_folder);
    return;
  }
  std::vector<std::size_t> unmasked;
  std::vector<std::size_t> orphaned;
  for (std::size_t i = 0; i < images.names.size(); ++i) {
    if (!sequence.frames.find(images.names[i])) unmasked.push_back(i);
  }
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    if (!images.names.find(sequence.frames[i])) orphaned.push_back(i);
  }
  // All masks one number late (or early) is one mistake, not two lists.
  if (!orphaned.empty() && index.benchmark.from_zero) {
    const auto mask_numbers = numbers_of(sequence.frames);
    const auto image_numbers = numbers_of(images.names);
    const bool have_numbers = mask_numbers.front() && image_numbers.front();
    const std::int64_t shift = have_numbers ? *mask_numbers.front() - *image_numbers.front() : 0;
    if (mask_numbers.size() == image_numbers.size() && (shift == 1 || shift == -1)) {
      findings.add("D011",
                   "masks from " + std::string(sequence.frames[0]) + ", frames from " +
                       std::string(images.names[0]) + "; expected one numbering",
                   mask_folder, sequence.frames[0]);
      return;
    }
  }
  if (!orphaned.empty()) {
    findings.add_many("D009", orphaned.size(),
                      "no frame for the masks " + list_frames(sequence.frames, orphaned),
                      image_folder, sequence.frames[orphaned.front()]);
  }
  if (index.benchmark.dense && !unmasked.empty()) {
    findings.add_many("D008", unmasked.size(),
                      "no mask for the frame" + std::string(unmasked.size() == 1 ? " " : "s ") +
                          list_frames(images.names, unmasked),
                      mask_folder, images.names[unmasked.front()]);
  }
}

}  // namespace

bool has_extension(std::string_view file, std::string_view extension) {
  if (file.size() < extension.size()) return false;
  const std::string_view end = file.substr(file.size() - extension.size());
  return std::ranges::equal(end, extension, [](char a, char b) { return lowered(a) == b; });
}

SequenceImages list_images(const SequenceIndex& index, const Sequence& sequence) {
  SequenceImages images;
  if (sequence.images.empty()) return images;
  std::vector<std::string> files = index.truth->files(sequence.images);
  std::erase_if(files, [](const std::string& file) { return !is_image(file); });
  std::ranges::sort(files, [](const std::string& a, const std::string& b) {
    return FrameLess()(stem(a), stem(b));
  });
  for (const std::string& file : files) {
    images.names.append(stem(file));
    images.files.append(file);
  }
  return images;
}

std::string list_frames(const FrameNames& names, const std::vector<std::size_t>& positions) {
  constexpr std::size_t kMaxRanges = 4;
  std::string text;
  std::size_t ranges = 0;
  for (std::size_t i = 0; i < positions.size();) {
    std::size_t end = i;
    while (end + 1 < positions.size() && positions[end + 1] == positions[end] + 1) ++end;
    if (ranges == kMaxRanges) {
      text += " and " + std::to_string(positions.size() - i) + " more";
      break;
    }
    if (ranges++ > 0) text += ", ";
    text += names[positions[i]];
    if (end > i) text += (end == i + 1 ? ", " : "-") + std::string(names[positions[end]]);
    i = end + 1;
  }
  return text;
}

void check_sequence_files(const SequenceIndex& index, const Sequence& sequence,
                          const SequenceImages& images, FindingCollector& findings) {
  if (index.benchmark.has_single_images()) return;
  if (index.benchmark.storage == MaskStorage::objects) {
    const std::string place = join_path(sequence.folder, index.benchmark.masks.inner_folder());
    for (const std::string& folder : index.truth->folders(place)) {
      const bool is_object = std::ranges::any_of(
          sequence.object_folders, [&](const auto& object) { return object.second == folder; });
      if (!is_object) {
        findings.add("D065", "the folder '" + folder + "'; expected an object's number",
                     index.truth->display_path(join_path(place, folder)));
      }
    }
    for (const auto& [object, folder] : sequence.object_folders) {
      check_folder(index, join_path(place, folder), false, sequence.object_masks.at(object),
                   findings);
    }
  } else {
    check_folder(index, join_path(sequence.folder, index.benchmark.masks.inner_folder()), false,
                 sequence.frames, findings);
  }
  const bool has_images = !sequence.images.empty();
  check_numbers(index, sequence, has_images, findings);
  if (has_images) check_against_images(index, sequence, images, findings);
}

}  // namespace angiobench
