// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataset/color_table.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/output_folder.h"
#include "dataset/progress.h"

namespace angiobench {

/// How an annotation tool keeps the labels of a frame.
enum class MaskExportForm {
  by_color,  // one picture a frame, a colour a label
  by_label,  // one picture a label and frame, an object where it is not black
};

/// Which of CVAT's two folders is read.
enum class MaskExportFolder {
  classes,  // SegmentationClass: the label map's colours
  objects,  // SegmentationObject: the VOC map's colours, numbered image by image
};

/// What a frame is called.
enum class ExportFrameNames {
  numbers,  // "00012" of "v01_frame_00012"; in a folder of a sequence the file's own name
  whole,    // the file's own name everywhere
};

/// How an export is read.
struct MaskExportOptions {
  MaskExportForm form = MaskExportForm::by_color;
  MaskExportFolder folder = MaskExportFolder::classes;
  ExportFrameNames frame_names = ExportFrameNames::numbers;
  std::optional<ColorTable> colors;          // by_color; none: labelmap.txt of the export
  std::vector<std::string> labels;           // by_label: names in the order of ids; empty: by name
  std::string pattern;                       // by_label: ExportPattern; empty: found by the names
  std::map<std::string, std::string> tasks;  // parse_task_names; empty: frames as they are named
  std::string name;                          // of a sequence that the names say nothing of
};

/// One file that holds a frame's labels, or one of them.
struct ExportFile {
  std::string path;
  int id = 0;  // by_label; 0: by colour
};

/// One frame that will be written. Without files it is an empty mask.
struct ExportFrame {
  std::string sequence;
  std::string name;
  std::vector<ExportFile> files;  // in the order of ids: what comes later lies on top
};

/// What will be made of an export, before a pixel was read.
struct MaskExportPlan {
  MaskExportForm form = MaskExportForm::by_color;
  ColorTable table;                 // labels of what is written; of by_label with VOC's colours
  std::vector<ExportFrame> frames;  // by sequence, then in the order of FrameLess
  std::vector<std::string> notes;   // what a person should know, in words
};

/// What was made of it.
struct MaskImport {
  std::vector<LabelClass> labels;  // without the background
  std::uint64_t num_sequences = 0;
  std::uint64_t num_frames = 0;
  std::uint64_t num_files = 0;          // that were read
  std::uint64_t num_empty = 0;          // masks written for frames without a file
  std::uint64_t overlap_frames = 0;     // frames in which labels overlap
  std::uint64_t overlap_pixels = 0;     // pixels that more than one label claimed
  std::uint64_t smoothed_pixels = 0;    // by_label: between black and the label, cut at half
  std::map<int, std::uint64_t> pixels;  // of each label
  std::vector<std::string> notes;
};

/// Plans how an export becomes <sequence>/<frame>.png, from its names alone.
///
/// By colour: CVAT's "Segmentation mask" (labelmap.txt, SegmentationClass, SegmentationObject,
/// ImageSets/Segmentation/*.txt, whose frames without a mask become empty ones), or any folder of
/// PNGs in the colours of `options.colors`. Files in folders are sequences by these, others by what
/// stands before the number in their names (split_frame_name), so that several videos may lie in
/// one folder.
///
/// By label: PNGs or .npy arrays [height, width], whose names match a pattern. Ids are 1, 2, … in
/// the order of `options.labels`, else of the labels' names. Several files of one label and frame
/// are one region; of two labels that claim a pixel the one of the higher id gets it.
///
/// Throws Error{input} where no mask is found, a name says no frame or no known label, two files
/// (by label: two annotations of a task) are one frame, or there is no table of colours.
MaskExportPlan plan_mask_import(const FileTree& tree, const MaskExportOptions& options);

/// Reads a planned export and writes it to `out`: <sequence>/<frame>.png, palette PNGs with
/// viewer_palette, and dataset.json, a benchmark that reads them. Not committed. Throws
/// Error{input} where a file cannot be read, has a colour that is not in the table, several labels
/// where one is expected, or another size than the sequence's other masks, and where no mask shows
/// a label.
MaskImport write_mask_import(const FileTree& tree, const MaskExportPlan& plan,
                             const OutputFolder& out, int jobs = 0,
                             const ProgressCallback& progress = {});

/// What a table's colours are where a person looks at them: its own where they can be told from
/// black and from each other, else colours of the VOC map. 256 entries.
std::vector<Rgb> viewer_palette(const ColorTable& table);

}  // namespace angiobench
