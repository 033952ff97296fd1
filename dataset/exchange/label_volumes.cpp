// SPDX-License-Identifier: MIT
#include "dataset/exchange/label_volumes.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/png.h"
#include "dataset/masks/volume_tree.h"
#include "dataset/volumes/volume_reader.h"
#include "dataset/volumes/volume_writer.h"

namespace angiobench {
namespace {

MaskSequence list_sequence(const FileTree& tree, const std::string& name,
                           const std::string& folder) {
  const MaskPattern pattern = *MaskPattern::parse("{sequence}/{frame}.png");
  const MaskFolder found = list_mask_folder(tree, folder, pattern);
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::input, tree.display_path(folder), what, "a regular file for each frame");
  };
  if (found.odd) fail("has '" + found.odd->name + "', which is " + found.odd->kind);
  if (found.twins) fail("has both " + found.twins->first + " and " + found.twins->second);
  MaskSequence sequence{name, {}, {}};
  for (std::size_t i = 0; i < found.frames.size(); ++i) {
    sequence.frames.emplace_back(found.frames[i]);
    sequence.files.push_back(actual_file(tree, join_path(folder, sequence.frames.back() + ".png")));
  }
  return sequence;
}

// What the frames of a volume are called.
std::vector<std::string> frame_names(const VolumeReader& reader, const FileTree* names,
                                     const std::string& sequence) {
  const auto count = static_cast<std::size_t>(reader.header().num_frames);
  std::vector<std::string> frames;
  if (names == nullptr) {
    for (std::size_t t = 0; t < count; ++t) frames.push_back(numbered_frame(t));
    return frames;
  }
  static constexpr std::array<std::string_view, 6> kSuffixes = {".png", ".jpg", ".jpeg",
                                                                ".bmp", ".tif", ".tiff"};
  std::vector<std::string> files = sort_frame_files(names->files(sequence), kSuffixes).files;
  if (files.empty()) files = sort_frame_files(names->files(""), kSuffixes).files;
  for (const std::string& file : files) frames.emplace_back(file_stem(file));
  if (frames.size() == count) return frames;
  throw Error(ErrorKind::input, reader.path(), "has " + plural(count, "frame"),
              "one for each of the " + std::to_string(frames.size()) + " files in " +
                  names->display_path(""));
}

}  // namespace

std::vector<MaskSequence> list_mask_sequences(const FileTree& tree, const std::string& own_name) {
  std::vector<MaskSequence> sequences;
  if (MaskSequence own = list_sequence(tree, own_name, ""); !own.files.empty())
    return {std::move(own)};
  for (const std::string& folder : tree.folders("")) {
    if (MaskSequence sequence = list_sequence(tree, folder, folder); !sequence.files.empty())
      sequences.push_back(std::move(sequence));
  }
  if (!sequences.empty()) return sequences;
  const std::string folder = tree.folders("").empty() ? "" : tree.folders("").front();
  throw Error(ErrorKind::input, tree.display_path(folder),
              describe_contents(tree, folder, *MaskPattern::parse("{sequence}/{frame}.png")),
              "a folder of masks, <sequence>/<frame>.png");
}

void read_mask_sequence(const FileTree& tree, const MaskSequence& sequence,
                        const std::function<void(std::size_t, const MaskView&)>& visit) {
  MaskDecoder decoder;
  std::vector<std::uint8_t> bytes;
  ImageSize size;
  for (std::size_t i = 0; i < sequence.files.size(); ++i) {
    const std::string shown = tree.display_path(sequence.files[i]);
    if (!tree.read(sequence.files[i], bytes))
      throw Error(ErrorKind::input, shown, "vanished", "a mask");
    const MaskView mask = decoder.decode(bytes, {}, shown);
    if (i == 0) size = {mask.width, mask.height};
    if (size != ImageSize{mask.width, mask.height}) {
      throw Error(ErrorKind::input, shown, "is " + size_text(mask.width, mask.height),
                  size_text(size) + ", as the sequence's first");
    }
    visit(i, mask);
  }
}

std::vector<std::uint8_t> encode_label_volume(const FileTree& tree, const MaskSequence& sequence,
                                              VolumeForm form, const std::string& path) {
  std::optional<VolumeWriter> writer;
  std::vector<std::uint8_t> rows;
  read_mask_sequence(tree, sequence, [&](std::size_t, const MaskView& mask) {
    if (!writer)
      writer.emplace(form, mask.width, mask.height, static_cast<int>(sequence.files.size()), path);
    rows.clear();
    for (int y = 0; y < mask.height; ++y)
      rows.insert(rows.end(), mask.row(y), mask.row(y) + mask.width);
    writer->add(rows);
  });
  return writer->finish();
}

VolumeImport import_label_volumes(
    const std::string& path, const FileTree* names, const ProgressCallback& progress,
    const std::function<void(const std::string&, std::span<const std::uint8_t>)>& write) {
  const std::unique_ptr<FileTree> tree = is_volume_path(path)
                                             ? open_single_file(path, "a stack of masks")
                                             : open_file_tree(path, {}, FolderLinks::follow);
  VolumeImport done;
  std::vector<std::string> files = tree->files("");
  std::erase_if(files, [](const std::string& file) { return !volume_form_of(file); });
  if (files.empty())
    throw Error(ErrorKind::input, path, "holds no stack of masks",
                "<sequence>.nrrd, .mha, .nii.gz or .nii");
  std::vector<std::uint8_t> samples;
  for (const std::string& file : files) {
    const std::string name = volume_stem(file);
    VolumeReader reader(tree->open(file), *volume_form_of(file), tree->display_path(file));
    const VolumeHeader& header = reader.header();
    const std::vector<std::string> frames = frame_names(reader, names, name);
    Mask mask(header.width, header.height);
    const std::size_t area = header.frame_bytes() / header.sample.bytes;
    for (const std::string& frame : frames) {
      read_label_frame(reader, samples, {mask.pixels(), area});
      write(name + "/" + frame + ".png", encode_mask_png(mask.view(), voc_palette()));
      ++done.num_masks;
      if (progress) progress(done.num_masks, 0);
    }
    reader.finish();
    ++done.num_sequences;
  }
  return done;
}

}  // namespace angiobench
