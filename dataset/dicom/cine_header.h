// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "dataset/dicom/elements.h"

namespace angiobench::dicom {

/// What the header of a cine says of patient, study and image, for who refers to it: the values of
/// the tags that are asked for, at its top.
class CineHeader {
 public:
  /// `kept` in any order. Throws as read_elements, and Error{input} where the file is of another
  /// byte order or deflated.
  CineHeader(const std::string& path, std::vector<Tag> kept);

  const std::string& path() const { return path_; }
  /// The text of an element, without the blanks and zeros that pad it; empty where there is none.
  std::string text(Tag tag) const;
  bool has(Tag tag) const;
  /// The same where it must be there. Throws Error{input} with `name`.
  std::string needed(Tag tag, const char* name) const;
  /// A number of 16 bits that must be there, 1 or more. Throws as needed.
  int number(Tag tag, const char* name) const;
  /// NumberOfFrames (one of the tags); 1 where the image has none. Throws Error{input} where it is
  /// no number.
  int num_frames() const;

 private:
  void expects_kept(Tag tag) const;

  std::string path_;
  std::vector<Tag> kept_;
  DataSet data_;
};

}  // namespace angiobench::dicom
