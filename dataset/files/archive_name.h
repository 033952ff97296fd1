// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "dataset/files/archive_limits.h"

namespace angiobench {

/// Refuses a member's name that a careless program could be led astray with: empty, not UTF-8,
/// absolute, with a drive letter, '..', '.', an empty part, a backslash or a control character (C0,
/// DEL, C1); Error{input}, each with words of its own. Parts that are too long or too many are
/// Error{limit}. A '/' at the end marks a folder. `archive` is what messages call the archive.
void check_archive_name(std::string_view name, const ArchiveLimits& limits,
                        const std::string& archive);

/// Whether a name ends as an archive's does (.zip, .tar.gz, …), whatever the case.
bool has_archive_extension(std::string_view name);

/// Which archive the first bytes of a file say it is ("zip", "gzip", "7z", "rar", "xz", "bzip2",
/// "zstd", "tar", which 262 bytes tell), empty for none of them.
std::string_view archive_kind(std::string_view first_bytes);

/// What the first bytes of a file are that is no archive: "empty", "a PNG", "a JPEG", "a GIF", "a
/// BMP", "a TIFF", "a WebP", "a video", "a NumPy array", "text" or "no known image".
std::string_view file_kind(std::span<const std::uint8_t> file);

/// The file of digests in a packed archive, in the form of sha256sum: "<64 hexadecimal digits>
/// <path>", a line a mask, sorted bytewise by path. From the 100,001st mask on the lines go on in
/// "manifest-2.sha256", and so forth.
inline constexpr std::string_view kManifestName = "manifest.sha256";

/// Whether a file at the top of a submission is such a manifest, or the manifest.json in which
/// `predict` says what made it.
bool is_manifest_name(std::string_view name);

/// Whether a path is something that desktops leave behind: __MACOSX or .ipynb_checkpoints and all
/// below, .DS_Store, Thumbs.db, desktop.ini, and "._x", which macOS keeps beside "x".
bool is_desktop_debris(std::string_view path);

/// Order of two names after case folding, '/' before every other character (a folder's files stand
/// together, right after the folder's own name). Negative, 0 or positive. Folds what one simple
/// rule covers: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters.
int compare_folded(std::string_view left, std::string_view right);

}  // namespace angiobench
