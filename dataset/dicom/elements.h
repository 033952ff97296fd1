// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/files/input_file.h"
#include "dataset/files/zip_directory.h"

namespace angiobench::dicom {

/// Group in the upper 16 bits, element in the lower.
using Tag = std::uint32_t;

/// A file that is read at given places, small pieces by way of a window of 64 KiB.
class HeaderFile {
 public:
  /// Throws Error{input} where `path` is no regular file or cannot be opened.
  explicit HeaderFile(const std::string& path);

  const std::string& path() const { return file_.path; }
  std::uint64_t size() const { return file_.size; }
  /// Fills `bytes`. Throws Error{input} where the file ends before.
  void read(std::uint64_t offset, std::span<std::uint8_t> bytes);

 private:
  InputFile input_;
  ArchiveFile file_;
  std::vector<std::uint8_t> window_;
  std::uint64_t window_at_ = 0;
};

struct DataSet;

/// One element that is of use to us.
struct DataElement {
  Tag tag = 0;
  std::array<char, 2> vr{};         // value representation; zeros where the file does not say it
  std::vector<std::uint8_t> value;  // of a sequence empty
  std::vector<DataSet> items;       // of a sequence the first; all others are passed over
};

/// The elements of use of a data set, each tag once.
struct DataSet {
  std::vector<DataElement> elements;

  const DataElement* find(Tag tag) const;
  /// The first item of a sequence; null where there is none.
  const DataSet* item(Tag sequence) const;
  /// A text without blanks and zeros at its ends; empty where there is none.
  std::string text(Tag tag) const;
  /// A number of 16 bits. Nothing where it is not there or has fewer.
  std::optional<int> u16_at(Tag tag) const;
  /// Decimal numbers (DS, IS) that stand in a text with '\' between them, or doubles (FD); nothing
  /// for a value of which one is no finite number.
  std::vector<double> numbers(Tag tag) const;
};

/// Where the pixel data are in the file.
struct PixelPlace {
  std::uint64_t offset = 0;  // of the value
  std::uint64_t length = 0;
  bool is_encapsulated = false;  // fragments, up to a delimiter; `length` is 0
};

/// What stands in a file before its pixels.
struct FileElements {
  DataSet meta;  // group 0002
  DataSet data;
  std::optional<PixelPlace> pixels;
  bool has_overlays = false;  // of group 6000 and following
};

/// The tags of use to who reads a file, in ascending order.
struct KeptTags {
  std::span<const Tag> values;
  std::span<const Tag> sequences;
};

/// How data elements are written; of the pixels themselves `header.h` knows.
enum class ElementEncoding { implicit_little, explicit_little };

/// Walks over a file's elements as far as its pixel data and keeps those of `kept`; what it is
/// walked by is checked against the file's size before anything is read, and no value of more than
/// kMaxValueBytes is kept. `encoding` is asked for when group 0002 has been read and throws where
/// the transfer syntax is none of ours. `on_frame_group` gets each item of the per-frame functional
/// groups, in order; they are not kept.
///
/// Throws Error{input} where the file is not DICOM, is encrypted (CMS), ends too early or is
/// malformed; Error{limit} for a value that is too large and for sequences in each other that are
/// too deep.
FileElements read_elements(HeaderFile& file, const KeptTags& kept,
                           const std::function<ElementEncoding(const DataSet& meta)>& encoding,
                           const std::function<void(const DataSet& group)>& on_frame_group);

inline constexpr std::uint64_t kMaxValueBytes = 2ULL << 20;

namespace tag {
inline constexpr Tag kMediaStorageClass = 0x00020002;
inline constexpr Tag kTransferSyntax = 0x00020010;
inline constexpr Tag kImageType = 0x00080008;
inline constexpr Tag kSopClass = 0x00080016;
inline constexpr Tag kSopInstance = 0x00080018;
inline constexpr Tag kCineRate = 0x00180040;
inline constexpr Tag kFrameTime = 0x00181063;
inline constexpr Tag kFrameTimeVector = 0x00181065;
inline constexpr Tag kSourceToDetector = 0x00181110;
inline constexpr Tag kSourceToPatient = 0x00181111;
inline constexpr Tag kImagerSpacing = 0x00181164;
inline constexpr Tag kPrimaryAngle = 0x00181510;
inline constexpr Tag kSecondaryAngle = 0x00181511;
inline constexpr Tag kFrameAcquired = 0x00189074;
inline constexpr Tag kFrameReference = 0x00189151;
inline constexpr Tag kSourceToIsocenter = 0x00189402;
inline constexpr Tag kPositioner = 0x00189405;
inline constexpr Tag kGeometry = 0x00189476;
inline constexpr Tag kSeriesInstance = 0x0020000E;
inline constexpr Tag kInstanceNumber = 0x00200013;
inline constexpr Tag kFrameContent = 0x00209111;
inline constexpr Tag kSamplesPerPixel = 0x00280002;
inline constexpr Tag kPhotometric = 0x00280004;
inline constexpr Tag kNumFrames = 0x00280008;
inline constexpr Tag kIncrementPointer = 0x00280009;
inline constexpr Tag kRows = 0x00280010;
inline constexpr Tag kColumns = 0x00280011;
inline constexpr Tag kBitsAllocated = 0x00280100;
inline constexpr Tag kBitsStored = 0x00280101;
inline constexpr Tag kHighBit = 0x00280102;
inline constexpr Tag kPixelRepresentation = 0x00280103;
inline constexpr Tag kBurnedIn = 0x00280301;
inline constexpr Tag kWindowCenter = 0x00281050;
inline constexpr Tag kWindowWidth = 0x00281051;
inline constexpr Tag kIntercept = 0x00281052;
inline constexpr Tag kSlope = 0x00281053;
inline constexpr Tag kVoiFunction = 0x00281056;
inline constexpr Tag kModalityLut = 0x00283000;
inline constexpr Tag kLutDescriptor = 0x00283002;
inline constexpr Tag kLutData = 0x00283006;
inline constexpr Tag kVoiLut = 0x00283010;
inline constexpr Tag kFrameVoi = 0x00289132;
inline constexpr Tag kPixelTransformation = 0x00289145;
inline constexpr Tag kFramePixelProperties = 0x00289443;
inline constexpr Tag kPresentationShape = 0x20500020;
inline constexpr Tag kSharedGroups = 0x52009229;
inline constexpr Tag kFrameGroups = 0x52009230;
inline constexpr Tag kPixelData = 0x7FE00010;
}  // namespace tag

}  // namespace angiobench::dicom
