// SPDX-License-Identifier: MIT
#include "reports/html/clip_page.h"

#include <algorithm>
#include <array>
#include <boost/filesystem/path.hpp>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/masks/png.h"
#include "reports/decimal.h"
#include "reports/html/charts.h"
#include "reports/html/page.h"
#include "reports/html/print.h"

namespace angiobench {
namespace {

using namespace html;
namespace fs = boost::filesystem;

constexpr std::string_view kJpegAddress = "data:image/jpeg;base64,";

// The colour of a label as CSS has it.
std::string css_color(int label) {
  const Rgb color = voc_palette()[static_cast<std::size_t>(label)];
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", color[0], color[1], color[2]);
  return text.data();
}

// "frames-0003.js"
std::string chunk_name(std::size_t chunk) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "frames-%04zu.js", chunk);
  return text.data();
}

void put_number(std::string& bytes, std::uint64_t number) {
  for (; number > 127; number >>= 7) bytes += static_cast<char>((number & 127) | 128);
  bytes += static_cast<char>(number);
}

// What the player is told of the clip, beside its frames.
std::string player_facts(const ClipPageOptions& options, const std::vector<std::string>& names,
                         const std::vector<ObjectTrack>& objects, const std::string& folder) {
  nlohmann::ordered_json json;
  json["width"] = options.width;
  json["height"] = options.height;
  json["names"] = names;
  if (options.times_ms.size() >= names.size()) {
    for (std::size_t i = 0; i < names.size(); ++i)
      json["times"].push_back(std::round(10 * options.times_ms[i]) / 10);
  }
  json["fps"] = options.frames_per_second;
  json["objects"] = nlohmann::ordered_json::array();
  for (const ObjectTrack& object : objects) {
    nlohmann::ordered_json areas = nlohmann::ordered_json::array();
    for (const ObjectSight& sight : object.sights) areas.push_back(sight.area);
    json["objects"].push_back(
        {{"id", object.id}, {"color", css_color(object.id)}, {"areas", std::move(areas)}});
  }
  if (!folder.empty()) {
    json["folder"] = folder;
    json["chunk"] = options.frames_per_file;
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// A square in an object's colour.
Markup swatch(int label) {
  return element("svg",
                 {{"class", "swatch"},
                  {"viewBox", "0 0 12 12"},
                  {"width", "12"},
                  {"height", "12"},
                  {"aria-hidden", "true"}},
                 leaf("rect", {{"width", "12"}, {"height", "12"}, {"fill", css_color(label)}}));
}

void put_areas(Markup& out, const std::vector<ObjectTrack>& objects,
               const std::vector<std::string>& names) {
  const Section section(out, "areas", "Areas over time");
  const Element grid(out, "div", {{"class", "areas"}}, After::line_end);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const ObjectTrack& object = objects[i];
    std::vector<double> pixels;
    std::size_t shown = 0;
    for (const ObjectSight& sight : object.sights) {
      pixels.push_back(sight.area);
      shown += sight.area > 0 ? 1U : 0U;
    }
    const std::string words = "object " + std::to_string(object.id) +
                              ": pixels per frame, shown in " + std::to_string(shown) + " of " +
                              count_of(object.sights.size(), "frame");
    const Element figure(
        out, "figure",
        {{"data-left", coord(kAreaChartSpan.left)}, {"data-width", coord(kAreaChartSpan.width)}});
    put(out,
        element("figcaption", {}, swatch(object.id), " Object ", std::to_string(object.id), " ",
                element("span", {{"class", "w"}}, "in ", std::to_string(shown), " of ",
                        count_of(object.sights.size(), "frame"))),
        area_chart(pixels, names, words));
  }
}

void put_warnings(Markup& out, const std::vector<TrackWarning>& warnings,
                  const std::vector<std::string>& names) {
  const Section section(out, "warnings", "What is odd");
  if (warnings.empty()) {
    put_element(out, "p", {{"class", "empty"}},
                "Nothing: no object vanished, left the frame or jumped.");
    return;
  }
  // A clip that goes wrong throughout would be nothing but warnings.
  constexpr std::size_t kMost = 200;
  {
    const Element list(out, "ul", {{"class", "findings odd"}}, After::line_end);
    for (std::size_t i = 0; i < std::min(warnings.size(), kMost); ++i) {
      const TrackWarning& warning = warnings[i];
      put_element(out, "li", {{"class", "warning"}},
                  element("a", {{"href", "#player"}, {"data-frame", std::to_string(warning.frame)}},
                          "Frame ", names[warning.frame]),
                  " ", swatch(warning.object), " Object ", std::to_string(warning.object), " ",
                  warning.text);
    }
  }
  if (warnings.size() > kMost)
    put_element(out, "p", {{"class", "note"}}, "… and ", std::to_string(warnings.size() - kMost),
                " more.");
}

Markup key(std::string_view name) { return element("kbd", {}, name); }

void put_reading(Markup& out, const ClipPageOptions& options, int least_quality, bool split) {
  const Section section(out, "reading", "How to read it");
  {
    const Element facts(out, "dl", {{"class", "facts"}}, After::line_end);
    for (const auto& [term, words] : options.facts) put_fact(out, term, words);
  }
  const Element list(out, "ul", {{"class", "facts-list"}}, After::line_end);
  put_element(out, "li", {}, "Keys: ", key("Space"), " plays and pauses, ", key("←"), " ", key("→"),
              " go a frame back and on, ", key("Home"), " and ", key("End"),
              " to the first and last, ", key("1"), " to ", key("9"),
              " hide the object beside which they stand, ", key("o"),
              " goes from outline to fill to nothing.");
  put_element(out, "li", {}, "The frames are ", element("b", {}, "lossy"),
              ": grey JPEG of quality ", std::to_string(least_quality),
              " or more. The masks are exact. Neither is for measuring or for a diagnosis.");
  put_element(out, "li", {},
              "“Vanished” is an object that has pixels in one frame and none in the next; “left "
              "the frame” one that touched the picture’s edge before. “Jumped” is said where the "
              "middle moves by more than five times the object’s median step and a twentieth of "
              "the picture’s diagonal, or the area changes by more than five times the median "
              "change and half of the median area.");
  if (options.times_ms.empty()) {
    put_element(out, "li", {}, "When the frames were taken is not known: they are played at ",
                decimal(options.frames_per_second, 4), " a second.");
  }
  if (split) {
    put_element(out, "li", {},
                "The frames lie in a folder beside this page, which must go where it goes.");
  }
}

}  // namespace

struct ClipPageWriter::State {
  State(std::string page_path, ClipPageOptions asked)
      : path(std::move(page_path)), options(std::move(asked)), tracks(options.object_ids) {
    const std::uint64_t pixels = static_cast<std::uint64_t>(options.width) *
                                 static_cast<std::uint64_t>(options.height) * options.num_frames;
    if (pixels <= options.max_embedded_pixels &&
        options.num_frames <= options.max_embedded_frames) {
      page.emplace(path);
      return;
    }
    const fs::path place(path);
    files_name = place.stem().string() + "_files";
    // A folder would be exchanged as a whole: it is somebody's.
    AtomicFile probe(path);
    const std::string parent =
        place.has_parent_path() ? place.parent_path().string() : std::string(".");
    folder.emplace(parent, ExistingFolder::update,
                   std::vector<std::string>{place.filename().string(), files_name});
  }

  bool is_split() const { return folder.has_value(); }

  // Puts the frames that wait into a file of their own.
  void write_chunk() {
    if (!is_split() || num_waiting == 0) return;
    const std::size_t chunk = (names.size() - 1) / options.frames_per_file;
    folder->write(files_name + "/" + chunk_name(chunk),
                  "angiobenchFrames(" + std::to_string(chunk) + ",[" + waiting + "]);\n");
    waiting.clear();
    num_waiting = 0;
  }

  std::string path;
  ClipPageOptions options;
  std::optional<AtomicFile> page;      // of a short clip
  std::optional<OutputFolder> folder;  // of a long one: what the page lies in
  std::string files_name;
  ObjectTracks tracks;
  std::vector<std::string> names;
  Markup frames;        // of a short clip
  std::string waiting;  // of a long one: frames that are in no file yet
  std::size_t num_waiting = 0;
  std::string poster;
  int least_quality = 100;
};

ClipPageWriter::ClipPageWriter(std::string path, ClipPageOptions options)
    : state_(std::make_unique<State>(std::move(path), std::move(options))) {}

ClipPageWriter::~ClipPageWriter() = default;

void ClipPageWriter::set_poster(std::span<const std::uint8_t> jpeg) {
  state_->poster = std::string(kJpegAddress) + base64(jpeg);
}

void ClipPageWriter::add(const ClipPageFrame& frame) {
  State& state = *state_;
  expects(frame.labels.width == state.options.width && frame.labels.height == state.options.height,
          "the masks of a clip have one size");
  state.names.push_back(frame.name);
  state.least_quality = std::min(state.least_quality, frame.quality);
  state.tracks.add(frame.labels);
  const std::string image = base64(frame.jpeg);
  const std::string runs =
      base64(std::string_view(player_runs(frame.labels, state.options.object_ids)));
  if (!state.is_split()) {
    put(state.frames,
        leaf("img", {{"alt", ""}, {"data-runs", runs}, {"src", std::string(kJpegAddress) + image}}),
        "\n");
    return;
  }
  if (state.num_waiting++ > 0) state.waiting += ",\n";
  state.waiting.append("\"").append(image).append("\",\"").append(runs).append("\"");
  if (state.names.size() % state.options.frames_per_file == 0) state.write_chunk();
}

std::vector<TrackWarning> ClipPageWriter::warnings() const {
  return track_warnings(state_->tracks.objects(), state_->options.width, state_->options.height);
}

void ClipPageWriter::commit() {
  State& state = *state_;
  const ClipPageOptions& options = state.options;
  expects(!state.names.empty(), "a clip has frames");
  state.write_chunk();
  const std::string width = std::to_string(options.width);
  const std::string height = std::to_string(options.height);

  Markup body;
  {
    const Element header(body, "header", {{"id", "top"}}, After::line_end);
    put(body, element("p", {{"class", "kind"}}, "Predicted clip"), "\n",
        element("h1", {}, options.clip), "\n");
    put_element(body, "p", {}, count_of(state.names.size(), "frame"), " of ", width, "×", height,
                ", ", count_of(options.object_ids.size(), "object"));
  }
  {
    const Element columns(body, "div", {{"class", "clip"}}, After::line_end);
    {
      const Section section(body, "player", "The clip");
      const Element player(body, "div",
                           {{"class", "player"},
                            {"data-clip", player_facts(options, state.names, state.tracks.objects(),
                                                       state.files_name)}},
                           After::line_end);
      put_leaf(body, "img",
               {{"class", "poster"},
                {"alt", "The first frame with its objects outlined"},
                {"width", width},
                {"height", height},
                {"src", state.poster}});
      put_element(body, "noscript", {},
                  element("p", {{"class", "note"}},
                          "This is the first frame. Scripts are off, or this viewer has none: with "
                          "them the clip can be played here."));
    }
    const Element beside(body, "div", {{"class", "beside"}});
    put_warnings(body, warnings(), state.names);
    put_areas(body, state.tracks.objects(), state.names);
  }
  put_reading(body, options, state.least_quality, state.is_split());
  if (!state.is_split())
    put(body, element("div", {{"class", "frames"}, flag("hidden")}, "\n", state.frames), "\n");

  const ReportAssets assets = state.is_split() ? ReportAssets::split : ReportAssets::embedded;
  const PageFrame frame = page_frame(options.clip + " – predicted clip",
                                     {{"player", "The clip"},
                                      {"warnings", "What is odd"},
                                      {"areas", "Areas over time"},
                                      {"reading", "How to read it"}},
                                     assets, state.files_name, PagePlayer::present);
  if (state.page) {
    state.page->write(frame.before);
    state.page->write(body.view());
    state.page->write(frame.after);
    state.page->commit();
    return;
  }
  for (const ReportFile& file : page_files(state.files_name, PagePlayer::present))
    state.folder->write(file.path, file.content);
  state.folder->write(fs::path(state.path).filename().string(),
                      frame.before + std::string(body.view()) + frame.after);
  state.folder->commit(Placed::in_steps);
}

std::string player_runs(const MaskLabels& labels, const std::vector<int>& object_ids) {
  std::string bytes;
  std::vector<LabelRun> storage;
  std::uint64_t end = 0;
  const auto width = static_cast<std::uint64_t>(labels.width);
  for (const LabelRun& run : runs_of(labels, storage).runs) {
    if (std::ranges::find(object_ids, run.label) == object_ids.end()) continue;
    const std::uint64_t row = static_cast<std::uint64_t>(run.y) * width;
    put_number(bytes, row + static_cast<std::uint64_t>(run.x_begin) - end);
    put_number(bytes, static_cast<std::uint64_t>(run.x_end - run.x_begin));
    if (object_ids.size() > 1) bytes += static_cast<char>(run.label);
    end = row + static_cast<std::uint64_t>(run.x_end);
  }
  return bytes;
}

}  // namespace angiobench
