// SPDX-License-Identifier: MIT
#include "dataset/dicom/dicom_import.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "dataset/dicom/dicom_clip.h"
#include "dataset/files/file_tree.h"
#include "dataset/frame_order.h"
#include "dataset/media/frame_io.h"

namespace angiobench::dicom {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kImages = "JPEGImages";

struct Cine {
  std::shared_ptr<const DicomClip> clip;
  std::string path;
  std::string name;
};

// A file's name without the suffix of a DICOM file. Archives call files by their UIDs, which are
// told to nobody.
std::string name_of_file(const std::string& path, const DicomHeader& header) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (is_dicom_suffix(file_suffix(name))) name = std::string(file_stem(name));
  const bool is_uid = std::ranges::count(name, '.') > 1 &&
                      name.find_first_not_of("0123456789.") == std::string::npos;
  if (!is_uid) return name;
  constexpr std::size_t kDigits = 12;
  return "cine_" + header.sop_digest.substr(header.sop_digest.find(':') + 1, kDigits);
}

void check_name(const std::string& name) {
  if (!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos) return;
  throw Error::about(ErrorKind::usage, "name", "is '" + name + "', which cannot be a folder's");
}

// Opens a file's cine, or says why not.
void open_file(const std::string& path, const DicomImportOptions& options, std::vector<Cine>& cines,
               std::vector<Error>& refused) {
  try {
    FrameReading reading;
    reading.window = options.window;
    Cine cine{open_dicom_clip(path, reading, options.limits), path, {}};
    cine.clip->facts();
    cines.push_back(std::move(cine));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input && error.kind() != ErrorKind::limit) throw;
    refused.push_back(error);
  }
}

// The cines of a folder: a file each, but single frames of one series are one.
void open_folder_cines(const std::string& folder, const DicomImportOptions& options,
                       std::vector<Cine>& cines, std::vector<Error>& refused) {
  const std::vector<std::string> paths = list_dicom_files(folder);
  if (paths.empty())
    throw Error(ErrorKind::input, folder, "is a folder without DICOM files directly in it",
                "cines, or the single frames of one");
  for (const std::string& path : paths) open_file(path, options, cines, refused);
  if (!cines.empty() || refused.size() < 2) return;
  std::vector<Error> of_series;
  open_file(folder, options, cines, of_series);
  refused = of_series;
}

void name_cines(std::vector<Cine>& cines, const DicomImportOptions& options) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < cines.size(); ++i) {
    Cine& cine = cines[i];
    cine.name = options.name.empty() ? name_of_file(cine.path, cine.clip->header())
                : cines.size() == 1  ? options.name
                                     : options.name + "_" + std::to_string(i + 1);
    check_name(cine.name);
    if (!names.insert(cine.name).second)
      throw Error(ErrorKind::input, cine.path, "would be a second '" + cine.name + "'",
                  "files whose names differ, or a name for all of them");
  }
}

Json spacing_json(const std::pair<double, double>& spacing) {
  return Json::array({spacing.first, spacing.second});
}

// What the masks of a cine need beside its pictures; never a name, an id, a date or a UID.
Json facts_json(const Cine& cine) {
  const DicomHeader& header = cine.clip->header();
  const FrameFacts& facts = cine.clip->facts();
  Json json;
  json["name"] = cine.name;
  json["num_frames"] = cine.clip->names().size();
  json["width"] = facts.width;
  json["height"] = facts.height;
  json["transfer_syntax"] = header.syntax;
  json["bits_stored"] = header.form.bits_stored;
  json["values_as"] = facts.values_as;
  json["frame_times_ms"] = facts.frame_times_ms.empty() ? Json() : Json(facts.frame_times_ms);
  if (!facts.frame_times_ms.empty()) json["frame_times_from"] = header.times_from;
  if (header.imager_spacing_mm)
    json["imager_pixel_spacing_mm"] = spacing_json(*header.imager_spacing_mm);
  if (facts.spacing_mm) {
    json["patient_pixel_spacing_mm"] = spacing_json(*facts.spacing_mm);
    json["patient_pixel_spacing_is"] = "approximate";
  }
  if (header.primary_angle) json["positioner_primary_angle"] = *header.primary_angle;
  if (header.secondary_angle) json["positioner_secondary_angle"] = *header.secondary_angle;
  if (!header.plane.empty()) json["biplane"] = header.plane;
  json["has_overlays"] = header.has_overlays;
  json["says_burned_in_annotation"] = header.has_burned_in;
  json["sop_instance_uid"] = header.sop_digest;
  return json;
}

}  // namespace

DicomImport import_dicom(const std::string& path, const DicomImportOptions& options,
                         const OutputFolder& out) {
  DicomImport done;
  std::vector<Cine> cines;
  boost::system::error_code code;
  if (boost::filesystem::is_directory(path, code)) {
    open_folder_cines(path, options, cines, done.refused);
  } else {
    open_file(path, options, cines, done.refused);
  }
  if (cines.empty()) throw Error(done.refused.front());
  name_cines(cines, options);

  std::uint64_t total = 0;
  for (const Cine& cine : cines) total += cine.clip->names().size();
  std::uint64_t num_done = 0;
  Json json;
  json["schema"] = "dicom-1";
  json["cines"] = Json::array();
  for (const Cine& cine : cines) {
    const std::unique_ptr<FrameSource> frames = cine.clip->open_grey();
    const std::string folder = join_path(kImages, cine.name);
    while (const std::optional<Frame> frame = frames->next()) {
      const cv::Mat& grey = frame->rgb;
      const std::size_t size = grey.total();
      out.write(join_path(folder, frame->name + ".png"),
                encode_grey_png({grey.ptr<std::uint8_t>(), size}, grey.cols, grey.rows));
      if (options.progress) options.progress(++num_done, total);
    }
    json["cines"].push_back(facts_json(cine));
    const FrameFacts& facts = cine.clip->facts();
    done.cines.push_back(
        {cine.name, cine.path, cine.clip->names().size(), facts.values_as, facts.notes});
  }
  out.write("dicom.json", json.dump(2) + "\n");
  return done;
}

}  // namespace angiobench::dicom
