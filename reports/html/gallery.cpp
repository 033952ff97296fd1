// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/sections.h"

namespace angiobench::html {
namespace {

constexpr std::size_t kWorstOverall = 12;
constexpr std::size_t kWorstOfSequence = 3;
constexpr std::size_t kBiggestDrops = 12;
// Of one sequence in the list of the worst overall: otherwise the hardest sequence fills it.
constexpr std::size_t kOverallPerSequence = 3;
// Neighbouring frames look alike: a list takes none within this distance of one that it has.
constexpr std::size_t kSpacing = 4;
// Markup of a figure beside its image.
constexpr std::uint64_t kFigureBytes = 700;

constexpr std::uint32_t kNoMap = UINT32_MAX;

// One frame of the result. There may be as many as frames: it is kept small.
struct MappedFrame {
  double quality = 1;  // mean (J + F) / 2 of its objects; 1 where it shows none
  std::uint32_t sequence = 0;
  std::uint32_t frame = 0;
  std::uint32_t map = kNoMap;  // of the maps at hand; kNoMap where none was kept
  bool judged = false;         // at least one object is scored in it
};

// Maps that a report is given, in memory or in their files.
class MapShelf {
 public:
  MapShelf(std::span<const ErrorMap> held, const StagedErrorMaps* staged)
      : held_(held), staged_(staged) {}

  std::uint64_t num_bytes(std::uint32_t map) const {
    return staged_ != nullptr ? staged_->places()[map].num_bytes : held_[map].png.size();
  }
  std::vector<std::uint8_t> png(std::uint32_t map) const {
    return staged_ != nullptr ? staged_->read(map) : held_[map].png;
  }

 private:
  std::span<const ErrorMap> held_;
  const StagedErrorMaps* staged_;
};

// The sequence that was asked for last, with its frames: lists ask for one after the other.
class LastSequence {
 public:
  explicit LastSequence(const ReportView& view) : view_(view) {}

  const SequenceView& at(std::size_t index) {
    if (!full_ || index != index_) full_ = with_frames(view_, index);
    index_ = index;
    return *full_;
  }

 private:
  const ReportView& view_;
  std::size_t index_ = 0;
  std::optional<SequenceView> full_;
};

std::pair<unsigned, unsigned> png_size(const std::vector<std::uint8_t>& png) {
  const auto number = [&](std::size_t at) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | png[at + i];
    return value;
  };
  if (png.size() < 24) return {1, 1};
  return {number(16), number(20)};
}

std::string_view image_type(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return "image/png";
  return {};
}

std::string_view image_extension(std::string_view type) {
  return type == "image/jpeg" ? ".jpg" : ".png";
}

// A frame without its error map.
MappedFrame judged_frame(const SequenceView& sequence, std::size_t sequence_index,
                         std::size_t frame) {
  MappedFrame one;
  one.sequence = static_cast<std::uint32_t>(sequence_index);
  one.frame = static_cast<std::uint32_t>(frame);
  const std::optional<double> quality = sequence.quality[frame];
  one.quality = quality.value_or(1);
  for (const ObjectView& object : sequence.objects) {
    const FramePoint& point = object.points[frame];
    one.judged |= point.has_row && point.role == FrameRole::scored;
  }
  return one;
}

// The baseline's quality of a frame minus this one's.
std::optional<double> drop_of(const SequenceView& sequence, std::size_t frame) {
  const std::optional<double> quality = sequence.quality[frame];
  if (!quality || frame >= sequence.quality_before.size() || !sequence.quality_before[frame])
    return std::nullopt;
  return *sequence.quality_before[frame] - *quality;
}

// The frames of maps that the scorer has just made: it knows their positions.
std::vector<MappedFrame> staged_frames(const SectionContext& context, LastSequence& last) {
  std::vector<MappedFrame> frames;
  const std::vector<StagedErrorMaps::Place>& places = context.options.staged_maps->places();
  if (!context.view.has_frames) return frames;
  frames.reserve(places.size());
  for (std::uint32_t map = 0; map < places.size(); ++map) {
    const SequenceView& sequence = last.at(places[map].sequence);
    if (places[map].frame >= sequence.quality.size()) continue;
    frames.push_back(judged_frame(sequence, places[map].sequence, places[map].frame));
    frames.back().map = map;
  }
  return frames;
}

std::vector<MappedFrame> mapped_frames(const SectionContext& context, LastSequence& last) {
  if (context.options.staged_maps != nullptr) return staged_frames(context, last);
  std::map<std::string_view, std::size_t> sequence_at;
  const std::vector<SequenceView>& sequences = context.view.sequences;
  for (std::size_t index = 0; index < sequences.size(); ++index)
    sequence_at[sequences[index].score->name] = index;
  std::optional<std::size_t> current;
  std::map<std::string, std::size_t, std::less<>> names;  // of the current sequence's frames
  std::vector<MappedFrame> frames;
  for (std::uint32_t map = 0; map < context.options.error_maps.size(); ++map) {
    const ErrorMap& one = context.options.error_maps[map];
    const auto found = sequence_at.find(one.sequence);
    if (found == sequence_at.end()) continue;
    const SequenceView& sequence = last.at(found->second);
    if (current != found->second) {
      current = found->second;
      names.clear();
      for (std::size_t frame = 0; frame < sequence.quality.size(); ++frame)
        names[sequence.rows->frame_names[frame]] = frame;
    }
    const auto frame = names.find(one.frame);
    if (frame == names.end()) continue;
    frames.push_back(judged_frame(sequence, found->second, frame->second));
    frames.back().map = map;
  }
  return frames;
}

bool near_one_of(const MappedFrame& frame, const std::vector<const MappedFrame*>& taken,
                 std::size_t& of_sequence) {
  of_sequence = 0;
  bool is_near = false;
  for (const MappedFrame* other : taken) {
    if (other->sequence != frame.sequence) continue;
    ++of_sequence;
    const std::size_t distance =
        other->frame > frame.frame ? other->frame - frame.frame : frame.frame - other->frame;
    is_near |= distance < kSpacing;
  }
  return is_near;
}

// Every frame that fell against the baseline, with its error map where there is one, deepest first.
std::vector<MappedFrame> dropped_frames(const SectionContext& context,
                                        const std::vector<MappedFrame>& mapped,
                                        LastSequence& last) {
  if (context.view.baseline == nullptr) return {};
  std::vector<std::pair<double, MappedFrame>> dropped;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> maps;
  for (const MappedFrame& frame : mapped) maps[{frame.sequence, frame.frame}] = frame.map;
  for (std::size_t index = 0; index < context.view.sequences.size(); ++index) {
    const SequenceView& sequence = last.at(index);
    for (std::size_t frame = 0; frame < sequence.quality.size(); ++frame) {
      MappedFrame one = judged_frame(sequence, index, frame);
      const std::optional<double> drop = drop_of(sequence, frame);
      if (!one.judged || !drop || *drop <= context.options.tolerance) continue;
      const auto map = maps.find({one.sequence, one.frame});
      if (map != maps.end()) one.map = map->second;
      dropped.emplace_back(*drop, one);
    }
  }
  std::stable_sort(dropped.begin(), dropped.end(),
                   [](const auto& left, const auto& right) { return left.first > right.first; });
  std::vector<MappedFrame> frames;
  for (const auto& [drop, frame] : dropped) frames.push_back(frame);
  return frames;
}

// Writes figures until the budget is spent.
class FigureWriter {
 public:
  FigureWriter(const SectionContext& context, std::uint64_t budget, std::vector<ReportFile>& files,
               LastSequence& last)
      : context_(context),
        maps_(context.options.error_maps, context.options.staged_maps),
        skeletons_(context.options.skeleton_maps, context.options.staged_skeletons),
        budget_(budget),
        files_(files),
        last_(last) {
    const ReportOptions& options = context.options;
    if (options.staged_skeletons != nullptr) {
      const std::vector<StagedErrorMaps::Place>& places = options.staged_skeletons->places();
      for (std::uint32_t map = 0; map < places.size(); ++map)
        staged_skeleton_at_[{places[map].sequence, places[map].frame}] = map;
    }
    for (std::uint32_t map = 0; map < options.skeleton_maps.size(); ++map) {
      const ErrorMap& one = options.skeleton_maps[map];
      skeleton_at_[{one.sequence, one.frame}] = map;
    }
  }

  // Whether a figure fits; what it costs is taken from the budget.
  bool reserve(const MappedFrame& frame) {
    if (context_.options.assets == ReportAssets::split || frame.map == kNoMap) return true;
    const std::uint32_t skeleton = skeleton_of(frame);
    const std::uint64_t line_bytes = skeleton == kNoMap ? 0 : skeletons_.num_bytes(skeleton) + 200;
    const std::uint64_t cost = (maps_.num_bytes(frame.map) + line_bytes + 2) / 3 * 4 +
                               image_of(frame).size() * 4 / 3 + kFigureBytes;
    if (cost > budget_) return false;
    budget_ -= cost;
    return true;
  }

  // `prefix` makes the anchor unique among the lists that show a frame.
  void put_figure(Markup& out, const MappedFrame& frame, std::string_view prefix, bool thumbnail) {
    const SequenceView& sequence = last_.at(frame.sequence);
    const std::string id =
        std::string(prefix) + "-" + sequence.id + "-" + std::to_string(frame.frame);
    const Element figure(out, "figure", {{"id", id}});
    if (frame.map == kNoMap) {
      put_element(out, "p", {{"class", "empty"}}, "No error map was kept.");
      put_element(out, "figcaption", {}, caption(frame));
      return;
    }
    const std::vector<std::uint8_t> png = maps_.png(frame.map);
    const auto [width, height] = png_size(png);
    const std::string columns = std::to_string(width);
    const std::string rows = std::to_string(height);
    {
      const Element open(out, "a", {{"class", "open"}, {"href", "#" + id}});
      const std::string image = image_of(frame);
      num_without_frame_ += image.empty() && context_.options.read_image ? 1U : 0U;
      if (!image.empty()) {
        put_leaf(out, "img",
                 {{"class", "frame"},
                  {"alt", ""},
                  {"width", columns},
                  {"height", rows},
                  {"src", address(image_type(image), image, frame, "frames")}});
      }
      put_leaf(
          out, "img",
          {{"class", "map"},
           {"width", columns},
           {"height", rows},
           {"alt", alternative(frame, thumbnail)},
           {"src", address("image/png", {reinterpret_cast<const char*>(png.data()), png.size()},
                           frame, "maps")}});
    }
    put_skeleton(out, frame, id);
    const Element words(out, "figcaption");
    if (thumbnail) {
      put(out, frame_name(frame), " ", element("b", {}, caption_score(frame)));
    } else {
      put(out, caption(frame));
    }
    put(out, " ", element("a", {{"class", "close"}, {"href", "#gallery"}}, "close"));
  }

  // Figures that were to have a frame behind the map, and have none.
  std::uint64_t num_without_frame() const { return num_without_frame_; }

 private:
  // The map of centre lines of a frame; kNoMap where there is none.
  std::uint32_t skeleton_of(const MappedFrame& frame) const {
    const auto staged = staged_skeleton_at_.find({frame.sequence, frame.frame});
    if (staged != staged_skeleton_at_.end()) return staged->second;
    if (skeleton_at_.empty()) return kNoMap;
    const auto held = skeleton_at_.find({sequence_name(frame), frame_name(frame)});
    return held == skeleton_at_.end() ? kNoMap : held->second;
  }

  void put_skeleton(Markup& out, const MappedFrame& frame, const std::string& id) {
    const std::uint32_t map = skeleton_of(frame);
    if (map == kNoMap) return;
    const std::vector<std::uint8_t> png = skeletons_.png(map);
    const auto [width, height] = png_size(png);
    const Element open(out, "a", {{"class", "open"}, {"href", "#" + id}});
    put_leaf(out, "img",
             {{"class", "map lines"},
              {"width", std::to_string(width)},
              {"height", std::to_string(height)},
              {"alt", "Centre lines of " + sequence_name(frame) + " " + frame_name(frame)},
              {"src", address("image/png", {reinterpret_cast<const char*>(png.data()), png.size()},
                              frame, "lines")}});
  }

  const std::string& sequence_name(const MappedFrame& frame) const {
    return context_.view.sequences[frame.sequence].score->name;
  }
  const std::string& frame_name(const MappedFrame& frame) const {
    return last_.at(frame.sequence).rows->frame_names[frame.frame];
  }

  Markup caption(const MappedFrame& frame) const {
    Markup out;
    put(out, element("b", {}, sequence_name(frame)), " ", frame_name(frame), leaf("br"),
        frame_quality_name(context_.view), " ", element("b", {}, caption_score(frame)));
    if (const std::optional<double> drop = drop_of(last_.at(frame.sequence), frame.frame)) {
      put(out, " ",
          element("span", {{"class", "w"}}, "(", format_difference(-*drop, context_.style), ")"));
    }
    put(out, worst_object(frame));
    return out;
  }

  std::string image_of(const MappedFrame& frame) const {
    if (!context_.options.read_image) return {};
    std::string image = context_.options.read_image(sequence_name(frame), frame_name(frame));
    return image_type(image).empty() ? std::string() : image;
  }

  std::string caption_score(const MappedFrame& frame) const {
    const std::optional<double> quality = last_.at(frame.sequence).quality[frame.frame];
    return quality ? format_score(quality, context_.style) : std::string("no object");
  }

  std::string alternative(const MappedFrame& frame, bool thumbnail) const {
    std::string text = "Error map of " + sequence_name(frame) + " " + frame_name(frame);
    if (!thumbnail) {
      const FrameErrors errors = frame_errors(*last_.at(frame.sequence).rows, frame.frame);
      text += ": " + count_of(errors.false_positive, "pixel") + " too many, " +
              std::to_string(errors.false_negative) + " missed";
    }
    return text;
  }

  Markup worst_object(const MappedFrame& frame) const {
    const SequenceView& sequence = last_.at(frame.sequence);
    const ObjectView* worst = nullptr;
    double lowest = 2;
    for (const ObjectView& object : sequence.objects) {
      const FramePoint& point = object.points[frame.frame];
      if (!point.has_row || (!point.truth_visible && !point.prediction_visible)) continue;
      if ((point.j + point.f) / 2 < lowest) {
        lowest = (point.j + point.f) / 2;
        worst = &object;
      }
    }
    if (worst == nullptr || sequence.objects.size() < 2) return {};
    const FramePoint& point = worst->points[frame.frame];
    std::string words = format_score(lowest, context_.style);
    if (point.truth_visible && !point.prediction_visible) words = "not found";
    if (!point.truth_visible) words = "is not there";
    return markup(leaf("br"), element("span", {{"class", "w"}}, "worst: ",
                                      element("a", {{"href", "#" + worst->id}}, "object ",
                                              std::to_string(worst->score->id)),
                                      " ", words));
  }

  // A data URI, or the path of a file that is written beside the page (once, whatever lists show
  // it).
  std::string address(std::string_view type, std::string_view bytes, const MappedFrame& frame,
                      std::string_view folder) {
    if (context_.options.assets == ReportAssets::embedded)
      return "data:" + std::string(type) + ";base64," + base64(bytes);
    std::string path = context_.options.assets_folder + "/";
    put(path, folder, "/", context_.view.sequences[frame.sequence].id, "-",
        std::to_string(frame.frame), image_extension(type));
    const bool written = std::any_of(files_.begin(), files_.end(),
                                     [&](const ReportFile& file) { return file.path == path; });
    if (!written) files_.push_back({path, std::string(bytes)});
    return path;
  }

  const SectionContext& context_;
  MapShelf maps_;
  MapShelf skeletons_;
  // Where a frame's map of centre lines is: by positions, or by names.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> staged_skeleton_at_;
  std::map<std::pair<std::string, std::string>, std::uint32_t> skeleton_at_;
  std::uint64_t budget_;
  std::vector<ReportFile>& files_;
  LastSequence& last_;
  std::uint64_t num_without_frame_ = 0;
};

struct LegendEntry {
  std::string_view css_class;
  std::string_view words;
  std::string_view pattern = {};
};

// A list of colours and words; `put_key` draws the key of an entry, 18 x 14.
template <typename PutKey>
void put_legend_list(Markup& out, std::span<const LegendEntry> entries, const PutKey& put_key) {
  const Element list(out, "ul", {{"class", "legend maplegend"}});
  for (const LegendEntry& entry : entries) {
    const Element item(out, "li");
    {
      const Element key(
          out, "svg",
          {{"viewBox", "0 0 18 14"}, {"width", "18"}, {"height", "14"}, {"aria-hidden", "true"}});
      put_key(entry);
    }
    put(out, " ", entry.words);
  }
}

void put_legend(Markup& out) {
  constexpr LegendEntry kEntries[] = {
      {"right", "right"},
      {"fp", "false positive (vermillion; in print horizontal lines)", "M0 3h18M0 7h18M0 11h18"},
      {"fn", "false negative (blue; vertical lines)", "M3 0v14M7 0v14M11 0v14M15 0v14"},
      {"wo", "wrong object (reddish purple; dots)",
       "M3 2h3v3h-3zM11 2h3v3h-3zM3 9h3v3h-3zM11 9h3v3h-3z"},
  };
  put_legend_list(out, kEntries, [&](const LegendEntry& entry) {
    put_leaf(out, "rect", {{"class", entry.css_class}, {"width", "18"}, {"height", "14"}});
    put_leaf(out, "path", {{"class", "hatch"}, {"d", entry.pattern}});
  });
}

// What the second map of a frame shows, where there is one.
void put_line_legend(Markup& out) {
  constexpr LegendEntry kEntries[] = {{"line-truth", "the truth"},
                                      {"line-found", "centre line found"},
                                      {"fn", "lost: outside the prediction (blue)"},
                                      {"fp", "invented: outside the truth (vermillion)"}};
  put_legend_list(out, kEntries, [&](const LegendEntry& entry) {
    put_leaf(out, "rect",
             {{"class", entry.css_class}, {"y", "5"}, {"width", "18"}, {"height", "4"}});
  });
}

// The region of a filter over a whole picture.
class Filter : public Element {
 public:
  Filter(Markup& out, std::string_view id)
      : Element(out, "filter",
                {{"id", id},
                 {"x", "0"},
                 {"y", "0"},
                 {"width", "100%"},
                 {"height", "100%"},
                 {"color-interpolation-filters", "sRGB"}}) {}
};

// What of the source is opaque where a weighted sum of its channels, given as a matrix's row of
// alpha, is above nothing.
void put_picked(Markup& out, const std::string& alpha, std::string_view result) {
  put_leaf(out, "feColorMatrix",
           {{"in", "SourceGraphic"},
            {"values", "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 " + alpha},
            {"result", result}});
}

// A pattern of tiles: a box of `size` in a square of `step`.
void put_pattern(Markup& out, std::string_view width, std::string_view height,
                 std::string_view colour, std::string_view step, std::string_view result) {
  put_leaf(out, "feFlood",
           {{"x", "0"}, {"y", "0"}, {"width", width}, {"height", height}, {"flood-color", colour}});
  put_leaf(out, "feOffset", {{"x", "0"}, {"y", "0"}, {"width", step}, {"height", step}});
  put_leaf(out, "feTile", {{"result", result}});
}

void put_inside(Markup& out, std::string_view what, std::string_view where,
                const std::optional<std::string>& result) {
  put_leaf(out, "feComposite",
           {{"in", what}, {"in2", where}, {"operator", "in"}, maybe("result", result)});
}

// Filters that lay a hatch over each colour, so that errors can be told apart without colour. The
// matrices pick the four colours of an error map by their channels' differences.
void put_hatch_filters(Markup& out) {
  const Element svg(out, "svg",
                    {{"class", "defs"}, {"width", "0"}, {"height", "0"}, {"aria-hidden", "true"}});
  {
    const Filter filter(out, "hatch");
    put_picked(out, "8 0 -8 0 -3.2", "fp");
    put_picked(out, "-8 0 8 0 -3.2", "fn");
    put_picked(out, "6 -20 14 0 -1.6", "wo");
    put_pattern(out, "4", "1", "#000", "4", "rows");
    put_pattern(out, "1", "4", "#fff", "4", "columns");
    put_pattern(out, "2", "2", "#000", "5", "dots");
    put_inside(out, "rows", "fp", "a");
    put_inside(out, "columns", "fn", "b");
    put_inside(out, "dots", "wo", "c");
    const Element merge(out, "feMerge");
    for (const std::string_view layer : {"SourceGraphic", "a", "b", "c"})
      put_leaf(out, "feMergeNode", {{"in", layer}});
  }
  const Filter filter(out, "errors-only");
  put_picked(out, "8 0 -8 0 -.8", "warm");
  put_picked(out, "-8 0 8 0 -.8", "cold");
  {
    const Element merge(out, "feMerge", {{"result", "errors"}});
    for (const std::string_view layer : {"warm", "cold"})
      put_leaf(out, "feMergeNode", {{"in", layer}});
  }
  put_inside(out, "SourceGraphic", "errors", std::nullopt);
}

Markup code(std::string_view text) { return element("code", {}, text); }

void put_map_toggle(Markup& out, std::string_view id, bool checked, std::string_view words) {
  if (checked) {
    put_leaf(out, "input", {{"type", "checkbox"}, {"id", id}, flag("checked")});
  } else {
    put_leaf(out, "input", {{"type", "checkbox"}, {"id", id}});
  }
  put_element(out, "label", {{"for", id}}, words);
}

// The lists of figures and all frames; `frames` are not empty.
void write_figures(Markup& out, const SectionContext& context, std::vector<MappedFrame> frames,
                   std::uint64_t budget, std::vector<ReportFile>& files, LastSequence& last,
                   const std::function<void()>& flush) {
  std::sort(frames.begin(), frames.end(), [](const MappedFrame& left, const MappedFrame& right) {
    return std::tie(left.quality, left.sequence, left.frame) <
           std::tie(right.quality, right.sequence, right.frame);
  });

  // Choose what each list would show.
  std::vector<const MappedFrame*> overall;
  std::vector<std::vector<const MappedFrame*>> of_sequence(context.view.sequences.size());
  for (const MappedFrame& frame : frames) {
    if (!frame.judged || frame.quality >= 1) continue;
    std::size_t taken = 0;
    if (overall.size() < kWorstOverall && !near_one_of(frame, overall, taken) &&
        taken < kOverallPerSequence)
      overall.push_back(&frame);
    std::vector<const MappedFrame*>& own = of_sequence[frame.sequence];
    if (own.size() < kWorstOfSequence && !near_one_of(frame, own, taken)) own.push_back(&frame);
  }
  const std::vector<MappedFrame> by_drop = dropped_frames(context, frames, last);
  std::vector<const MappedFrame*> drops;
  for (const MappedFrame& frame : by_drop) {
    std::size_t taken = 0;
    if (drops.size() < kBiggestDrops && !near_one_of(frame, drops, taken) &&
        taken < kOverallPerSequence)
      drops.push_back(&frame);
  }

  // Spend the budget in the order in which they matter, then write each list in its own order.
  FigureWriter writer(context, budget, files, last);
  const auto afford = [&](std::vector<const MappedFrame*>& list) {
    std::size_t kept = 0;
    for (const MappedFrame* frame : list) {
      if (writer.reserve(*frame)) list[kept++] = frame;
    }
    const std::size_t dropped = list.size() - kept;
    list.resize(kept);
    return dropped;
  };
  std::size_t left_out = afford(overall) + afford(drops);
  for (std::vector<const MappedFrame*>& own : of_sequence) left_out += afford(own);
  std::vector<const MappedFrame*> all;
  if (context.options.shown_maps == ErrorMapChoice::all) {
    for (const MappedFrame& frame : frames) all.push_back(&frame);
    left_out += afford(all);
    std::sort(all.begin(), all.end(), [](const MappedFrame* left, const MappedFrame* right) {
      return std::tie(left->sequence, left->frame) < std::tie(right->sequence, right->frame);
    });
  }

  put_hatch_filters(out);
  put_legend(out);
  if (context.options.staged_skeletons != nullptr || !context.options.skeleton_maps.empty())
    put_line_legend(out);
  if (left_out > 0) {
    put_element(out, "p", {{"class", "alert"}}, count_of(left_out, "error map"),
                left_out == 1 ? " is" : " are", " left out to keep the page under ",
                sort_key(static_cast<double>(context.options.max_bytes) / 1e6),
                " MB; the frames that matter least went first. ", code("--max-size"),
                " raises the limit.");
  }
  put_map_toggle(out, "show-right", true, "right pixels");
  put_map_toggle(out, "show-hatch", false, "hatch");
  if (context.options.read_image) put_map_toggle(out, "show-frame", true, "frame behind the map");
  const Element maps(out, "div", {{"class", "maps"}});
  put(out, "\n");
  const auto write_list = [&](std::string_view heading, const Markup& words,
                              const std::vector<const MappedFrame*>& list,
                              std::string_view prefix) {
    if (list.empty()) return;
    put_element(out, "h3", {}, heading);
    if (!words.empty()) put_element(out, "p", {{"class", "note"}}, words);
    const Element tiles(out, "div", {{"class", "tiles"}}, After::line_end);
    for (const MappedFrame* frame : list) {
      writer.put_figure(out, *frame, prefix, false);
      flush();
    }
  };
  write_list("Worst frames overall",
             markup("Lowest mean ", frame_quality_name(context.view),
                    " of a frame’s objects; at most three of a sequence, no neighbours."),
             overall, "w");
  if (context.view.baseline != nullptr) {
    if (drops.empty()) {
      put_element(out, "h3", {}, "Biggest drops against the baseline");
      put_element(out, "p", {{"class", "empty"}}, "No frame fell by more than the tolerance.");
    }
    const bool all_mapped = std::all_of(
        drops.begin(), drops.end(), [](const MappedFrame* frame) { return frame->map != kNoMap; });
    write_list("Biggest drops against the baseline",
               all_mapped ? Markup()
                          : markup(code("score --error-maps all"),
                                   " keeps the maps that are missing here."),
               drops, "d");
  }
  std::vector<const MappedFrame*> per_sequence;
  for (const std::vector<const MappedFrame*>& own : of_sequence)
    per_sequence.insert(per_sequence.end(), own.begin(), own.end());
  write_list("Worst frames of each sequence", {}, per_sequence, "q");
  const auto tell_without_frame = [&] {
    if (writer.num_without_frame() == 0) return;
    put_element(out, "p", {{"class", "note"}}, count_of(writer.num_without_frame(), "figure"),
                writer.num_without_frame() == 1 ? " has" : " have",
                " no frame behind the map: the folder of frames has none of that name.");
  };
  if (all.empty()) {
    tell_without_frame();
    return;
  }
  std::size_t counted = 0;
  for (const SequenceView& sequence : context.view.sequences) counted += sequence.num_shown;
  const bool every_one = all.size() >= counted;
  put_element(out, "h3", {}, every_one ? "All frames" : "Every frame that was kept");
  put_element(out, "p", {{"class", "note"}}, std::to_string(all.size()), " of ",
              count_of(std::max(counted, all.size()), "frame"),
              "; open one and leaf through with the arrow keys.",
              every_one || left_out > 0
                  ? Markup()
                  : markup(" ", code("score --error-maps all"), " keeps every frame."));
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end]->sequence == all[begin]->sequence) ++end;
    const SequenceView& sequence = context.view.sequences[all[begin]->sequence];
    put_element(out, "h4", {}, element("a", {{"href", "#" + sequence.id}}, sequence.score->name));
    const Element film(out, "div", {{"class", "film"}}, After::line_end);
    for (; begin < end; ++begin) {
      writer.put_figure(out, *all[begin], "a", true);
      flush();
    }
  }
  tell_without_frame();
}

}  // namespace

void write_gallery_section(const SectionContext& context, std::uint64_t budget,
                           std::vector<ReportFile>& files,
                           const std::function<void(std::string_view)>& write) {
  Markup out;
  // Written up to here; figures are handed on as they come: the gallery may be most of a large
  // page.
  const auto flush = [&] { write(out.take()); };
  {
    const Section section(out, "gallery", "Gallery of errors");
    LastSequence last(context.view);
    std::vector<MappedFrame> frames;
    if (context.options.shown_maps == ErrorMapChoice::none) {
      put_element(out, "p", {{"class", "empty"}}, "Left out on request (",
                  code("--error-maps none"), ").");
    } else {
      frames = mapped_frames(context, last);
      if (frames.empty()) {
        put_element(out, "p", {{"class", "empty"}}, "No error maps: ", code("score --out DIR"),
                    " writes them beside ", code("result.json"), " together with ",
                    code("per_frame.csv"), ".");
      }
    }
    if (!frames.empty()) write_figures(out, context, std::move(frames), budget, files, last, flush);
  }
  flush();
}

}  // namespace angiobench::html
