// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// What the name of a mask that an annotation tool exported says.
struct ExportName {
  std::string sequence;    // empty: it says nothing of it
  std::string frame;       // as it stands there: "00012", "v01_00012", a task's number
  std::string label;       // empty: all labels of the frame are in the file
  std::string annotation;  // of one task: Label Studio's number of it

  friend bool operator==(const ExportName&, const ExportName&) = default;
};

/// A form of names: text with {sequence}, {frame}, {label}, {annotation} and {*} (whatever stands
/// there), folders parted by '/', without the extension: "{sequence}/{frame}_{label}". A field is
/// at least one character and never holds a '/'. Where several readings fit, {frame} and {label}
/// take as much as they can.
class ExportPattern {
 public:
  /// Throws Error{usage} about "pattern" for text that is no pattern: an unknown field, two fields
  /// side by side, one twice, none for the frame.
  static ExportPattern parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool has_label() const;
  /// What a path (without extension) says; nothing where it is not of this form.
  std::optional<ExportName> match(std::string_view path) const;
  /// The same where, in addition, the frame ends in a digit and the label begins with a letter: for
  /// forms that are tried and were not asked for.
  std::optional<ExportName> match_plain(std::string_view path) const;

 private:
  struct Piece {
    std::string literal;  // empty: a field
    std::string field;
  };
  std::optional<ExportName> match(std::string_view path, bool is_plain) const;
  struct Search;
  bool match_from(std::size_t piece, std::string_view rest, Search& search) const;

  std::string text_;
  std::vector<Piece> pieces_;
};

/// The form that all `paths` (without extension) of one mask a label have: Label Studio's
/// "task-3-annotation-7-by-1-tag-vessel-0", a frame and a label with '_' or '-' between, or folders
/// by frame or by label; each also below a folder a sequence. Nothing where none fits all of them.
std::optional<ExportPattern> find_label_pattern(std::span<const std::string> paths);

/// A frame's name in two: "v01_frame_00012" is of "v01" and the frame "00012"; a name without a
/// number at its end is all frame. Words that say nothing (frame, img, image) are left out.
struct SplitName {
  std::string sequence;
  std::string frame;
};
SplitName split_frame_name(std::string_view name);

/// Names of tasks' images (without folders and extension), by the task's number as it stands in
/// exported names. Reads Label Studio's JSON export ([{"id": 3, "data": {"image": "…/00000.png"}}];
/// the eight hexadecimal digits that an upload puts before a name are taken off), or lines "task
/// name". Throws Error{input} naming the entry.
std::map<std::string, std::string> parse_task_names(std::string_view text, const std::string& path);

}  // namespace angiobench
