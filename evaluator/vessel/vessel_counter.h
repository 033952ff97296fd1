// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "dataset/masks/mask.h"
#include "evaluator/counting/label_planes.h"
#include "evaluator/vessel/pair_counts.h"

namespace angiobench {

/// Counts what measures of vessels are made of. Holds buffers that are reused from pair to pair:
/// one a thread, about half a MB for frames of 512x512. The cost grows with the box around both
/// masks and with how far they are apart.
///
/// Skeleton: scikit-image's `skeletonize` (method "zhang"), pixel by pixel. Distances: between
/// pixel centres (border) or window centres (contour), exact. Outside the image is empty,
/// everywhere.
class VesselCounter {
 public:
  VesselCounter();
  ~VesselCounter();
  VesselCounter(VesselCounter&&) noexcept;
  VesselCounter& operator=(VesselCounter&&) noexcept;

  /// One label of each; both have the same size. A spacing that is not isotropic decides which
  /// element is the nearest, and is several times slower.
  void count(const LabelPlanes& truth, int truth_label, const LabelPlanes& prediction,
             int prediction_label, const PairNeeds& needs, const Spacing& spacing,
             PairCounts& counts);

  /// The same of the pixels that are not background.
  void count(const MaskView& truth, const MaskView& prediction, const PairNeeds& needs,
             const Spacing& spacing, PairCounts& counts);

  /// The skeleton of the pixels that are not background: 1 on it, 0 elsewhere.
  Mask skeleton(const MaskView& mask);

  /// As FrameCounter::use_level, for tests.
  bool use_level(std::string_view name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace angiobench
