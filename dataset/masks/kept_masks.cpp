// SPDX-License-Identifier: MIT
#include "dataset/masks/kept_masks.h"

#include <cstring>
#include <mutex>
#include <unordered_map>

namespace angiobench {
namespace {

// A run is its label in the low byte and its length above.
constexpr std::uint32_t kLabelBits = 8;
constexpr std::uint32_t kMaxRun = (1U << (32 - kLabelBits)) - 1;

// One mask: its pixels row by row as runs.
struct KeptMask {
  int width = 0;
  int height = 0;
  int num_empty_above = 0;
  int num_empty_below = 0;
  Sha256 digest;
  std::vector<std::uint32_t> runs;

  std::size_t bytes() const { return sizeof(KeptMask) + runs.size() * sizeof(std::uint32_t); }
};

// Where the run that begins at `at` ends. Words of eight equal pixels are passed over at once.
const std::uint8_t* end_of_run(const std::uint8_t* at, const std::uint8_t* end) {
  std::uint64_t same;
  std::memset(&same, *at, sizeof same);
  const std::uint8_t label = *at;
  std::uint64_t word;
  while (end - at >= static_cast<std::ptrdiff_t>(sizeof word)) {
    std::memcpy(&word, at, sizeof word);
    if (word != same) break;
    at += sizeof word;
  }
  while (at < end && *at == label) ++at;
  return at;
}

std::vector<std::uint32_t> runs_of(const MaskView& view) {
  std::vector<std::uint32_t> runs;
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* at = view.row(y);
    const std::uint8_t* const end = at + view.width;
    while (at < end) {
      const std::uint8_t* const next = end_of_run(at, end);
      const auto length = static_cast<std::uint32_t>(next - at);
      const bool goes_on = !runs.empty() && (runs.back() & 0xFF) == *at &&
                           (runs.back() >> kLabelBits) + length <= kMaxRun;
      if (goes_on) {
        runs.back() += length << kLabelBits;
      } else {
        runs.push_back(length << kLabelBits | *at);
      }
      at = next;
    }
  }
  return runs;
}

MaskView unpacked(const KeptMask& kept, Mask& mask) {
  if (mask.width() != kept.width || mask.height() != kept.height)
    mask = Mask(kept.width, kept.height);
  std::uint8_t* at = mask.pixels();
  for (const std::uint32_t run : kept.runs) {
    const std::size_t length = run >> kLabelBits;
    std::memset(at, static_cast<int>(run & 0xFF), length);
    at += length;
  }
  MaskView view = mask.view();
  view.num_empty_above = kept.num_empty_above;
  view.num_empty_below = kept.num_empty_below;
  return view;
}

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
    const std::string name = sequence.name + '\0' + std::string(frame);
    if (const std::shared_ptr<const KeptMask> kept = find(name, expected)) {
      digest = kept->digest;
      return unpacked(*kept, buffers.mask);
    }
    const MaskView view = inner_->read_labels(sequence, frame, expected, buffers, digest);
    keep(name, view, digest);
    return view;
  }

 private:
  // What is kept of a mask; nothing where it has not the size that is asked for, which the inner
  // source says in its own words.
  std::shared_ptr<const KeptMask> find(const std::string& name,
                                       const ExpectedMask& expected) const {
    const std::lock_guard lock(mutex_);
    const auto found = masks_.find(name);
    if (found == masks_.end()) return nullptr;
    const bool fits = (expected.width == 0 || expected.width == found->second->width) &&
                      (expected.height == 0 || expected.height == found->second->height);
    return fits ? found->second : nullptr;
  }

  void keep(const std::string& name, const MaskView& view, const Sha256& digest) const {
    {
      const std::lock_guard lock(mutex_);
      if (num_bytes_ >= max_bytes_) return;
    }
    auto kept = std::make_shared<KeptMask>();
    *kept = {view.width,           view.height, view.num_empty_above,
             view.num_empty_below, digest,      runs_of(view)};
    const std::size_t bytes = kept->bytes() + name.size();
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
  mutable std::unordered_map<std::string, std::shared_ptr<const KeptMask>> masks_;
  mutable std::size_t num_bytes_ = 0;
};

}  // namespace

std::shared_ptr<const MaskSource> keep_masks(std::shared_ptr<const MaskSource> inner,
                                             std::size_t max_bytes) {
  return std::make_shared<KeptMasks>(std::move(inner), max_bytes);
}

}  // namespace angiobench
