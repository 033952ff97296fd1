// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace angiobench {

/// Compresses pictures whose rows resemble the row above, as the rows of an error map do: a zlib
/// stream (RFC 1950, 1951) of one block, its matches looked for one byte and one row before only.
/// `rows` are whole rows of `row_bytes` bytes (Error{bug} where they are not), any values. On error
/// maps a sixth of the time of libdeflate's level 6 at the same size; on other pictures larger than
/// what a general compressor makes. Same input, same bytes.
std::vector<std::uint8_t> deflate_rows(std::span<const std::uint8_t> rows, std::size_t row_bytes);

}  // namespace angiobench
