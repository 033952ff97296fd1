// SPDX-License-Identifier: MIT
#include "dataset/finding_codes.h"

#include <algorithm>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr Severity kNote = Severity::note;
constexpr Severity kWarning = Severity::warning;
constexpr Severity kError = Severity::error;
constexpr Disclosure kReveals = Disclosure::reveals_truth;
constexpr Disclosure kRevealsFrame = Disclosure::reveals_frame;
constexpr Disclosure kRevealsFrames = Disclosure::reveals_frames;
constexpr Disclosure kIsOfTruth = Disclosure::is_of_truth;

constexpr FindingCode kCodes[] = {
    // Archives.
    {"A001", kNote, "files that a desktop left behind are ignored",
     "zip the masks with 'angiobench pack'"},
    {"A002", kNote, "everything lies in one top folder, which is taken off", "none needed"},
    {"A003", kError, "a mask is not the one that was packed", "pack the masks again"},
    {"A004", kError, "a packed mask is missing", "pack the masks again"},
    {"A005", kError, "a mask was added after packing", "pack the masks again"},
    {"A006", kNote, "the archive has no manifest", "make the archive with 'angiobench pack'"},

    // Masks in a COCO json.
    {"A010", kWarning, "objects of a COCO json share pixels",
     "give each pixel to one object; as it is, it goes to the higher score, else to the first of "
     "the file",
     kRevealsFrames},
    {"A011", kWarning, "annotations of a COCO json have one id",
     "number the annotations anew; masks are found by video or image, so that none is lost"},
    {"A012", kError, "an object of a COCO json has two masks in a frame",
     "merge the two, or give the second object an id of its own"},
    {"A013", kError, "annotations of a COCO json name a video or image that is not there",
     "add the video or image to its list, or take the annotations out"},
    {"A014", kNote, "a COCO json has no object ids",
     "write object_id, the id of the prompt, into each annotation"},

    // Splits and files of a data set.
    {"D001", kNote, "there is no split file, every sequence is taken",
     "add the split file, or name the sequences with --sequences"},
    {"D002", kError, "a sequence stands in two splits",
     "leave it in one: a method must not be tested on what it was trained on"},
    {"D003", kWarning, "a sequence stands in no split",
     "add it to a split file or remove its folder"},
    {"D004", kWarning, "a split names a sequence twice", "remove the second line"},
    {"D005", kError, "a split names a sequence that is not there",
     "add the sequence or take its line out of the split file"},
    {"D006", kError, "a sequence has no masks", "add its masks or take it out of the split"},
    {"D007", kWarning, "a sequence has one annotated frame",
     "annotate a second frame: most protocols drop the first, so nothing is left to score"},
    {"D008", kError, "a frame has no mask where the layout promises one",
     "add the mask (an empty one where nothing is to be seen)"},
    {"D009", kError, "a mask has no frame",
     "add the image or remove the mask; look for a numbering that differs"},
    {"D010", kError, "the frame numbers have a gap where every frame should have a mask",
     "add the missing mask or renumber the frames"},
    {"D011", kWarning, "the frame numbers start at 1",
     "renumber from 0 as the layout has it: tools would look for frame 0"},
    {"D012", kError, "two files are for one frame",
     "compare them and keep the one that is right; give each frame one name"},
    {"D013", kWarning, "the frame names do not sort as their numbers",
     "pad the numbers to one width: here numbers decide, many tools sort names"},
    {"D014", kWarning, "a file does not belong where it lies",
     "remove it, or save it as PNG where it is a mask"},
    {"D015", kWarning, "two sequences have the same masks", "remove the copy"},
    {"D016", kError, "the json that stands for the split names a sequence that is not there",
     "add the sequence or take its entry out of the json"},
    {"D017", kWarning, "sequences of the official split are not there",
     "add them: a mean over fewer sequences is not the benchmark's score"},
    {"D018", kWarning, "the masks are not those that were released",
     "none needed where that is meant; scores compare with others on the released masks only"},

    {"D019", kWarning, "a file is named as the copy of another and is no frame",
     "compare it with the mask that it is named after; give it a frame's name if it is one"},

    // Pixels of a data set.
    {"D020", kError, "a mask cannot be read", "write the file again"},
    {"D021", kError, "mask sizes differ",
     "bring every mask of a sequence to the size of its frames"},
    {"D022", kError, "a mask and its frame differ in size",
     "turn the mask where the sides are exchanged, resize it with nearest-neighbour sampling where "
     "the ratio is the same; else look for the right frame"},
    {"D023", kWarning, "a mask has a colour type that the layout does not have",
     "save the masks as the layout describes them"},
    {"D024", kWarning, "a mask has a bit depth that the layout does not have",
     "save the masks with 8 bits"},
    {"D025", kWarning, "the palette is not the data set's",
     "write the masks with the palette of the VOC map: tools that go by colour read other ids"},
    {"D026", kError, "a mask has stray values, as after anti-aliasing or JPEG compression",
     "make the mask again from its source, with nearest-neighbour sampling and PNG"},
    {"D027", kError, "an id is out of the layout's range",
     "give the object an id that the layout allows"},
    {"D028", kNote, "a mask has pixels of the void label 255",
     "use void only where nobody should judge"},

    {"D029", kError, "the names of a folder's masks differ in more than a number",
     "merge the masks of a frame by label and name each by its frame ('angiobench import masks "
     "--by-label' does so)"},

    // Objects and what the first-mask or meta json says of them.
    {"D030", kWarning, "an object appears late and has no prompt",
     "name its first frame in the first-mask json, or it is scored although no method was told of "
     "it"},
    {"D031", kError, "a prompt names a frame that has no mask", "name a frame that is annotated"},
    {"D032", kError, "a prompt names an object that its mask does not have",
     "name the first frame that shows the object"},
    {"D033", kWarning, "an object is there before its prompt",
     "prompt the object in the first frame that shows it"},
    {"D034", kError, "the first-mask or meta json lacks a sequence",
     "add the sequence to the json"},
    {"D035", kWarning, "the first-mask or meta json names a sequence that is not there",
     "remove the entry or add the sequence"},
    {"D036", kError, "seen and unseen objects disagree with the masks",
     "list every object of the masks in exactly one of the two groups"},
    {"D037", kNote, "the ids of a sequence have a gap",
     "none needed; a tool that counts from 1 to the highest id scores a phantom"},
    {"D038", kWarning, "an object is never more than a few pixels",
     "remove the specks, or keep it knowing that a contour of so few pixels says little"},
    {"D039", kWarning, "a sequence has no object at all",
     "annotate it or take it out of the split"},
    {"D040", kError, "the first-mask or meta json cannot be read",
     "correct the json where the message says"},
    {"D041", kError, "the meta json disagrees with the files", "correct the entry"},

    // Semantic masks.
    {"D045", kWarning, "two objects jump to each other's places",
     "look whether objects were numbered image by image: an object keeps its id through the video"},
    {"D046", kWarning, "labels from 250 on stand beside small ids: void?",
     "where they are void, say so in a benchmark file (\"labels\": {\"void\": 255}); as they are, "
     "they are objects"},
    {"D047", kError, "a mask has colours that the data set does not have",
     "name a table of the colours with --colours (labelmap.txt, or \"palette\" in a benchmark "
     "file), or save grey or palette PNGs whose values are object ids"},
    {"D050", kError, "a semantic label is outside the data set's table",
     "use a label of the table"},
    {"D051", kError, "instance and semantic mask disagree on what is background",
     "make one from the other"},
    {"D052", kError, "an instance or semantic mask has no counterpart", "add the missing mask"},
    {"D053", kWarning, "an instance has several semantic classes",
     "give every pixel of an instance one class"},
    {"D054", kWarning, "the colours of a semantic mask are not the table's",
     "write the masks with the table's colours: tools that go by colour read other classes"},
    {"D055", kError, "the colours of a semantic mask are other classes than its labels, or none",
     "give every label its own colour of the table, or save the labels"},

    // Layouts of their own.
    {"D060", kWarning, "the data set has lesion boxes and no masks",
     "put masks into the flat layout (<sequence>/<frame>.png) and use --dataset with that layout"},
    {"D061", kError, "a lesion box cannot be read or leaves the image",
     "write 'x y width height label' a line, in pixels of the image"},
    {"D062", kError, "a label has no images, or images have no label", "add the missing file"},
    {"D063", kError, "a label array is malformed",
     "save a bool or uint8 array [classes, height, width] of zeros and ones with numpy.save"},
    {"D064", kError, "paxray.json disagrees with the files", "correct the entry"},
    {"D065", kError, "an object's own mask is not binary or its folder not a number",
     "one folder a number, one mask of 0 and one other value a frame"},
    {"D066", kError, "a binary mask has more than one value beside 0",
     "save 0 and 255; a threshold belongs into whatever made the mask"},
    {"D067", kNote, "label 0 of label_dict is the background",
     "none needed: scores leave it out; the public code then names every other label one off"},

    // Frames.
    {"D070", kWarning, "the frames use a small part of their range",
     "most programs show and read them black: stretch the whole clip by one factor; 'predict' "
     "reads "
     "films of 10, 12 and 14 bits by the clip's range"},
    {"D071", kNote, "the frames are in colour",
     "none for natural videos; X-rays are grey: look whether an overlay or a false-colour export "
     "was taken"},
    {"D072", kWarning, "the frames of a sequence differ in size",
     "write all frames of a sequence at the size of its masks"},

    // Leaderboards.
    {"L001", kError, "the database is damaged",
     "restore the file, or make it again with 'angiobench leaderboard rebuild' from an export"},
    {"L002", kError, "a table, index or trigger is not the program's own",
     "restore the file, or make it again with 'angiobench leaderboard rebuild' from an export"},
    {"L003", kError, "the audit was changed",
     "compare with an export or a backup: its audit tells what the row said"},
    {"L004", kError, "the end of the audit was cut off",
     "compare with the export or the note that has the head"},
    {"L005", kError, "runs and audit do not agree",
     "add or remove runs with 'angiobench leaderboard' only; restore what is gone from an export"},
    {"L006", kError, "the record of a run was changed",
     "restore it from an export, or remove the run and add its result again"},
    {"L007", kError, "a row is not what its run's record says",
     "make the database again with 'angiobench leaderboard rebuild' from an export"},

    // Submissions: what is there.
    {"P001", kError, "a sequence is missing", "add its masks as <sequence>/<frame>.png"},
    {"P002", kWarning, "a sequence is not in the benchmark", "remove the folder; it is not scored"},
    {"P003", kError, "a frame is missing",
     "write a mask for every frame, an empty one where nothing was found", kRevealsFrames},
    {"P004", kWarning, "a frame lies outside the video", "remove it; it is not scored",
     kRevealsFrames},
    {"P005", kError, "the frame numbers are off by one",
     "number the frames as the ground truth does", kRevealsFrames},
    {"P006", kError, "the frame names are written otherwise than the ground truth's",
     "name the masks exactly as the frames, zeros included", kRevealsFrames},
    {"P007", kError, "two files are for one frame",
     "compare them and keep the one that is right; the frame's own name is the one that is scored"},
    {"P008", kWarning, "a file is not a PNG mask and is ignored",
     "remove it, or save it as PNG where it is a mask"},
    {"P009", kError, "there is no sequence in the submission",
     "give the folder or zip that holds the masks: <sequence>/<frame>.png, or those of single "
     "images"},

    // Submissions: pixels and ids.
    {"P010", kError, "a mask cannot be read", "write the file again", kRevealsFrame},
    {"P011", kError, "a mask has the wrong size",
     "write masks at the frame's size: turn them back where the sides are exchanged, resize with "
     "nearest-neighbour sampling where the ratio is the same",
     kRevealsFrame},
    {"P012", kError, "a mask has a colour type that predictions may not have",
     "save grey or palette PNGs whose values are object ids; where colours are meant, --colours "
     "names the table of them",
     kRevealsFrame},
    {"P013", kError, "a mask has 16 bits", "save 8-bit PNGs", kRevealsFrame},
    {"P014", kNote, "the palette is not the data set's",
     "none needed for scoring, which goes by index; a viewer shows other colours", kReveals},
    {"P015", kError, "a mask has stray values, as after anti-aliasing or JPEG compression",
     "resize with nearest-neighbour sampling and save PNGs, never JPEGs", kRevealsFrame},
    {"P016", kError, "an id is out of range", "write object ids, not grey values or class numbers",
     kRevealsFrame},
    {"P017", kWarning, "an id is not in the ground truth", "use the ids of the prompts", kReveals},
    {"P018", kWarning, "an object is predicted before its prompt",
     "leave the object out until the frame of its prompt", kReveals},
    {"P019", kWarning, "an object of the ground truth is never predicted",
     "look whether its id was lost, e.g. in a resize or a palette", kReveals},
    {"P020", kNote, "the mask of a prompt frame is not the prompt",
     "copy the prompt into its frame: protocols that score it expect it"},

    {"P021", kWarning, "the ids of two objects are exchanged in some frames",
     "look whether objects were numbered image by image: an object keeps its id through the video",
     kReveals},
    {"P022", kError, "not one predicted id of a sequence is in the ground truth",
     "write the ids of the prompts: not grey values, class numbers or ids times 255", kReveals},
    {"P023", kError, "the background is an object",
     "write the background as 0; look whether labels were counted from 0 or a colour was quantised",
     kReveals},
    {"P024", kError, "the palette is in another order",
     "map the masks back by colour, old index to new: scoring goes by index", kRevealsFrame},
    {"P025", kWarning, "a mask that no rule reads cannot be taken",
     "write it again, or leave it out: the protocol does not read it", kRevealsFrame},
    {"P026", kError, "a link, pipe or folder stands where a mask should be",
     "put the mask itself there: links could lead to the ground truth"},
    {"P027", kError, "the masks have other names than the frames",
     "name the masks exactly as the frames, in the same order", kRevealsFrames},

    // Submissions: what looks too good, too empty or misplaced.
    {"P028", kError, "the names of a folder's masks differ in more than a number",
     "merge the masks of a frame by label and name each by its frame ('angiobench import masks "
     "--by-label' does so)"},
    {"P030", kError, "a sequence is identical to the ground truth",
     "score predictions, not a copy of the annotations", kReveals},
    {"P031", kError, "every mask is empty",
     "look whether labels were lost when the masks were written", kRevealsFrames},
    {"P032", kError, "the masks are shifted by a frame",
     "write the mask of frame t under the name of frame t", kReveals},
    {"P033", kError, "ground truth and predictions are swapped",
     "give the ground truth with -g and the predictions with -p"},
    {"P034", kWarning, "every frame has the same mask",
     "look whether the first mask was copied instead of propagated", kRevealsFrames},
    {"P035", kError, "the submission is for another split",
     "score it with the benchmark of its split"},
    {"P036", kError, "the sequences lie deeper than they should",
     "give the folder that the message names with -p, or put <sequence>/<frame>.png at the top"},

    // Submissions: probability maps, classes and arrays.
    {"P040", kError, "a map has the wrong size",
     "resize the probabilities to the image's size before they are saved", kRevealsFrame},
    {"P041", kError, "a map has a depth that maps may not have",
     "save 8 bits (255 p) or 16 (65535 p)", kRevealsFrame},
    {"P042", kError, "a map is a colour picture",
     "save the probabilities as a grey PNG, not a heat map or an overlay", kRevealsFrame},
    {"P043", kWarning, "a map has the values 0 and 1 only",
     "multiply probabilities by 255 before they are saved; a mask is meant as it is",
     kRevealsFrame},
    {"P044", kWarning, "a map is inverted",
     "save the probability of the object, not that of the background", kReveals},
    {"P045", kError, "a class is not in the data set's table",
     "write the table's labels: no class of another split, no grey value, no void", kRevealsFrame},
    {"P046", kError, "a colour is not in the data set's table",
     "save labels, or exactly the colours of the table", kRevealsFrame},
    {"P047", kError, "an array has another shape than the truth's",
     "save [classes, height, width] of the image: take [0] of a batch, resize with nearest "
     "neighbours",
     kRevealsFrame},
    {"P048", kError, "an array's values are neither bool nor uint8",
     "threshold at 0 (logits) or 0.5 (probabilities), take [0] of a batch, save as bool",
     kRevealsFrame},
    {"P049", kError, "an array has values other than 0 and 1",
     "save a plane of 0 and 1 for every class, not class numbers or grey values", kRevealsFrame},

    // Scoring.
    {"S001", kError, "frames are missing",
     "write a mask for every frame; --missing zero or skip goes on without", kReveals},
    {"S002", kError, "a sequence is missing",
     "add its masks; --missing zero or skip goes on without", kReveals},
    {"S003", kNote, "a sequence has no frame to score",
     "none needed; the protocol leaves its frames out", kIsOfTruth},
    {"S004", kWarning, "an object is given in a frame that is scored",
     "the protocol 'strict' credits nothing that was given", kIsOfTruth},
    {"S005", kWarning, "an object is in neither group, seen or unseen", "name it in the meta json",
     kIsOfTruth},
    {"S006", kError, "a sequence could not be scored",
     "cure what the message says; 'angiobench validate submission' names every mask and its cure",
     kRevealsFrame},
    {"S008", kWarning, "an object that occurs in no ground truth is scored",
     "correct the ids of the ground truth, or use a protocol that skips id gaps", kIsOfTruth},
    {"S009", kNote, "a folder is no sequence of the benchmark", "remove it; it is not scored"},
    {"S011", kWarning, "most frames of an object have neither truth nor prediction",
     "the protocol 'strict' leaves such frames out", kIsOfTruth},
    {"S012", kWarning, "an aggregate has no value",
     "look whether the ground truth has such objects", kIsOfTruth},
    {"S013", kError, "a limit for files from strangers was hit",
     "raise the limit with the flag that the message names where the file is meant; many ids are "
     "more likely a probability map or a smoothed mask",
     kRevealsFrame},
    {"S014", kError, "none of the sequences is in the submission",
     "give what the message names with -p"},
    {"S015", kNote, "a protocol reads other object ids from the masks than the benchmark states",
     "none needed where that is meant: the protocol's own labels hold"},
    {"S016", kNote, "a measure has no value in an image, or of a class",
     "none needed: it is left out of the mean and counted", kIsOfTruth},
    {"S017", kNote, "pixels of maps have the last value below the threshold",
     "write round(255 p), or masks instead of maps", kReveals},
    {"S018", kWarning, "a prediction has a label at which the public tool stops",
     "none needed here, where it is background; write no 255 for the public tool"},
    {"S030", kNote, "the decay is not what the public tool prints",
     "none needed; the protocol of the same name with -published-decay gives the tool's number",
     kIsOfTruth},
    {"S031", kWarning, "distances of a missing video are not known",
     "hand in every video before distances and counts of two methods are compared"},
    {"S037", kNote, "masks in colours are read through a table",
     "none needed: the table stands in the message; other colours are refused, never guessed",
     kIsOfTruth},
};

}  // namespace

std::span<const FindingCode> finding_codes() { return kCodes; }

const FindingCode& finding_code(std::string_view code) {
  const auto at = std::ranges::lower_bound(kCodes, code, {}, &FindingCode::code);
  expects(at != std::end(kCodes) && at->code == code, "a finding's code stands in the table");
  return *at;
}

Finding make_finding(std::string_view code, FindingPlace place, std::string message) {
  const FindingCode& entry = finding_code(code);
  return recorded_finding(std::string(code), entry.severity, std::move(place), std::move(message),
                          std::string(entry.cure));
}

std::string void_label_words(std::span<const int> ids) {
  constexpr int kFirstVoid = 250;
  constexpr int kMostObjects = 64;
  std::string labels;
  std::string small;
  int num_labels = 0;
  for (const int id : ids) {
    if (id > kMostObjects && id < kFirstVoid) return {};
    std::string& text = id >= kFirstVoid ? labels : small;
    num_labels += id >= kFirstVoid ? 1 : 0;
    text += (text.empty() ? "" : ", ") + std::to_string(id);
  }
  if (labels.empty() || small.empty()) return {};
  return (num_labels == 1 ? "label " : "labels ") + labels + " next to the ids " + small +
         ": void?";
}

Finding accepted_gap(Finding finding) {
  if (finding.severity == Severity::error) finding.severity = Severity::warning;
  return finding;
}

namespace {

// What a code still reveals to who knows the frames.
Disclosure disclosure_of(const Finding& finding, FrameKnowledge frames) {
  const Disclosure own = finding_code(finding.code).disclosure;
  const bool is_about_frames =
      own == Disclosure::reveals_frame || own == Disclosure::reveals_frames;
  return frames == FrameKnowledge::everybody && is_about_frames ? Disclosure::harmless : own;
}

}  // namespace

Finding redacted(const Finding& finding, FrameKnowledge frames) {
  const FindingCode& entry = finding_code(finding.code);
  const Disclosure disclosure = disclosure_of(finding, frames);
  if (disclosure == Disclosure::harmless) return finding;
  Finding shown = finding;
  if (disclosure != Disclosure::reveals_frame) {
    shown.message = entry.title;
    shown.hint = entry.cure;
  }
  // A path names a frame, too.
  if (!shown.sequence.empty()) shown.path.clear();
  shown.frame.clear();
  shown.object = -1;
  return shown;
}

std::vector<Finding> redacted(const std::vector<Finding>& findings, FrameKnowledge frames) {
  std::vector<Finding> shown;
  for (const Finding& finding : findings) {
    const bool is_of_truth = finding_code(finding.code).disclosure == Disclosure::is_of_truth;
    if (is_of_truth || finding.code.starts_with('D')) continue;
    const bool is_harmless = disclosure_of(finding, frames) == Disclosure::harmless;
    const bool is_known = !is_harmless && std::ranges::any_of(shown, [&](const Finding& other) {
      return other.code == finding.code && other.sequence == finding.sequence;
    });
    if (!is_known) shown.push_back(redacted(finding, frames));
  }
  return shown;
}

}  // namespace angiobench
