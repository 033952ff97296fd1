// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace angiobench {

/// What a clip's masks were made of. Two runs that agree in all of it write the same masks.
struct ClipRecord {
  std::string settings;         // digest of the run's settings
  std::string frames;           // digest of the frames' names and contents
  std::string prompts;          // digest of the first masks, as they were read
  std::string read_as;          // "512x512, 12 of 16 bits, stored": size and values
  std::uint64_t num_masks = 0;  // files that were written
  std::map<std::string, std::uint64_t> objects;  // id -> pixels where it is given; for people
  std::vector<std::string> corrections;          // frames whose given masks correct; for people
  /// Frames whose masks somebody mended in the folder, before each of which a run kept and after
  /// which it predicted anew; in order. Such masks are somebody's work.
  std::vector<std::string> mended;
  std::string content;  // digest of the masks, of a clip with mended ones

  /// What differs, in words ("the frames, the first masks"); empty where nothing does. What was
  /// written is not compared.
  std::string difference(const ClipRecord& other) const;
};

/// The digest of a run's settings, as records have it.
std::string digest_of_settings(const std::vector<std::pair<std::string, std::string>>& settings);

/// What the manifest of a folder says of a clip; nothing where it says nothing, is not there, or
/// is no manifest.
std::optional<ClipRecord> recorded_clip(const std::string& out, const std::string& clip);

/// The folder of a run: <out>/<clip>/…, <out>/manifest.json, and beside it <out>.partial, where
/// unfinished clips lie. Several programs, on several machines, may fill one folder: what is
/// unfinished lies in <out>.partial under a temporary name (temporary_name.h), which is renamed
/// when it is whole, and a clip that another finished first is dropped. No locks: some network file
/// systems have none.
class PredictionFolder {
 public:
  /// Opens or makes the folder. `settings` decide the result, `versions` do not. Throws
  /// Error{input} where the folder holds something else than predictions, or clips with other
  /// settings that are not among `clips`: this run would not redo them, and a submission is never a
  /// mixture.
  PredictionFolder(const std::string& out,
                   const std::vector<std::pair<std::string, std::string>>& settings,
                   const std::vector<std::pair<std::string, std::string>>& versions,
                   const std::vector<std::string>& clips, double stale_hours);
  ~PredictionFolder();
  PredictionFolder(const PredictionFolder&) = delete;
  PredictionFolder& operator=(const PredictionFolder&) = delete;

  /// The digest of the settings, for records.
  const std::string& settings_digest() const { return settings_digest_; }

  enum class State { absent, finished, differs };
  /// Whether a clip's masks are there; where they are and were made of something else, `why` says
  /// of what. A folder without a record, or with another number of masks than it had, differs; so
  /// does one with mended masks whose masks are not those that were written.
  State state(const std::string& clip, const ClipRecord& record, std::string& why) const;

  /// An empty folder for a clip's masks that no other program has.
  std::string begin(const std::string& clip) const;

  enum class Outcome { published, was_there };
  /// Gives the masks in `folder` their name, and the manifest its record. Throws Error{input} where
  /// the folder does not hold record.num_masks files. `replaces`: state() was `differs`. Where
  /// another program finished the same clip meanwhile, `folder` is dropped. A record with mended
  /// masks stands in the manifest before they are in place, with the digest of them all: whenever
  /// the program ends, the masks that somebody mended are there, and it is seen whether the others
  /// are those that belong to them.
  Outcome finish(const std::string& clip, const std::string& folder, const ClipRecord& record,
                 bool replaces) const;

  /// Takes an unfinished clip away.
  void drop(const std::string& folder) const;

 private:
  Outcome finish_mended(const std::string& clip, const std::string& folder,
                        ClipRecord record) const;

  std::string out_;
  std::string partial_;
  std::string settings_;
  std::string settings_digest_;
  std::string manifest_;
};

}  // namespace angiobench
