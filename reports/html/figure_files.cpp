// SPDX-License-Identifier: MIT
#include "reports/html/figure_files.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "reports/html/charts.h"
#include "reports/html/element.h"
#include "reports/html/print.h"
#include "reports/html/view.h"
#include "reports/tables.h"

namespace angiobench {
namespace {

using namespace html;

// What the page's style sheet says of curves and maps, for white paper.
constexpr std::string_view kFigureStyle =
    "text{font:10px sans-serif;fill:#333}.e{text-anchor:end}.grid{stroke:#ccc;fill:none}"
    ".lj,.lf{fill:none;stroke-width:1.6;stroke-linejoin:round}.lj{stroke:#0072b2}"
    ".lf{stroke:#b34700;stroke-dasharray:5 2}.absent{fill:#e6e9ed}.mark{fill:#000}"
    ".right{fill:#bfbfbf}.fp{fill:#d55e00}.fn{fill:#0072b2}.wo{fill:#cc79a7}";

bool is_plain(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '[' || c == ']';
  });
}

// A picture as a file: HTML's entity of the no-break space is unknown to XML, and two signs are
// forbidden there.
std::string as_file(const Markup& picture) {
  std::string text(picture.view());
  const auto replace = [&text](std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  };
  replace("&nbsp;", "&#160;");
  replace("\xEF\xBF\xBE", "\xEF\xBF\xBD");
  replace("\xEF\xBF\xBF", "\xEF\xBF\xBD");
  return text + "\n";
}

// The outer element of a file, with its style.
class Picture : public Element {
 public:
  Picture(Markup& out, double width, double height)
      : Element(out, "svg",
                {{"xmlns", "http://www.w3.org/2000/svg"},
                 {"viewBox", "0 0 " + coord(width) + " " + coord(height)},
                 {"width", coord(width)},
                 {"height", coord(height)}}) {
    put_code(out, Code::style, kFigureStyle);
  }
};

std::string curve_file(const SequenceView& sequence, const ObjectView& object, ScoreStyle style) {
  Markup out;
  {
    const Picture picture(out, 320, 106);
    put(out, curve_chart(object, sequence.rows->frame_names, style,
                         sequence.score->name + ", object " + std::to_string(object.score->id) +
                             ": J (solid) and F (dashed) per frame"));
  }
  return as_file(out);
}

std::string map_file(const ErrorMap& map) {
  const auto number = [&](std::size_t at) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | map.png[at + i];
    return value;
  };
  const bool has_head = map.png.size() >= 24;
  const double width = has_head ? number(16) : 1;
  const double height = has_head ? number(20) : 1;
  constexpr double kLegend = 22;  // below the map
  struct Entry {
    std::string_view css_class;
    std::string_view words;
  };
  constexpr Entry kEntries[] = {
      {"right", "right"}, {"fp", "too much"}, {"fn", "missed"}, {"wo", "wrong object"}};
  Markup out;
  {
    const Picture picture(out, std::max(width, 280.0), height + kLegend);
    put_element(out, "title", {}, "Error map of ", map.sequence, " ", map.frame);
    put_leaf(out, "image",
             {{"width", coord(width)},
              {"height", coord(height)},
              {"image-rendering", "pixelated"},
              {"href", "data:image/png;base64," + base64(std::span<const std::uint8_t>(map.png))}});
    double x = 0;
    for (const Entry& entry : kEntries) {
      put_leaf(out, "rect",
               {{"class", entry.css_class},
                {"x", coord(x)},
                {"y", coord(height + 7)},
                {"width", "10"},
                {"height", "10"}});
      put_element(out, "text", {{"x", coord(x + 14)}, {"y", coord(height + 16)}}, entry.words);
      x += 68;
    }
  }
  return as_file(out);
}

}  // namespace

std::vector<ReportFile> figure_files(const Result& result, std::span<const ErrorMap> maps) {
  std::vector<ReportFile> files;
  const ReportView view = make_view(result, nullptr, 0);
  std::map<std::string_view, std::string> names;
  for (std::size_t index = 0; index < view.sequences.size(); ++index) {
    const SequenceView sequence = with_frames(view, index);
    const std::string& name = sequence.score->name;
    names[view.sequences[index].score->name] = is_plain(name) ? name : sequence.id;
    if (sequence.quality.empty()) continue;
    for (const ObjectView& object : sequence.objects) {
      files.push_back({"curves/" + (is_plain(name) ? name : sequence.id) + "-" +
                           std::to_string(object.score->id) + ".svg",
                       curve_file(sequence, object, result.protocol.display)});
    }
  }
  for (const ErrorMap& map : maps) {
    const auto found = names.find(map.sequence);
    if (found == names.end() || !is_plain(map.frame)) continue;
    files.push_back({"error_maps/" + found->second + "-" + map.frame + ".svg", map_file(map)});
  }
  return files;
}

}  // namespace angiobench
