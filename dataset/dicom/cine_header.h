// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "dataset/files/file_tree.h"

namespace angiobench::dicom {

/// What the header of a cine says of patient, study and image, for who refers to it: elements at
/// its top up to the pixel data, of little endian, explicit or implicit. A walk of our own:
/// whatever a file claims is held against its size, no value of more than 4 KiB is kept, and no
/// library is asked that ends the program where a file is cut off.
class CineHeader {
 public:
  /// Throws Error{input} where the file is no DICOM, ends early, is of another byte order or
  /// deflated, or nests its sequences deeper than 32 levels.
  CineHeader(FileStream& file, std::string path);

  const std::string& path() const { return path_; }
  /// The text of an element (group in the upper 16 bits), without the blanks and zeros that pad it;
  /// empty where there is none.
  std::string text(std::uint32_t tag) const;
  bool has(std::uint32_t tag) const { return values_.contains(tag); }
  /// The same where it must be there. Throws Error{input} with `name`.
  std::string needed(std::uint32_t tag, const char* name) const;
  /// A number of 16 bits that must be there, 1 or more. Throws as needed.
  int number(std::uint32_t tag, const char* name) const;
  /// NumberOfFrames; 1 where the image has none. Throws Error{input} where it is no number.
  int num_frames() const;

 private:
  std::string path_;
  std::map<std::uint32_t, std::string> values_;
};

/// Reads the header of a file. Throws as CineHeader, and where `path` is no regular file.
CineHeader open_cine_header(const std::string& path);

}  // namespace angiobench::dicom
