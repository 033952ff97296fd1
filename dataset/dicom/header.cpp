// SPDX-License-Identifier: MIT
#include "dataset/dicom/header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/image_size.h"
#include "dataset/files/little_endian.h"
#include "dataset/words.h"

namespace angiobench::dicom {
namespace {

// Values that are kept, in order. All that says who the patient is, when and where, is not among
// them and never in memory.
constexpr Tag kKeptValues[] = {
    tag::kMediaStorageClass,
    tag::kTransferSyntax,
    tag::kImageType,
    tag::kSopClass,
    tag::kSopInstance,
    tag::kCineRate,
    tag::kFrameTime,
    tag::kFrameTimeVector,
    tag::kSourceToDetector,
    tag::kSourceToPatient,
    tag::kImagerSpacing,
    tag::kPrimaryAngle,
    tag::kSecondaryAngle,
    tag::kFrameAcquired,
    tag::kFrameReference,
    tag::kSourceToIsocenter,
    tag::kSeriesInstance,
    tag::kInstanceNumber,
    tag::kSamplesPerPixel,
    tag::kPhotometric,
    tag::kNumFrames,
    tag::kIncrementPointer,
    tag::kRows,
    tag::kColumns,
    tag::kBitsAllocated,
    tag::kBitsStored,
    tag::kHighBit,
    tag::kPixelRepresentation,
    tag::kBurnedIn,
    tag::kWindowCenter,
    tag::kWindowWidth,
    tag::kIntercept,
    tag::kSlope,
    tag::kVoiFunction,
    tag::kLutDescriptor,
    tag::kLutData,
    tag::kPresentationShape,
};
constexpr Tag kKeptSequences[] = {
    tag::kPositioner,   tag::kGeometry,    tag::kFrameContent,        tag::kModalityLut,
    tag::kVoiLut,       tag::kFrameVoi,    tag::kPixelTransformation, tag::kFramePixelProperties,
    tag::kSharedGroups, tag::kFrameGroups,
};
static_assert(std::is_sorted(std::begin(kKeptValues), std::end(kKeptValues)));
static_assert(std::is_sorted(std::begin(kKeptSequences), std::end(kKeptSequences)));
constexpr KeptTags kKept{kKeptValues, kKeptSequences};

struct SyntaxRow {
  std::string_view uid;
  std::string_view words;
  ElementEncoding encoding;
  PixelCoding coding;
};

// Transfer syntaxes that are read (PS3.5, 10 and A).
constexpr SyntaxRow kSyntaxes[] = {
    {"1.2.840.10008.1.2", "implicit little endian", ElementEncoding::implicit_little,
     PixelCoding::plain},
    {"1.2.840.10008.1.2.1", "explicit little endian", ElementEncoding::explicit_little,
     PixelCoding::plain},
    {"1.2.840.10008.1.2.5", "RLE", ElementEncoding::explicit_little, PixelCoding::rle},
    {"1.2.840.10008.1.2.4.50", "JPEG baseline (lossy)", ElementEncoding::explicit_little,
     PixelCoding::jpeg},
    {"1.2.840.10008.1.2.4.51", "JPEG extended (lossy)", ElementEncoding::explicit_little,
     PixelCoding::jpeg},
    {"1.2.840.10008.1.2.4.57", "JPEG lossless", ElementEncoding::explicit_little,
     PixelCoding::jpeg},
    {"1.2.840.10008.1.2.4.70", "JPEG lossless", ElementEncoding::explicit_little,
     PixelCoding::jpeg},
    {"1.2.840.10008.1.2.4.80", "JPEG-LS lossless", ElementEncoding::explicit_little,
     PixelCoding::jpeg_ls},
    {"1.2.840.10008.1.2.4.81", "JPEG-LS near lossless", ElementEncoding::explicit_little,
     PixelCoding::jpeg_ls},
    {"1.2.840.10008.1.2.4.90", "JPEG 2000 lossless", ElementEncoding::explicit_little,
     PixelCoding::jpeg_2000},
    {"1.2.840.10008.1.2.4.91", "JPEG 2000", ElementEncoding::explicit_little,
     PixelCoding::jpeg_2000},
};

struct RefusedRow {
  std::string_view uid;  // or what it begins with
  std::string_view words;
};

// Those that are not; the first that fits.
constexpr RefusedRow kRefused[] = {
    {"1.2.840.10008.1.2.1.99", "deflated"},
    {"1.2.840.10008.1.2.2", "big endian"},
    {"1.2.840.10008.1.2.4.100", "MPEG-2 video"},
    {"1.2.840.10008.1.2.4.101", "MPEG-2 video"},
    {"1.2.840.10008.1.2.4.107", "HEVC video"},
    {"1.2.840.10008.1.2.4.108", "HEVC video"},
    {"1.2.840.10008.1.2.4.10", "MPEG-4 video"},
    {"1.2.840.10008.1.2.4.11", "JPEG XL"},
    {"1.2.840.10008.1.2.4.20", "high-throughput JPEG 2000"},
    {"1.2.840.10008.1.2.4.94", "JPIP, whose pixels lie on a server"},
    {"1.2.840.10008.1.2.4.95", "JPIP, whose pixels lie on a server"},
    {"1.2.840.10008.1.2.4.", "a retired kind of JPEG"},
};

constexpr std::string_view kBiplane = "1.2.840.10008.5.1.4.1.1.12.3";
constexpr std::string_view kDirectory = "1.2.840.10008.1.3.10";

constexpr Words<VoiFunction, 3> kFunctions{{{{"LINEAR", VoiFunction::linear},
                                             {"LINEAR_EXACT", VoiFunction::linear_exact},
                                             {"SIGMOID", VoiFunction::sigmoid}}}};

std::optional<double> first_number(const DataSet& set, Tag tag) {
  const std::vector<double> numbers = set.numbers(tag);
  return numbers.empty() ? std::nullopt : std::optional(numbers.front());
}

// Milliseconds of a date and time (PS3.5, 6.2: DT) since some day: only differences are used.
std::optional<double> time_ms(const std::string& text) {
  constexpr std::size_t kToSeconds = 14;
  if (text.size() < kToSeconds || !std::all_of(text.begin(), text.begin() + kToSeconds,
                                               [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t count) {
    int number = 0;
    std::from_chars(text.data() + at, text.data() + at + count, number);
    return number;
  };
  // Days as of a calendar whose year begins in March.
  const int month = part(4, 2);
  const int year = part(0, 4) - (month < 3 ? 1 : 0);
  const int shifted = (month + 9) % 12;
  const double days =
      365.0 * year + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 + part(6, 2);
  const double seconds = 3600.0 * part(8, 2) + 60.0 * part(10, 2) + part(12, 2);
  double fraction = 0;
  if (text.size() > kToSeconds && text[kToSeconds] == '.') {
    double scale = 0.1;
    for (std::size_t i = kToSeconds + 1; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      fraction += scale * (text[i] - '0');
      scale /= 10;
    }
  }
  return 1000 * (86400 * days + seconds + fraction);
}

// What an item of the per-frame functional groups says of its frame.
struct FrameGroup {
  std::optional<VoiWindow> window;
  std::optional<double> slope;
  std::optional<double> intercept;
  std::optional<double> time;
};

class HeaderReader {
 public:
  HeaderReader(HeaderFile& file, const DicomLimits& limits) : file_(file), limits_(limits) {}

  DicomHeader read() {
    const FileElements elements = read_elements(
        file_, kKept, [this](const DataSet& meta) { return take_syntax(meta); },
        [this](const DataSet& group) { take_group(group); });
    const DataSet& data = elements.data;
    refuse_other_kinds(elements);
    take_form(data);
    take_frames(data);
    take_pixels(elements);
    header_.is_inverted = data.text(tag::kPhotometric) == "MONOCHROME1" ||
                          data.text(tag::kPresentationShape) == "INVERSE";
    take_values(data);
    take_times(data);
    take_geometry(data);
    take_rest(elements);
    return std::move(header_);
  }

 private:
  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw Error(ErrorKind::input, file_.path(), found, expected);
  }

  [[noreturn]] void fail_at_limit(const std::string& found, const std::string& expected) const {
    throw Error(ErrorKind::limit, file_.path(), found, expected);
  }

  ElementEncoding take_syntax(const DataSet& meta) {
    constexpr const char* kExpected =
        "little endian, RLE, JPEG, JPEG-LS or JPEG 2000 (a copy in one of them can be made with "
        "the tools of GDCM or DCMTK)";
    if (meta.text(tag::kMediaStorageClass) == kDirectory)
      fail("is the index of a medium (DICOMDIR), which has no pixels", "a cine");
    const std::string uid = meta.text(tag::kTransferSyntax);
    if (uid.empty()) fail("says no transfer syntax", kExpected);
    for (const SyntaxRow& row : kSyntaxes) {
      if (row.uid != uid) continue;
      header_.syntax = row.words;
      header_.coding = row.coding;
      return row.encoding;
    }
    for (const RefusedRow& row : kRefused) {
      if (uid.starts_with(row.uid))
        fail("is written in a transfer syntax that is not read: " + std::string(row.words),
             kExpected);
    }
    fail("is written in an unknown transfer syntax", kExpected);
  }

  void refuse_other_kinds(const FileElements& elements) const {
    if (!elements.pixels) fail("has no pixel data (a report, a plan, or cut off)", "a cine");
    const std::string sop_class = elements.data.text(tag::kSopClass);
    if (sop_class == kBiplane) fail("holds both planes of a biplane acquisition", "a file a plane");
    const std::string photometric = elements.data.text(tag::kPhotometric);
    if (photometric == "PALETTE COLOR")
      fail("has pixels of a colour palette (PALETTE COLOR)", "grey: MONOCHROME1 or MONOCHROME2");
    const int samples = elements.data.u16_at(tag::kSamplesPerPixel).value_or(1);
    if (samples != 1 || (photometric != "MONOCHROME1" && photometric != "MONOCHROME2")) {
      fail(photometric.empty() ? "does not say how its pixels are to be shown"
           : samples != 1      ? "has pixels of " + std::to_string(samples) + " samples (colour)"
                               : "has pixels that are no grey",
           "grey: MONOCHROME1 or MONOCHROME2, one sample a pixel");
    }
  }

  int needed(const DataSet& data, Tag tag, const char* name) const {
    const std::optional<int> value = data.u16_at(tag);
    if (!value) fail(std::string("does not say ") + name, "an image's header");
    return *value;
  }

  void take_form(const DataSet& data) {
    PixelForm& form = header_.form;
    form.height = needed(data, tag::kRows, "Rows");
    form.width = needed(data, tag::kColumns, "Columns");
    if (form.width == 0 || form.height == 0)
      fail("claims frames of " + size_text(form.width, form.height), "frames with pixels");
    if (form.width > limits_.max_side || form.height > limits_.max_side) {
      fail_at_limit("claims frames of " + size_text(form.width, form.height),
                    "at most " + size_text(limits_.max_side, limits_.max_side));
    }
    form.bits_allocated = needed(data, tag::kBitsAllocated, "BitsAllocated");
    form.bits_stored = data.u16_at(tag::kBitsStored).value_or(form.bits_allocated);
    form.high_bit = data.u16_at(tag::kHighBit).value_or(form.bits_stored - 1);
    form.is_signed = data.u16_at(tag::kPixelRepresentation).value_or(0) != 0;
    const std::string bits = std::to_string(form.bits_stored) + " of " +
                             std::to_string(form.bits_allocated) + " bits, the upmost bit " +
                             std::to_string(form.high_bit);
    const bool is_known = form.bits_allocated == 8 || form.bits_allocated == 16;
    if (!is_known || form.bits_stored < 8 || form.bits_stored > form.bits_allocated ||
        form.high_bit < form.bits_stored - 1 || form.high_bit >= form.bits_allocated)
      fail("has values of " + bits, "8 to 16 bits in 8 or 16");
  }

  void take_frames(const DataSet& data) {
    const std::string text = data.text(tag::kNumFrames);
    if (text.empty()) return;  // one
    std::uint64_t count = 0;
    const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, code] = std::from_chars(begin, text.data() + text.size(), count);
    if (end != text.data() + text.size() || code != std::errc() || count == 0)
      fail("does not say its number of frames", "1 or more");
    if (count > limits_.max_frames) {
      fail_at_limit("claims " + std::to_string(count) + " frames",
                    "at most " + std::to_string(limits_.max_frames));
    }
    header_.num_frames = count;
  }

  void take_pixels(const FileElements& elements) {
    header_.pixels = *elements.pixels;
    const bool is_plain = header_.coding == PixelCoding::plain;
    if (is_plain == header_.pixels.is_encapsulated) {
      fail(is_plain ? "has pixel data in fragments, and says that they are plain"
                    : "has pixel data in one piece, and says that they are " + header_.syntax,
           "pixel data as the transfer syntax has them");
    }
    if (!is_plain) return;
    // An odd number of bytes is made even (PS3.5, 7.1.1).
    const std::uint64_t wanted = header_.num_frames * header_.form.frame_bytes();
    const std::uint64_t length = header_.pixels.length;
    if (length != wanted && length != wanted + wanted % 2) {
      fail("has " + std::to_string(length) + " bytes of pixel data",
           std::to_string(wanted) + ": " + std::to_string(header_.num_frames) + " frames of " +
               size_text(header_.form.width, header_.form.height) + " in " +
               std::to_string(header_.form.bits_allocated) + " bits");
    }
    const std::uint64_t left = file_.size() - header_.pixels.offset;
    if (left < wanted) {
      fail("is cut off: " + std::to_string(left) + " of " + std::to_string(wanted) +
               " bytes of pixel data are there",
           "a whole file");
    }
  }

  std::optional<VoiWindow> window_of(const DataSet& set) {
    const std::vector<double> centers = set.numbers(tag::kWindowCenter);
    const std::vector<double> widths = set.numbers(tag::kWindowWidth);
    if (centers.empty() || widths.empty()) return std::nullopt;
    header_.num_windows = std::max(header_.num_windows, std::min(centers.size(), widths.size()));
    VoiWindow window{centers.front(), widths.front(), VoiFunction::linear};
    const std::string function = set.text(tag::kVoiFunction);
    if (!function.empty()) {
      const std::optional<VoiFunction> found = kFunctions.exactly(function);
      if (!found) {
        doubt("its window has an unknown function and is not used");
        return std::nullopt;
      }
      window.function = *found;
    }
    const bool is_linear = window.function == VoiFunction::linear;
    if (is_linear ? window.width < 1 : window.width <= 0) {
      doubt("its window has a width that no window has and is not used");
      return std::nullopt;
    }
    return window;
  }

  void doubt(const std::string& words) {
    if (std::ranges::find(header_.doubts, words) == header_.doubts.end())
      header_.doubts.push_back(words);
  }

  void take_group(const DataSet& group) {
    if (groups_.size() >= limits_.max_frames) {
      fail_at_limit("has more per-frame functional groups than frames can be",
                    "at most " + std::to_string(limits_.max_frames));
    }
    FrameGroup found;
    if (const DataSet* const voi = group.item(tag::kFrameVoi)) found.window = window_of(*voi);
    if (const DataSet* const values = group.item(tag::kPixelTransformation)) {
      found.slope = first_number(*values, tag::kSlope);
      found.intercept = first_number(*values, tag::kIntercept);
    }
    if (const DataSet* const content = group.item(tag::kFrameContent)) {
      found.time = time_ms(content->text(tag::kFrameReference));
      if (!found.time) found.time = time_ms(content->text(tag::kFrameAcquired));
    }
    if (groups_.empty()) first_group_ = group;
    groups_.push_back(found);
  }

  // Signed entries of a descriptor: as the file says it, else as values can be.
  ValueTable table_of(const DataSet& item, bool is_signed, const char* name) const {
    const DataElement* const descriptor = item.find(tag::kLutDescriptor);
    const DataElement* const data = item.find(tag::kLutData);
    const std::string place = std::string("has a ") + name + " look-up table that is malformed";
    if (descriptor == nullptr || data == nullptr || descriptor->value.size() < 6)
      fail(place + ": it lacks its descriptor or its data", "both");
    const std::uint8_t* const numbers = descriptor->value.data();
    std::size_t count = u16(numbers);
    if (count == 0) count = 65536;
    ValueTable table;
    if (descriptor->vr[0] != 0) is_signed = descriptor->vr[0] == 'S';
    table.first = is_signed ? static_cast<std::int16_t>(u16(numbers + 2)) : u16(numbers + 2);
    table.bits = u16(numbers + 4);
    if (table.bits < 8 || table.bits > 16)
      fail(place + ": its entries have " + std::to_string(table.bits) + " bits", "8 to 16");
    // Entries of 8 bits may stand two in a word, which is a byte each (PS3.3, C.11.1.1.1).
    const std::size_t size = data->value.size();
    const bool is_bytes = table.bits == 8 && (size == count || size == count + count % 2);
    if (!is_bytes && size != 2 * count) {
      fail(place + ": it has " + std::to_string(size) + " bytes of data",
           std::to_string(2 * count) + " for " + std::to_string(count) + " entries");
    }
    const int most = (1 << table.bits) - 1;
    table.entries.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const int entry = is_bytes ? data->value[i] : u16(data->value.data() + 2 * i);
      table.entries[i] = static_cast<std::uint16_t>(std::min(entry, most));
    }
    return table;
  }

  void take_values(const DataSet& data) {
    const DataSet* const shared = data.item(tag::kSharedGroups);
    const auto inner = [&](Tag sequence) {
      return shared == nullptr ? nullptr : shared->item(sequence);
    };
    // The window, the slope: of the file, else of what all frames share.
    FrameMapping& values = header_.values;
    values.window = window_of(data);
    const DataSet* const voi = inner(tag::kFrameVoi);
    if (voi != nullptr && !values.window) values.window = window_of(*voi);
    const DataSet* const transformation = inner(tag::kPixelTransformation);
    const DataSet& from = transformation != nullptr ? *transformation : data;
    values.slope = first_number(from, tag::kSlope).value_or(1);
    values.intercept = first_number(from, tag::kIntercept).value_or(0);
    if (values.slope == 0) fail("says that its values are to be multiplied by 0", "a slope");

    if (const DataSet* const item = data.item(tag::kModalityLut))
      header_.modality_table = table_of(*item, header_.form.is_signed, "modality");
    const double least = header_.form.is_signed ? -header_.form.num_values() / 2.0 : 0;
    const bool has_negative =
        !header_.modality_table &&
        std::min(least * values.slope, (least + header_.form.num_values()) * values.slope) +
                values.intercept <
            0;
    if (const DataSet* const item = data.item(tag::kVoiLut))
      header_.voi_table = table_of(*item, has_negative, "VOI");

    // What frames have of their own.
    const bool has_own = std::ranges::any_of(groups_, [](const FrameGroup& group) {
      return group.window || group.slope || group.intercept;
    });
    if (groups_.empty()) return;
    if (groups_.size() != header_.num_frames) {
      fail("has " + std::to_string(groups_.size()) + " per-frame functional groups",
           std::to_string(header_.num_frames) + ", one a frame");
    }
    if (!has_own) return;
    for (const FrameGroup& group : groups_) {
      FrameMapping own = values;
      if (group.window) own.window = group.window;
      if (group.slope) own.slope = *group.slope;
      if (group.intercept) own.intercept = *group.intercept;
      if (own.slope == 0) fail("says that a frame's values are to be multiplied by 0", "a slope");
      header_.per_frame.push_back(own);
    }
    const FrameMapping first = header_.per_frame.front();
    const bool are_alike =
        std::ranges::all_of(header_.per_frame, [&](const auto& own) { return own == first; });
    if (!are_alike) return;
    values = first;
    header_.per_frame.clear();
  }

  void take_group_times() {
    std::vector<double> times;
    for (const FrameGroup& group : groups_) {
      if (!group.time || (!times.empty() && *group.time - *groups_.front().time < times.back()))
        return;
      times.push_back(*group.time - *groups_.front().time);
    }
    // Times that are all the same say nothing.
    if (times.size() < 2 || times.back() <= 0) return;
    header_.frame_times_ms = std::move(times);
    header_.times_from = "times of the frames";
  }

  bool take_even_times(double step, const char* from) {
    if (!(step > 0)) return false;
    for (std::uint64_t i = 0; i < header_.num_frames; ++i)
      header_.frame_times_ms.push_back(step * static_cast<double>(i));
    header_.times_from = from;
    return true;
  }

  bool take_time_vector(const DataSet& data) {
    const std::vector<double> steps = data.numbers(tag::kFrameTimeVector);
    if (steps.empty()) return false;
    if (steps.size() != header_.num_frames ||
        std::ranges::any_of(steps, [](double step) { return step < 0; })) {
      doubt("its FrameTimeVector does not fit its frames and is not used");
      return false;
    }
    // The first is the time before the first frame, and is 0 (PS3.3, C.7.6.5.1.2).
    double time = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i > 0) time += steps[i];
      header_.frame_times_ms.push_back(time);
    }
    header_.times_from = "FrameTimeVector";
    return true;
  }

  void take_times(const DataSet& data) {
    if (header_.num_frames < 2) return;
    take_group_times();
    if (!header_.frame_times_ms.empty()) return;
    const DataElement* const pointer = data.find(tag::kIncrementPointer);
    const bool is_vector = pointer != nullptr && pointer->value.size() >= 4 &&
                           (Tag{u16(pointer->value.data())} << 16 |
                            u16(pointer->value.data() + 2)) == tag::kFrameTimeVector;
    if (is_vector && take_time_vector(data)) return;
    if (take_even_times(first_number(data, tag::kFrameTime).value_or(0), "FrameTime")) return;
    if (!is_vector && take_time_vector(data)) return;
    const double rate = first_number(data, tag::kCineRate).value_or(0);
    constexpr double kMilliseconds = 1000;
    if (rate > 0) take_even_times(kMilliseconds / rate, "CineRate");
  }

  void take_geometry(const DataSet& data) {
    const DataSet* const shared = data.item(tag::kSharedGroups);
    // Of a file, else of what all frames share, else of the first frame.
    const auto found = [&](Tag sequence, Tag tag) {
      std::vector<double> numbers = data.numbers(tag);
      for (const DataSet* const group : {shared, const_cast<const DataSet*>(&first_group_)}) {
        if (!numbers.empty() || group == nullptr) continue;
        if (const DataSet* const item = group->item(sequence)) numbers = item->numbers(tag);
      }
      return numbers;
    };
    const auto positive = [](const std::vector<double>& numbers) {
      return numbers.empty() || !(numbers.front() > 0) ? std::nullopt
                                                       : std::optional(numbers.front());
    };
    const std::vector<double> spacing = found(tag::kFramePixelProperties, tag::kImagerSpacing);
    if (spacing.size() == 2 && spacing[0] > 0 && spacing[1] > 0)
      header_.imager_spacing_mm = std::pair(spacing[0], spacing[1]);
    header_.source_to_detector_mm = positive(found(tag::kGeometry, tag::kSourceToDetector));
    header_.source_to_patient_mm = positive(found(tag::kGeometry, tag::kSourceToPatient));
    if (!header_.source_to_patient_mm)
      header_.source_to_patient_mm = positive(found(tag::kGeometry, tag::kSourceToIsocenter));
    const std::vector<double> primary = found(tag::kPositioner, tag::kPrimaryAngle);
    if (!primary.empty()) header_.primary_angle = primary.front();
    const std::vector<double> secondary = found(tag::kPositioner, tag::kSecondaryAngle);
    if (!secondary.empty()) header_.secondary_angle = secondary.front();
  }

  void take_rest(const FileElements& elements) {
    const DataSet& data = elements.data;
    header_.has_overlays = elements.has_overlays;
    header_.has_burned_in = data.text(tag::kBurnedIn) == "YES";
    const std::string type = data.text(tag::kImageType);
    if (type.find("BIPLANE A") != std::string::npos) header_.plane = "A";
    if (type.find("BIPLANE B") != std::string::npos) header_.plane = "B";
    header_.sop_digest = format_digest(sha256(data.text(tag::kSopInstance)));
    header_.series_digest = format_digest(sha256(data.text(tag::kSeriesInstance)));
    if (const auto number = first_number(data, tag::kInstanceNumber);
        number && std::abs(*number) < 1e15)
      header_.instance_number = static_cast<std::int64_t>(*number);
  }

  HeaderFile& file_;
  const DicomLimits& limits_;
  DicomHeader header_;
  std::vector<FrameGroup> groups_;
  DataSet first_group_;
};

}  // namespace

int ValueTable::at(double value) const {
  const double last = static_cast<double>(entries.size() - 1);
  const double index = std::clamp(std::round(value) - first, 0.0, last);
  return entries[static_cast<std::size_t>(index)];
}

DicomHeader read_dicom_header(HeaderFile& file, const DicomLimits& limits) {
  return HeaderReader(file, limits).read();
}

bool is_dicom_directory(const std::string& path) {
  HeaderFile file(path);
  bool is_directory = false;
  try {
    read_elements(
        file, kKept,
        [&](const DataSet& meta) -> ElementEncoding {
          is_directory = meta.text(tag::kMediaStorageClass) == kDirectory;
          throw Error(ErrorKind::input, path, "was looked at");
        },
        [](const DataSet&) {});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::passing) throw;
  }
  return is_directory;
}

std::optional<std::pair<double, double>> patient_spacing_mm(const DicomHeader& header) {
  if (!header.imager_spacing_mm || !header.source_to_detector_mm || !header.source_to_patient_mm)
    return std::nullopt;
  const double ratio = *header.source_to_patient_mm / *header.source_to_detector_mm;
  return std::pair(header.imager_spacing_mm->first * ratio,
                   header.imager_spacing_mm->second * ratio);
}

}  // namespace angiobench::dicom
