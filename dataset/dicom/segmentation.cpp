// SPDX-License-Identifier: MIT
#include "dataset/dicom/segmentation.h"

#include <gdcmDataSet.h>
#include <gdcmSequenceOfItems.h>
#include <gdcmTrace.h>
#include <gdcmWriter.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <exception>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <sstream>
#include <string_view>

#include "dataset/dicom/cine_header.h"
#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/masks/mask.h"

namespace angiobench::dicom {
namespace {

constexpr std::string_view kSegmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";

// --- elements ---

// Elements of a data set, values in little endian, padded to even lengths.
class Elements {
 public:
  void put(gdcm::Tag tag, const gdcm::VR& vr, std::span<const std::uint8_t> bytes) {
    gdcm::DataElement element(tag);
    element.SetVR(vr);
    std::string value(bytes.begin(), bytes.end());
    if (value.size() % 2 != 0) value += is_text(vr) ? ' ' : '\0';
    element.SetByteValue(value.data(), static_cast<std::uint32_t>(value.size()));
    set_.Replace(element);
  }
  void put(gdcm::Tag tag, const gdcm::VR& vr, std::string_view text) {
    put(tag, vr, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }
  void put_short(gdcm::Tag tag, std::uint16_t value) { put_numbers(tag, gdcm::VR::US, {value}, 2); }
  void put_numbers(gdcm::Tag tag, const gdcm::VR& vr, std::initializer_list<std::uint32_t> values,
                   std::size_t width) {
    std::vector<std::uint8_t> bytes;
    for (const std::uint32_t value : values) {
      for (std::size_t i = 0; i < width; ++i)
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    put(tag, vr, bytes);
  }
  void put_items(gdcm::Tag tag, std::span<const Elements> items) {
    gdcm::SmartPointer<gdcm::SequenceOfItems> sequence = new gdcm::SequenceOfItems;
    sequence->SetLengthToUndefined();
    for (const Elements& item : items) {
      gdcm::Item one;
      one.SetVLToUndefined();
      one.SetNestedDataSet(item.set_);
      sequence->AddItem(one);
    }
    gdcm::DataElement element(tag);
    element.SetVR(gdcm::VR::SQ);
    element.SetValue(*sequence);
    element.SetVLToUndefined();
    set_.Replace(element);
  }
  void put_item(gdcm::Tag tag, const Elements& item) { put_items(tag, {&item, 1}); }

  const gdcm::DataSet& set() const { return set_; }

 private:
  // A text ends in a blank, a UID and bytes in a zero.
  static bool is_text(const gdcm::VR& vr) {
    return vr != gdcm::VR::UI && vr != gdcm::VR::OB && vr != gdcm::VR::OW;
  }

  gdcm::DataSet set_;
};

Elements code(std::string_view value, std::string_view scheme, std::string_view meaning) {
  Elements item;
  item.put({0x0008, 0x0100}, gdcm::VR::SH, value);
  item.put({0x0008, 0x0102}, gdcm::VR::SH, scheme);
  item.put({0x0008, 0x0104}, gdcm::VR::LO, meaning);
  return item;
}

// A UID of 128 random bits, as PS3.5 B.2 makes it of a UUID: "2.25." and its decimal number.
std::string new_uid() {
  std::random_device random;
  std::array<std::uint32_t, 4> words{};
  for (std::uint32_t& word : words) word = random();
  words[1] = (words[1] & 0xFFFF0FFFU) | 0x4000U;      // version 4
  words[2] = (words[2] & 0x3FFFFFFFU) | 0x80000000U;  // its variant
  std::string digits;
  while (std::ranges::any_of(words, [](std::uint32_t word) { return word != 0; })) {
    std::uint64_t rest = 0;
    for (std::uint32_t& word : words) {
      const std::uint64_t value = rest << 32 | word;
      word = static_cast<std::uint32_t>(value / 10);
      rest = value % 10;
    }
    digits.insert(digits.begin(), static_cast<char>('0' + rest));
  }
  return "2.25." + digits;
}

// --- the cine ---

std::uint32_t number_of(const gdcm::Tag& tag) {
  return static_cast<std::uint32_t>(tag.GetGroup()) << 16 | tag.GetElement();
}

// An element of patient or study that is carried over.
struct Carried {
  std::uint16_t group;
  std::uint16_t element;
  gdcm::VR::VRType vr;
  bool must_stand;   // there without a value, where the cine has none (type 2)
  bool is_personal;  // empty where the patient's data are left out
};

constexpr Carried kCarried[] = {
    {0x0008, 0x0020, gdcm::VR::DA, true, true},   // StudyDate
    {0x0008, 0x0030, gdcm::VR::TM, true, true},   // StudyTime
    {0x0008, 0x0050, gdcm::VR::SH, true, true},   // AccessionNumber
    {0x0008, 0x0090, gdcm::VR::PN, true, true},   // ReferringPhysicianName
    {0x0008, 0x1030, gdcm::VR::LO, false, true},  // StudyDescription
    {0x0010, 0x0010, gdcm::VR::PN, true, true},   // PatientName
    {0x0010, 0x0020, gdcm::VR::LO, true, true},   // PatientID
    {0x0010, 0x0021, gdcm::VR::LO, false, true},  // IssuerOfPatientID
    {0x0010, 0x0030, gdcm::VR::DA, true, true},   // PatientBirthDate
    {0x0010, 0x0040, gdcm::VR::CS, true, true},   // PatientSex
    {0x0010, 0x1010, gdcm::VR::AS, false, true},  // PatientAge
    {0x0010, 0x1020, gdcm::VR::DS, false, true},  // PatientSize
    {0x0010, 0x1030, gdcm::VR::DS, false, true},  // PatientWeight
    {0x0020, 0x0010, gdcm::VR::SH, true, true},   // StudyID
    {0x0020, 0x0020, gdcm::VR::CS, true, false},  // PatientOrientation
};

// What is asked of the cine's header.
CineHeader read_cine_header(const std::string& path) {
  std::vector<Tag> kept{
      0x00080005,  // SpecificCharacterSet
      0x0020000D,  // StudyInstanceUID
      0x00200052,  // FrameOfReferenceUID
      0x00201040,  // PositionReferenceIndicator
      0x00280030,  // PixelSpacing
      tag::kSopClass,  tag::kSopInstance, tag::kSeriesInstance,
      tag::kNumFrames, tag::kRows,        tag::kColumns,
  };
  for (const Carried& one : kCarried) kept.push_back(number_of({one.group, one.element}));
  return CineHeader(path, std::move(kept));
}

void put_patient_and_study(const CineHeader& cine, PatientData patient, Elements& out) {
  const bool is_left_out = patient == PatientData::left_out;
  // In whatever letters the names are.
  if (const std::string letters = cine.text(0x00080005); !letters.empty())
    out.put({0x0008, 0x0005}, gdcm::VR::CS, letters);
  for (const Carried& one : kCarried) {
    const gdcm::Tag tag(one.group, one.element);
    const std::string value =
        is_left_out && one.is_personal ? std::string{} : cine.text(number_of(tag));
    if (one.must_stand || !value.empty()) out.put(tag, one.vr, value);
  }
  out.put({0x0020, 0x000D}, gdcm::VR::UI, cine.needed(0x0020000D, "StudyInstanceUID"));
  if (is_left_out) {
    out.put({0x0012, 0x0062}, gdcm::VR::CS, "YES");  // PatientIdentityRemoved
    out.put({0x0012, 0x0063}, gdcm::VR::LO, "patient and study left empty; UIDs kept");
  }
  if (const std::string frame = cine.text(0x00200052); !frame.empty()) {
    out.put({0x0020, 0x0052}, gdcm::VR::UI, frame);  // FrameOfReferenceUID
    out.put({0x0020, 0x1040}, gdcm::VR::LO, cine.text(0x00201040));
  }
}

// --- masks ---

// The masks of the cine's frames, as runs, and the frames of each object.
struct CineMasks {
  std::vector<LabelRuns> runs;
  std::vector<int> frames;                          // of each mask, from 0
  std::map<int, std::vector<std::size_t>> objects;  // id -> masks in which it has a pixel
};

// The frame of each mask.
std::vector<int> frames_of(const MaskSequence& masks, const CineHeader& cine) {
  const int num_frames = cine.num_frames();
  std::vector<int> frames;
  if (masks.frames.size() == static_cast<std::size_t>(num_frames)) {
    for (int t = 0; t < num_frames; ++t) frames.push_back(t);
    return frames;
  }
  for (const std::string& name : masks.frames) {
    const std::optional<std::int64_t> number = frame_number(name);
    if (!number || *number >= num_frames) {
      throw Error(ErrorKind::input, cine.path(),
                  "has " + plural(static_cast<std::uint64_t>(num_frames), "frame") +
                      ", and none for the mask '" + name + "'",
                  "a mask for each frame, or masks named by the numbers of their frames, from 0");
    }
    frames.push_back(static_cast<int>(*number));
  }
  return frames;
}

CineMasks read_masks(const FileTree& tree, const MaskSequence& masks, const CineHeader& cine) {
  const int rows = cine.number(0x00280010, "Rows");
  const int columns = cine.number(0x00280011, "Columns");
  CineMasks read;
  read.frames = frames_of(masks, cine);
  read_mask_sequence(tree, masks, [&](std::size_t at, const MaskView& mask) {
    if (mask.width != columns || mask.height != rows) {
      throw Error(ErrorKind::input, tree.display_path(masks.files[at]),
                  "is " + size_text(mask.width, mask.height),
                  size_text(columns, rows) + ", as the cine's frames");
    }
    const LabelRuns& runs = read.runs.emplace_back(mask);
    for (const LabelRun& run : runs.view().runs) {
      std::vector<std::size_t>& of_object = read.objects[run.label];
      if (of_object.empty() || of_object.back() != at) of_object.push_back(at);
    }
  });
  if (read.objects.empty())
    throw Error(ErrorKind::input, tree.display_path(""), "holds no object in any mask",
                "a label above 0: a segmentation has a segment");
  return read;
}

// Bits of all frames, the first pixel in the lowest bit of a byte, no gap between frames.
std::vector<std::uint8_t> packed_bits(const CineMasks& masks, std::uint64_t area,
                                      const std::string& path) {
  std::uint64_t num_frames = 0;
  for (const auto& [id, of_object] : masks.objects) num_frames += of_object.size();
  const std::uint64_t num_bytes = (num_frames * area + 7) / 8;
  constexpr std::uint64_t kMostOfLength = 0xFFFFFFF0;
  if (num_bytes > kMostOfLength)
    throw Error(ErrorKind::limit, path,
                "would have " + std::to_string(num_bytes) + " bytes of bits",
                "at most " + std::to_string(kMostOfLength) + ": fewer objects, or frames");
  std::vector<std::uint8_t> bytes(num_bytes, 0);
  std::uint64_t start = 0;
  for (const auto& [id, of_object] : masks.objects) {
    for (const std::size_t at : of_object) {
      const MaskLabels labels = masks.runs[at].view();
      for (const LabelRun& run : labels.runs) {
        if (run.label != id) continue;
        const std::uint64_t row =
            start + static_cast<std::uint64_t>(run.y) * static_cast<std::uint64_t>(labels.width);
        for (std::uint64_t x = static_cast<std::uint64_t>(run.x_begin);
             x < static_cast<std::uint64_t>(run.x_end); ++x)
          bytes[(row + x) / 8] |= static_cast<std::uint8_t>(1U << ((row + x) % 8));
      }
      start += area;
    }
  }
  return bytes;
}

// --- modules of the segmentation ---

Elements segment(std::uint16_t number, int id, const SegmentationOptions& options) {
  const std::size_t last = options.kinds.size() - 1;
  const SegmentKind kind = options.kinds[std::min(static_cast<std::size_t>(id) - 1, last)];
  const bool is_device = kind == SegmentKind::catheter || kind == SegmentKind::stent;
  const Elements type = kind == SegmentKind::vessel ? code("59820001", "SCT", "Blood vessel")
                        : kind == SegmentKind::coronary_artery
                            ? code("41801008", "SCT", "Coronary artery")
                        : kind == SegmentKind::catheter ? code("19923001", "SCT", "Catheter")
                                                        : code("65818007", "SCT", "Stent");
  Elements item;
  item.put_short({0x0062, 0x0004}, number);
  item.put({0x0062, 0x0005}, gdcm::VR::LO, "Object " + std::to_string(id));
  const std::string_view origins[] = {"AUTOMATIC", "SEMIAUTOMATIC", "MANUAL"};
  item.put({0x0062, 0x0008}, gdcm::VR::CS, origins[static_cast<std::size_t>(options.origin)]);
  if (options.origin != SegmentOrigin::manual)
    item.put({0x0062, 0x0009}, gdcm::VR::LO, options.algorithm);
  item.put_item({0x0062, 0x0003}, is_device ? code("260787004", "SCT", "Physical object")
                                            : code("91723000", "SCT", "Anatomical structure"));
  item.put_item({0x0062, 0x000F}, type);
  return item;
}

// A dimension: a value in a functional group that frames are ordered by.
Elements dimension(const std::string& organization, gdcm::Tag value, gdcm::Tag group,
                   std::string_view label) {
  Elements item;
  item.put({0x0020, 0x9164}, gdcm::VR::UI, organization);
  const auto put_tag = [&item](gdcm::Tag at, gdcm::Tag tag) {
    item.put_numbers(at, gdcm::VR::AT, {tag.GetGroup(), tag.GetElement()}, 2);
  };
  put_tag({0x0020, 0x9165}, value);
  put_tag({0x0020, 0x9167}, group);
  item.put({0x0020, 0x9421}, gdcm::VR::LO, label);
  return item;
}

void put_dimensions(Elements& out) {
  const std::string organization = new_uid();
  Elements item;
  item.put({0x0020, 0x9164}, gdcm::VR::UI, organization);
  out.put_item({0x0020, 0x9221}, item);
  const Elements dimensions[] = {
      dimension(organization, {0x0062, 0x000B}, {0x0062, 0x000A}, "Segment"),
      dimension(organization, {0x0020, 0x9128}, {0x0020, 0x9111}, "Frame of the cine")};
  out.put_items({0x0020, 0x9222}, dimensions);
}

// The functional groups of one frame: which object, which frame of the cine.
Elements frame_groups(std::uint16_t segment_number, int frame, const CineHeader& cine) {
  const auto from_one = static_cast<std::uint32_t>(frame + 1);
  Elements source;
  source.put({0x0008, 0x1150}, gdcm::VR::UI, cine.needed(0x00080016, "SOPClassUID"));
  source.put({0x0008, 0x1155}, gdcm::VR::UI, cine.text(0x00080018));
  // An image of one frame has no frame number.
  if (cine.has(0x00280008)) source.put({0x0008, 0x1160}, gdcm::VR::IS, std::to_string(from_one));
  source.put({0x0028, 0x135A}, gdcm::VR::CS, "YES");  // SpatialLocationsPreserved
  source.put_item({0x0040, 0xA170},
                  code("121322", "DCM", "Source image for image processing operation"));
  Elements derivation;
  derivation.put_item({0x0008, 0x2112}, source);
  derivation.put_item({0x0008, 0x9215}, code("113076", "DCM", "Segmentation"));
  Elements content;
  content.put_numbers({0x0020, 0x9128}, gdcm::VR::UL, {from_one}, 4);
  content.put_numbers({0x0020, 0x9157}, gdcm::VR::UL, {segment_number, from_one}, 4);
  Elements identification;
  identification.put_short({0x0062, 0x000B}, segment_number);
  Elements groups;
  groups.put_item({0x0008, 0x9124}, derivation);
  groups.put_item({0x0020, 0x9111}, content);
  groups.put_item({0x0062, 0x000A}, identification);
  return groups;
}

void put_shared_groups(const CineHeader& cine, Elements& out) {
  Elements shared;
  // Of a projection only a calibrated spacing is one of the patient's.
  if (const std::string spacing = cine.text(0x00280030); !spacing.empty()) {
    Elements measures;
    measures.put({0x0028, 0x0030}, gdcm::VR::DS, spacing);
    shared.put_item({0x0028, 0x9110}, measures);
  }
  out.put_item({0x5200, 0x9229}, shared);
}

// Refers to the cine, as a viewer looks for it.
void put_reference(const CineHeader& cine, Elements& out) {
  Elements instance;
  instance.put({0x0008, 0x1150}, gdcm::VR::UI, cine.text(0x00080016));
  instance.put({0x0008, 0x1155}, gdcm::VR::UI, cine.text(0x00080018));
  Elements series;
  series.put({0x0020, 0x000E}, gdcm::VR::UI, cine.needed(0x0020000E, "SeriesInstanceUID"));
  series.put_item({0x0008, 0x114A}, instance);
  out.put_item({0x0008, 0x1115}, series);
}

void put_series_and_equipment(const SegmentationOptions& options, Elements& out) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::array<char, 16> date{};
  std::array<char, 16> time{};
  std::strftime(date.data(), date.size(), "%Y%m%d", &local);
  std::strftime(time.data(), time.size(), "%H%M%S", &local);
  out.put({0x0008, 0x0016}, gdcm::VR::UI, kSegmentationStorage);
  out.put({0x0008, 0x0018}, gdcm::VR::UI, new_uid());
  out.put({0x0008, 0x0021}, gdcm::VR::DA, date.data());  // SeriesDate
  out.put({0x0008, 0x0023}, gdcm::VR::DA, date.data());  // ContentDate
  out.put({0x0008, 0x0031}, gdcm::VR::TM, time.data());
  out.put({0x0008, 0x0033}, gdcm::VR::TM, time.data());
  out.put({0x0008, 0x0060}, gdcm::VR::CS, "SEG");
  out.put({0x0008, 0x0070}, gdcm::VR::LO, "angiobench");
  out.put({0x0008, 0x103E}, gdcm::VR::LO, "Segmentation");
  out.put({0x0008, 0x1090}, gdcm::VR::LO, "angiobench");
  out.put({0x0018, 0x1000}, gdcm::VR::LO, "none");  // DeviceSerialNumber: a program has none
  out.put({0x0018, 0x1020}, gdcm::VR::LO, options.version.empty() ? "0" : options.version);
  out.put({0x0020, 0x000E}, gdcm::VR::UI, new_uid());
  out.put({0x0020, 0x0011}, gdcm::VR::IS, "1000");
  out.put({0x0020, 0x0013}, gdcm::VR::IS, "1");
}

void put_image(const CineHeader& cine, std::uint64_t num_frames, Elements& out) {
  out.put({0x0008, 0x0008}, gdcm::VR::CS, "DERIVED\\PRIMARY");
  out.put({0x0028, 0x0008}, gdcm::VR::IS, std::to_string(num_frames));
  out.put_short({0x0028, 0x0002}, 1);  // SamplesPerPixel
  out.put({0x0028, 0x0004}, gdcm::VR::CS, "MONOCHROME2");
  out.put_short({0x0028, 0x0010}, static_cast<std::uint16_t>(cine.number(0x00280010, "Rows")));
  out.put_short({0x0028, 0x0011}, static_cast<std::uint16_t>(cine.number(0x00280011, "Columns")));
  out.put_short({0x0028, 0x0100}, 1);  // BitsAllocated
  out.put_short({0x0028, 0x0101}, 1);  // BitsStored
  out.put_short({0x0028, 0x0102}, 0);  // HighBit
  out.put_short({0x0028, 0x0103}, 0);  // PixelRepresentation
  out.put({0x0028, 0x2110}, gdcm::VR::CS, "00");
  out.put({0x0062, 0x0001}, gdcm::VR::CS, "BINARY");
  out.put({0x0070, 0x0080}, gdcm::VR::CS, "SEGMENTATION");  // ContentLabel
  out.put({0x0070, 0x0081}, gdcm::VR::LO, "");
  out.put({0x0070, 0x0084}, gdcm::VR::PN, "");
}

std::vector<std::uint8_t> file_of(const Elements& elements, const std::string& path) {
  // What it has to say it says in exceptions and return values.
  gdcm::Trace::DebugOff();
  gdcm::Trace::WarningOff();
  gdcm::Trace::ErrorOff();
  gdcm::Writer writer;
  gdcm::File& file = writer.GetFile();
  file.GetHeader().SetDataSetTransferSyntax(gdcm::TransferSyntax::ExplicitVRLittleEndian);
  file.SetDataSet(elements.set());
  std::ostringstream stream;
  writer.SetStream(stream);
  bool is_written = false;
  try {
    is_written = writer.Write();
  } catch (const std::exception&) {
    is_written = false;
  }
  if (!is_written)
    throw Error(ErrorKind::input, path, "gave a segmentation that cannot be written",
                "another cine");
  const std::string text = std::move(stream).str();
  return {text.begin(), text.end()};
}

}  // namespace

Segmentation encode_segmentation(const FileTree& tree, const MaskSequence& masks,
                                 const std::string& path, const SegmentationOptions& options) {
  expects(!options.kinds.empty(), "objects are of a kind");
  const CineHeader cine = read_cine_header(path);
  cine.needed(0x00080018, "SOPInstanceUID");
  const CineMasks read = read_masks(tree, masks, cine);
  Segmentation made;
  made.num_masks = masks.files.size();
  made.cine_frames = static_cast<std::uint64_t>(cine.num_frames());

  std::vector<Elements> segments;
  std::vector<Elements> groups;
  for (const auto& [id, of_object] : read.objects) {
    const auto number = static_cast<std::uint16_t>(segments.size() + 1);
    segments.push_back(segment(number, id, options));
    made.object_ids.push_back(id);
    for (const std::size_t at : of_object)
      groups.push_back(frame_groups(number, read.frames[at], cine));
  }
  made.num_segments = static_cast<int>(segments.size());
  made.num_frames = groups.size();

  Elements out;
  put_patient_and_study(cine, options.patient, out);
  put_series_and_equipment(options, out);
  put_image(cine, made.num_frames, out);
  put_reference(cine, out);
  put_dimensions(out);
  out.put_items({0x0062, 0x0002}, segments);
  put_shared_groups(cine, out);
  out.put_items({0x5200, 0x9230}, groups);
  const MaskLabels first = read.runs.front().view();
  const std::uint64_t area =
      static_cast<std::uint64_t>(first.width) * static_cast<std::uint64_t>(first.height);
  out.put({0x7FE0, 0x0010}, gdcm::VR::OW, packed_bits(read, area, path));
  made.file = file_of(out, path);
  return made;
}

}  // namespace angiobench::dicom
