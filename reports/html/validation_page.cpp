// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataset/finding_codes.h"
#include "reports/escape.h"
#include "reports/html/markup.h"
#include "reports/html/page.h"
#include "reports/validation.h"

namespace angiobench {
namespace {

using html::base64;
using html::coord;
using html::count_of;
using html::put;
using html::sort_key;

// Findings of one code that the page lists; the JSON has all.
constexpr std::size_t kMaxPlaces = 40;
// Objects and sequences whose presence is drawn.
constexpr std::size_t kMaxTimelines = 400;

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.001 ? "%.3f" : "%.2f", 100 * share);
  return text;
}

void open_section(std::string& out, std::string_view id, std::string_view heading) {
  put(out, "<section id=\"", id, "\"><h2>", escape_html(heading), " <a class=\"anchor\" href=\"#",
      id, "\" aria-label=\"Link to this section\">#</a></h2>\n");
}

std::string place_of(const Finding& finding) {
  std::string place = finding.sequence;
  if (!finding.frame.empty()) place += (place.empty() ? "" : "/") + finding.frame;
  if (finding.object >= 0)
    place += (place.empty() ? "object " : " object ") + std::to_string(finding.object);
  return place.empty() ? finding.path : place;
}

void fact(std::string& out, std::string_view name, std::string_view value_html) {
  put(out, "<div><dt>", name, "</dt><dd>", value_html, "</dd></div>");
}

void put_title(std::string& out, const Validation& validation) {
  const ValidationTotals& totals = validation.totals;
  const bool is_dataset = validation.subject == "dataset";
  std::array<std::uint64_t, 3> codes{};
  for (const auto& [code, places] : validation.counts)
    ++codes[static_cast<std::size_t>(finding_code(code).severity)];
  put(out, "<header><p class=\"kind\">Validation of a ", validation.subject, "</p>\n<h1>",
      escape_html(validation.path), " <span class=\"on\">for ", escape_html(validation.benchmark),
      "</span></h1>\n<p>");
  if (codes[2] > 0)
    put(out, "<span class=\"badge bad\">", count_of(codes[2], "kind"), " of error</span>");
  if (codes[1] > 0)
    put(out, "<span class=\"badge warn\">", count_of(codes[1], "kind"), " of warning</span>");
  if (codes[0] > 0)
    put(out, "<span class=\"badge none\">", count_of(codes[0], "kind"), " of note</span>");
  if (validation.counts.empty()) out += "<span class=\"badge ok\">Nothing found</span>";
  out += "</p>\n<dl class=\"facts\">";
  fact(out, "Benchmark",
       escape_html(validation.title) + " (layout " + escape_html(validation.layout) + ")");
  if (totals.sequences > 0) {
    std::string frames = count_of(totals.sequences, "sequence") + ", " +
                         count_of(totals.annotated_frames, is_dataset ? "mask" : "expected mask");
    if (totals.frames > 0) frames += " for " + count_of(totals.frames, "frame");
    if (totals.readable_frames != totals.annotated_frames)
      frames += ", " + std::to_string(totals.readable_frames) + " of them readable";
    frames += ", " + std::to_string(totals.empty_masks) + " empty";
    fact(out, "Masks", frames);
    std::string objects = count_of(totals.objects, "object") + ", " +
                          std::to_string(totals.late_objects) +
                          " of them appear after the first annotated frame";
    if (is_dataset && totals.late_objects > 0)
      objects += ", " + std::to_string(totals.unprompted_objects) + " without a prompt";
    fact(out, "Objects", objects);
    fact(out, "Digest", "<code>" + validation.digest + "</code>");
  }
  out += "</dl></header>\n";
}

void put_findings(std::string& out, const Validation& validation) {
  open_section(out, "findings", "Findings");
  if (validation.counts.empty()) {
    out += "<p class=\"empty\">None: every check passed.</p></section>\n";
    return;
  }
  // The most severe first, then by code.
  std::vector<std::pair<const FindingCode*, std::uint64_t>> codes;
  for (const auto& [code, places] : validation.counts)
    codes.emplace_back(&finding_code(code), places);
  std::ranges::stable_sort(
      codes, [](const auto& a, const auto& b) { return a.first->severity > b.first->severity; });
  out += "<ul class=\"findings\">";
  for (const auto& [entry, places] : codes) {
    const std::string_view severity = severity_name(entry->severity);
    put(out, "<li class=\"", severity, "\" id=\"", entry->code, "\"><p><b>", severity,
        "</b> <code>", entry->code, "</code> ", escape_html(entry->title), " (",
        count_of(places, "place"), ")</p><p class=\"note\">Cure: ", escape_html(entry->cure),
        "</p>");
    std::vector<const Finding*> listed;
    for (const Finding& finding : validation.findings) {
      if (finding.code == entry->code) listed.push_back(&finding);
    }
    if (listed.size() > 5)
      put(out, "<details><summary>", count_of(listed.size(), "finding"), "</summary>");
    out += "<ul>";
    for (std::size_t i = 0; i < std::min(listed.size(), kMaxPlaces); ++i) {
      const std::string place = place_of(*listed[i]);
      put(out, "<li>", escape_html(place), place.empty() ? "" : ": ",
          escape_html(listed[i]->message), "</li>");
    }
    if (listed.size() > kMaxPlaces)
      put(out, "<li>and ", std::to_string(listed.size() - kMaxPlaces),
          " more (--json lists all)</li>");
    out += "</ul>";
    if (listed.size() > 5) out += "</details>";
    out += "</li>\n";
  }
  out += "</ul></section>\n";
}

// How many objects have which mean size, in bins of a factor of two from 0.001 % to the whole
// frame.
void put_sizes(std::string& out, const Validation& validation) {
  const std::vector<double>& shares = validation.totals.object_shares;
  if (shares.empty()) return;
  constexpr int kBins = 17;
  constexpr double kWidth = 30;
  constexpr double kHeight = 140;
  std::array<std::uint64_t, kBins> counts{};
  for (const double share : shares) {
    const int bin = static_cast<int>(std::floor(std::log2(std::max(share, 1e-9) * 100000)));
    ++counts[static_cast<std::size_t>(std::clamp(bin, 0, kBins - 1))];
  }
  const std::uint64_t highest = *std::ranges::max_element(counts);
  open_section(out, "sizes", "Object sizes");
  const std::string title = "Mean share of the frame that each of " +
                            count_of(shares.size(), "object") + " covers: from " +
                            percent(shares.front()) + " % to " + percent(shares.back()) +
                            " %, median " + percent(shares[shares.size() / 2]) + " %";
  put(out, "<figure><svg class=\"plot\" viewBox=\"0 0 ", coord(kBins * kWidth + 20), " ",
      coord(kHeight + 45), "\" role=\"img\"><title>", title, "</title>");
  for (int bin = 0; bin < kBins; ++bin) {
    const std::uint64_t count = counts[static_cast<std::size_t>(bin)];
    const double height = kHeight * static_cast<double>(count) / static_cast<double>(highest);
    const double x = 10 + bin * kWidth;
    if (count > 0) {
      put(out, "<rect class=\"fill\" x=\"", coord(x + 2), "\" y=\"", coord(15 + kHeight - height),
          "\" width=\"", coord(kWidth - 4), "\" height=\"", coord(height),
          "\"/><text class=\"m\" x=\"", coord(x + kWidth / 2), "\" y=\"",
          coord(11 + kHeight - height), "\">", std::to_string(count), "</text>");
    }
    if (bin % 2 == 0) {
      const double share = std::ldexp(0.001, bin);  // in percent
      char label[16];
      std::snprintf(label, sizeof label, "%.2g %%", share);
      put(out, "<text class=\"m\" x=\"", coord(x), "\" y=\"", coord(kHeight + 32), "\">", label,
          "</text>");
    }
  }
  put(out, "<path class=\"grid\" d=\"M10 ", coord(15 + kHeight), "h", coord(kBins * kWidth),
      "\"/></svg><figcaption>", title, ".</figcaption></figure></section>\n");
}

void put_sequences(std::string& out, const Validation& validation) {
  if (validation.sequences.empty()) return;
  const bool is_dataset = validation.subject == "dataset";
  open_section(out, "sequences", "Sequences");
  put(out,
      "<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable\"><caption>Every sequence of "
      "the ",
      validation.subject,
      "</caption><thead><tr><th scope=\"col\" data-sort=\"t\" "
      "aria-sort=\"ascending\">Sequence</th><th scope=\"col\">Size</th>"
      "<th scope=\"col\" data-sort=\"n\" class=\"n\">Frames</th><th scope=\"col\" data-sort=\"n\" "
      "class=\"n\">",
      is_dataset ? "Masks" : "Masks read",
      "</th><th scope=\"col\" data-sort=\"n\" class=\"n\">Empty</th><th scope=\"col\" "
      "data-sort=\"n\" class=\"n\">Objects</th>"
      "<th scope=\"col\" data-sort=\"n\" class=\"n\">Late</th><th scope=\"col\" data-sort=\"n\" "
      "class=\"n\">Findings</th></tr></thead><tbody>\n");
  std::vector<std::pair<std::string_view, std::uint64_t>> findings;
  for (const Finding& finding : validation.findings) {
    if (finding.sequence.empty()) continue;
    const auto at = std::ranges::find(findings, std::string_view(finding.sequence),
                                      &std::pair<std::string_view, std::uint64_t>::first);
    if (at == findings.end()) {
      findings.emplace_back(finding.sequence, 1);
    } else {
      ++at->second;
    }
  }
  const auto number = [&](std::uint64_t value, bool known = true) {
    const std::string text = std::to_string(value);
    if (known) {
      put(out, "<td class=\"n\" data-v=\"", text, "\">", text, "</td>");
    } else {
      out += "<td class=\"n\">–</td>";
    }
  };
  for (const SequenceStatistics& sequence : validation.sequences) {
    const auto late = static_cast<std::uint64_t>(
        std::ranges::count_if(sequence.objects, &ObjectStatistics::late));
    const auto at = std::ranges::find(findings, std::string_view(sequence.name),
                                      &std::pair<std::string_view, std::uint64_t>::first);
    put(out, "<tr><th scope=\"row\">", escape_html(sequence.name), "</th><td>");
    if (sequence.width > 0)
      put(out, std::to_string(sequence.width), "×", std::to_string(sequence.height));
    out += "</td>";
    number(sequence.frames, sequence.frames > 0);
    number(sequence.readable_frames);
    number(sequence.empty_masks);
    number(sequence.objects.size());
    number(late);
    number(at == findings.end() ? 0 : at->second);
    out += "</tr>\n";
  }
  out += "</tbody></table></div></section>\n";
}

// When each object is there: a row an object, a column an annotated frame.
void put_presence(std::string& out, const Validation& validation) {
  const auto has_time = [](const SequenceStatistics& sequence) {
    return sequence.annotated_frames > 1 && !sequence.objects.empty();
  };
  const auto count =
      static_cast<std::size_t>(std::ranges::count_if(validation.sequences, has_time));
  if (count == 0) return;
  open_section(out, "presence", "When objects are there");
  out +=
      "<p class=\"note\">A row is an object, a column an annotated frame. A mark stands where the "
      "object is given to the methods; a row without one is an object that nobody is told "
      "of.</p><div class=\"tiles\">\n";
  std::size_t drawn = 0;
  for (const SequenceStatistics& sequence : validation.sequences) {
    if (!has_time(sequence)) continue;
    if (++drawn > kMaxTimelines) break;
    constexpr double kWidth = 160;
    constexpr double kRow = 9;
    constexpr double kLeft = 22;
    const double step = (kWidth - kLeft) / static_cast<double>(sequence.annotated_frames);
    const double height = kRow * static_cast<double>(sequence.objects.size());
    std::string title = sequence.name + ": " + count_of(sequence.objects.size(), "object") +
                        " in " + count_of(sequence.annotated_frames, "annotated frame");
    put(out, "<figure><svg width=\"100%\" viewBox=\"0 0 ", coord(kWidth), " ", coord(height),
        "\" role=\"img\"><title>", escape_html(title), "</title>");
    double y = 0;
    for (const ObjectStatistics& object : sequence.objects) {
      put(out, "<text x=\"", coord(kLeft - 4), "\" y=\"", coord(y + 7.5),
          "\" font-size=\"8\" class=\"e\">", std::to_string(object.id),
          "</text><rect class=\"track\" x=\"", coord(kLeft), "\" y=\"", coord(y + 1), "\" width=\"",
          coord(kWidth - kLeft), "\" height=\"", coord(kRow - 2), "\"/>");
      for (const auto& [first, last] : object.runs) {
        put(out, "<rect class=\"fill\" x=\"", coord(kLeft + step * first), "\" y=\"", coord(y + 1),
            "\" width=\"", coord(step * (last - first + 1)), "\" height=\"", coord(kRow - 2),
            "\"/>");
      }
      if (!object.prompt.empty() && object.prompt == object.first_frame && !object.runs.empty()) {
        const double x = kLeft + step * object.runs.front().first;
        put(out, "<path class=\"tick\" d=\"M", coord(x + 1), " ", coord(y), "v", coord(kRow),
            "\"/>");
      }
      y += kRow;
    }
    put(out, "</svg><figcaption>", escape_html(sequence.name), "</figcaption></figure>\n");
  }
  out += "</div>";
  if (drawn > kMaxTimelines)
    put(out, "<p class=\"note\">The first ", std::to_string(kMaxTimelines), " of ",
        count_of(count, "sequence"), ".</p>");
  out += "</section>\n";
}

void put_contact_sheet(std::string& out, const Validation& validation) {
  const auto has_pictures = [](const SequenceStatistics& sequence) {
    return !sequence.thumbnails.empty();
  };
  const auto count =
      static_cast<std::size_t>(std::ranges::count_if(validation.sequences, has_pictures));
  if (count == 0) return;
  open_section(out, "masks", "Contact sheet");
  put(out, "<p class=\"note\">First, middle and last annotated mask of ",
      count == validation.sequences.size() ? "every sequence"
                                           : count_of(count, "sequence") + " spread over the " +
                                                 std::to_string(validation.sequences.size()),
      ", reduced so that thin objects stay visible, in the colours of the VOC map, "
      "lightened.</p><div class=\"sheet\">\n");
  for (const SequenceStatistics& sequence : validation.sequences) {
    if (!has_pictures(sequence)) continue;
    put(out, "<section class=\"strip3\"><h4>", escape_html(sequence.name),
        "</h4><div class=\"maps\">");
    for (const Thumbnail& thumbnail : sequence.thumbnails) {
      put(out, "<figure><img loading=\"lazy\" width=\"", std::to_string(thumbnail.width),
          "\" height=\"", std::to_string(thumbnail.height), "\" alt=\"Mask of ",
          escape_html(sequence.name), ", frame ", escape_html(thumbnail.frame),
          "\" src=\"data:image/png;base64,", base64(std::span<const std::uint8_t>(thumbnail.png)),
          "\"><figcaption>", escape_html(thumbnail.frame), "</figcaption></figure>");
    }
    out += "</div></section>\n";
  }
  out += "</div></section>\n";
}

}  // namespace

std::string validation_page(const Validation& validation) {
  std::string body;
  put_title(body, validation);
  put_findings(body, validation);
  put_sequences(body, validation);
  put_sizes(body, validation);
  put_presence(body, validation);
  put_contact_sheet(body, validation);
  std::vector<std::pair<std::string, std::string>> sections;
  for (const auto& [id, heading] :
       {std::pair{"findings", "Findings"}, std::pair{"sequences", "Sequences"},
        std::pair{"sizes", "Object sizes"}, std::pair{"presence", "When objects are there"},
        std::pair{"masks", "Contact sheet"}}) {
    if (body.find("<section id=\"" + std::string(id) + "\">") != std::string::npos)
      sections.emplace_back(id, heading);
  }
  return html::wrap_page("Validation of " + validation.path, sections, body);
}

}  // namespace angiobench
