// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <tuple>

#include "reports/escape.h"
#include "reports/html/markup.h"
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

// One frame of the result.
struct MappedFrame {
  std::size_t sequence = 0;
  std::size_t frame = 0;
  const ErrorMap* map = nullptr;  // null where none was kept
  double quality = 1;             // mean (J + F) / 2 of its objects; 1 where it shows none
  bool judged = false;            // at least one object is scored in it
  std::optional<double> drop;     // baseline's quality minus this one's
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
MappedFrame judged_frame(const SectionContext& context, std::size_t sequence_index,
                         std::size_t frame) {
  const SequenceView& sequence = context.view.sequences[sequence_index];
  MappedFrame one{sequence_index, frame, nullptr, 1, false, std::nullopt};
  const std::optional<double> quality = sequence.quality[frame];
  one.quality = quality.value_or(1);
  for (const ObjectView& object : sequence.objects) {
    const FramePoint& point = object.points[frame];
    one.judged |= point.has_row && point.role == FrameRole::scored;
  }
  if (quality && frame < sequence.quality_before.size() && sequence.quality_before[frame]) {
    one.drop = *sequence.quality_before[frame] - *quality;
  }
  return one;
}

std::vector<MappedFrame> mapped_frames(const SectionContext& context) {
  std::map<std::string_view, std::size_t> sequence_at;
  const std::vector<SequenceView>& sequences = context.view.sequences;
  for (std::size_t index = 0; index < sequences.size(); ++index)
    sequence_at[sequences[index].score->name] = index;
  std::vector<std::map<std::string_view, std::size_t>> frame_at(sequences.size());
  std::vector<MappedFrame> frames;
  for (const ErrorMap& map : context.options.error_maps) {
    const auto found = sequence_at.find(map.sequence);
    if (found == sequence_at.end()) continue;
    const SequenceView& sequence = sequences[found->second];
    std::map<std::string_view, std::size_t>& names = frame_at[found->second];
    if (names.empty()) {
      for (std::size_t frame = 0; frame < sequence.quality.size(); ++frame)
        names[sequence.score->frame_names[frame]] = frame;
    }
    const auto frame = names.find(map.frame);
    if (frame == names.end()) continue;
    frames.push_back(judged_frame(context, found->second, frame->second));
    frames.back().map = &map;
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
                                        const std::vector<MappedFrame>& mapped) {
  std::map<std::pair<std::size_t, std::size_t>, const ErrorMap*> maps;
  for (const MappedFrame& frame : mapped) maps[{frame.sequence, frame.frame}] = frame.map;
  std::vector<MappedFrame> dropped;
  for (std::size_t sequence = 0; sequence < context.view.sequences.size(); ++sequence) {
    for (std::size_t frame = 0; frame < context.view.sequences[sequence].quality.size(); ++frame) {
      MappedFrame one = judged_frame(context, sequence, frame);
      if (!one.judged || !one.drop || *one.drop <= context.options.tolerance) continue;
      const auto map = maps.find({sequence, frame});
      if (map != maps.end()) one.map = map->second;
      dropped.push_back(one);
    }
  }
  std::stable_sort(
      dropped.begin(), dropped.end(),
      [](const MappedFrame& left, const MappedFrame& right) { return *left.drop > *right.drop; });
  return dropped;
}

// Writes figures until the budget is spent.
class FigureWriter {
 public:
  FigureWriter(const SectionContext& context, std::uint64_t budget, std::vector<ReportFile>& files)
      : context_(context), budget_(budget), files_(files) {}

  // Whether a figure fits; what it costs is taken from the budget.
  bool reserve(const MappedFrame& frame) {
    if (context_.options.assets == ReportAssets::split || frame.map == nullptr) return true;
    const std::uint64_t cost =
        (frame.map->png.size() + 2) / 3 * 4 + image_of(frame).size() * 4 / 3 + kFigureBytes;
    if (cost > budget_) return false;
    budget_ -= cost;
    return true;
  }

  // `prefix` makes the anchor unique among the lists that show a frame.
  std::string figure(const MappedFrame& frame, std::string_view prefix, bool thumbnail) {
    const SequenceView& sequence = context_.view.sequences[frame.sequence];
    const std::string id =
        std::string(prefix) + "-" + sequence.id + "-" + std::to_string(frame.frame);
    if (frame.map == nullptr) {
      return "<figure id=\"" + id + "\"><p class=\"empty\">No error map was kept.</p><figcaption>" +
             caption(frame) + "</figcaption></figure>";
    }
    const auto [width, height] = png_size(frame.map->png);
    const std::string size =
        " width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) + "\"";
    std::string out = "<figure id=\"";
    put(out, id, "\"><a class=\"open\" href=\"#", id, "\">");
    const std::string image = image_of(frame);
    if (!image.empty()) {
      put(out, "<img class=\"frame\" alt=\"\"", size, " src=\"",
          address(image_type(image), image, frame, "frames"), "\">");
    }
    put(out, "<img class=\"map\"", size, " alt=\"", alternative(frame, thumbnail), "\" src=\"",
        address("image/png",
                {reinterpret_cast<const char*>(frame.map->png.data()), frame.map->png.size()},
                frame, "maps"),
        "\"></a><figcaption>");
    if (thumbnail) {
      put(out, escape_html(frame.map->frame), " <b>", caption_score(frame), "</b>");
    } else {
      out += caption(frame);
    }
    put(out, " <a class=\"close\" href=\"#gallery\">close</a></figcaption></figure>");
    return out;
  }

 private:
  std::string caption(const MappedFrame& frame) const {
    const SequenceScore& score = *context_.view.sequences[frame.sequence].score;
    std::string out = "<b>";
    put(out, escape_html(score.name), "</b> ", escape_html(score.frame_names[frame.frame]),
        "<br>J&amp;F <b>", caption_score(frame), "</b>");
    if (frame.drop)
      put(out, " <span class=\"w\">(", format_difference(-*frame.drop, context_.style), ")</span>");
    return out + worst_object(frame);
  }

  std::string image_of(const MappedFrame& frame) const {
    if (!context_.options.read_image) return {};
    std::string image = context_.options.read_image(frame.map->sequence, frame.map->frame);
    return image_type(image).empty() ? std::string() : image;
  }

  std::string caption_score(const MappedFrame& frame) const {
    const std::optional<double> quality =
        context_.view.sequences[frame.sequence].quality[frame.frame];
    return quality ? format_score(quality, context_.style) : std::string("no object");
  }

  std::string alternative(const MappedFrame& frame, bool thumbnail) const {
    std::string text = "Error map of " + frame.map->sequence + " " + frame.map->frame;
    if (!thumbnail) {
      const FrameErrors errors =
          frame_errors(*context_.view.sequences[frame.sequence].score, frame.frame);
      text += ": " + count_of(errors.false_positive, "pixel") + " too many, " +
              std::to_string(errors.false_negative) + " missed";
    }
    return escape_html(text);
  }

  std::string worst_object(const MappedFrame& frame) const {
    const SequenceView& sequence = context_.view.sequences[frame.sequence];
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
    std::string out = "<br><span class=\"w\">worst: <a href=\"#";
    put(out, worst->id, "\">object ", std::to_string(worst->score->id), "</a> ");
    if (point.truth_visible && !point.prediction_visible) {
      out += "not found";
    } else if (!point.truth_visible) {
      out += "is not there";
    } else {
      out += format_score(lowest, context_.style);
    }
    return out + "</span>";
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
    return escape_html(path);
  }

  const SectionContext& context_;
  std::uint64_t budget_;
  std::vector<ReportFile>& files_;
};

std::string legend() {
  struct Entry {
    std::string_view css_class;
    std::string_view pattern;
    std::string_view words;
  };
  constexpr Entry kEntries[] = {
      {"right", "", "right"},
      {"fp", "M0 3h18M0 7h18M0 11h18", "false positive (vermillion; in print horizontal lines)"},
      {"fn", "M3 0v14M7 0v14M11 0v14M15 0v14", "false negative (blue; vertical lines)"},
      {"wo", "M3 2h3v3h-3zM11 2h3v3h-3zM3 9h3v3h-3zM11 9h3v3h-3z",
       "wrong object (reddish purple; dots)"},
  };
  std::string out = "<ul class=\"legend maplegend\">";
  for (const Entry& entry : kEntries) {
    put(out,
        "<li><svg viewBox=\"0 0 18 14\" width=\"18\" height=\"14\" aria-hidden=\"true\"><rect "
        "class=\"",
        entry.css_class, "\" width=\"18\" height=\"14\"/><path class=\"hatch\" d=\"", entry.pattern,
        "\"/></svg> ", entry.words, "</li>");
  }
  return out + "</ul>";
}

// Filters that lay a hatch over each colour, so that errors can be told apart without colour. The
// matrices pick the four colours of an error map by their channels' differences.
std::string hatch_filters() {
  return "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><filter id=\"hatch\" "
         "x=\"0\" y=\"0\" width=\"100%\" height=\"100%\" "
         "color-interpolation-filters=\"sRGB\">"
         "<feColorMatrix in=\"SourceGraphic\" values=\"0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 8 0 -8 0 "
         "-3.2\" result=\"fp\"/>"
         "<feColorMatrix in=\"SourceGraphic\" values=\"0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -8 0 8 0 "
         "-3.2\" result=\"fn\"/>"
         "<feColorMatrix in=\"SourceGraphic\" values=\"0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 6 -20 14 0 "
         "-1.6\" result=\"wo\"/>"
         "<feFlood x=\"0\" y=\"0\" width=\"4\" height=\"1\" flood-color=\"#000\"/><feOffset "
         "x=\"0\" y=\"0\" width=\"4\" height=\"4\"/><feTile result=\"rows\"/>"
         "<feFlood x=\"0\" y=\"0\" width=\"1\" height=\"4\" flood-color=\"#fff\"/><feOffset "
         "x=\"0\" y=\"0\" width=\"4\" height=\"4\"/><feTile result=\"columns\"/>"
         "<feFlood x=\"0\" y=\"0\" width=\"2\" height=\"2\" flood-color=\"#000\"/><feOffset "
         "x=\"0\" y=\"0\" width=\"5\" height=\"5\"/><feTile result=\"dots\"/>"
         "<feComposite in=\"rows\" in2=\"fp\" operator=\"in\" result=\"a\"/><feComposite "
         "in=\"columns\" in2=\"fn\" operator=\"in\" result=\"b\"/>"
         "<feComposite in=\"dots\" in2=\"wo\" operator=\"in\" result=\"c\"/>"
         "<feMerge><feMergeNode in=\"SourceGraphic\"/><feMergeNode in=\"a\"/><feMergeNode "
         "in=\"b\"/><feMergeNode in=\"c\"/></feMerge></filter>"
         "<filter id=\"errors-only\" x=\"0\" y=\"0\" width=\"100%\" height=\"100%\" "
         "color-interpolation-filters=\"sRGB\">"
         "<feColorMatrix in=\"SourceGraphic\" values=\"0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 8 0 -8 0 "
         "-.8\" result=\"warm\"/>"
         "<feColorMatrix in=\"SourceGraphic\" values=\"0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -8 0 8 0 "
         "-.8\" result=\"cold\"/>"
         "<feMerge result=\"errors\"><feMergeNode in=\"warm\"/><feMergeNode in=\"cold\"/></feMerge>"
         "<feComposite in=\"SourceGraphic\" in2=\"errors\" operator=\"in\"/></filter></svg>";
}

}  // namespace

std::string gallery_section(const SectionContext& context, std::uint64_t budget,
                            std::vector<ReportFile>& files) {
  std::string out = open_section("gallery", "Gallery of errors");
  if (context.options.shown_maps == ErrorMapChoice::none) {
    return out +
           "<p class=\"empty\">Left out on request (<code>--error-maps "
           "none</code>).</p></section>\n";
  }
  std::vector<MappedFrame> frames = mapped_frames(context);
  if (frames.empty()) {
    return out +
           "<p class=\"empty\">No error maps: <code>score --out DIR</code> writes them beside "
           "<code>result.json</code> "
           "together with <code>per_frame.csv</code>.</p></section>\n";
  }
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
  const std::vector<MappedFrame> by_drop = dropped_frames(context, frames);
  std::vector<const MappedFrame*> drops;
  for (const MappedFrame& frame : by_drop) {
    std::size_t taken = 0;
    if (drops.size() < kBiggestDrops && !near_one_of(frame, drops, taken) &&
        taken < kOverallPerSequence)
      drops.push_back(&frame);
  }

  // Spend the budget in the order in which they matter, then write each list in its own order.
  FigureWriter writer(context, budget, files);
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

  put(out, hatch_filters(), legend());
  if (left_out > 0) {
    put(out, "<p class=\"alert\">", count_of(left_out, "error map"), left_out == 1 ? " is" : " are",
        " left out to keep the page under ",
        sort_key(static_cast<double>(context.options.max_bytes) / 1e6),
        " MB; the frames that matter least went first. <code>--max-size</code> raises the "
        "limit.</p>");
  }
  out +=
      "<input type=\"checkbox\" id=\"show-right\" checked><label for=\"show-right\">right "
      "pixels</label>"
      "<input type=\"checkbox\" id=\"show-hatch\"><label for=\"show-hatch\">hatch</label>";
  if (context.options.read_image)
    out +=
        "<input type=\"checkbox\" id=\"show-frame\" checked><label for=\"show-frame\">frame behind "
        "the map</label>";
  out += "<div class=\"maps\">\n";
  const auto write_list = [&](std::string_view heading, std::string_view words,
                              const std::vector<const MappedFrame*>& list,
                              std::string_view prefix) {
    if (list.empty()) return;
    put(out, "<h3>", heading, "</h3>");
    if (!words.empty()) put(out, "<p class=\"note\">", words, "</p>");
    out += "<div class=\"tiles\">";
    for (const MappedFrame* frame : list) out += writer.figure(*frame, prefix, false);
    out += "</div>\n";
  };
  write_list(
      "Worst frames overall",
      "Lowest mean J&amp;F of a frame’s objects; at most three of a sequence, no neighbours.",
      overall, "w");
  if (context.view.baseline != nullptr) {
    if (drops.empty()) {
      out +=
          "<h3>Biggest drops against the baseline</h3><p class=\"empty\">No frame fell by "
          "more than the tolerance.</p>";
    }
    const bool all_mapped = std::all_of(
        drops.begin(), drops.end(), [](const MappedFrame* frame) { return frame->map != nullptr; });
    write_list("Biggest drops against the baseline",
               all_mapped
                   ? ""
                   : "<code>score --error-maps all</code> keeps the maps that are missing here.",
               drops, "d");
  }
  std::vector<const MappedFrame*> per_sequence;
  for (const std::vector<const MappedFrame*>& own : of_sequence)
    per_sequence.insert(per_sequence.end(), own.begin(), own.end());
  write_list("Worst frames of each sequence", "", per_sequence, "q");
  if (!all.empty()) {
    std::size_t counted = 0;
    for (const SequenceView& sequence : context.view.sequences) {
      counted += static_cast<std::size_t>(
          std::count_if(sequence.quality.begin(), sequence.quality.end(),
                        [](const std::optional<double>& quality) { return quality.has_value(); }));
    }
    const bool every_one = all.size() >= counted;
    put(out, every_one ? "<h3>All frames</h3>" : "<h3>Every frame that was kept</h3>",
        "<p class=\"note\">", std::to_string(all.size()), " of ",
        count_of(std::max(counted, all.size()), "frame"),
        "; open one and leaf through with the arrow keys.");
    if (!every_one && left_out == 0)
      out += " <code>score --error-maps all</code> keeps every frame.";
    out += "</p>";
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin;
      while (end < all.size() && all[end]->sequence == all[begin]->sequence) ++end;
      const SequenceView& sequence = context.view.sequences[all[begin]->sequence];
      put(out, "<h4><a href=\"#", sequence.id, "\">", escape_html(sequence.score->name),
          "</a></h4><div class=\"film\">");
      for (; begin < end; ++begin) out += writer.figure(*all[begin], "a", true);
      out += "</div>\n";
    }
  }
  return out + "</div></section>\n";
}

}  // namespace angiobench::html
