// SPDX-License-Identifier: MIT
#include "reports/html/validation_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/finding_codes.h"
#include "reports/html/page.h"
#include "reports/html/print.h"
#include "reports/html/table.h"

namespace angiobench {
namespace {

using namespace html;

// Findings of one code that the page lists; the JSON has all.
constexpr std::size_t kMaxPlaces = 40;
// Objects and sequences whose presence is drawn.
constexpr std::size_t kMaxTimelines = 400;

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.001 ? "%.3f" : "%.2f", 100 * share);
  return text;
}

std::string place_of(const Finding& finding) {
  std::string place = finding.sequence;
  if (!finding.frame.empty()) place += (place.empty() ? "" : "/") + finding.frame;
  if (finding.object >= 0)
    place += (place.empty() ? "object " : " object ") + std::to_string(finding.object);
  return place.empty() ? finding.path : place;
}

void put_title(Markup& out, const Validation& validation) {
  const ValidationTotals& totals = validation.totals;
  const bool is_dataset = validation.subject == "dataset";
  std::array<std::uint64_t, 3> codes{};
  for (const auto& [code, places] : validation.counts)
    ++codes[static_cast<std::size_t>(finding_code(code).severity)];
  const Element header(out, "header", {}, After::line_end);
  put(out, element("p", {{"class", "kind"}}, "Validation of a ", validation.subject), "\n",
      element("h1", {}, validation.path, " ",
              element("span", {{"class", "on"}}, "for ", validation.benchmark)),
      "\n");
  {
    const Element badges(out, "p", {}, After::line_end);
    const auto badge = [&](std::string_view css_class, std::string_view words) {
      put_element(out, "span", {{"class", "badge " + std::string(css_class)}}, words);
    };
    if (codes[2] > 0) badge("bad", count_of(codes[2], "kind") + " of error");
    if (codes[1] > 0) badge("warn", count_of(codes[1], "kind") + " of warning");
    if (codes[0] > 0) badge("none", count_of(codes[0], "kind") + " of note");
    if (validation.counts.empty()) badge("ok", "Nothing found");
  }
  const Element facts(out, "dl", {{"class", "facts"}});
  put_fact(out, "Benchmark", validation.title, " (layout ", validation.layout, ")");
  if (totals.sequences == 0) return;
  std::string frames = count_of(totals.sequences, "sequence") + ", " +
                       count_of(totals.annotated_frames, is_dataset ? "mask" : "expected mask");
  if (totals.frames > 0) frames += " for " + count_of(totals.frames, "frame");
  if (totals.readable_frames != totals.annotated_frames)
    frames += ", " + std::to_string(totals.readable_frames) + " of them readable";
  frames += ", " + std::to_string(totals.empty_masks) + " empty";
  put_fact(out, "Masks", frames);
  std::string objects = count_of(totals.objects, "object") + ", " +
                        std::to_string(totals.late_objects) +
                        " of them appear after the first annotated frame";
  if (is_dataset && totals.late_objects > 0)
    objects += ", " + std::to_string(totals.unprompted_objects) + " without a prompt";
  put_fact(out, "Objects", objects);
  put_fact(out, "Digest", element("code", {}, validation.digest));
}

// Findings of one code: a list, folded where it is long.
void put_places(Markup& out, const std::vector<const Finding*>& listed) {
  const auto put_list = [&] {
    const Element list(out, "ul");
    for (std::size_t i = 0; i < std::min(listed.size(), kMaxPlaces); ++i) {
      const std::string place = place_of(*listed[i]);
      put_element(out, "li", {}, place, place.empty() ? "" : ": ", listed[i]->message);
    }
    if (listed.size() > kMaxPlaces) {
      put_element(out, "li", {}, "and ", std::to_string(listed.size() - kMaxPlaces),
                  " more (--json lists all)");
    }
  };
  if (listed.size() <= 5) return put_list();
  const Element details(out, "details");
  put_element(out, "summary", {}, count_of(listed.size(), "finding"));
  put_list();
}

void put_findings(Markup& out, const Validation& validation) {
  const Section section(out, "findings", "Findings");
  if (validation.counts.empty()) {
    put_element(out, "p", {{"class", "empty"}}, "None: every check passed.");
    return;
  }
  // The most severe first, then by code.
  std::vector<std::pair<const FindingCode*, std::uint64_t>> codes;
  for (const auto& [code, places] : validation.counts)
    codes.emplace_back(&finding_code(code), places);
  std::ranges::stable_sort(
      codes, [](const auto& a, const auto& b) { return a.first->severity > b.first->severity; });
  const Element list(out, "ul", {{"class", "findings"}});
  for (const auto& [entry, places] : codes) {
    const std::string_view severity = severity_name(entry->severity);
    const Element item(out, "li", {{"class", severity}, {"id", entry->code}}, After::line_end);
    put_element(out, "p", {}, element("b", {}, severity), " ", element("code", {}, entry->code),
                " ", entry->title, " (", count_of(places, "place"), ")");
    put_element(out, "p", {{"class", "note"}}, "Cure: ", entry->cure);
    std::vector<const Finding*> listed;
    for (const Finding& finding : validation.findings) {
      if (finding.code == entry->code) listed.push_back(&finding);
    }
    put_places(out, listed);
  }
}

// How many objects have which mean size, in bins of a factor of two from 0.001 % to the whole
// frame.
void put_sizes(Markup& out, const Validation& validation) {
  const std::vector<double>& shares = validation.totals.object_shares;
  constexpr int kBins = 17;
  constexpr double kWidth = 30;
  constexpr double kHeight = 140;
  std::array<std::uint64_t, kBins> counts{};
  for (const double share : shares) {
    const int bin = static_cast<int>(std::floor(std::log2(std::max(share, 1e-9) * 100000)));
    ++counts[static_cast<std::size_t>(std::clamp(bin, 0, kBins - 1))];
  }
  const std::uint64_t highest = *std::ranges::max_element(counts);
  const Section section(out, "sizes", "Object sizes");
  const std::string title = "Mean share of the frame that each of " +
                            count_of(shares.size(), "object") + " covers: from " +
                            percent(shares.front()) + " % to " + percent(shares.back()) +
                            " %, median " + percent(shares[shares.size() / 2]) + " %";
  const auto words = [&](double x, double y, std::string_view text) {
    put_element(out, "text", {{"class", "m"}, {"x", coord(x)}, {"y", coord(y)}}, text);
  };
  const Element figure(out, "figure");
  {
    const Element svg(out, "svg",
                      {{"class", "plot"},
                       {"viewBox", "0 0 " + coord(kBins * kWidth + 20) + " " + coord(kHeight + 45)},
                       {"role", "img"}});
    put_element(out, "title", {}, title);
    for (int bin = 0; bin < kBins; ++bin) {
      const std::uint64_t count = counts[static_cast<std::size_t>(bin)];
      const double height = kHeight * static_cast<double>(count) / static_cast<double>(highest);
      const double x = 10 + bin * kWidth;
      if (count > 0) {
        put_leaf(out, "rect",
                 {{"class", "fill"},
                  {"x", coord(x + 2)},
                  {"y", coord(15 + kHeight - height)},
                  {"width", coord(kWidth - 4)},
                  {"height", coord(height)}});
        words(x + kWidth / 2, 11 + kHeight - height, std::to_string(count));
      }
      if (bin % 2 == 0) {
        const double share = std::ldexp(0.001, bin);  // in percent
        char label[16];
        std::snprintf(label, sizeof label, "%.2g %%", share);
        words(x, kHeight + 32, label);
      }
    }
    put_leaf(
        out, "path",
        {{"class", "grid"}, {"d", "M10 " + coord(15 + kHeight) + "h" + coord(kBins * kWidth)}});
  }
  put_element(out, "figcaption", {}, title, ".");
}

void put_sequences(Markup& out, const Validation& validation) {
  const Section section(out, "sequences", "Sequences");
  TableHead head;
  head.caption = "Every sequence of the " + validation.subject;
  head.css_class = "sortable";
  head.headings = {words_heading("Sequence", Sort::given), words_heading("Size", Sort::no)};
  for (const std::string_view words :
       {"Frames", validation.subject == "dataset" ? "Masks" : "Masks read", "Empty", "Objects",
        "Late", "Findings"})
    head.headings.push_back(number_heading(words));
  std::map<std::string_view, std::uint64_t> findings;
  for (const Finding& finding : validation.findings) {
    if (!finding.sequence.empty()) ++findings[finding.sequence];
  }
  const auto number = [&](std::uint64_t value) {
    put_number(out, std::to_string(value), std::to_string(value));
  };
  const TableScope table(out, head);
  for (const SequenceStatistics& sequence : validation.sequences) {
    const auto found = findings.find(sequence.name);
    const Row row(out);
    put_element(out, "th", {{"scope", "row"}}, sequence.name);
    put_element(out, "td", {},
                sequence.width > 0
                    ? std::to_string(sequence.width) + "×" + std::to_string(sequence.height)
                    : std::string());
    if (sequence.frames > 0) {
      number(sequence.frames);
    } else {
      put_number(out, "–", std::nullopt);
    }
    number(sequence.readable_frames);
    number(sequence.empty_masks);
    number(sequence.objects.size());
    number(static_cast<std::uint64_t>(
        std::ranges::count_if(sequence.objects, &ObjectStatistics::late)));
    number(found == findings.end() ? 0 : found->second);
  }
}

bool has_time(const SequenceStatistics& sequence) {
  return sequence.annotated_frames > 1 && !sequence.objects.empty();
}

// A row an object: where it is there, and a mark where it is given to the methods.
void put_timeline(Markup& out, const SequenceStatistics& sequence) {
  constexpr double kWidth = 160;
  constexpr double kRow = 9;
  constexpr double kLeft = 22;
  const double step = (kWidth - kLeft) / static_cast<double>(sequence.annotated_frames);
  const double height = kRow * static_cast<double>(sequence.objects.size());
  const auto box = [&](std::string_view css_class, double x, double y, double width) {
    put_leaf(out, "rect",
             {{"class", css_class},
              {"x", coord(x)},
              {"y", coord(y + 1)},
              {"width", coord(width)},
              {"height", coord(kRow - 2)}});
  };
  const Element figure(out, "figure", {}, After::line_end);
  {
    const Element svg(out, "svg",
                      {{"width", "100%"},
                       {"viewBox", "0 0 " + coord(kWidth) + " " + coord(height)},
                       {"role", "img"}});
    put_element(out, "title", {}, sequence.name, ": ", count_of(sequence.objects.size(), "object"),
                " in ", count_of(sequence.annotated_frames, "annotated frame"));
    double y = 0;
    for (const ObjectStatistics& object : sequence.objects) {
      put_element(
          out, "text",
          {{"x", coord(kLeft - 4)}, {"y", coord(y + 7.5)}, {"font-size", "8"}, {"class", "e"}},
          std::to_string(object.id));
      box("track", kLeft, y, kWidth - kLeft);
      for (const auto& [first, last] : object.runs)
        box("fill", kLeft + step * first, y, step * (last - first + 1));
      if (!object.prompt.empty() && object.prompt == object.first_frame && !object.runs.empty()) {
        const double x = kLeft + step * object.runs.front().first;
        put_leaf(
            out, "path",
            {{"class", "tick"}, {"d", "M" + coord(x + 1) + " " + coord(y) + "v" + coord(kRow)}});
      }
      y += kRow;
    }
  }
  put_element(out, "figcaption", {}, sequence.name);
}

// When each object is there: a row an object, a column an annotated frame.
void put_presence(Markup& out, const Validation& validation) {
  const auto count =
      static_cast<std::size_t>(std::ranges::count_if(validation.sequences, has_time));
  const Section section(out, "presence", "When objects are there");
  put_element(out, "p", {{"class", "note"}},
              "A row is an object, a column an annotated frame. A mark stands where the object is "
              "given to the methods; a row without one is an object that nobody is told of.");
  {
    const Element tiles(out, "div", {{"class", "tiles"}});
    put(out, "\n");
    std::size_t drawn = 0;
    for (const SequenceStatistics& sequence : validation.sequences) {
      if (has_time(sequence) && ++drawn <= kMaxTimelines) put_timeline(out, sequence);
    }
  }
  if (count > kMaxTimelines) {
    put_element(out, "p", {{"class", "note"}}, "The first ", std::to_string(kMaxTimelines), " of ",
                count_of(count, "sequence"), ".");
  }
}

bool has_pictures(const SequenceStatistics& sequence) { return !sequence.thumbnails.empty(); }

void put_contact_sheet(Markup& out, const Validation& validation) {
  const auto count =
      static_cast<std::size_t>(std::ranges::count_if(validation.sequences, has_pictures));
  const Section section(out, "masks", "Contact sheet");
  put_element(out, "p", {{"class", "note"}}, "First, middle and last annotated mask of ",
              count == validation.sequences.size()
                  ? std::string("every sequence")
                  : count_of(count, "sequence") + " spread over the " +
                        std::to_string(validation.sequences.size()),
              ", reduced so that thin objects stay visible, in the colours of the VOC map, "
              "lightened.");
  const Element sheet(out, "div", {{"class", "sheet"}}, After::line_end);
  put(out, "\n");
  for (const SequenceStatistics& sequence : validation.sequences) {
    if (!has_pictures(sequence)) continue;
    const Element strip(out, "section", {{"class", "strip3"}}, After::line_end);
    put_element(out, "h4", {}, sequence.name);
    const Element maps(out, "div", {{"class", "maps"}});
    for (const Thumbnail& thumbnail : sequence.thumbnails) {
      const Element figure(out, "figure");
      put_leaf(out, "img",
               {{"loading", "lazy"},
                {"width", std::to_string(thumbnail.width)},
                {"height", std::to_string(thumbnail.height)},
                {"alt", "Mask of " + sequence.name + ", frame " + thumbnail.frame},
                {"src",
                 "data:image/png;base64," + base64(std::span<const std::uint8_t>(thumbnail.png))}});
      put_element(out, "figcaption", {}, thumbnail.frame);
    }
  }
}

}  // namespace

std::string validation_page(const Validation& validation) {
  const bool has_timelines = std::ranges::any_of(validation.sequences, has_time);
  const bool has_sheet = std::ranges::any_of(validation.sequences, has_pictures);
  std::vector<std::pair<std::string, std::string>> sections;
  Markup body;
  put_title(body, validation);
  const auto part = [&](bool is_there, const char* id, const char* heading, auto put_part) {
    if (!is_there) return;
    sections.emplace_back(id, heading);
    put_part(body, validation);
  };
  part(true, "findings", "Findings", put_findings);
  part(!validation.sequences.empty(), "sequences", "Sequences", put_sequences);
  part(!validation.totals.object_shares.empty(), "sizes", "Object sizes", put_sizes);
  part(has_timelines, "presence", "When objects are there", put_presence);
  part(has_sheet, "masks", "Contact sheet", put_contact_sheet);
  return wrap_page("Validation of " + validation.path, sections, body);
}

}  // namespace angiobench
