// SPDX-License-Identifier: MIT
#include "dataset/masks/object_tracks.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace angiobench {
namespace {

constexpr double kTimesMedian = 5;
constexpr double kShareOfDiagonal = 1.0 / 20;
constexpr double kShareOfArea = 1.0 / 2;

// The upper one of two in the middle; 0 where there is none.
double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double moved_by(const ObjectSight& before, const ObjectSight& now) {
  return std::hypot(static_cast<double>(now.x) - before.x, static_cast<double>(now.y) - before.y);
}

double grown_by(const ObjectSight& before, const ObjectSight& now) {
  return static_cast<double>(now.area) - static_cast<double>(before.area);
}

// How an object usually moves.
struct Usual {
  double step = 0;
  double change = 0;
  double area = 0;
};

Usual usual_of(const std::vector<ObjectSight>& sights) {
  std::vector<double> steps;
  std::vector<double> changes;
  std::vector<double> areas;
  for (std::size_t i = 0; i < sights.size(); ++i) {
    if (sights[i].area == 0) continue;
    areas.push_back(sights[i].area);
    if (i == 0 || sights[i - 1].area == 0) continue;
    steps.push_back(moved_by(sights[i - 1], sights[i]));
    changes.push_back(std::abs(grown_by(sights[i - 1], sights[i])));
  }
  return {median_of(std::move(steps)), median_of(std::move(changes)), median_of(std::move(areas))};
}

std::string gone_text(const std::vector<ObjectSight>& sights, std::size_t frame) {
  const ObjectSight& before = sights[frame - 1];
  std::string text = before.at_edge ? "left the frame: it touched the edge in the frame before"
                                    : "vanished: " + std::to_string(before.area) +
                                          " pixels in the frame before, none here";
  for (std::size_t later = frame + 1; later < sights.size(); ++later) {
    if (sights[later].area == 0) continue;
    const std::size_t away = later - frame;
    return text + "; back after " + std::to_string(away) + (away == 1 ? " frame" : " frames");
  }
  return text + "; it does not come back";
}

void warn_of_pair(const ObjectTrack& object, std::size_t frame, const Usual& usual, double diagonal,
                  std::vector<TrackWarning>& warnings) {
  const ObjectSight& before = object.sights[frame - 1];
  const ObjectSight& now = object.sights[frame];
  if (before.area == 0) return;
  if (now.area == 0) {
    warnings.push_back({frame, object.id, before.at_edge ? TrackEvent::left : TrackEvent::vanished,
                        gone_text(object.sights, frame)});
    return;
  }
  const double step = moved_by(before, now);
  if (step > kTimesMedian * usual.step && step > kShareOfDiagonal * diagonal) {
    warnings.push_back({frame, object.id, TrackEvent::moved,
                        "jumped: its middle moved by " + std::to_string(std::lround(step)) +
                            " pixels, usually by " + std::to_string(std::lround(usual.step))});
  }
  const double change = grown_by(before, now);
  if (std::abs(change) > kTimesMedian * usual.change &&
      std::abs(change) > kShareOfArea * usual.area) {
    warnings.push_back({frame, object.id, TrackEvent::resized,
                        "jumped: its area went from " + std::to_string(before.area) + " to " +
                            std::to_string(now.area) + " pixels"});
  }
}

}  // namespace

ObjectTracks::ObjectTracks(const std::vector<int>& object_ids) : place_of_(256, -1) {
  for (const int id : object_ids) {
    place_of_.at(static_cast<std::size_t>(id)) = static_cast<int>(objects_.size());
    objects_.push_back({id, {}});
  }
}

void ObjectTracks::add(const MaskLabels& labels) {
  struct Sums {
    std::uint64_t area = 0;
    double x = 0;
    double y = 0;
    bool at_edge = false;
  };
  std::vector<Sums> sums(objects_.size());
  std::vector<LabelRun> storage;
  for (const LabelRun& run : runs_of(labels, storage).runs) {
    const int place = place_of_[static_cast<std::size_t>(run.label)];
    if (place < 0) continue;
    Sums& own = sums[static_cast<std::size_t>(place)];
    const int length = run.x_end - run.x_begin;
    own.area += static_cast<std::uint64_t>(length);
    own.x += length * (run.x_begin + run.x_end - 1) / 2.0;
    own.y += static_cast<double>(length) * run.y;
    own.at_edge |=
        run.y == 0 || run.y == labels.height - 1 || run.x_begin == 0 || run.x_end == labels.width;
  }
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    const Sums& own = sums[i];
    ObjectSight sight;
    if (own.area > 0) {
      const auto area = static_cast<double>(own.area);
      sight = {static_cast<std::uint32_t>(own.area), static_cast<float>(own.x / area),
               static_cast<float>(own.y / area), own.at_edge};
    }
    objects_[i].sights.push_back(sight);
  }
}

std::vector<TrackWarning> track_warnings(const std::vector<ObjectTrack>& objects, int width,
                                         int height) {
  const double diagonal = std::hypot(width, height);
  std::vector<TrackWarning> warnings;
  for (const ObjectTrack& object : objects) {
    const Usual usual = usual_of(object.sights);
    for (std::size_t frame = 1; frame < object.sights.size(); ++frame)
      warn_of_pair(object, frame, usual, diagonal, warnings);
  }
  std::stable_sort(
      warnings.begin(), warnings.end(),
      [](const TrackWarning& left, const TrackWarning& right) { return left.frame < right.frame; });
  return warnings;
}

}  // namespace angiobench
