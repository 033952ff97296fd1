// SPDX-License-Identifier: MIT
#include "dataset/validator/dataset_traits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <set>

#include "dataset/error.h"
#include "dataset/files/digest.h"
#include "dataset/files/text.h"
#include "dataset/frame_order.h"
#include "dataset/masks/png.h"
#include "dataset/sequence_index.h"
#include "dataset/validator/annotation_reader.h"
#include "dataset/validator/mask_facts.h"
#include "dataset/validator/sequence_files.h"
#include "dataset/validator/sequence_walk.h"

namespace angiobench {
namespace {

constexpr int kRing = 5;  // pixels around an object that contrast is measured against
constexpr std::size_t kShownDuplicates = 8;  // the rest is counted
// Masks whose objects have fewer pixels are alike by chance.
constexpr std::uint32_t kLeastAlike = 16;

// One object in one mask.
struct ObjectShape {
  int id = 0;
  std::uint32_t pixels = 0;
  double x = 0;  // centre
  double y = 0;
  bool touches_border = false;
};

// One mask.
struct FrameShape {
  bool is_readable = false;
  int width = 0;
  int height = 0;
  std::uint64_t fingerprint = 0;  // 0: no object of a size that tells anything
  std::vector<ObjectShape> objects;
  std::vector<IdOverlap> overlaps;  // with the mask before, where that was read just before
  std::vector<double> contrasts;
  bool is_looked_at = false;  // for contrast
  std::map<int, std::uint32_t> classes;
};

struct Context {
  const SequenceIndex& index;
  const FileMaskSource& masks;
  const TraitOptions& options;
  SemanticMasks semantic;
  bool has_classes = false;  // of the masks themselves
};

struct Worker {
  explicit Worker(const Context& context) : reader(context.masks), semantic(context.masks) {}
  AnnotationReader reader;
  AnnotationReader semantic;
  MaskDecoder decoder;
  std::vector<std::uint8_t> bytes;
  LabelRuns before;
  std::size_t before_sequence = static_cast<std::size_t>(-1);
  std::size_t before_frame = 0;
};

// What a sequence has beside its masks.
struct Shared {
  SequenceImages images;
  std::set<std::size_t> sampled;  // positions whose frame is decoded
};

std::vector<ObjectShape> shapes_of(const MaskLabels& ids) {
  struct Sum {
    std::uint32_t pixels = 0;
    double x = 0;
    double y = 0;
    bool touches_border = false;
  };
  std::array<Sum, 256> sums{};
  for (const LabelRun& run : ids.runs) {
    Sum& sum = sums[static_cast<std::size_t>(run.label)];
    const int length = run.x_end - run.x_begin;
    sum.pixels += static_cast<std::uint32_t>(length);
    sum.x += length * (run.x_begin + run.x_end - 1) / 2.0;
    sum.y += static_cast<double>(length) * run.y;
    sum.touches_border = sum.touches_border || run.y == 0 || run.y == ids.height - 1 ||
                         run.x_begin == 0 || run.x_end == ids.width;
  }
  std::vector<ObjectShape> shapes;
  for (std::size_t id = 1; id < sums.size(); ++id) {
    const Sum& sum = sums[id];
    if (sum.pixels == 0) continue;
    shapes.push_back({static_cast<int>(id), sum.pixels, sum.x / sum.pixels, sum.y / sum.pixels,
                      sum.touches_border});
  }
  return shapes;
}

std::optional<GreyFrame> grey_of(std::span<const std::uint8_t> file, const std::string& path,
                                 Worker& worker, const GreyFrameReader& reader) {
  const bool is_png = file.size() > 3 && file[1] == 'P' && file[2] == 'N' && file[3] == 'G';
  if (!is_png) return reader ? reader(file, path) : std::nullopt;
  try {
    const PngHeader header = read_png_header(file, path);
    if (header.color_type == 3 || header.bit_depth < 8) return std::nullopt;
    const PngSamples samples = worker.decoder.decode_samples(file, {}, path);
    GreyFrame frame{samples.width, samples.height, {}};
    // A film of 12 bits in 16-bit files uses a sixteenth of the range.
    int most = 255;
    if (samples.max_value > 255) {
      for (const std::uint16_t value : samples.values) most = std::max<int>(most, value);
    }
    int shift = 0;
    while (most >> shift > 255) ++shift;
    const auto step = static_cast<std::size_t>(samples.channels);
    const std::size_t num_colors = step < 3 ? 1 : 3;
    for (std::size_t i = 0; i < samples.values.size(); i += step) {
      unsigned sum = 0;
      for (std::size_t channel = 0; channel < num_colors; ++channel)
        sum += static_cast<unsigned>(samples.values[i + channel] >> shift);
      frame.values.push_back(static_cast<std::uint8_t>(sum / num_colors));
    }
    return frame;
  } catch (const Error&) {  // damaged: nothing to be said of its values
    return std::nullopt;
  }
}

// Contrast of each object: mean of the ring around it minus its own mean.
std::vector<double> contrasts_of(const MaskLabels& ids, const GreyFrame& frame,
                                 const std::vector<ObjectShape>& objects) {
  std::vector<double> contrasts;
  const auto width = static_cast<std::size_t>(ids.width);
  const auto height = static_cast<std::size_t>(ids.height);
  Mask storage;
  const MaskView labels = pixels_of(ids, storage);
  std::vector<std::uint8_t> near_row(width * height);
  for (const ObjectShape& object : objects) {
    // Widen the object's runs to the left and right, then let each pixel look up and down.
    std::fill(near_row.begin(), near_row.end(), std::uint8_t{0});
    double inside = 0;
    for (const LabelRun& run : ids.runs) {
      if (run.label != object.id) continue;
      const std::size_t row = static_cast<std::size_t>(run.y) * width;
      const int begin = std::max(0, run.x_begin - kRing);
      const int end = std::min(ids.width, run.x_end + kRing);
      std::fill(near_row.begin() + static_cast<std::ptrdiff_t>(row) + begin,
                near_row.begin() + static_cast<std::ptrdiff_t>(row) + end, std::uint8_t{1});
      for (int x = run.x_begin; x < run.x_end; ++x)
        inside += frame.values[row + static_cast<std::size_t>(x)];
    }
    double outside = 0;
    std::uint64_t num_outside = 0;
    for (int y = 0; y < ids.height; ++y) {
      for (int x = 0; x < ids.width; ++x) {
        if (labels.at(x, y) != kBackgroundLabel) continue;
        bool is_near = false;
        for (int other = std::max(0, y - kRing);
             other <= std::min(ids.height - 1, y + kRing) && !is_near; ++other)
          is_near =
              near_row[static_cast<std::size_t>(other) * width + static_cast<std::size_t>(x)] != 0;
        if (!is_near) continue;
        outside += frame.values[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)];
        ++num_outside;
      }
    }
    if (num_outside > 0)
      contrasts.push_back(outside / static_cast<double>(num_outside) - inside / object.pixels);
  }
  return contrasts;
}

void look_at_frame(const Context& context, Worker& worker, const Sequence& sequence,
                   std::string_view name, const Shared& shared, FrameShape& shape) {
  const auto image = shared.images.names.find(name);
  if (!image) return;
  const std::string file = join_path(sequence.images, std::string(shared.images.files[*image]));
  const FileTree& tree = *context.index.truth;
  if (!tree.read(file, worker.bytes)) return;
  const std::optional<GreyFrame> grey =
      grey_of(worker.bytes, tree.display_path(file), worker, context.options.grey_frames);
  if (!grey || grey->width != shape.width || grey->height != shape.height) return;
  shape.is_looked_at = true;
  shape.contrasts = contrasts_of(worker.reader.ids(), *grey, shape.objects);
}

void count_classes(const Context& context, Worker& worker, const Sequence& sequence,
                   std::string_view name, FrameShape& shape) {
  if (context.has_classes) {
    for (const ObjectShape& object : shape.objects) shape.classes[object.id] += object.pixels;
    return;
  }
  if (context.semantic.root.empty()) return;
  const std::string relative =
      join_path(join_path(context.semantic.root, sequence.name), std::string(name) + ".png");
  if (!context.index.truth->has_file(relative)) return;
  const Annotation semantic = worker.semantic.read_png(relative, context.semantic.palette);
  if (semantic.trouble != Trouble::none) return;
  for (const LabelArea& area : semantic.facts.labels) {
    if (area.label != kBackgroundLabel) shape.classes[area.label] += area.pixels;
  }
}

FrameShape read_shape(const Context& context, Worker& worker, std::size_t at, std::size_t position,
                      const Shared& shared) {
  const Sequence& sequence = context.index.sequences[at];
  const std::string_view name = sequence.frames[position];
  FrameShape shape;
  const Annotation annotation = worker.reader.read(sequence, name);
  if (annotation.trouble != Trouble::none) {
    worker.before_sequence = static_cast<std::size_t>(-1);
    return shape;
  }
  const MaskLabels& ids = worker.reader.ids();
  shape.is_readable = true;
  shape.width = ids.width;
  shape.height = ids.height;
  shape.objects = shapes_of(ids);
  const bool tells = std::ranges::any_of(
      shape.objects, [](const ObjectShape& object) { return object.pixels >= kLeastAlike; });
  if (tells) shape.fingerprint = annotation.identity;
  if (worker.before_sequence == at && worker.before_frame + 1 == position)
    shape.overlaps = overlaps_of(ids, worker.before.view());
  worker.before = LabelRuns(ids);
  worker.before_sequence = at;
  worker.before_frame = position;
  count_classes(context, worker, sequence, name, shape);
  if (shared.sampled.contains(position))
    look_at_frame(context, worker, sequence, name, shared, shape);
  return shape;
}

// Frames from one name to the next: by their numbers, or one.
double steps_between(std::string_view before, std::string_view name) {
  const std::optional<std::int64_t> first = frame_number(before);
  const std::optional<std::int64_t> second = frame_number(name);
  return first && second && *second > *first ? static_cast<double>(*second - *first) : 1.0;
}

// All that is measured, before it is summed up.
struct Measured {
  std::vector<double> motion;
  std::vector<double> motion_share;
  std::vector<double> overlap;
  std::vector<double> contrast;
  std::vector<double> strides;
  std::map<std::pair<int, int>, std::uint64_t> sizes;
  std::uint64_t contrast_frames = 0;
  std::uint64_t num_objects = 0;
  std::uint64_t border_objects = 0;
  std::map<int, ClassTraits> classes;
  SequenceTraits traits;
  std::vector<std::pair<std::uint64_t, std::string>> fingerprints;  // with the place
  std::vector<std::pair<Sha256, std::string>> images;
};

// What the masks of a sequence say together.
void measure(const Sequence& sequence, const std::vector<FrameShape>& shapes, Measured& out) {
  std::map<int, bool> always_at_border;
  // Where each object was seen last.
  std::map<int, std::pair<std::size_t, ObjectShape>> seen;
  std::set<int> classes_here;
  out.traits.name = sequence.name;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const FrameShape& shape = shapes[i];
    if (i > 0) out.strides.push_back(steps_between(sequence.frames[i - 1], sequence.frames[i]));
    if (!shape.is_readable) continue;
    ++out.traits.annotated;
    ++out.sizes[{shape.width, shape.height}];
    out.contrast_frames += shape.is_looked_at ? 1 : 0;
    out.contrast.insert(out.contrast.end(), shape.contrasts.begin(), shape.contrasts.end());
    const double diagonal = std::hypot(shape.width, shape.height);
    std::map<int, std::uint32_t> areas;
    for (const ObjectShape& object : shape.objects) areas[object.id] = object.pixels;
    for (const ObjectShape& object : shape.objects) {
      ++out.traits.object_frames;
      out.traits.border_frames += object.touches_border ? 1 : 0;
      const auto [at, is_new] = always_at_border.emplace(object.id, object.touches_border);
      at->second = at->second && object.touches_border;
      if (const auto last = seen.find(object.id); last != seen.end()) {
        const auto& [position, before] = last->second;
        const double steps = steps_between(sequence.frames[position], sequence.frames[i]);
        const double moved = std::hypot(object.x - before.x, object.y - before.y) / steps;
        out.motion.push_back(moved);
        out.motion_share.push_back(moved / diagonal);
        if (position + 1 == i && shapes[position].width == shape.width) {
          const double common = common_pixels(areas, shape.overlaps, object.id, object.id);
          out.overlap.push_back(common / (object.pixels + before.pixels - common));
        }
      }
      seen[object.id] = {i, object};
    }
    if (i > 0 && shape.fingerprint != 0 && shape.fingerprint == shapes[i - 1].fingerprint)
      ++out.traits.still_masks;
    if (shape.fingerprint != 0) {
      out.fingerprints.emplace_back(shape.fingerprint,
                                    sequence.name + "/" + std::string(sequence.frames[i]));
    }
    for (const auto& [id, pixels] : shape.classes) {
      ClassTraits& one = out.classes[id];
      ++one.frames;
      one.pixels += pixels;
      classes_here.insert(id);
    }
  }
  for (const int id : classes_here) ++out.classes[id].sequences;
  out.num_objects = always_at_border.size();
  for (const auto& [id, is_always] : always_at_border) out.border_objects += is_always ? 1 : 0;
}

// Digests of a sequence's images, in the order of their names.
void hash_images(const SequenceIndex& index, const Sequence& sequence, const SequenceImages& images,
                 Measured& out) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < images.files.size(); ++i) {
    const std::string file = join_path(sequence.images, std::string(images.files[i]));
    if (!index.truth->read(file, bytes)) continue;
    const Sha256 digest = sha256(bytes);
    if (!out.images.empty() && out.images.back().first == digest) ++out.traits.repeated_images;
    out.images.emplace_back(digest, sequence.name + "/" + std::string(images.names[i]));
  }
  out.traits.images = images.files.size();
}

// Counts what occurs in more than one sequence.
template <typename Key>
std::uint64_t count_shared(const std::vector<std::vector<std::pair<Key, std::string>>>& all,
                           const std::string& what, std::vector<Duplicate>& shown) {
  std::map<Key, std::pair<std::size_t, std::string>> first_with;
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < all.size(); ++at) {
    for (const auto& [key, place] : all[at]) {
      const auto [known, is_new] = first_with.emplace(key, std::pair(at, place));
      if (is_new || known->second.first == at) continue;
      ++count;
      if (shown.size() < kShownDuplicates) shown.push_back({what, known->second.second, place});
    }
  }
  return count;
}

// Reads a split: everything that is measured, by sequence.
std::vector<Measured> read_split(const SequenceIndex& index, const TraitOptions& options) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  const FileMaskSource masks(index.truth, benchmark, MaskRole::truth);
  Context context{index, masks, options, semantic_masks_of(index),
                  benchmark.task == Task::semantic};
  if (benchmark.semantic_masks.empty() && !benchmark.classes.empty() && !benchmark.has_overlaps())
    context.has_classes = true;
  std::vector<Measured> measured(index.sequences.size());
  read_in_chunks<FrameShape, Shared, Worker>(
      index, options.jobs, options.progress, [&] { return std::make_unique<Worker>(context); },
      [&](std::size_t at) {
        Shared shared;
        const Sequence& sequence = index.sequences[at];
        if (!benchmark.has_single_images()) shared.images = list_images(index, sequence);
        const std::size_t count = sequence.frames.size();
        if (count > 0) shared.sampled = {0, count / 2, count - 1};
        return shared;
      },
      [&](Worker& worker, std::size_t at, std::size_t begin, std::size_t end, Shared& shared) {
        std::vector<FrameShape> shapes;
        // The mask before the first of a chunk is looked at for how much it overlaps.
        if (begin > 0) read_shape(context, worker, at, begin - 1, {});
        for (std::size_t i = begin; i < end; ++i)
          shapes.push_back(read_shape(context, worker, at, i, shared));
        return shapes;
      },
      [&](std::size_t at, Shared& shared, const std::vector<FrameShape>& shapes) {
        const Sequence& sequence = index.sequences[at];
        measure(sequence, shapes, measured[at]);
        hash_images(index, sequence, shared.images, measured[at]);
        measured[at].traits.motion = spread_of(measured[at].motion);
      });
  return measured;
}

void append(std::vector<double>& to, const std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// The data set's other splits that lie below the same root.
std::vector<SequenceIndex> other_splits(const std::string& root, const SequenceIndex& index) {
  const BenchmarkDefinition& own = index.benchmark;
  std::vector<SequenceIndex> others;
  std::set<std::string> known = {own.split};
  for (const std::string& name : benchmark_names()) {
    const BenchmarkDefinition other = load_benchmark(name);
    const bool is_sibling =
        own.layout != Layout::flat && other.layout == own.layout && other.task == own.task &&
        other.storage == own.storage && !known.contains(other.split) &&
        other.title.substr(0, other.title.find(' ')) == own.title.substr(0, own.title.find(' '));
    if (!is_sibling) continue;
    try {
      IndexOptions options;
      options.problems = IndexProblems::report;
      SequenceIndex found = index_ground_truth(root, other, options);
      // Without a list, every folder would be of every split.
      const bool is_listed = !found.split_file.empty();
      std::erase_if(found.sequences, [&](const Sequence& sequence) {
        return !is_listed && !std::ranges::binary_search(other.sequences, sequence.name);
      });
      if (found.sequences.empty()) continue;
      known.insert(other.split);
      others.push_back(std::move(found));
    } catch (const Error&) {
      continue;  // it does not lie here
    }
  }
  return others;
}

SplitOverlap overlap_of(const std::vector<Measured>& own, const std::vector<Measured>& theirs,
                        const SequenceIndex& other) {
  SplitOverlap overlap;
  overlap.split = other.benchmark.name;
  overlap.sequences = theirs.size();
  std::set<std::string> names;
  std::set<std::uint64_t> masks;
  std::set<Sha256> images;
  for (const Measured& one : own) {
    names.insert(one.traits.name);
    for (const auto& [key, place] : one.fingerprints) masks.insert(key);
    for (const auto& [key, place] : one.images) images.insert(key);
  }
  for (const Measured& one : theirs) {
    if (names.contains(one.traits.name)) overlap.same_names.push_back(one.traits.name);
    for (const auto& [key, place] : one.fingerprints) overlap.same_masks += masks.contains(key);
    for (const auto& [key, place] : one.images) overlap.same_images += images.contains(key);
  }
  return overlap;
}

void add_classes(const SequenceIndex& index, const std::vector<Measured>& measured,
                 DatasetTraits& traits) {
  std::map<int, ClassTraits> sums;
  for (const Measured& one : measured) {
    for (const auto& [id, found] : one.classes) {
      ClassTraits& sum = sums[id];
      sum.sequences += found.sequences;
      sum.frames += found.frames;
      sum.pixels += found.pixels;
    }
  }
  const BenchmarkDefinition& benchmark = index.benchmark;
  const bool are_semantic = !benchmark.semantic_masks.empty();
  const bool is_counted = !sums.empty();
  traits.class_source = !is_counted ? "" : are_semantic ? "semantic masks" : "masks";
  for (const LabelClass& one : benchmark.classes) {
    if (one.id == kBackgroundLabel) continue;
    ClassTraits row = sums[one.id];
    row.id = one.id;
    row.name = one.name;
    row.color = one.color;
    traits.classes.push_back(std::move(row));
  }
}

void add_files(const SequenceIndex& index, DatasetTraits& traits) {
  const BenchmarkDefinition& benchmark = index.benchmark;
  std::string pattern = benchmark.masks.text();
  for (const std::string_view field : {"{sequence}", "{object}", "{frame}"}) {
    const std::size_t at = pattern.find(field);
    if (at != std::string::npos) pattern.replace(at, field.size(), "*");
  }
  traits.masks_glob = join_path(index.annotations, pattern);
  if (!traits.image_types.empty()) {
    const auto most = std::ranges::max_element(traits.image_types, {},
                                               [](const auto& entry) { return entry.second; });
    traits.images_glob =
        join_path(index.images, (benchmark.has_single_images() ? "*" : "*/*") + most->first);
  }
  std::vector<std::uint8_t> bytes;
  std::vector<std::string> paths = {index.split_file};
  for (const std::string& candidate : benchmark.meta_files)
    paths.push_back(join_path(index.root, candidate));
  std::set<std::string> known;
  for (const std::string& path : paths) {
    if (path.empty() || path.find("..") != std::string::npos || !index.truth->read(path, bytes) ||
        !known.insert(path).second)
      continue;
    traits.files.push_back({path,
                            format_digest(sha256(bytes)).substr(std::string_view("sha256:").size()),
                            bytes.size()});
  }
}

}  // namespace

ValueSpread spread_of(std::vector<double> values) {
  ValueSpread spread;
  if (values.empty()) return spread;
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(
        std::lround(share * static_cast<double>(values.size() - 1)))];
  };
  spread.count = values.size();
  spread.least = values.front();
  spread.quartile_1 = at(0.25);
  spread.median = at(0.5);
  spread.quartile_3 = at(0.75);
  spread.most = values.back();
  return spread;
}

DatasetTraits read_dataset_traits(const std::string& root, const BenchmarkDefinition& benchmark,
                                  const TraitOptions& options) {
  IndexOptions index_options;
  index_options.meta_file = options.meta_file;
  index_options.sequences = options.sequences;
  index_options.problems = IndexProblems::report;
  const SequenceIndex index = index_ground_truth(root, benchmark, index_options);
  std::vector<Measured> measured = read_split(index, options);

  DatasetTraits traits;
  Measured all;
  std::vector<double> lengths;
  std::vector<double> images;
  std::vector<double> objects;
  std::vector<std::vector<std::pair<std::uint64_t, std::string>>> masks;
  std::vector<std::vector<std::pair<Sha256, std::string>>> hashes;
  for (std::size_t at = 0; at < measured.size(); ++at) {
    const Measured& one = measured[at];
    append(all.motion, one.motion);
    append(all.motion_share, one.motion_share);
    append(all.overlap, one.overlap);
    append(all.contrast, one.contrast);
    append(all.strides, one.strides);
    for (const auto& [size, count] : one.sizes) traits.sizes[size] += count;
    lengths.push_back(static_cast<double>(index.sequences[at].frames.size()));
    if (one.traits.images > 0) images.push_back(static_cast<double>(one.traits.images));
    objects.push_back(static_cast<double>(one.num_objects));
    traits.contrast_frames += one.contrast_frames;
    traits.num_objects += one.num_objects;
    traits.border_objects += one.border_objects;
    traits.object_frames += one.traits.object_frames;
    traits.border_frames += one.traits.border_frames;
    traits.still_masks += one.traits.still_masks;
    traits.repeated_images += one.traits.repeated_images;
    traits.sequences.push_back(one.traits);
    masks.push_back(one.fingerprints);
    hashes.push_back(one.images);
    if (benchmark.has_single_images()) continue;
    const SequenceImages found = list_images(index, index.sequences[at]);
    for (std::size_t i = 0; i < found.files.size(); ++i)
      ++traits.image_types[file_suffix(found.files[i])];
  }
  traits.motion = spread_of(std::move(all.motion));
  traits.motion_share = spread_of(std::move(all.motion_share));
  traits.overlap = spread_of(std::move(all.overlap));
  traits.contrast = spread_of(std::move(all.contrast));
  traits.strides = spread_of(std::move(all.strides));
  traits.lengths = spread_of(std::move(lengths));
  traits.images = spread_of(std::move(images));
  traits.objects = spread_of(std::move(objects));
  traits.num_same_masks = count_shared(masks, "mask", traits.duplicates);
  traits.num_same_images = count_shared(hashes, "image", traits.duplicates);
  add_classes(index, measured, traits);
  add_files(index, traits);

  TraitOptions others = options;
  others.progress = {};
  others.grey_frames = {};
  for (const SequenceIndex& other : other_splits(root, index))
    traits.splits.push_back(overlap_of(measured, read_split(other, others), other));
  return traits;
}

}  // namespace angiobench
