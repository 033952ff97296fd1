// SPDX-License-Identifier: MIT
#include "baselines/runner.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <set>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"
#include "dataset/masks/png.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kManifestName = "manifest.json";

// Boost's failures as ours.
template <class Work>
auto on_disk(const std::string& path, Work work) {
  try {
    return work();
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::input, path, "cannot be used (" + error.code().message() + ")",
                "a folder to write to");
  }
}

// Names come from files of others and become folders of ours.
void check_clip_name(const std::string& name) {
  const bool is_plain = !name.empty() && name != "." && name != ".." &&
                        name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  if (!is_plain)
    throw Error(ErrorKind::input, "", "the sequence name '" + name + "' cannot be a folder's name");
}

// Decodes one frame ahead of the one that is being predicted.
class ReadAhead {
 public:
  explicit ReadAhead(FrameSource& source) : source_(source) { fetch(); }

  // The next frame, and whether it is the last.
  std::optional<Frame> next() {
    std::optional<Frame> frame = std::move(ready_);
    ready_.reset();
    if (!frame && pending_.valid()) frame = pending_.get();
    if (frame) fetch();
    return frame;
  }

  // Waits for the frame after the one that next() gave.
  bool at_end() {
    if (pending_.valid()) ready_ = pending_.get();
    return !ready_.has_value();
  }

 private:
  void fetch() {
    pending_ = std::async(std::launch::async, [this] { return source_.next(); });
  }

  FrameSource& source_;
  std::optional<Frame> ready_;
  std::future<std::optional<Frame>> pending_;  // its destructor waits
};

cv::Mat fitted(const cv::Mat& rgb, int width, int height) {
  if (rgb.cols == width && rgb.rows == height) return rgb;
  cv::Mat resized;
  const bool shrinks = rgb.cols >= width && rgb.rows >= height;
  cv::resize(rgb, resized, cv::Size(width, height), 0, 0,
             shrinks ? cv::INTER_AREA : cv::INTER_CUBIC);
  return resized;
}

// The folder of a run, its manifest, and the place where unfinished clips are written.
class OutputFolder {
 public:
  explicit OutputFolder(const RunOptions& options)
      : out_(options.out), partial_(trimmed(options.out) + ".partial") {
    nlohmann::ordered_json manifest = {{"schema", "angiobench-predictions-1"}};
    manifest["settings"] = nlohmann::ordered_json::object();
    for (const auto& [key, value] : options.settings) manifest["settings"][key] = value;
    manifest["made_with"] = nlohmann::ordered_json::object();
    for (const auto& [key, value] : options.versions) manifest["made_with"][key] = value;

    const std::string path = (fs::path(out_) / kManifestName).string();
    on_disk(out_, [&] {
      if (fs::exists(path)) {
        compare(path, manifest["settings"]);
        return;
      }
      if (fs::exists(out_) && !(fs::is_directory(out_) && fs::is_empty(out_))) {
        throw Error(ErrorKind::input, out_,
                    "exists, and holds something else than predictions of this program",
                    "a new folder, an empty one, or one that 'predict' began to fill");
      }
      write_file_atomically(path, manifest.dump(2) + "\n");
    });
  }

  ~OutputFolder() {
    boost::system::error_code ignored;
    fs::remove(partial_, ignored);  // only where nothing is left in it
  }

  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  bool has(const std::string& clip) const {
    return on_disk(out_, [&] { return fs::exists(fs::path(out_) / clip); });
  }

  // An empty folder for a clip's masks; what a broken run left there is taken away.
  std::string begin(const std::string& clip) const {
    const fs::path folder = fs::path(partial_) / clip;
    on_disk(folder.string(), [&] {
      fs::remove_all(folder);
      fs::create_directories(folder);
    });
    return folder.string();
  }

  void finish(const std::string& clip) const {
    on_disk(out_, [&] { fs::rename(fs::path(partial_) / clip, fs::path(out_) / clip); });
  }

 private:
  static std::string trimmed(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
  }

  static void compare(const std::string& path, const nlohmann::ordered_json& settings) {
    nlohmann::ordered_json before;
    try {
      before = nlohmann::ordered_json::parse(read_text_file(path)).at("settings");
    } catch (const nlohmann::json::exception& error) {
      throw Error(ErrorKind::input, path,
                  std::string("is no manifest of predictions: ") + error.what());
    }
    for (const auto& [key, value] : settings.items()) {
      const std::string had = before.contains(key) ? before[key].dump() : "nothing";
      if (had != value.dump()) {
        throw Error(ErrorKind::input, path,
                    "was made with " + key + " " + had + ", this run has " + value.dump(),
                    "the same settings, or another --out");
      }
    }
  }

  std::string out_;
  std::string partial_;
};

// A frame's labels as one PNG; or, where objects have folders, a binary PNG in each of them.
void write_labels(const Mask& labels, const std::map<int, std::string>& object_folders,
                  const std::string& folder, const std::string& frame) {
  const std::string file = frame + ".png";
  if (object_folders.empty()) {
    write_mask_png((fs::path(folder) / file).string(), labels.view(), voc_palette());
    return;
  }
  Mask own(labels.width(), labels.height());
  for (const auto& [label, object] : object_folders) {
    const auto num_pixels = static_cast<std::size_t>(own.width()) * own.height();
    for (std::size_t i = 0; i < num_pixels; ++i) {
      own.pixels()[i] = labels.pixels()[i] == label ? 1 : 0;
    }
    const fs::path place = fs::path(folder) / object;
    on_disk(place.string(), [&] { fs::create_directories(place); });
    write_mask_png((place / file).string(), own.view(), voc_palette());
  }
}

// Predicts one clip into `folder`; counts frames through `tell`.
std::uint64_t predict_clip(const Clip& clip, Predictor& predictor, const std::string& folder,
                           const RunOptions& options, const std::function<void()>& tell) {
  const Prompts prompts = clip.prompts();
  const Mask& first = prompts.masks.begin()->second;
  predictor.begin({clip.name, first.width(), first.height(), clip.num_frames, prompts.object_ids});

  const std::unique_ptr<FrameSource> source = clip.open();
  ReadAhead frames(*source);
  std::set<std::string> given;
  std::uint64_t num_frames = 0;
  while (const std::optional<Frame> frame = frames.next()) {
    ++num_frames;
    const auto prompt = prompts.masks.find(frame->name);
    if (prompt != prompts.masks.end()) given.insert(frame->name);
    if (!given.empty()) {
      const cv::Mat rgb = fitted(frame->rgb, first.width(), first.height());
      const Mask* const new_labels = prompt == prompts.masks.end() ? nullptr : &prompt->second;
      const Mask labels = predictor.step(rgb, new_labels, frames.at_end());
      write_labels(labels, prompts.object_folders, folder, frame->name);
      if (options.on_frame)
        options.on_frame(clip, frame->name, static_cast<int>(num_frames) - 1, rgb, labels);
    }
    tell();
  }
  for (const auto& entry : prompts.masks) {
    if (!given.contains(entry.first)) {
      throw Error(ErrorKind::input, clip.name,
                  "a mask is given for the frame '" + entry.first + "', which is not there",
                  "frames for every first mask");
    }
  }
  return num_frames;
}

// The folder of a sequence's frames below `root`. XACV's masks may have CATH behind a name that the
// frames have not.
std::string find_frames(const FileTree& tree, const std::string& root, const Sequence& sequence,
                        Layout layout, std::size_t& num_frames) {
  constexpr std::string_view kCatheter = "CATH";
  std::vector<std::string> candidates = {join_path(root, sequence.name)};
  if (layout == Layout::xacv && sequence.name.ends_with(kCatheter)) {
    candidates.push_back(
        join_path(root, sequence.name.substr(0, sequence.name.size() - kCatheter.size())));
  }
  for (const std::string& folder : candidates) {
    num_frames = list_image_files(tree, folder).size();
    if (num_frames > 0) return folder;
  }
  throw Error(
      ErrorKind::input, tree.display_path(candidates.front()), "has no frames (.jpg or .png)",
      "the frames of '" + sequence.name + "'; --images DIR names the folder that holds them");
}

}  // namespace

std::vector<Clip> benchmark_clips(std::shared_ptr<const SequenceIndex> index,
                                  std::shared_ptr<const FileTree> images) {
  check_has_prompts(index->benchmark);
  std::string root;
  if (images == nullptr) {
    images = index->truth;
    root = index->images;
    if (root.empty()) {
      throw Error(ErrorKind::input, index->truth->display_path(""),
                  "has no folder of frames for " + index->benchmark.name,
                  "the folder that holds <sequence>/<frame>.jpg, named apart (images)");
    }
  }
  std::vector<Clip> clips;
  for (const Sequence& sequence : index->sequences) {
    check_clip_name(sequence.name);
    std::size_t num_frames = 0;
    const std::string folder =
        find_frames(*images, root, sequence, index->benchmark.layout, num_frames);
    Clip clip;
    clip.name = sequence.name;
    clip.num_frames = static_cast<int>(num_frames);
    clip.open = [images, folder] { return open_frame_folder(images, folder); };
    clip.prompts = [index, &sequence] { return read_prompts(*index, sequence); };
    clips.push_back(std::move(clip));
  }
  return clips;
}

Clip single_clip(const std::string& frames, const std::string& first_mask,
                 const std::string& name) {
  check_clip_name(name);
  Clip clip;
  clip.name = name;
  std::string first_frame;
  boost::system::error_code code;
  if (fs::is_directory(frames, code)) {
    const std::shared_ptr<const FileTree> tree = open_folder(frames);
    const std::vector<std::string> files = list_image_files(*tree, "");
    if (files.empty()) throw Error(ErrorKind::input, frames, "has no frames", ".jpg or .png files");
    clip.num_frames = static_cast<int>(files.size());
    clip.open = [tree] { return open_frame_folder(tree, ""); };
    first_frame = files.front().substr(0, files.front().rfind('.'));
  } else {
    clip.num_frames = stated_num_frames(frames);
    clip.open = [frames] { return open_video(frames); };
    first_frame = "00000";
  }
  clip.prompts = [first_mask, first_frame] { return read_prompt_files(first_mask, first_frame); };
  return clip;
}

RunSummary predict_clips(const std::vector<Clip>& clips, Predictor& predictor,
                         const RunOptions& options) {
  const OutputFolder output(options);
  RunSummary summary;

  // What is finished counts neither as work nor as speed.
  std::vector<const Clip*> open;
  std::uint64_t total = 0;
  for (const Clip& clip : clips) {
    check_clip_name(clip.name);
    if (output.has(clip.name)) {
      ++summary.skipped;
      continue;
    }
    open.push_back(&clip);
    total += static_cast<std::uint64_t>(clip.num_frames);
  }

  const Clock::time_point start = Clock::now();
  for (const Clip* const clip : open) {
    const std::string folder = output.begin(clip->name);
    std::uint64_t done = summary.num_frames;
    const auto tell = [&] {
      ++done;
      if (options.progress) options.progress(done, std::max(done, total));
    };
    try {
      summary.num_frames += predict_clip(*clip, predictor, folder, options, tell);
    } catch (const Error& error) {
      const std::string place = error.path().empty() ? clip->name : error.path();
      throw Error(error.kind(), place, error.found(), error.expected());
    }
    output.finish(clip->name);
    ++summary.predicted;
  }
  summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return summary;
}

}  // namespace angiobench
