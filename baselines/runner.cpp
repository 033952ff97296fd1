// SPDX-License-Identifier: MIT
#include "baselines/runner.h"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>
#include <chrono>
#include <future>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <set>

#include "baselines/mending.h"
#include "baselines/prediction_folder.h"
#include "baselines/on_disk.h"
#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/image_size.h"
#include "dataset/masks/mask_source.h"
#include "dataset/masks/png.h"
#include "dataset/media/frame_io.h"

namespace angiobench {
namespace {

namespace fs = boost::filesystem;
using Clock = std::chrono::steady_clock;

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

// A frame's labels as one PNG; or, where objects have folders, a binary PNG in each of them.
// Returns how many files.
std::uint64_t write_labels(const Mask& labels, const std::map<int, std::string>& object_folders,
                           const std::string& folder, const std::string& frame) {
  const std::string file = frame + ".png";
  if (object_folders.empty()) {
    write_file_atomically((fs::path(folder) / file).string(),
                          encode_mask_png(labels.view(), voc_palette()), Flush::with_folder);
    return 1;
  }
  Mask own(labels.width(), labels.height());
  for (const auto& [label, object] : object_folders) {
    const auto num_pixels = static_cast<std::size_t>(own.width()) * own.height();
    for (std::size_t i = 0; i < num_pixels; ++i) {
      own.pixels()[i] = labels.pixels()[i] == label ? 1 : 0;
    }
    const fs::path place = fs::path(folder) / object;
    on_disk(place.string(), [&] { fs::create_directories(place); });
    write_file_atomically((place / file).string(), encode_mask_png(own.view(), voc_palette()),
                          Flush::with_folder);
  }
  return object_folders.size();
}

// What was found of a clip before it is predicted.
struct Prepared {
  const Clip* clip = nullptr;
  ClipRecord record;
  int width = 0;  // of the masks that will be written
  int height = 0;
  int num_objects = 0;
  bool replaces = false;
  std::optional<KeptMasks> kept;  // of a clip that goes on from a mended mask

  std::size_t num_kept() const { return kept ? kept->size() : 0; }
};

// The prompts at the size at which masks are written.
Prompts prompts_at_size(FirstMasks masks, const FrameFacts& facts, const RunOptions& options,
                        const std::string& place) {
  check_first_masks(masks.prompts, options.masks, place);
  if (options.size == OutputSize::first_mask) return std::move(masks.prompts);
  return scaled_prompts(masks.prompts, facts.width, facts.height);
}

// Stops where no scaling brings frames and masks together.
void check_sides(const Mask& mask, const FrameFacts& facts, const std::string& place) {
  const std::string sizes = size_text(mask.width(), mask.height()) + ", the frames are " +
                            size_text(facts.width, facts.height);
  switch (side_fit(mask.width(), mask.height(), facts.width, facts.height)) {
    case SideFit::same:
    case SideFit::scaled:
      return;
    case SideFit::turned:
      throw Error(ErrorKind::input, place,
                  "the first mask is " + sizes + ": one of them is turned by 90 degrees",
                  facts.orientation == 1 ? "masks and frames that lie the same way"
                  : facts.is_turned
                      ? "masks of the frames as viewers show them, or --orientation stored, which "
                        "reads the frames as they lie in their files"
                      : "masks of the frames as they are stored, or --orientation upright, which "
                        "reads the frames as viewers show them");
    case SideFit::other:
      throw Error(ErrorKind::input, place,
                  "the first mask is " + sizes + ": the sides' ratio differs",
                  "masks of these frames, of any scale but of one ratio");
  }
}

// Labels that many data sets write where nobody should judge, beside those of objects; empty where
// there are none.
std::string void_like_text(const std::vector<GivenObject>& objects) {
  constexpr int kLeastVoid = 250;
  constexpr int kLargestUsualLabel = 64;
  std::string labels;
  bool has_usual = false;
  for (const GivenObject& object : objects) {
    has_usual = has_usual || object.id <= kLargestUsualLabel;
    if (object.id >= kLeastVoid) labels += (labels.empty() ? "" : ", ") + std::to_string(object.id);
  }
  if (labels.empty() || !has_usual) return {};
  return "the first mask's " + labels +
         " beside small labels often means 'ignore'; here it is followed as an object: write 0 "
         "there where it is none";
}

// Looks at a clip without predicting it; what a person should know goes to `tell`.
Prepared prepare(const Clip& clip, const RunOptions& options,
                 const std::function<void(Severity, const std::string&)>& tell) {
  Prepared prepared;
  prepared.clip = &clip;
  const FrameFacts& facts = clip.frames->facts();
  if (facts.trouble) throw Error(*facts.trouble);
  const std::vector<std::string>& names = clip.frames->names();
  const std::set<std::string_view> known(names.begin(), names.end());
  for (const std::string& frame : clip.annotated) {
    if (known.contains(frame)) continue;
    throw Error(ErrorKind::input, clip.frames->place(),
                "has no frame '" + frame + "', of which there is a mask",
                "a frame for every mask; it has '" + names.front() + "' to '" + names.back() + "'");
  }
  FirstMasks masks = clip.first_masks();
  const std::vector<ClipNote> notes = std::move(masks.notes);
  check_sides(masks.prompts.masks.begin()->second, facts, clip.frames->place());
  const Prompts prompts = prompts_at_size(std::move(masks), facts, options, clip.masks_place);
  for (const auto& [frame, mask] : prompts.masks) {
    if (known.contains(frame)) continue;
    throw Error(ErrorKind::input, clip.name,
                "a mask is given for the frame '" + frame + "', which is not there",
                "frames for every first mask");
  }

  const Mask& first = prompts.masks.begin()->second;
  prepared.width = first.width();
  prepared.height = first.height();
  prepared.num_objects = static_cast<int>(prompts.object_ids.size());
  for (const ClipNote& note : facts.notes) tell(note.severity, note.text);
  for (const ClipNote& note : notes) tell(note.severity, note.text);
  const std::vector<GivenObject> objects = given_objects(prompts);
  tell(Severity::note, "first mask: " + given_objects_text(objects, names.front()));
  for (const std::string& text : correction_texts(prompts)) tell(Severity::note, text);
  if (const std::string text = void_like_text(objects); !text.empty())
    tell(Severity::warning, text);
  if (prepared.width != facts.width || prepared.height != facts.height) {
    tell(Severity::warning, "masks are written at " + size_text(prepared.width, prepared.height) +
                                ", the first mask's size; the frames are " +
                                size_text(facts.width, facts.height) +
                                " (--size frames writes theirs)");
  }

  ClipRecord& record = prepared.record;
  record.frames = clip.frames->digest();
  record.prompts = prompts_digest(prompts);
  record.read_as = size_text(facts.width, facts.height) + ", " + std::to_string(facts.bits) +
                   " of " + std::to_string(facts.stored_bits) + " bits";
  if (!facts.values_as.empty()) record.read_as += ", " + facts.values_as;
  if (facts.orientation != 1) record.read_as += ", tag " + std::to_string(facts.orientation);
  for (const GivenObject& object : objects)
    record.objects[std::to_string(object.id)] = object.pixels;
  record.corrections.assign(prompts.corrections.begin(), prompts.corrections.end());
  return prepared;
}

// Makes a clip go on from the mask that was mended in its folder. Throws Error{input} where what is
// there was made of something else: its masks and new ones would be no one result.
void go_on_from(Prepared& prepared, const RunOptions& options,
                const std::function<void(Severity, const std::string&)>& tell) {
  const Clip& clip = *prepared.clip;
  const std::string place = (fs::path(options.out) / clip.name).string();
  const std::string from = frame_called(clip.frames->names(), options.from);
  const bool is_there = fs::is_directory(place);
  const std::optional<ClipRecord> before = recorded_clip(options.out, clip.name);
  if (!is_there || !before) {
    throw Error(ErrorKind::input, place,
                is_there ? "has masks, and nothing says what they were made of"
                         : "is not there: there is no mask to go on from",
                "masks that an earlier run wrote, one of them mended since");
  }
  if (const std::string what = before->difference(prepared.record); !what.empty()) {
    throw Error(ErrorKind::input, place,
                "was made with other input (" + what + "), and would be a mixture",
                "the input, weights and options of the run that wrote it (its manifest has them)");
  }
  const Prompts prompts =
      prompts_at_size(clip.first_masks(), clip.frames->facts(), options, clip.masks_place);
  prepared.kept.emplace(place, clip.frames->names(), from, prompts, options.masks, prepared.width,
                        prepared.height);
  for (const ClipNote& note : prepared.kept->notes()) tell(note.severity, note.text);
  prepared.num_objects = static_cast<int>(prepared.kept->object_ids().size());
  for (const std::string& frame : before->mended) {
    if (FrameLess()(frame, from)) prepared.record.mended.push_back(frame);
  }
  prepared.record.mended.push_back(from);
  prepared.replaces = true;
}

// A run that would write over masks that somebody mended stops.
void check_not_mended(const Prepared& prepared, const RunOptions& options, const std::string& why) {
  const std::string& clip = prepared.clip->name;
  const std::optional<ClipRecord> before = recorded_clip(options.out, clip);
  if (!before || before->mended.empty()) return;
  const std::string what = why.empty() ? before->difference(prepared.record) : why;
  if (what.empty()) return;
  const std::string& frame = before->mended.back();
  throw Error(ErrorKind::input, (fs::path(options.out) / clip).string(),
              "holds masks that were mended by hand (at '" + frame +
                  "'), over which this run would write: " + what,
              "the same input and settings, going on from '" + frame +
                  "' (from); or another folder to write to");
}

void look_at_mending(Prepared& prepared, const RunOptions& options,
                     const std::function<void(Severity, const std::string&)>& tell) {
  if (options.from.empty()) {
    check_not_mended(prepared, options, "");
  } else {
    go_on_from(prepared, options, tell);
  }
}

// What a frame gives that is predicted: a prompt, a correction, or nothing; a predictor's labels.
class Follower {
 public:
  Follower(const Prepared& prepared, const Prompts& prompts, Predictor& predictor)
      : prepared_(prepared), prompts_(prompts), predictor_(predictor) {
    if (prepared.kept) known_ = prepared.kept->object_ids();
  }

  // A frame whose mask is kept.
  Mask keep(std::size_t number, const std::string& frame, const cv::Mat& rgb) {
    const KeptMasks& kept = *prepared_.kept;
    Mask labels = kept.labels(number);
    const bool is_given = number + 1 == kept.size() || prompts_.masks.contains(frame);
    predictor_.take(rgb, labels, is_given ? Known::given : Known::recalled, false);
    return labels;
  }

  Mask follow(const std::string& frame, const cv::Mat& rgb, bool last) {
    const auto prompt = prompts_.masks.find(frame);
    if (prompt == prompts_.masks.end()) return predictor_.step(rgb, nullptr, last);
    if (prompts_.corrections.contains(frame)) {
      predictor_.take(rgb, prompt->second, Known::corrected, last);
      return prompt->second;
    }
    if (known_.empty()) return predictor_.step(rgb, &prompt->second, last);
    const Mask rest = without_known(prompt->second, known_);
    return predictor_.step(rgb, &rest, last);
  }

 private:
  const Prepared& prepared_;
  const Prompts& prompts_;
  Predictor& predictor_;
  std::vector<int> known_;  // ids of the kept masks
};

// Predicts one clip into `folder`; counts frames through `tell`. Returns how many it had.
std::uint64_t predict_clip(const Prepared& prepared, Predictor& predictor,
                           const std::string& folder, const RunOptions& options,
                           std::uint64_t& num_masks, const std::function<void()>& count) {
  const Clip& clip = *prepared.clip;
  const Prompts prompts =
      prompts_at_size(clip.first_masks(), clip.frames->facts(), options, clip.masks_place);
  const Mask empty(prepared.width, prepared.height);
  predictor.begin({clip.name, prepared.width, prepared.height,
                   static_cast<int>(clip.frames->names().size()),
                   prepared.kept ? prepared.kept->object_ids() : prompts.object_ids});
  Follower follower(prepared, prompts, predictor);

  const std::unique_ptr<FrameSource> source = clip.frames->open();
  ReadAhead frames(*source);
  std::set<std::string> given;
  std::uint64_t num_frames = 0;
  while (const std::optional<Frame> frame = frames.next()) {
    if (side_fit(prepared.width, prepared.height, frame->rgb.cols, frame->rgb.rows) >
        SideFit::scaled) {
      throw Error(ErrorKind::input, clip.frames->place(),
                  "the frame '" + frame->name + "' is " +
                      size_text(frame->rgb.cols, frame->rgb.rows) + ", the masks are " +
                      size_text(prepared.width, prepared.height),
                  "frames of one ratio of sides");
    }
    const std::uint64_t number = num_frames++;
    const bool is_kept = number < prepared.num_kept();
    if (prompts.masks.contains(frame->name)) given.insert(frame->name);
    if (given.empty() && is_kept) {
      prepared.kept->copy(number, folder);
      ++num_masks;
      continue;
    }
    if (given.empty()) {
      num_masks += write_labels(empty, prompts.object_folders, folder, frame->name);
    } else {
      const cv::Mat rgb = scaled_picture(frame->rgb, prepared.width, prepared.height);
      const Mask labels = is_kept ? follower.keep(number, frame->name, rgb)
                                  : follower.follow(frame->name, rgb, frames.at_end());
      if (is_kept) {
        prepared.kept->copy(number, folder);
        ++num_masks;
      } else {
        num_masks += write_labels(labels, prompts.object_folders, folder, frame->name);
      }
      if (options.on_frame)
        options.on_frame(clip, frame->name, static_cast<int>(number), rgb, labels);
    }
    if (!is_kept) count();
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
std::shared_ptr<const ClipSource> find_frames(const std::shared_ptr<const FileTree>& tree,
                                              const std::string& root, const Sequence& sequence,
                                              Layout layout, const FrameReading& reading) {
  constexpr std::string_view kCatheter = "CATH";
  std::vector<std::string> candidates = {join_path(root, sequence.name)};
  if (layout == Layout::xacv && sequence.name.ends_with(kCatheter)) {
    candidates.push_back(
        join_path(root, sequence.name.substr(0, sequence.name.size() - kCatheter.size())));
  }
  for (const std::string& folder : candidates) {
    std::shared_ptr<const ClipSource> frames = open_frame_folder(tree, folder, reading);
    if (!frames->names().empty()) return frames;
  }
  throw Error(
      ErrorKind::input, tree->display_path(candidates.front()),
      "has no frames (JPEG, PNG, BMP or TIFF)",
      "the frames of '" + sequence.name + "', or the folder that holds them, named apart (images)");
}

// The frames of a sequence whose place the index knows: XACV as published, a folder a patient.
std::shared_ptr<const ClipSource> frames_beside(const std::shared_ptr<const FileTree>& tree,
                                                const Sequence& sequence,
                                                const FrameReading& reading) {
  if (!sequence.images.empty()) return open_frame_folder(tree, sequence.images, reading);
  throw Error(ErrorKind::input, tree->display_path(sequence.folder), "has no frames beside it",
              "the frames of '" + sequence.name + "'");
}

// Whether an error is about one clip, so that the others can go on.
bool is_of_a_clip(const Error& error) {
  return error.kind() == ErrorKind::input || error.kind() == ErrorKind::limit;
}

}  // namespace

std::vector<Clip> benchmark_clips(std::shared_ptr<const SequenceIndex> index,
                                  std::shared_ptr<const FileTree> images,
                                  const FrameReading& reading, const FirstMaskOptions& masks,
                                  std::vector<ClipFailure>* failures) {
  check_has_prompts(index->benchmark);
  std::string root;
  bool is_beside = false;  // each sequence's frames have a place of their own
  if (images == nullptr) {
    images = index->truth;
    root = index->images;
    is_beside = root.empty() && std::ranges::any_of(index->sequences, [](const Sequence& sequence) {
                  return !sequence.images.empty();
                });
    if (root.empty() && !is_beside) {
      throw Error(ErrorKind::input, index->truth->display_path(""),
                  "has no folder of frames for " + index->benchmark.name,
                  "the folder that holds <sequence>/<frame>.jpg, named apart (images)");
    }
  }
  std::vector<Clip> clips;
  for (const Sequence& sequence : index->sequences) {
    try {
      check_clip_name(sequence.name);
      Clip clip;
      clip.name = sequence.name;
      clip.frames = is_beside
                        ? frames_beside(images, sequence, reading)
                        : find_frames(images, root, sequence, index->benchmark.layout, reading);
      clip.masks_place = index->masks->display(sequence);
      clip.first_masks = [index, &sequence, masks] {
        FirstMasks first{read_prompts(*index, sequence), {}};
        check_prompt_values(first.prompts, masks, index->masks->display(sequence));
        return first;
      };
      for (std::size_t i = 0; i < sequence.frames.size(); ++i)
        clip.annotated.emplace_back(sequence.frames[i]);
      clips.push_back(std::move(clip));
    } catch (const Error& error) {
      if (failures == nullptr || !is_of_a_clip(error)) throw;
      failures->push_back({sequence.name, error});
    }
  }
  return clips;
}

Clip single_clip(const std::string& frames, const std::string& first_mask, const std::string& name,
                 const FrameReading& reading, const FirstMaskOptions& masks) {
  check_clip_name(name);
  Clip clip;
  clip.name = name;
  clip.frames = open_clip(frames, reading);
  clip.masks_place = first_mask;
  clip.first_masks = [source = clip.frames, first_mask, masks] {
    return read_first_masks(first_mask, source->names(), masks);
  };
  return clip;
}

RunSummary predict_clips(const std::vector<Clip>& clips, Predictor& predictor,
                         const RunOptions& options) {
  expects(options.from.empty() || clips.size() == 1, "one clip goes on from a mended mask");
  RunSummary summary;
  const auto tell = [&](const std::string& clip, Severity severity, const std::string& text) {
    if (options.tell) options.tell(severity, clip, text);
  };
  const auto fail = [&](const std::string& clip, const Error& error) {
    if (!is_of_a_clip(error)) throw error;
    const std::string place = error.path().empty() ? clip : error.path();
    const Error named(error.kind(), place, error.found(), error.expected());
    tell(clip, Severity::error, named.what());
    summary.failures.push_back({clip, named});
  };

  // Look at every clip before the first is predicted.
  std::vector<Prepared> prepared;
  for (const Clip& clip : clips) {
    try {
      check_clip_name(clip.name);
      prepared.push_back(prepare(clip, options, [&](Severity severity, const std::string& text) {
        tell(clip.name, severity, text);
      }));
    } catch (const Error& error) {
      fail(clip.name, error);
    }
  }
  std::erase_if(prepared, [&](Prepared& clip) {
    clip.record.settings = digest_of_settings(options.settings);
    try {
      look_at_mending(clip, options, [&](Severity severity, const std::string& text) {
        tell(clip.clip->name, severity, text);
      });
      return false;
    } catch (const Error& error) {
      fail(clip.clip->name, error);
      return true;
    }
  });
  if (prepared.empty()) return summary;

  // What is finished counts neither as work nor as speed.
  std::vector<std::string> names;
  for (const Clip& clip : clips) names.push_back(clip.name);
  const PredictionFolder output(options.out, options.settings, options.versions, names,
                                options.stale_hours);
  RunPlan plan;
  std::vector<Prepared> open;
  for (Prepared& clip : prepared) {
    std::string why;
    const PredictionFolder::State state = options.from.empty()
                                              ? output.state(clip.clip->name, clip.record, why)
                                              : PredictionFolder::State::absent;
    if (state == PredictionFolder::State::finished) {
      ++summary.skipped;
      continue;
    }
    if (state == PredictionFolder::State::differs) {
      try {
        check_not_mended(clip, options, why);
      } catch (const Error& error) {
        fail(clip.clip->name, error);
        continue;
      }
      clip.replaces = true;
      tell(clip.clip->name, Severity::warning, "predicted again: " + why);
    }
    const std::uint64_t frames = clip.clip->frames->names().size() - clip.num_kept();
    const std::uint64_t size =
        static_cast<std::uint64_t>(clip.width) * static_cast<std::uint64_t>(clip.height);
    ++plan.clips;
    plan.frames += frames;
    plan.pixels += static_cast<double>(frames * size);
    plan.pixels_objects += static_cast<double>(frames * size) * clip.num_objects;
    plan.frame_size = std::max(plan.frame_size, size);
    plan.objects = std::max(plan.objects, clip.num_objects);
    open.push_back(std::move(clip));
  }
  if (options.before && !open.empty()) options.before(plan);

  const Clock::time_point start = Clock::now();
  for (Prepared& next : open) {
    const Clip& clip = *next.clip;
    const std::string folder = output.begin(clip.name);
    std::uint64_t done = summary.num_frames;
    const auto count = [&] {
      ++done;
      if (options.progress) options.progress(done, std::max(done, plan.frames));
    };
    try {
      const std::uint64_t num_frames =
          predict_clip(next, predictor, folder, options, next.record.num_masks, count);
      summary.num_frames += num_frames - std::min<std::uint64_t>(num_frames, next.num_kept());
      if (num_frames < clip.frames->names().size()) {
        tell(clip.name, Severity::warning,
             "the video says that it has " + std::to_string(clip.frames->names().size()) +
                 " frames, " + std::to_string(num_frames) + " could be decoded");
      }
      const PredictionFolder::Outcome outcome =
          output.finish(clip.name, folder, next.record, next.replaces);
      ++(outcome == PredictionFolder::Outcome::published ? summary.predicted : summary.skipped);
    } catch (const Error& error) {
      output.drop(folder);
      fail(clip.name, error);
    } catch (...) {
      output.drop(folder);
      throw;
    }
  }
  summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return summary;
}

}  // namespace angiobench
