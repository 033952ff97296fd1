// SPDX-License-Identifier: MIT
// A json of masks that a stranger sent (dataset/masks/coco_records.h, coco_masks.h): indexed in one
// reading, then every mask of every frame is read, under each meaning that labels may have.
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dataset/error.h"
#include "dataset/files/json_stream.h"
#include "dataset/masks/coco_masks.h"
#include "dataset/masks/coco_records.h"
#include "tests/fuzz/fuzz_target.h"

namespace angiobench::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t kMostPixels = 1 << 16;  // of a frame, so that a run takes no seconds

// Runs lie in the frame, in order, and apart.
void check_runs(const MaskLabels& labels) {
  const LabelRun* last = nullptr;
  for (const LabelRun& run : labels.runs) {
    const bool is_inside = run.y >= 0 && run.y < labels.height && run.x_begin >= 0 &&
                           run.x_begin < run.x_end && run.x_end <= labels.width && run.label > 0 &&
                           run.label < 256;
    const bool is_behind =
        last == nullptr || last->y < run.y || (last->y == run.y && last->x_end <= run.x_begin);
    if (!is_inside || !is_behind) std::abort();
    last = &run;
  }
}

void read_all(const CocoMasks& masks) {
  CocoBuffers buffers;
  CocoBuffers others;
  for (std::size_t i = 0; i < masks.num_sequences(); ++i) {
    const auto [width, height] = masks.stated_size(i);
    if (masks.find(masks.name(i)) != i) std::abort();
    const auto pixels = static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
    for (std::size_t frame = 0; frame < masks.num_frames(i); ++frame) {
      if (masks.find_frame(i, masks.frame(i, frame)) != frame) std::abort();
      try {
        // A large one is asked for at another size, which must be refused before it is made.
        const bool is_large = pixels > kMostPixels;
        const CocoFrame read = masks.read(i, frame, 0, is_large ? 5 : 0, is_large ? 7 : 0, buffers);
        check_runs(read.labels);
        const std::vector<LabelRun> runs(read.labels.runs.begin(), read.labels.runs.end());
        const CocoFrame again =
            masks.read(i, frame, 0, read.labels.width, read.labels.height, others);
        if (again.digest != read.digest || again.num_shared != read.num_shared ||
            runs != std::vector<LabelRun>(again.labels.runs.begin(), again.labels.runs.end()))
          std::abort();
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::bug) std::abort();
      }
    }
  }
  masks.overlaps();
}

void check(const std::string& text, const CocoNaming& naming) {
  CocoLimits limits;
  limits.max_entries = 2000;
  const std::shared_ptr<const RandomBytes> bytes = random_bytes_of(text, "fuzz.json");
  CocoRecords records = read_coco_records(bytes, "fuzz.json", limits);
  if (!nlohmann::json::accept(text)) std::abort();
  read_all(CocoMasks(std::move(records), naming));
}

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

std::vector<Bytes> fuzz_seeds() {
  const std::string mask = R"({"size":[3,4],"counts":[3,2,1,2,4]})";
  const std::string text = R"({"counts":"2119","size":[3,4]})";
  return {
      bytes_of(
          R"({"videos":[{"id":5,"width":4,"height":3,"file_names":["a/00000.jpg","a/00001.jpg"]}],"annotations":[{"id":1,"video_id":5,"category_id":3,"object_id":1,"score":0.5,"segmentations":[)" +
          mask +
          ",null]},{\"id\":1,\"video_id\":5,\"category_id\":2,\"object_id\":2,\"segmentations\":["
          "null," +
          text + R"(]}],"categories":[{"id":1,"name":"x"}]})"),
      bytes_of(
          R"({"images":[{"id":1,"file_name":"a/1.png","width":4,"height":3,"video_id":2},{"id":"y","file_name":"a/2.png"}],"annotations":[{"image_id":1,"category_id":1,"attributes":{"track_id":2},"segmentation":[[1,0,3,0,3,2,1,2]]},{"image_id":"y","category_id":1,"segmentation":)" +
          mask + "}]}"),
      bytes_of(
          R"({"sequences":[{"width":4,"height":3,"seq_name":"s","segmentations":[{"2":{"rle":"2119"}},{"1":"0<"}],"annotated_image_paths":["1.jpg","2.jpg"]}]})"),
      bytes_of(R"([{"video_id":"a","score":1,"segmentations":[)" + mask + "," + text + "]}]"),
      bytes_of(R"([{"image_id":"a/1.png","category_id":4,"segmentation":)" + mask + "}]"),
      bytes_of("\xEF\xBB\xBF[]"),
      bytes_of(std::string("{\0\"\0", 4)),
      bytes_of(std::string(70, '['))};
}

}  // namespace angiobench::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace angiobench;
  const std::string text(reinterpret_cast<const char*>(data), size);
  CocoNaming objects;
  CocoNaming categories;
  categories.labels = CocoLabels::categories;
  CocoNaming stills;
  stills.labels = CocoLabels::one;
  stills.has_single_images = true;
  for (const CocoNaming* naming : {&objects, &categories, &stills}) {
    try {
      test::check(text, *naming);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::bug) std::abort();
    }
  }
  return 0;
}
