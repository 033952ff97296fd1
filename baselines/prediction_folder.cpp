// SPDX-License-Identifier: MIT
#include "baselines/prediction_folder.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "baselines/on_disk.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/digest.h"
#include "dataset/files/input_file.h"
#include "dataset/files/output_folder.h"
#include "dataset/files/temporary_name.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kManifestName = "manifest.json";
constexpr const char* kSchema = "angiobench-predictions-2";

std::string trimmed(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Json read_manifest(const std::string& path) {
  try {
    Json manifest = Json::parse(read_text_file(path));
    if (!manifest.is_object() || !manifest.contains("settings") ||
        !manifest.at("settings").is_object())
      throw Error(ErrorKind::input, path, "is no manifest of predictions: it has no settings");
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::input, path,
                std::string("is no manifest of predictions: ") + error.what());
  }
}

Json json_of(const ClipRecord& record) {
  Json objects = Json::object();
  for (const auto& [id, pixels] : record.objects) objects[id] = pixels;
  Json entry = {{"settings", record.settings}, {"frames", record.frames},
                {"prompts", record.prompts},   {"read_as", record.read_as},
                {"masks", record.num_masks},   {"objects", std::move(objects)}};
  if (!record.corrections.empty()) entry["corrections"] = record.corrections;
  if (!record.mended.empty()) {
    entry["mended"] = record.mended;
    entry["content"] = record.content;
  }
  return entry;
}

Json json_of_settings(const std::vector<std::pair<std::string, std::string>>& settings) {
  Json own = Json::object();
  for (const auto& [key, value] : settings) own[key] = value;
  return own;
}

// The record of a clip; nothing where there is none that can be read.
std::optional<ClipRecord> record_of(const Json& manifest, const std::string& clip) {
  if (!manifest.contains("clips") || !manifest["clips"].is_object()) return std::nullopt;
  const Json& clips = manifest["clips"];
  if (!clips.contains(clip) || !clips[clip].is_object()) return std::nullopt;
  const Json& entry = clips[clip];
  const auto text = [&](const char* name) {
    return entry.contains(name) && entry[name].is_string() ? entry[name].get<std::string>()
                                                           : std::string();
  };
  ClipRecord record;
  record.settings = text("settings");
  record.frames = text("frames");
  record.prompts = text("prompts");
  record.read_as = text("read_as");
  if (entry.contains("masks") && entry["masks"].is_number_unsigned())
    record.num_masks = entry["masks"].get<std::uint64_t>();
  if (entry.contains("mended") && entry["mended"].is_array()) {
    for (const Json& frame : entry["mended"]) {
      if (frame.is_string()) record.mended.push_back(frame.get<std::string>());
    }
  }
  record.content = text("content");
  return record;
}

// Digest over the names and bytes of a clip's masks, in the order of their names.
std::string content_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (fs::is_regular_file(entry.status())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  Sha256Stream digest;
  for (const fs::path& file : files) {
    const std::string bytes = read_text_file(file.string());
    digest.update(file.lexically_relative(folder).string() + '\n' + std::to_string(bytes.size()) +
                  '\n' + bytes);
  }
  return format_digest(digest.finish());
}

std::uint64_t count_files(const fs::path& folder) {
  std::uint64_t count = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    count += fs::is_regular_file(entry.status()) ? 1 : 0;
  return count;
}

// Folders of programs that ended without taking them away: of this machine's by their process, of
// others' by their age.
void clean_up(const fs::path& partial, double stale_hours) {
  boost::system::error_code code;
  if (!fs::is_directory(partial, code)) return;
  remove_leftovers(partial.string());
  std::vector<fs::path> old;
  for (const fs::directory_entry& entry : fs::directory_iterator(partial, code)) {
    const std::time_t changed = fs::last_write_time(entry.path(), code);
    if (!code && std::difftime(std::time(nullptr), changed) > 3600 * stale_hours)
      old.push_back(entry.path());
  }
  for (const fs::path& folder : old) fs::remove_all(folder, code);
}

// Changes the manifest as it is now, whoever wrote it last; other programs may do the same.
template <class Change>
void change_manifest(const std::string& path, Change change) {
  constexpr int kTries = 5;
  for (int i = 0; i < kTries; ++i) {
    Json manifest = read_manifest(path);
    change(manifest);
    const std::string text = manifest.dump(2) + "\n";
    write_file_atomically(path, text);
    // Another may have written between our reading and writing, and lost or won: see what stands.
    Json after = read_manifest(path);
    const Json stands = after;
    change(after);
    if (after == stands) return;
  }
}

}  // namespace

std::string ClipRecord::difference(const ClipRecord& other) const {
  std::string text;
  const auto add = [&](bool differs, const char* what) {
    if (differs) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(settings != other.settings, "network, weights or options");
  add(frames != other.frames, "the frames");
  add(prompts != other.prompts, "the first masks");
  add(read_as != other.read_as, "how the frames are read");
  return text;
}

std::string digest_of_settings(const std::vector<std::pair<std::string, std::string>>& settings) {
  return format_digest(sha256(json_of_settings(settings).dump()));
}

std::optional<ClipRecord> recorded_clip(const std::string& out, const std::string& clip) {
  const std::string manifest = (fs::path(out) / kManifestName).string();
  return on_disk(out, [&]() -> std::optional<ClipRecord> {
    if (!fs::exists(manifest)) return std::nullopt;
    try {
      return record_of(read_manifest(manifest), clip);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::input) throw;
      return std::nullopt;  // whoever opens the folder says so
    }
  });
}

PredictionFolder::PredictionFolder(const std::string& out,
                                   const std::vector<std::pair<std::string, std::string>>& settings,
                                   const std::vector<std::pair<std::string, std::string>>& versions,
                                   const std::vector<std::string>& clips, double stale_hours)
    : out_(out),
      partial_(trimmed(out) + ".partial"),
      manifest_((fs::path(out) / kManifestName).string()) {
  const Json own = json_of_settings(settings);
  settings_ = own.dump();
  settings_digest_ = format_digest(sha256(settings_));
  Json made_with = Json::object();
  for (const auto& [key, value] : versions) made_with[key] = value;

  on_disk(out_, [&] {
    clean_up(partial_, stale_hours);
    if (!fs::exists(manifest_)) {
      if (fs::exists(out_)) check_input_folder(out_, "a new folder, or one of predictions");
      if (fs::exists(out_) && !(fs::is_directory(out_) && fs::is_empty(out_))) {
        throw Error(ErrorKind::input, out_,
                    "exists, and holds something else than predictions of this program",
                    "a new folder, an empty one, or one that 'predict' began to fill");
      }
      Json manifest = {{"schema", kSchema}, {"settings", own}, {"made_with", made_with}};
      manifest["clips"] = Json::object();
      write_file_atomically(manifest_, manifest.dump(2) + "\n");
      return;
    }
    const Json before = read_manifest(manifest_);
    if (before.contains("clips") && before["clips"].is_object()) {
      for (const auto& [name, entry] : before["clips"].items()) {
        const std::optional<ClipRecord> record = record_of(before, name);
        if (!record || record->settings == settings_digest_ ||
            std::find(clips.begin(), clips.end(), name) != clips.end() ||
            !fs::exists(fs::path(out_) / name))
          continue;
        std::string what;
        for (const auto& [key, value] : own.items()) {
          const std::string had =
              before["settings"].contains(key) ? before["settings"][key].dump() : "nothing";
          if (had != value.dump())
            what += (what.empty() ? "" : ", ") + key + " " + had + " instead of " + value.dump();
        }
        throw Error(ErrorKind::input, manifest_,
                    "has the clip '" + name + "', made with other settings" +
                        (what.empty() ? "" : " (" + what + ")") + ", which this run does not redo",
                    "a run over all its clips, or another --out");
      }
    }
    if (before["settings"] != own || before.value("schema", "") != kSchema) {
      change_manifest(manifest_, [&](Json& manifest) {
        manifest["schema"] = kSchema;
        manifest["settings"] = own;
        manifest["made_with"] = made_with;
        if (!manifest.contains("clips")) manifest["clips"] = Json::object();
      });
    }
  });
}

PredictionFolder::~PredictionFolder() {
  boost::system::error_code ignored;
  fs::remove(partial_, ignored);  // only where nothing is left in it
}

PredictionFolder::State PredictionFolder::state(const std::string& clip, const ClipRecord& record,
                                                std::string& why) const {
  return on_disk(out_, [&] {
    const fs::path folder = fs::path(out_) / clip;
    if (!fs::exists(folder)) return State::absent;
    const std::optional<ClipRecord> before = record_of(read_manifest(manifest_), clip);
    if (!before) {
      why = "nothing says what its masks were made of";
      return State::differs;
    }
    why = before->difference(record);
    if (!why.empty()) {
      why = "made before with other input (" + why + ")";
      return State::differs;
    }
    const std::uint64_t count = count_files(folder);
    if (count == before->num_masks) {
      if (before->content.empty() || before->content == content_of(folder)) return State::finished;
      why = "its masks changed since they were written, or their writing was interrupted";
      return State::differs;
    }
    why = "has " + std::to_string(count) + " masks of the " + std::to_string(before->num_masks) +
          " that were written";
    return State::differs;
  });
}

std::string PredictionFolder::begin(const std::string& clip) const {
  const fs::path folder = temporary_name((fs::path(partial_) / clip).string());
  on_disk(folder.string(), [&] { fs::create_directories(folder); });
  return folder.string();
}

void PredictionFolder::drop(const std::string& folder) const {
  boost::system::error_code ignored;
  fs::remove_all(folder, ignored);
}

PredictionFolder::Outcome PredictionFolder::finish(const std::string& clip,
                                                   const std::string& folder,
                                                   const ClipRecord& record, bool replaces) const {
  const std::string place = (fs::path(out_) / clip).string();
  return on_disk(place, [&] {
    const std::uint64_t count = fs::exists(folder) ? count_files(folder) : 0;
    if (count != record.num_masks) {
      throw Error(ErrorKind::input, folder,
                  "holds " + std::to_string(count) + " masks, where " +
                      std::to_string(record.num_masks) + " were written",
                  "a folder that nothing else changes");
    }
    flush_tree(folder);  // the record is never on the disk before its masks
    if (!record.mended.empty()) return finish_mended(clip, folder, record);
    const auto another_was_first = [&] {
      const std::optional<ClipRecord> there = record_of(read_manifest(manifest_), clip);
      return there && there->difference(record).empty() && fs::exists(place) &&
             count_files(place) == there->num_masks;
    };

    // The first to rename wins; its record follows at once.
    boost::system::error_code code;
    if (!fs::exists(place)) {
      fs::rename(folder, place, code);
      if (code && !fs::exists(place)) throw fs::filesystem_error("rename", folder, place, code);
    } else {
      code = boost::system::errc::make_error_code(boost::system::errc::file_exists);
    }
    if (code) {
      constexpr int kWaits = 20;
      constexpr std::chrono::milliseconds kWait{100};
      for (int i = 0; i < (replaces ? 1 : kWaits); ++i) {
        if (another_was_first()) {
          drop(folder);
          return Outcome::was_there;
        }
        if (!replaces) std::this_thread::sleep_for(kWait);
      }
      // What stands there is something else: without a record, so that nobody takes it for ours.
      change_manifest(manifest_, [&](Json& manifest) { manifest["clips"].erase(clip); });
      if (exchange_entries(folder, place)) {
        drop(folder);
      } else {
        const std::string away = temporary_name(folder);
        fs::rename(place, away);
        fs::rename(folder, place);
        fs::remove_all(away);
      }
    }
    const Json entry = json_of(record);
    change_manifest(manifest_, [&](Json& manifest) { manifest["clips"][clip] = entry; });
    return Outcome::published;
  });
}

PredictionFolder::Outcome PredictionFolder::finish_mended(const std::string& clip,
                                                          const std::string& folder,
                                                          ClipRecord record) const {
  record.content = content_of(folder);
  const Json entry = json_of(record);
  change_manifest(manifest_, [&](Json& manifest) { manifest["clips"][clip] = entry; });
  if (!exchange_entries(folder, (fs::path(out_) / clip).string())) {
    // One after the other: what was mended is the same in both.
    for (const fs::directory_entry& mask : fs::directory_iterator(folder))
      fs::rename(mask.path(), fs::path(out_) / clip / mask.path().filename());
  }
  drop(folder);
  return Outcome::published;
}

}  // namespace angiobench
