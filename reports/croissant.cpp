// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "dataset/error.h"
#include "dataset/frame_order.h"
#include "reports/datasheet.h"
#include "reports/escape.h"

namespace angiobench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVersion = "http://mlcommons.org/croissant/1.0";

// The context of the specification's appendix, with the terms that this writer uses beside.
Json context() {
  return {{"@language", "en"},
          {"@vocab", "https://schema.org/"},
          {"citeAs", "cr:citeAs"},
          {"column", "cr:column"},
          {"conformsTo", "dct:conformsTo"},
          {"cr", "http://mlcommons.org/croissant/"},
          {"data", {{"@id", "cr:data"}, {"@type", "@json"}}},
          {"dataType", {{"@id", "cr:dataType"}, {"@type", "@vocab"}}},
          {"dct", "http://purl.org/dc/terms/"},
          {"examples", {{"@id", "cr:examples"}, {"@type", "@json"}}},
          {"extract", "cr:extract"},
          {"field", "cr:field"},
          {"fileObject", "cr:fileObject"},
          {"fileProperty", "cr:fileProperty"},
          {"fileSet", "cr:fileSet"},
          {"format", "cr:format"},
          {"includes", "cr:includes"},
          {"isLiveDataset", "cr:isLiveDataset"},
          {"jsonPath", "cr:jsonPath"},
          {"key", "cr:key"},
          {"md5", "cr:md5"},
          {"parentField", "cr:parentField"},
          {"path", "cr:path"},
          {"recordSet", "cr:recordSet"},
          {"references", "cr:references"},
          {"regex", "cr:regex"},
          {"repeated", "cr:repeated"},
          {"replace", "cr:replace"},
          {"sc", "https://schema.org/"},
          {"separator", "cr:separator"},
          {"source", "cr:source"},
          {"subField", "cr:subField"},
          {"transform", "cr:transform"}};
}

std::string media_type(std::string_view path) {
  const std::string suffix = file_suffix(path);
  if (suffix == ".png") return "image/png";
  if (suffix == ".jpg" || suffix == ".jpeg") return "image/jpeg";
  if (suffix == ".bmp") return "image/bmp";
  if (suffix == ".tif" || suffix == ".tiff") return "image/tiff";
  if (suffix == ".json") return "application/json";
  if (suffix == ".txt") return "text/plain";
  if (suffix == ".zip") return "application/zip";
  return "application/octet-stream";
}

Json reference(const std::string& id) { return {{"@id", id}}; }

Json file_set(const std::string& id, const std::string& description, const std::string& glob,
              const DatasetCard& card) {
  Json set = {{"@type", "cr:FileSet"}, {"@id", id}, {"name", id}, {"description", description}};
  if (!card.archive_url.empty()) set["containedIn"] = reference("archive");
  set["encodingFormat"] = media_type(glob);
  set["includes"] = glob;
  return set;
}

Json distribution(const DatasetTraits& traits, const DatasetCard& card) {
  Json list = Json::array();
  if (!card.archive_url.empty()) {
    list.push_back({{"@type", "cr:FileObject"},
                    {"@id", "archive"},
                    {"name", "archive"},
                    {"contentUrl", card.archive_url},
                    {"encodingFormat", media_type(card.archive_url)},
                    {"sha256", card.archive_sha256}});
  }
  for (const DataFile& file : traits.files) {
    Json object = {{"@type", "cr:FileObject"},
                   {"@id", file.path},
                   {"name", file.path},
                   {"contentSize", std::to_string(file.bytes) + " B"},
                   {"contentUrl", file.path}};
    if (!card.archive_url.empty()) object["containedIn"] = reference("archive");
    object["encodingFormat"] = media_type(file.path);
    object["sha256"] = file.sha256;
    list.push_back(std::move(object));
  }
  list.push_back(file_set("masks", "Annotation masks: a pixel's value is the id of its object.",
                          traits.masks_glob, card));
  if (!traits.images_glob.empty())
    list.push_back(file_set("images", "Frames of the videos.", traits.images_glob, card));
  return list;
}

// A field of inline records.
Json plain_field(const std::string& set, const std::string& name, const std::string& type,
                 const std::string& description) {
  return {{"@type", "cr:Field"},
          {"@id", set + "/" + name},
          {"name", name},
          {"description", description},
          {"dataType", type}};
}

Json sequence_records(const Validation& validation) {
  const std::string set = "sequences";
  Json fields = {plain_field(set, "name", "sc:Text", "The sequence."),
                 plain_field(set, "width", "sc:Integer", "Width of its masks in pixels."),
                 plain_field(set, "height", "sc:Integer", "Height of its masks in pixels."),
                 plain_field(set, "masks", "sc:Integer", "Annotated frames."),
                 plain_field(set, "objects", "sc:Integer", "Objects in its masks.")};
  Json data = Json::array();
  for (const SequenceStatistics& sequence : validation.sequences) {
    data.push_back({{"sequences/name", sequence.name},
                    {"sequences/width", sequence.width},
                    {"sequences/height", sequence.height},
                    {"sequences/masks", sequence.annotated_frames},
                    {"sequences/objects", sequence.objects.size()}});
  }
  return {{"@type", "cr:RecordSet"},
          {"@id", set},
          {"name", set},
          {"description", "The annotated videos."},
          {"key", reference("sequences/name")},
          {"field", std::move(fields)},
          {"data", std::move(data)}};
}

Json class_records(const DatasetTraits& traits) {
  const std::string set = "classes";
  Json fields = {plain_field(set, "id", "sc:Integer", "The label in the masks."),
                 plain_field(set, "name", "sc:Text", "What the class is called.")};
  Json data = Json::array();
  for (const ClassTraits& one : traits.classes)
    data.push_back({{"classes/id", one.id}, {"classes/name", one.name}});
  return {{"@type", "cr:RecordSet"},
          {"@id", set},
          {"name", set},
          {"description", "The classes of the labels."},
          {"dataType", "sc:Enumeration"},
          {"key", reference("classes/id")},
          {"field", std::move(fields)},
          {"data", std::move(data)}};
}

// A field that is taken from the files of a set.
Json file_field(const std::string& set, const std::string& name, Json type, const char* property,
                const char* regex) {
  Json source = {{"fileSet", reference("masks")}, {"extract", {{"fileProperty", property}}}};
  if (regex != nullptr) source["transform"] = {{"regex", regex}};
  return {{"@type", "cr:Field"},
          {"@id", set + "/" + name},
          {"name", name},
          {"dataType", std::move(type)},
          {"source", std::move(source)}};
}

Json mask_records() {
  const std::string set = "annotations";
  Json fields = {file_field(set, "mask", Json::array({"cr:SegmentationMask", "sc:ImageObject"}),
                            "content", nullptr),
                 file_field(set, "path", "sc:Text", "fullpath", nullptr),
                 file_field(set, "frame", "sc:Text", "filename", "^(.+)\\.[^.]+$")};
  return {{"@type", "cr:RecordSet"},
          {"@id", set},
          {"name", set},
          {"description", "A mask for each annotated frame."},
          {"key", reference("annotations/path")},
          {"field", std::move(fields)}};
}

void require(const DatasetCard& card, std::string_view path) {
  std::string missing;
  const auto need = [&](bool is_there, const char* name) {
    if (!is_there) missing += (missing.empty() ? "\"" : ", \"") + std::string(name) + "\"";
  };
  need(!card.description.empty(), "description");
  need(!card.license.empty(), "license");
  need(!card.url.empty(), "url");
  need(!card.creators.empty(), "creators");
  need(!card.published.empty(), "published");
  if (missing.empty()) return;
  throw Error(
      ErrorKind::input, std::string(path),
      "says nothing of " + missing + ", which Croissant 1.0 requires",
      "\"card\": {\"description\", \"license\", \"url\", \"creators\", \"published\"} in the "
      "benchmark file, or --card FILE with these fields");
}

}  // namespace

std::string croissant_json(const Validation& validation, const DatasetTraits& traits,
                           const BenchmarkDefinition& benchmark, const DatasetCard& card,
                           std::string_view path) {
  require(card, path);
  Json creators = Json::array();
  for (const std::string& name : card.creators)
    creators.push_back({{"@type", "sc:Person"}, {"name", name}});
  Json records = Json::array({sequence_records(validation), mask_records()});
  if (!traits.classes.empty()) records.push_back(class_records(traits));
  Json document = {{"@context", context()},
                   {"@type", "sc:Dataset"},
                   {"name", benchmark.name},
                   {"description", card.description},
                   {"conformsTo", kVersion},
                   {"license", card.license},
                   {"url", card.url},
                   {"creator", std::move(creators)},
                   {"datePublished", card.published}};
  if (!card.version.empty()) document["version"] = card.version;
  if (!card.citation.empty()) document["citeAs"] = card.citation;
  document["keywords"] = Json::array({"video object segmentation", benchmark.title});
  document["isLiveDataset"] = false;
  document["distribution"] = distribution(traits, card);
  document["recordSet"] = std::move(records);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace angiobench
