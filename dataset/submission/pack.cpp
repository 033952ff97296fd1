// SPDX-License-Identifier: MIT
#include "dataset/submission/pack.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "dataset/files/archive_name.h"
#include "dataset/error.h"
#include "dataset/files/image_size.h"
#include "dataset/frame_order.h"
#include "dataset/parallel.h"
#include "dataset/masks/png.h"
#include "dataset/finding_codes.h"
#include "dataset/masks/submission_limits.h"
#include "dataset/files/zip_writer.h"

namespace angiobench {
namespace {

constexpr std::size_t kManifestLines = 100'000;  // 8 MB: a member below the limit for one

std::string manifest_name(std::size_t part) {
  return part == 0 ? std::string(kManifestName)
                   : "manifest-" + std::to_string(part + 1) + ".sha256";
}

bool is_mask_name(std::string_view name) { return file_suffix(name) == ".png"; }

// A mask's name in the archive: the suffix as the benchmarks have it.
std::string packed_name(std::string_view name) { return std::string(file_stem(name)) + ".png"; }

std::string hexadecimal(const Sha256& digest) {
  return format_digest(digest).substr(std::string_view("sha256:").size());
}

// One mask that goes into the archive.
struct PackedMask {
  std::string path;         // in the archive
  std::string source = {};  // the file, where it is called otherwise (".PNG")
  const PackSequence* sequence;
  std::uint64_t bytes = 0;
  Sha256 digest{};
  int width = 0;
  int height = 0;
  std::optional<Finding> fault;
};

// Lists what goes in; finds what is missing and what is left out.
class Inventory {
 public:
  Inventory(const FileTree& tree, const std::vector<PackSequence>& sequences,
            std::vector<Finding>& findings)
      : tree_(tree), findings_(findings) {
    for (const PackSequence& sequence : sequences) list(sequence);
    leave_out_others(sequences);
    std::sort(masks_.begin(), masks_.end(), [](const PackedMask& left, const PackedMask& right) {
      return left.path < right.path;
    });
  }

  std::vector<PackedMask> take() { return std::move(masks_); }

 private:
  void list(const PackSequence& sequence) {
    // The folders that hold its masks: its own, or one an object.
    std::set<std::string> folders;
    for (const std::string& mask : sequence.masks) folders.insert(parent_path(mask));
    if (folders.empty()) folders.insert(sequence.name);
    std::set<std::string> found;
    std::map<std::string, std::string> sources;  // name in the archive -> other name of the file
    for (const std::string& folder : folders) {
      if (folder.empty()) {
        // Single files: each is a sequence of its own, and what else lies there is another's.
        for (const std::string& mask : sequence.masks) {
          if (tree_.has_file(mask)) found.insert(mask);
          listed_.insert(mask);
        }
        continue;
      }
      const std::array<std::string_view, 1> suffixes = {".png"};
      const FrameFiles files = sort_frame_files(tree_.files(folder), suffixes);
      for (const std::string& file : files.files) {
        const std::string name = join_path(folder, packed_name(file));
        const bool is_new = found.insert(name).second;
        if (!is_new) {
          findings_.push_back(make_finding("P007", {tree_.display_path(join_path(folder, file))},
                                           "differs from another file in case only"));
        } else if (name != join_path(folder, file)) {
          sources[name] = join_path(folder, file);
        }
      }
      for (const std::string& file : files.copies) leave_out(join_path(folder, file));
      for (const std::string& file : files.others) leave_out(join_path(folder, file));
    }
    for (const std::string& mask : found) {
      PackedMask packed;
      packed.path = mask;
      const auto source = sources.find(mask);
      packed.source = source == sources.end() ? mask : source->second;
      packed.sequence = &sequence;
      masks_.push_back(std::move(packed));
    }

    std::vector<std::string> missing;
    for (const std::string& mask : sequence.masks) {
      if (!found.contains(mask)) missing.push_back(mask);
    }
    if (missing.empty()) return;
    constexpr std::size_t kShown = 5;
    std::string names;
    for (std::size_t i = 0; i < std::min(kShown, missing.size()); ++i)
      names += (i == 0 ? "" : ", ") + missing[i];
    if (missing.size() > kShown) names += ", …";
    FindingPlace place{tree_.display_path(sequence.name), sequence.name};
    if (found.empty()) {
      findings_.push_back(make_finding(
          "P001", std::move(place),
          "the sequence has none of its " + std::to_string(missing.size()) + " masks"));
    } else {
      findings_.push_back(make_finding("P003", std::move(place),
                                       std::to_string(missing.size()) + " of " +
                                           std::to_string(sequence.masks.size()) +
                                           " masks are missing: " + names));
    }
  }

  void leave_out(const std::string& path) {
    if (++num_left_out_ > kMostLeftOut) return;
    findings_.push_back(
        make_finding("P008", {tree_.display_path(path)}, "is not a PNG mask and is left out"));
  }

  void leave_out_others(const std::vector<PackSequence>& sequences) {
    std::set<std::string> names;
    for (const PackSequence& sequence : sequences) names.insert(sequence.name);
    for (const std::string& folder : tree_.folders("")) {
      if (names.contains(folder)) continue;
      findings_.push_back(make_finding("P002", {tree_.display_path(folder), folder},
                                       "is none of the sequences and is left out"));
    }
    for (const std::string& file : tree_.files("")) {
      if (!is_manifest_name(file) && !listed_.contains(file)) leave_out(file);
    }
  }

  static constexpr std::size_t kMostLeftOut = 20;

  const FileTree& tree_;
  std::vector<Finding>& findings_;
  std::vector<PackedMask> masks_;
  std::set<std::string> listed_;  // masks that lie beside each other
  std::size_t num_left_out_ = 0;
};

// Decodes each mask by the rules for predictions, in parallel.
void check_masks(const FileTree& tree, std::vector<PackedMask>& masks, const PackOptions& options) {
  struct Worker {
    MaskDecoder decoder;
    std::vector<std::uint8_t> bytes;
  };
  const int num_threads = num_workers(options.jobs, masks.size());
  std::vector<Worker> workers(static_cast<std::size_t>(num_threads));
  std::atomic<std::uint64_t> done{0};
  parallel_for(masks.size(), num_threads, [&](int worker, std::size_t item) {
    PackedMask& mask = masks[item];
    Worker& own = workers[static_cast<std::size_t>(worker)];
    const std::string path = tree.display_path(mask.source);
    try {
      if (!tree.read(mask.source, own.bytes)) throw Error(ErrorKind::input, path, "is gone");
      mask.bytes = own.bytes.size();
      mask.digest = sha256(own.bytes);
      MaskDecodeOptions rules;
      rules.role = MaskRole::prediction;
      rules.palette = options.palette;
      const MaskView view = own.decoder.decode(own.bytes, rules, path);
      mask.width = view.width;
      mask.height = view.height;
      check_mask_bytes(mask.bytes, entry_bytes_for_frame(options.limits, view.width, view.height),
                       view.width, view.height, path);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::bug) throw;
      mask.fault = make_finding(
          "P010", {path, mask.sequence->name},
          error.found() + (error.expected().empty() ? "" : "; expected " + error.expected()));
    }
    const std::uint64_t count = done.fetch_add(1) + 1;
    if (options.progress) options.progress(count, masks.size());
  });
}

// One size a sequence: the ground truth's, or the first mask's.
void check_sizes(const FileTree& tree, std::vector<PackedMask>& masks) {
  std::map<const PackSequence*, std::pair<int, int>> sizes;
  for (PackedMask& mask : masks) {
    if (mask.fault) continue;
    auto [size, is_new] =
        sizes.try_emplace(mask.sequence, mask.sequence->width, mask.sequence->height);
    if (is_new && size->second.first == 0) size->second = {mask.width, mask.height};
    if (size->second == std::pair(mask.width, mask.height)) continue;
    mask.fault = make_finding("P011", {tree.display_path(mask.source), mask.sequence->name},
                              "the mask is " + size_text(mask.width, mask.height) + "; expected " +
                                  size_text(size->second.first, size->second.second));
  }
}

// Names that a scorer would refuse, and such as differ in case only.
void check_names(const FileTree& tree, const std::vector<PackedMask>& masks,
                 const PackOptions& options, const std::string& out,
                 std::vector<Finding>& findings) {
  std::vector<std::string_view> names;
  for (const PackedMask& mask : masks) {
    check_archive_name(mask.path, options.limits, out);
    names.push_back(mask.path);
  }
  std::sort(names.begin(), names.end(), [](std::string_view left, std::string_view right) {
    const int order = compare_folded(left, right);
    return order != 0 ? order < 0 : left < right;
  });
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (compare_folded(names[i - 1], names[i]) != 0) continue;
    findings.push_back(make_finding("P007", {tree.display_path(names[i])},
                                    "differs from " + std::string(names[i - 1]) + " in case only"));
  }
}

void check_limit(std::uint64_t value, std::uint64_t most, const std::string& out,
                 const std::string& what, const std::string& flag) {
  if (value <= most) return;
  throw Error(ErrorKind::limit, out, "the archive would have " + std::to_string(value) + " " + what,
              "at most " + std::to_string(most) + ", which is what scorers take (" + flag + ")");
}

}  // namespace

PackReport pack_submission(const FileTree& predictions, const std::vector<PackSequence>& sequences,
                           const std::string& out, const PackOptions& options) {
  PackReport report;
  std::vector<PackedMask> masks = Inventory(predictions, sequences, report.findings).take();
  if (masks.empty()) {
    report.findings.push_back(
        make_finding("P009", {predictions.display_path("")}, "there is no mask of any sequence"));
    return report;
  }
  check_names(predictions, masks, options, out, report.findings);
  check_masks(predictions, masks, options);
  check_sizes(predictions, masks);
  for (const PackedMask& mask : masks) {
    if (mask.fault) report.findings.push_back(*mask.fault);
  }
  const bool is_refused =
      std::any_of(report.findings.begin(), report.findings.end(),
                  [](const Finding& finding) { return finding.severity == Severity::error; });
  if (is_refused) return report;

  // Write the masks, then their digests.
  std::uint64_t total = 0;
  for (const PackedMask& mask : masks) total += mask.bytes;
  check_limit(masks.size(), options.limits.max_entries, out, "members", "--max-entries");
  check_limit(total, options.limits.max_uncompressed_bytes, out, "bytes of masks",
              "--max-total-size");
  ZipWriter writer(out);
  std::vector<std::uint8_t> bytes;
  for (const PackedMask& mask : masks) {
    if (!predictions.read(mask.source, bytes) || sha256(bytes) != mask.digest) {
      throw Error(ErrorKind::input, predictions.display_path(mask.source),
                  "was changed while it was packed");
    }
    writer.add(mask.path, bytes);
  }
  for (std::size_t begin = 0; begin < masks.size(); begin += kManifestLines) {
    std::string manifest;
    for (std::size_t i = begin; i < std::min(begin + kManifestLines, masks.size()); ++i) {
      manifest += hexadecimal(masks[i].digest) + "  " + masks[i].path + "\n";
    }
    writer.add(manifest_name(begin / kManifestLines),
               {reinterpret_cast<const std::uint8_t*>(manifest.data()), manifest.size()});
  }
  check_limit(writer.size(), options.limits.max_archive_bytes, out, "bytes", "--max-archive-size");
  report.archive_digest = writer.finish();
  report.archive_bytes = writer.size();
  report.num_masks = masks.size();
  return report;
}

std::vector<PackSequence> parse_frame_list(std::string_view text, const std::string& path) {
  std::map<std::string, std::set<std::string>> masks;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    line = line.substr(0, line.find('#'));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) continue;
    line = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
    const std::size_t slash = line.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == line.size()) {
      throw Error(
          ErrorKind::input, path,
          "line " + std::to_string(number) + " is '" + std::string(line.substr(0, 100)) + "'",
          "<sequence>/<frame>");
    }
    std::string mask(line);
    if (!is_mask_name(mask)) mask += ".png";
    check_archive_name(mask, {}, path);
    masks[mask.substr(0, slash)].insert(std::move(mask));
  }
  std::vector<PackSequence> sequences;
  for (auto& [name, list] : masks) {
    PackSequence sequence;
    sequence.name = name;
    sequence.masks.assign(list.begin(), list.end());
    sequences.push_back(std::move(sequence));
  }
  if (sequences.empty())
    throw Error(ErrorKind::input, path, "lists no frame", "a line of <sequence>/<frame> a mask");
  return sequences;
}

namespace {

// All manifests of an archive: path -> hexadecimal digest.
std::map<std::string, std::string> read_manifests(const FileTree& archive) {
  std::map<std::string, std::string> listed;
  std::vector<std::uint8_t> bytes;
  for (std::size_t part = 0; archive.read(manifest_name(part), bytes); ++part) {
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::size_t number = 0;
    while (!text.empty()) {
      ++number;
      const std::size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      constexpr std::size_t kDigits = 64;
      const bool is_good =
          line.size() > kDigits + 2 && line.substr(kDigits, 2) == "  " &&
          line.substr(0, kDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos &&
          listed.emplace(line.substr(kDigits + 2), line.substr(0, kDigits)).second;
      if (!is_good) {
        throw Error(ErrorKind::input, archive.display_path(manifest_name(part)),
                    "line " + std::to_string(number) +
                        " is no digest of a mask, or of one that was listed before",
                    "64 hexadecimal digits, two spaces, a path");
      }
    }
  }
  return listed;
}

// Every PNG of a tree, with its path; as deep as an archive may be.
void list_masks(const FileTree& tree, const std::string& folder, std::uint32_t depth,
                std::vector<std::string>& paths) {
  for (const std::string& file : tree.files(folder)) {
    if (is_mask_name(file)) paths.push_back(join_path(folder, file));
  }
  if (depth == 0) return;
  for (const std::string& name : tree.folders(folder))
    list_masks(tree, join_path(folder, name), depth - 1, paths);
}

}  // namespace

std::vector<Finding> verify_manifest(const FileTree& archive) {
  std::vector<Finding> findings;
  std::vector<std::uint8_t> bytes;
  if (!archive.has_file(kManifestName)) {
    findings.push_back(make_finding("A006", {archive.display_path("")},
                                    "there is no " + std::string(kManifestName)));
    return findings;
  }
  const std::map<std::string, std::string> listed = read_manifests(archive);
  for (const auto& [path, digest] : listed) {
    if (!archive.read(path, bytes)) {
      findings.push_back(make_finding("A004", {archive.display_path(path)},
                                      "stands in the manifest and is not there"));
    } else if (hexadecimal(sha256(bytes)) != digest) {
      findings.push_back(
          make_finding("A003", {archive.display_path(path)},
                       "is not the mask that was packed: its digest differs from the manifest's"));
    }
  }
  std::vector<std::string> paths;
  list_masks(archive, "", ArchiveLimits{}.max_depth, paths);
  for (const std::string& path : paths) {
    if (listed.contains(path)) continue;
    findings.push_back(
        make_finding("A005", {archive.display_path(path)}, "does not stand in the manifest"));
  }
  return findings;
}

}  // namespace angiobench
