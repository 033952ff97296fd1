// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// How a data set lies on disk; see dataset/README.md for each.
enum class Layout {
  flat,       // <root>/<sequence>/<frame>.png
  mosxav,     // {trainval,test}/{Annotations,JPEGImages,ImageSets}
  davis2016,  // Annotations/480p, grey 0/255
  davis2017,  // Annotations/480p, palette; Annotations_unsupervised/480p
  xacv,  // original (CVAI-1207/ground_truth/<video>), re-packed (AnnotationVOS/<video>) or flat
  mose,  // {train,valid}/Annotations/<video>
  youtube_vos,  // {train,valid}/Annotations/<video> and meta.json
  sa_v,         // Annotations_6fps/<video>/<object>/<frame>.png
  cadica,       // selectedVideos/pX/vY; masks only in the flat layout
  dias,         // {training,validation,test}/{images,labels}, one mask a sequence
  paxray,       // images/*.png, labels/*.npy, paxray.json
};

/// "flat", "mosxav", …; layout_from_name throws Error{input} (with `path`) for a name that isn't
/// one.
std::string_view layout_name(Layout layout);
Layout layout_from_name(std::string_view name, const std::string& path);

/// A benchmark: layout + split + protocol. Data files of the form dataset/benchmarks/*.json
/// (schema "benchmark-1"), embedded in the program; `--dataset FILE` reads one of the user's own.
/// All paths are relative to the folder that `-g` names; the first that exists is taken.
struct BenchmarkDefinition {
  std::string name;   // "mosxav-test"
  std::string title;  // one line for people
  Layout layout = Layout::flat;
  std::string split;               // "test"; may be empty
  std::string protocol;            // name of the protocol that is used where the user names none
  std::vector<std::string> roots;  // candidates for the split's own folder, e.g. "test", "."
  std::vector<std::string>
      annotations;                  // candidates below the split's folder, e.g. "Annotations", "."
  std::vector<std::string> images;  // candidates for the frames below the split's folder
  std::vector<std::string>
      split_files;  // candidates below the split's folder, e.g. "ImageSets/test.txt"
  std::vector<std::string> meta_files;  // candidates for the first-mask or meta json
  std::vector<std::string>
      seen_categories;  // youtube-vos: categories of the training split; others are unseen
  int width = 0;        // size of every mask where the data set has one size, else 0
  int height = 0;
  int max_objects = 0;  // ids a sequence may have, 0: not stated
};

/// Names of the benchmarks that are built in, sorted.
std::vector<std::string> benchmark_names();

/// The built-in benchmark of this name, or, where `name_or_file` ends in ".json", the one in that
/// file. Throws Error{usage} for an unknown name (and lists the known ones), Error{input} for a bad
/// file (names the field).
BenchmarkDefinition load_benchmark(const std::string& name_or_file);

/// Parses the text of a definition; `path` is used in messages.
BenchmarkDefinition parse_benchmark(std::string_view text, const std::string& path);

}  // namespace angiobench
