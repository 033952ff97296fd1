// SPDX-License-Identifier: MIT
#include "cli/look.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <ostream>
#include <utility>

#include "baselines/predicted_clip.h"
#include "cli/path_rules.h"
#include "cli/terminal.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/media/overlay_file.h"
#include "reports/html/clip_page.h"

namespace angiobench::cli {
namespace {

// Of a page's frames, a pixel: 60 frames of 512x512 take 4.2 MB of it as base64.
constexpr std::uint64_t kPixelsPerByte = 5;
constexpr int kBestQuality = 90;

std::string rate_text(double fps) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", fps);
  return text;
}

// What a run says of a setting; empty where it says nothing.
std::string setting_of(const RunOptions& run, std::string_view name) {
  for (const auto& [key, value] : run.settings) {
    if (key == name) return value;
  }
  return {};
}

// One clip on its way to its overlay and its page.
class ClipDrawing {
 public:
  ClipDrawing(const Clip& clip, const LookOptions& options, OverlayWriter* overlay,
              const RunOptions& run)
      : clip_(clip),
        options_(options),
        overlay_(overlay),
        run_(run),
        object_ids_(clip.first_masks().prompts.object_ids),
        times_ms_(clip.frames->facts().frame_times_ms) {}

  void add(const PredictedFrame& frame) {
    if (frame.number == 0) begin(frame);
    const cv::Mat grey = grey_of(frame.rgb);
    if (overlay_ != nullptr) overlay_->add(frame.name, grey, frame.labels);
    if (!page_) return;
    if (frame.number == 0)
      page_->set_poster(
          encode_jpeg(draw_overlay(grey, frame.labels, OverlayStyle::outline), kBestQuality));
    const std::uint64_t max_bytes =
        std::max<std::uint64_t>(1024, static_cast<std::uint64_t>(grey.total()) / kPixelsPerByte);
    const std::vector<std::uint8_t> jpeg = encode_jpeg_within(grey, max_bytes, quality_);
    page_->add({frame.name, jpeg, quality_, frame.labels});
  }

  // Puts the page into place; what is odd about the clip.
  std::vector<TrackWarning> finish_page() {
    if (!page_) return {};
    page_->commit();
    return page_->warnings();
  }
  bool knows_times() const { return frames_per_second(times_ms_).has_value(); }

 private:
  void begin(const PredictedFrame& first) {
    const int width = first.labels.width;
    const int height = first.labels.height;
    if (overlay_ != nullptr) overlay_->begin({clip_.name, width, height, object_ids_, times_ms_});
    if (options_.page.empty()) return;
    ClipPageOptions page;
    page.clip = clip_.name;
    page.width = width;
    page.height = height;
    page.num_frames = clip_.frames->names().size();
    page.object_ids = object_ids_;
    page.times_ms = times_ms_;
    page.frames_per_second = frames_per_second(times_ms_).value_or(kDefaultFps);
    page.facts = {{"Predicted by", setting_of(run_, "predictor")}};
    page_.emplace(options_.page, std::move(page));
  }

  const Clip& clip_;
  const LookOptions& options_;
  OverlayWriter* overlay_;
  const RunOptions& run_;
  std::vector<int> object_ids_;
  std::vector<double> times_ms_;
  std::optional<ClipPageWriter> page_;
  int quality_ = kBestQuality;
};

// Says in a few words what is odd about a clip.
void tell_odd(const std::vector<TrackWarning>& warnings, const Clip& clip, const Call& call) {
  if (warnings.empty()) return;
  const TrackWarning& first = warnings.front();
  print_message("warning",
                "clip '" + clip.name + "': " + std::to_string(warnings.size()) +
                    (warnings.size() == 1 ? " thing is odd, at frame "
                                          : " things are odd, the first at frame ") +
                    clip.frames->names()[first.frame] + ": object " + std::to_string(first.object) +
                    " " + first.text + " (the page lists them)",
                call.common, call.streams);
}

}  // namespace

struct LookFiles::State {
  LookOptions options;
  std::unique_ptr<OverlayWriter> overlay;
};

void add_look_options(OptionSet& options, LookOptions& look, const std::string& out) {
  options
      .add("overlay", file(look.overlay, "PATH"),
           "also write every frame with its objects drawn: FILE.mp4 or FILE.gif of one clip, or a "
           "folder for <clip>/<frame>.png")
      .writes();
  options.add("overlay-style", choice(look.style, kOverlayStyles), "outline or fill");
  options
      .add("page", file(look.page),
           "also write a page (FILE.html) that plays one clip with its objects, offline; a long "
           "clip's frames lie in FILE_files")
      .writes();
  options.rule({"overlay", "page", "out"}, [&look, &out]() -> std::string {
    for (const auto& [flag, path] :
         {std::pair("--overlay", &look.overlay), std::pair("--page", &look.page)}) {
      if (path->empty() || out.empty() || !share_a_place(out, *path)) continue;
      return std::string(flag) + " is " + *path + ", which lies inside of or around " + out +
             " (--out), a folder of masks alone; expected a place outside of it";
    }
    return {};
  });
}

LookFiles::LookFiles(const LookOptions& options, const std::vector<Clip>& clips)
    : state_(std::make_unique<State>()) {
  state_->options = options;
  const std::string many = std::to_string(clips.size()) + " clips";
  if (!options.page.empty()) {
    if (clips.size() > 1)
      throw Error::about(ErrorKind::usage, "page", "is of one clip, and here are " + many,
                         "--sequences NAME, or --clip");
    const AtomicFile place(options.page);  // can it be written?
  }
  if (options.overlay.empty()) return;
  if (clips.size() > 1 && overlay_form(options.overlay) != OverlayForm::folder)
    throw Error::about(ErrorKind::usage, "overlay",
                       "is '" + options.overlay + "', one file, and here are " + many,
                       "a folder, --sequences NAME, or --clip");
  state_->overlay = make_overlay_writer(options.overlay, options.style);
}

LookFiles::~LookFiles() = default;

void LookFiles::draw(const std::vector<Clip>& clips, const RunOptions& run,
                     const RunSummary& summary, const Call& call) {
  const LookOptions& options = state_->options;
  if (options.overlay.empty() && options.page.empty()) return;
  std::uint64_t total = 0;
  for (const Clip& clip : clips) total += clip.frames->names().size();
  ProgressBar bar("drawing", "frames", call.common, call.streams);
  std::uint64_t done = 0;
  std::size_t num_drawn = 0;
  bool knows_times = true;
  for (const Clip& clip : clips) {
    const bool failed = std::ranges::any_of(
        summary.failures, [&](const ClipFailure& failure) { return failure.clip == clip.name; });
    if (failed) continue;
    ClipDrawing drawing(clip, options, state_->overlay.get(), run);
    for_each_predicted(clip, run.out, [&](const PredictedFrame& frame) {
      drawing.add(frame);
      bar.update(++done, std::max(done, total));
    });
    bar.clear();
    tell_odd(drawing.finish_page(), clip, call);
    knows_times = knows_times && drawing.knows_times();
    ++num_drawn;
  }
  if (num_drawn == 0) return;
  if (state_->overlay) state_->overlay->commit();
  if (!knows_times &&
      (options.overlay.empty() || overlay_form(options.overlay) != OverlayForm::folder)) {
    print_message("note",
                  "when the frames were taken is not known: they are shown at " +
                      rate_text(kDefaultFps) + " a second",
                  call.common, call.streams);
  }
  if (!options.overlay.empty())
    call.streams.out << "overlay: " << printable(options.overlay) << '\n';
  if (!options.page.empty()) call.streams.out << "page: " << printable(options.page) << '\n';
}

}  // namespace angiobench::cli
