// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace angiobench {

/// Where masks lie below the folder that holds the sequences, as a benchmark writes it:
///   {sequence}/{frame}.png              a folder a sequence, a file a frame
///   {sequence}/masks/{frame}_seg.png    folders inside it, text around the frame's name
///   {sequence}/{object}/{frame}.png     a folder for each object of a sequence
///   label_{sequence}.png, {frame}.npy   single files: a sequence of one frame each
///   pre{rank}.png                       single files of a submission, counted from 0 in the order
///                                       of the split's numbers
class MaskPattern {
 public:
  MaskPattern() = default;
  /// Nothing where the text is no such pattern.
  static std::optional<MaskPattern> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool has_sequence_folder() const { return has_sequence_folder_; }
  bool has_object_folder() const { return has_object_folder_; }
  bool is_ranked() const { return is_ranked_; }
  /// Folders between the sequence's and its masks, "" mostly.
  const std::string& inner_folder() const { return inner_folder_; }
  const std::string& prefix() const { return prefix_; }  // before the name in the file's name
  const std::string& suffix() const { return suffix_; }  // behind it, with the extension
  /// The end of the file's name, ".png".
  std::string_view extension() const;

  /// The name that the file's name holds; nothing where it is not of this form. The extension's
  /// case does not matter.
  std::optional<std::string_view> name_in(std::string_view file) const;
  /// The path of a mask: `folder` is the sequence's own, or what holds the single files. `object`
  /// is the name of the object's folder. A rank is given for the frame.
  std::string path(std::string_view folder, std::string_view sequence, std::string_view object,
                   std::string_view frame) const;

  friend bool operator==(const MaskPattern&, const MaskPattern&) = default;

 private:
  std::string text_;
  bool has_sequence_folder_ = false;
  bool has_object_folder_ = false;
  bool is_named_by_sequence_ = false;
  bool is_ranked_ = false;
  std::string inner_folder_;
  std::string prefix_;
  std::string suffix_;
};

}  // namespace angiobench
