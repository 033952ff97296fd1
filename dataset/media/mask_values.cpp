// SPDX-License-Identifier: MIT
#include "dataset/media/mask_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr std::size_t kNumLabels = 256;

using Channels = std::array<int, 3>;

Channels channels_of(MaskValue value, bool has_colours) {
  if (value == kTransparent) return {0, 0, 0};
  if (!has_colours)
    return {static_cast<int>(value), static_cast<int>(value), static_cast<int>(value)};
  return {static_cast<int>(value >> 16 & 255), static_cast<int>(value >> 8 & 255),
          static_cast<int>(value & 255)};
}

constexpr int kRounding = 6;  // of resampling and of palettes
constexpr int kAlike = 32;    // what JPEG makes of one value, in each channel; VOC's are 64 apart

// Whether smoothing between a and b can give `value`.
bool lies_between(const Channels& value, const Channels& a, const Channels& b,
                  int rounding = kRounding) {
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [least, most] = std::minmax(a[i], b[i]);
    if (value[i] < least - rounding || value[i] > most + rounding) return false;
  }
  return true;
}

template <class Values>
std::string list_text(const Values& values, bool has_colours) {
  constexpr std::size_t kMost = 6;
  std::string text;
  std::size_t number = 0;
  for (const auto& value : values) {
    if (number++ == kMost) return text + " and " + std::to_string(values.size() - kMost) + " more";
    text += (text.empty() ? "" : ", ") + value_text(value, has_colours);
  }
  return text;
}

using Counts = std::unordered_map<MaskValue, std::uint64_t>;

// The values round a pixel that are not its own.
struct Neighbours {
  std::array<MaskValue, 8> others{};
  std::size_t count = 0;
  int num_foreign = 0;  // of the four at its sides: neither its own nor the background
};

Neighbours neighbours_of(const DrawnMask& drawing, int x, int y, MaskValue background) {
  Neighbours found;
  const MaskValue own = drawing.at(x, y);
  for (int v = std::max(0, y - 1); v <= std::min(drawing.height - 1, y + 1); ++v) {
    for (int u = std::max(0, x - 1); u <= std::min(drawing.width - 1, x + 1); ++u) {
      const MaskValue other = drawing.at(u, v);
      if (other == own) continue;
      if ((u == x || v == y) && other != background) ++found.num_foreign;
      found.others[found.count++] = other;
    }
  }
  return found;
}

// Whether a pixel lies between two of its neighbours that are commoner than it.
bool lies_on_edge(const Neighbours& found, MaskValue own, Counts& counts, bool colours) {
  const Channels value = channels_of(own, colours);
  for (std::size_t a = 0; a < found.count; ++a) {
    if (counts[found.others[a]] <= counts[own]) continue;
    for (std::size_t b = a + 1; b < found.count; ++b) {
      if (found.others[b] != found.others[a] && counts[found.others[b]] > counts[own] &&
          lies_between(value, channels_of(found.others[a], colours),
                       channels_of(found.others[b], colours)))
        return true;
    }
  }
  return false;
}

// Makes one value of those that lie among each other: the mean of their colours, or the commonest
// label.
void merge_dithered(DrawnMask& drawing, const MaskValueFacts& facts) {
  std::map<std::pair<MaskValue, MaskValue>, std::uint64_t> contacts;
  const auto touch = [&](MaskValue a, MaskValue b) {
    if (a != b && facts.scattered.contains(a) && facts.scattered.contains(b))
      ++contacts[std::minmax(a, b)];
  };
  for (int y = 0; y < drawing.height; ++y) {
    for (int x = 0; x < drawing.width; ++x) {
      if (x + 1 < drawing.width) touch(drawing.at(x, y), drawing.at(x + 1, y));
      if (y + 1 < drawing.height) touch(drawing.at(x, y), drawing.at(x, y + 1));
    }
  }
  // A dithered area is a mixture: its pixels have the other values at one and a half sides or more.
  std::map<MaskValue, MaskValue> parent;
  for (const MaskValue value : facts.scattered) parent[value] = value;
  const auto root = [&](MaskValue value) {
    while (parent[value] != value) value = parent[value];
    return value;
  };
  for (const auto& [pair, count] : contacts) {
    const std::uint64_t most = std::max(facts.counts.at(pair.first), facts.counts.at(pair.second));
    if (2 * count >= 3 * most) parent[root(pair.first)] = root(pair.second);
  }
  struct Group {
    std::array<double, 3> sum{};
    double count = 0;
    MaskValue commonest = 0;
    std::size_t members = 0;
  };
  std::map<MaskValue, Group> groups;
  for (const MaskValue value : facts.scattered) {
    Group& group = groups[root(value)];
    const auto count = static_cast<double>(facts.counts.at(value));
    const Channels channels = channels_of(value, drawing.has_colours);
    for (std::size_t i = 0; i < 3; ++i) group.sum[i] += count * channels[i];
    if (group.members == 0 || facts.counts.at(value) > facts.counts.at(group.commonest))
      group.commonest = value;
    group.count += count;
    ++group.members;
  }
  std::map<MaskValue, MaskValue> becomes;
  for (const MaskValue value : facts.scattered) {
    const Group& group = groups[root(value)];
    if (group.members < 2) continue;
    MaskValue mean = group.commonest;
    if (drawing.has_colours) {
      mean = 0;
      for (const double sum : group.sum)
        mean = mean << 8 | static_cast<MaskValue>(std::lround(sum / group.count));
    }
    becomes[value] = mean;
  }
  for (MaskValue& value : drawing.values) {
    const auto found = becomes.find(value);
    if (found != becomes.end()) value = found->second;
  }
}

// How many pixels of each value have all their neighbours of that value.
Counts inside_of(const DrawnMask& drawing) {
  Counts found;
  for (int y = 1; y + 1 < drawing.height; ++y) {
    for (int x = 1; x + 1 < drawing.width; ++x) {
      if (neighbours_of(drawing, x, y, kTransparent).count == 0) ++found[drawing.at(x, y)];
    }
  }
  return found;
}

// The values of a drawing that stay: areas, and thin lines of colours that no mixture of areas has.
// Where JPEG was at work, blends have small areas, too, and a few pixels have any colour.
std::set<MaskValue> staying_of(const DrawnMask& drawing, MaskValue background) {
  const bool is_jpeg = drawing.was_uneven;
  const std::uint64_t least_inside = is_jpeg ? 4 : 1;
  const std::uint64_t least_thin = is_jpeg ? 16 : 1;
  const int rounding = is_jpeg ? 2 * kAlike : kRounding;  // its colours have half the resolution
  std::set<MaskValue> areas;
  for (const auto& [value, count] : inside_of(drawing)) {
    if (count >= least_inside) areas.insert(value);
  }
  Counts counts;
  for (const MaskValue value : drawing.values) ++counts[value];
  std::set<MaskValue> staying = areas;
  staying.insert(background);
  for (const auto& [value, count] : counts) {
    if (areas.contains(value) || count < least_thin) continue;
    const Channels own = channels_of(value, drawing.has_colours);
    bool is_mixed = false;
    for (const MaskValue a : areas) {
      for (const MaskValue b : areas) {
        is_mixed =
            is_mixed || (a < b && lies_between(own, channels_of(a, drawing.has_colours),
                                               channels_of(b, drawing.has_colours), rounding));
      }
    }
    if (!is_mixed) staying.insert(value);
  }
  return staying;
}

// Gives every pixel of a value that leaves the nearest by colour of the values that stay: of its
// neighbours, else of all.
void give_away(DrawnMask& drawing, const std::set<MaskValue>& staying) {
  constexpr int kReach = 2;
  const auto distance = [&](MaskValue a, MaskValue b) {
    const Channels x = channels_of(a, drawing.has_colours);
    const Channels y = channels_of(b, drawing.has_colours);
    int sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sum;
  };
  const DrawnMask before = drawing;
  for (int y = 0; y < drawing.height; ++y) {
    for (int x = 0; x < drawing.width; ++x) {
      const MaskValue own = before.at(x, y);
      if (staying.contains(own)) continue;
      std::optional<MaskValue> nearest;
      const auto offer = [&](MaskValue value) {
        if (!staying.contains(value)) return;
        if (!nearest || distance(own, value) < distance(own, *nearest) ||
            (distance(own, value) == distance(own, *nearest) && value < *nearest))
          nearest = value;
      };
      for (int v = std::max(0, y - kReach); v <= std::min(drawing.height - 1, y + kReach); ++v) {
        for (int u = std::max(0, x - kReach); u <= std::min(drawing.width - 1, x + kReach); ++u)
          offer(before.at(u, v));
      }
      if (!nearest) {
        for (const MaskValue value : staying) offer(value);
      }
      drawing.at(x, y) = *nearest;
    }
  }
}

}  // namespace

DrawnMask drawn_labels(const MaskView& mask) {
  DrawnMask drawing;
  drawing.width = mask.width;
  drawing.height = mask.height;
  drawing.values.reserve(static_cast<std::size_t>(mask.width) *
                         static_cast<std::size_t>(mask.height));
  for (int y = 0; y < mask.height; ++y)
    drawing.values.insert(drawing.values.end(), mask.row(y), mask.row(y) + mask.width);
  return drawing;
}

std::string value_text(MaskValue value, bool has_colours) {
  if (value == kTransparent) return "transparent";
  char text[16];
  std::snprintf(text, sizeof text, has_colours ? "#%06x" : "%u", value);
  return text;
}

MaskValueFacts mask_value_facts(const DrawnMask& drawing, MaskValue background) {
  MaskValueFacts facts;
  Counts counts;
  for (const MaskValue value : drawing.values) ++counts[value];
  facts.counts.insert(counts.begin(), counts.end());
  if (facts.counts.size() < 3) return facts;

  Counts between;
  Counts among;
  const bool colours = drawing.has_colours;
  for (int y = 0; y < drawing.height; ++y) {
    for (int x = 0; x < drawing.width; ++x) {
      const MaskValue own = drawing.at(x, y);
      if (own == background) continue;
      const Neighbours found = neighbours_of(drawing, x, y, background);
      if (found.num_foreign >= 2) ++among[own];
      if (found.count >= 2 && lies_on_edge(found, own, counts, colours)) ++between[own];
    }
  }
  // Most of an object's pixels are not on an edge between two others, however thin it is.
  for (const auto& [value, count] : facts.counts) {
    if (value == background) continue;
    if (2 * between[value] >= count) {
      facts.smoothed.insert(value);
    } else if (2 * among[value] >= count) {
      facts.scattered.insert(value);
    }
  }
  // Small numbers are labels, and one of a few pixels may lie anywhere; what smoothing and
  // dithering make comes in numbers. A thin wire in a vessel has vessel on both sides.
  constexpr MaskValue kLargestUsualLabel = 64;
  constexpr std::size_t kMany = 3;
  const bool are_labels = !colours && facts.counts.rbegin()->first <= kLargestUsualLabel;
  if (are_labels && facts.smoothed.size() < kMany) facts.smoothed.clear();
  if (facts.smoothed.size() == 1) {
    const MaskValue only = *facts.smoothed.begin();
    if (5 * between[only] < 4 * facts.counts[only]) facts.smoothed.clear();
  }
  if (facts.scattered.size() < (are_labels && drawing.palette.empty() ? kMany : 2))
    facts.scattered.clear();
  return facts;
}

void check_mask_values(const DrawnMask& drawing, MaskValue background, TakeApart cure) {
  const MaskValueFacts facts = mask_value_facts(drawing, background);
  const bool colours = drawing.has_colours;
  const bool offered = cure == TakeApart::offered;
  if (!facts.scattered.empty()) {
    throw Error(
        ErrorKind::input, drawing.path,
        "the values " + list_text(facts.scattered, colours) +
            " are scattered among each other, as in a picture that was dithered to a palette, "
            "smoothed or saved as JPEG",
        std::string("one value an object: save the mask alone, as a PNG in RGB or grey, with "
                    "dithering and smoothing off; ") +
            (offered ? "--binarize makes one object of values that lie among each other; " : "") +
            "--trust-masks takes every value as an object");
  }
  if (facts.smoothed.empty()) return;
  std::set<MaskValue> staying;
  for (const auto& [value, count] : facts.counts) {
    if (!facts.smoothed.contains(value)) staying.insert(value);
  }
  throw Error(ErrorKind::input, drawing.path,
              "the values " + list_text(facts.smoothed, colours) +
                  " lie only on the edges between others, as smoothed (anti-aliased) edges have "
                  "them",
              std::string("hard edges; ") +
                  (offered ? "--binarize gives each such pixel to the nearest of " +
                                 list_text(staying, colours) + "; "
                           : "") +
                  "--trust-masks takes every value as an object");
}

void show_palette(DrawnMask& drawing) {
  constexpr MaskValue kBlack = 0;  // as readers show what a palette lacks
  for (MaskValue& value : drawing.values)
    value = value < drawing.palette.size() ? drawing.palette[value] : kBlack;
  drawing.palette.clear();
  drawing.has_colours = true;
}

void merge_alike_values(DrawnMask& drawing, MaskValue background) {
  constexpr std::size_t kMany = 16;
  constexpr MaskValue kLargestUsualLabel = 64;
  constexpr MaskValue kBlack = 0;
  const MaskValueFacts facts = mask_value_facts(drawing, background);
  const bool are_labels =
      !drawing.has_colours && facts.counts.rbegin()->first <= kLargestUsualLabel;
  if (facts.scattered.empty() || are_labels || facts.counts.size() <= kMany) return;
  std::vector<std::pair<std::uint64_t, MaskValue>> by_count;
  for (const auto& [value, count] : facts.counts) by_count.emplace_back(count, value);
  std::sort(by_count.rbegin(), by_count.rend());
  std::vector<MaskValue> seeds;
  if (facts.counts.contains(kBlack)) seeds.push_back(kBlack);
  const auto are_alike = [&](MaskValue a, MaskValue b) {
    if (a == kTransparent || b == kTransparent) return a == b;
    const Channels x = channels_of(a, drawing.has_colours);
    const Channels y = channels_of(b, drawing.has_colours);
    return std::abs(x[0] - y[0]) <= kAlike && std::abs(x[1] - y[1]) <= kAlike &&
           std::abs(x[2] - y[2]) <= kAlike;
  };
  std::unordered_map<MaskValue, MaskValue> becomes;
  for (const auto& [count, value] : by_count) {
    const auto found = std::find_if(seeds.begin(), seeds.end(),
                                    [&](MaskValue seed) { return are_alike(seed, value); });
    becomes[value] = found == seeds.end() ? value : *found;
    if (found == seeds.end()) seeds.push_back(value);
  }
  for (MaskValue& value : drawing.values) value = becomes[value];
  drawing.was_uneven = true;
}

std::string take_values_apart(DrawnMask& drawing, MaskValue background) {
  const MaskValueFacts facts = mask_value_facts(drawing, background);
  if (facts.smoothed.empty() && facts.scattered.empty() && !drawing.was_uneven) return {};
  std::set<MaskValue> staying;
  if (facts.scattered.empty() && !drawing.was_uneven) {
    for (const auto& [value, count] : facts.counts) {
      if (!facts.smoothed.contains(value)) staying.insert(value);
    }
  } else {
    merge_dithered(drawing, facts);
    staying = staying_of(drawing, background);
  }
  if (staying.size() < 2) {
    throw Error(
        ErrorKind::input, drawing.path,
        "has " + std::to_string(facts.counts.size()) + " values, of which none is an object's",
        "one value an object, with hard edges");
  }
  give_away(drawing, staying);
  const MaskValueFacts left = mask_value_facts(drawing, background);
  if (!left.smoothed.empty() || !left.scattered.empty()) {
    throw Error(ErrorKind::input, drawing.path,
                "has " + std::to_string(facts.counts.size()) +
                    " values that are neither areas nor their edges: a picture, not a mask",
                "the objects alone, one value each, on black");
  }
  return "of " + std::to_string(facts.counts.size()) + " values " + std::to_string(staying.size()) +
         " stay: " + list_text(staying, drawing.has_colours);
}

std::optional<ObjectLikeBackground> object_like_background(const Mask& mask) {
  constexpr int kManyCorners = 3;
  const std::size_t size =
      static_cast<std::size_t>(mask.width()) * static_cast<std::size_t>(mask.height());
  std::array<std::uint64_t, kNumLabels> counts{};
  for (std::size_t i = 0; i < size; ++i) ++counts[mask.pixels()[i]];
  std::array<int, kNumLabels> corners{};
  for (const int x : {0, mask.width() - 1}) {
    for (const int y : {0, mask.height() - 1}) ++corners[mask.at(x, y)];
  }
  for (std::size_t id = 1; id < counts.size(); ++id) {
    if (2 * counts[id] <= size || corners[id] < kManyCorners) continue;
    const double share = static_cast<double>(counts[id]) / static_cast<double>(size);
    return ObjectLikeBackground{static_cast<int>(id), static_cast<int>(std::lround(100 * share))};
  }
  return std::nullopt;
}

void check_mask_of_labels(const Mask& mask, const std::string& place) {
  DrawnMask drawing = drawn_labels(mask.view());
  drawing.path = place;
  check_mask_values(drawing, kBackgroundLabel, TakeApart::not_offered);
  if (const auto found = object_like_background(mask)) {
    throw Error(ErrorKind::input, place,
                "object " + std::to_string(found->id) + " covers " +
                    std::to_string(found->percent) +
                    " % of the frame and its corners: it looks like the background",
                "0 where there is no object; --trust-masks where it is an object");
  }
}

}  // namespace angiobench
