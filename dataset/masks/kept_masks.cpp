// SPDX-License-Identifier: MIT
#include "dataset/masks/kept_masks.h"

#include <mutex>
#include <unordered_map>
#include <utility>

namespace angiobench {
namespace {

// One mask, and what it takes.
struct KeptMask {
  LabelRuns runs;
  Sha256 digest;

  std::size_t bytes() const {
    return sizeof(KeptMask) + runs.view().runs.size() * sizeof(LabelRun);
  }
};

class KeptMasks final : public MaskSource {
 public:
  KeptMasks(std::shared_ptr<const MaskSource> inner, std::size_t max_bytes)
      : MaskSource(inner->benchmark(), inner->role()),
        inner_(std::move(inner)),
        max_bytes_(max_bytes) {}

  std::string display() const override { return inner_->display(); }
  std::string display(const Sequence& sequence) const override { return inner_->display(sequence); }
  std::string display(const Sequence& sequence, std::string_view frame, int object) const override {
    return inner_->display(sequence, frame, object);
  }
  std::vector<std::string> names() const override { return inner_->names(); }
  std::string display_name(const std::string& name) const override {
    return inner_->display_name(name);
  }
  std::string hint_of_place(const SequenceIndex& index) const override {
    return inner_->hint_of_place(index);
  }
  std::string other_contents(const Sequence& sequence) const override {
    return inner_->other_contents(sequence);
  }
  std::optional<OddEntry> odd_entry(const Sequence& sequence) const override {
    return inner_->odd_entry(sequence);
  }
  std::vector<bool> present(const Sequence& sequence) const override {
    return inner_->present(sequence);
  }
  std::vector<int> missing_objects(const Sequence& sequence,
                                   std::string_view frame) const override {
    return inner_->missing_objects(sequence, frame);
  }
  std::unique_ptr<PlaneReader> open_planes(const Sequence& sequence, std::string_view frame,
                                           const ExpectedMask& expected,
                                           MaskBuffers& buffers) const override {
    return inner_->open_planes(sequence, frame, expected, buffers);
  }

  MaskView read_labels(const Sequence& sequence, std::string_view frame,
                       const ExpectedMask& expected, MaskBuffers& buffers,
                       Sha256& digest) const override {
    return pixels_of(read_runs(sequence, frame, expected, buffers, digest), buffers.mask);
  }
  MaskLabels read_runs(const Sequence& sequence, std::string_view frame,
                       const ExpectedMask& expected, MaskBuffers& buffers,
                       Sha256& digest) const override {
    const std::string name = sequence.name + '\0' + std::string(frame);
    if (const KeptMask* const kept = find(name, expected)) {
      digest = kept->digest;
      return kept->runs.view();
    }
    const MaskLabels labels = inner_->read_runs(sequence, frame, expected, buffers, digest);
    keep(name, labels, digest);
    return labels;
  }

 private:
  // What is kept of a mask; nothing where it has not the size that is asked for, which the inner
  // source says in its own words.
  const KeptMask* find(const std::string& name, const ExpectedMask& expected) const {
    const std::lock_guard lock(mutex_);
    const auto found = masks_.find(name);
    if (found == masks_.end()) return nullptr;
    const LabelRuns& runs = found->second.runs;
    const bool fits = (expected.width == 0 || expected.width == runs.width()) &&
                      (expected.height == 0 || expected.height == runs.height());
    return fits ? &found->second : nullptr;
  }

  void keep(const std::string& name, const MaskLabels& labels, const Sha256& digest) const {
    {
      const std::lock_guard lock(mutex_);
      if (num_bytes_ >= max_bytes_) return;
    }
    KeptMask kept{LabelRuns(labels), digest};
    const std::size_t bytes = kept.bytes() + name.size();
    const std::lock_guard lock(mutex_);
    if (num_bytes_ + bytes > max_bytes_) {
      num_bytes_ = max_bytes_;  // enough was kept
      return;
    }
    if (masks_.emplace(name, std::move(kept)).second) num_bytes_ += bytes;
  }

  std::shared_ptr<const MaskSource> inner_;
  std::size_t max_bytes_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, KeptMask> masks_;  // none goes before this does
  mutable std::size_t num_bytes_ = 0;
};

}  // namespace

std::shared_ptr<const MaskSource> keep_masks(std::shared_ptr<const MaskSource> inner,
                                             std::size_t max_bytes) {
  return std::make_shared<KeptMasks>(std::move(inner), max_bytes);
}

}  // namespace angiobench
