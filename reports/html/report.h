// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/comparing/gate.h"
#include "evaluator/result.h"
#include "reports/error_map.h"
#include "reports/packed_rows.h"

namespace angiobench {

/// What a gate decided, for the badge beside the title.
struct GateBadge {
  Outcome verdict = Outcome::inconclusive;
  std::vector<std::string> facts;  // one sentence a rule that did not hold; plain text
};

/// A leaderboard to stand in. Texts are plain.
struct ReportStandings {
  struct Row {
    std::string rank;           // "1", "2="; empty where it is not ranked
    std::string rank_interval;  // "1–3"; may be empty
    std::string name;
    std::string kind;    // "measured", "reported", "baseline"
    std::string source;  // where a reported figure was published; may be empty
    std::vector<std::optional<double>> values;  // one a metric, fractions
    bool is_this = false;                       // the result that the report is about
  };
  std::string title;                 // "mosxav-test, protocol mosxav-test 1"
  std::vector<std::string> metrics;  // headings
  std::vector<Row> rows;             // in order
};

/// Where style and script stand.
enum class ReportAssets {
  embedded,  // in the page: one file
  split,     // files beside it, for servers that block inline script and style
};

/// Which error maps are shown, of those that there are.
enum class ErrorMapChoice { all, worst, none };

/// What a report shows beside the result itself.
struct ReportOptions {
  const Result* baseline = nullptr;  // differences to it are shown where it is comparable
  double tolerance = 0.0005;         // a difference up to this is "within tolerance"; fraction
  std::optional<GateBadge> gate;     // none: no gate ran
  std::optional<ReportStandings> standings;  // none: no leaderboard was given
  /// Of the result's sequences, where it does not hold them itself.
  const PackedRows* rows = nullptr;
  std::span<const ErrorMap> error_maps;
  const StagedErrorMaps* staged_maps = nullptr;  // instead of `error_maps`: of the scorer at work
  /// Maps of centre lines beside them, of the same frames; may be fewer.
  std::span<const ErrorMap> skeleton_maps;
  const StagedErrorMaps* staged_skeletons = nullptr;
  ErrorMapChoice shown_maps = ErrorMapChoice::all;
  /// The bytes of a frame's image (JPEG or PNG), empty where there is none; unset: no image pixels,
  /// which is what the licences of most data sets ask for.
  std::function<std::string(const std::string& sequence, const std::string& frame)> read_image;
  std::uint64_t max_bytes = 8'000'000;  // of the page: the gallery shrinks until it fits
  ReportAssets assets = ReportAssets::embedded;
  std::string assets_folder = "report_files";  // of split assets, relative to the page
};

/// The report as one HTML page that works from file://, offline, in a sandboxed frame and without
/// JavaScript. Same input, same bytes. With split assets use report_files.
std::string report_html(const Result& result, const ReportOptions& options = {});

/// The same page, handed over in pieces: it is never held whole.
void write_report_html(const Result& result, const ReportOptions& options,
                       const std::function<void(std::string_view)>& write);

/// A file of a report; `path` is relative to the page's folder, the page itself is the first and
/// has an empty path.
struct ReportFile {
  std::string path;
  std::string content;
};

/// The page and, with split assets, the files beside it.
std::vector<ReportFile> report_files(const Result& result, const ReportOptions& options = {});

}  // namespace angiobench
