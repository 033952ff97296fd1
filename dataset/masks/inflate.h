// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace angiobench {

/// Bytes after `target + size` that inflate_mask may overwrite.
inline constexpr std::size_t kInflateSlack = 64;

/// What is known of inflated data without looking at them.
struct InflatedRuns {
  std::size_t num_zeros_first = 0;  // bytes at the start that are 0, at least
  std::size_t num_zeros_last = 0;   // bytes at the end
};

/// Inflates a whole zlib stream (RFC 1950, 1951) that must make exactly `size` bytes and end where
/// `stream` ends, made for label maps: most of their data are runs of 258 equal bytes, whose check
/// sum takes one step whatever their length.
///
/// Returns whether it did, its Adler-32 checked. False says nothing about the stream: the caller
/// asks libdeflate, whose verdict and words count. So a stream is accepted here only if libdeflate
/// accepts it with the same bytes. `runs`, where given, is set if it was.
bool inflate_mask(std::span<const std::uint8_t> stream, std::uint8_t* target, std::size_t size,
                  InflatedRuns* runs = nullptr);

/// Equal bytes of inflated data, from `begin` to where the next run begins, whose byte differs.
struct ByteRun {
  std::uint32_t begin;
  std::uint32_t byte;
};

/// More data than this are never inflated to runs: sums of their positions would not fit 64 bits.
inline constexpr std::size_t kMaxRunBytes = std::size_t{1} << 26;

/// The same to runs, without a byte being written: a label map's stream is a thousand codes for
/// half a million bytes, most of which lengthen a run or repeat the runs of the row above.
///
/// Returns the runs, valid until the buffers are used again; behind the last of them stands one
/// that begins at `size`. Empty where inflate_mask would refuse the stream, and where there are
/// more runs than a label map has: the caller asks inflate_mask.
std::span<const ByteRun> inflate_runs(std::span<const std::uint8_t> stream, std::size_t size,
                                      std::vector<ByteRun>& buffer);

}  // namespace angiobench
