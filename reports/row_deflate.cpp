// SPDX-License-Identifier: MIT
#include "reports/row_deflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <queue>
#include <utility>

#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr std::size_t kMinMatch = 3;
constexpr std::size_t kMaxMatch = 258;
constexpr std::size_t kMaxDistance = 32768;
constexpr int kMaxCodeBits = 15;       // of literals, lengths and distances
constexpr int kMaxLengthCodeBits = 7;  // of the code lengths' own code
constexpr std::size_t kEndOfBlock = 256;
constexpr std::size_t kNumLiterals = 286;
constexpr std::size_t kNumDistances = 30;

// A symbol and the bits that follow its code.
struct Symbol {
  std::uint16_t symbol;
  std::uint8_t extra_bits;
  std::uint16_t extra;
};

// Length symbols 257-285 (RFC 1951, 3.2.5): 258 has one of its own.
Symbol length_symbol(std::size_t length) {
  if (length == kMaxMatch) return {285, 0, 0};
  const auto above = static_cast<std::uint32_t>(length - kMinMatch);
  if (above < 8) return {static_cast<std::uint16_t>(257 + above), 0, 0};
  // Four symbols for every further bit.
  const int bits = std::bit_width(above) - 3;
  const std::uint32_t quarter = (above >> bits) & 3;
  return {static_cast<std::uint16_t>(261 + 4 * bits + static_cast<int>(quarter)),
          static_cast<std::uint8_t>(bits), static_cast<std::uint16_t>(above & ((1U << bits) - 1))};
}

Symbol distance_symbol(std::size_t distance) {
  const auto above = static_cast<std::uint32_t>(distance - 1);
  if (above < 4) return {static_cast<std::uint16_t>(above), 0, 0};
  // Two symbols for every further bit.
  const int bits = std::bit_width(above) - 2;
  const std::uint32_t half = (above >> bits) & 1;
  return {static_cast<std::uint16_t>(2 + 2 * bits + static_cast<int>(half)),
          static_cast<std::uint8_t>(bits), static_cast<std::uint16_t>(above & ((1U << bits) - 1))};
}

// A literal (length 0) or a copy.
struct Token {
  std::uint16_t length;
  bool is_row;  // copied from the row above, else from the byte before
  std::uint8_t literal;
};

// Bytes from `here` on that equal those from `there` on, up to `limit`.
std::size_t match_length(const std::uint8_t* here, const std::uint8_t* there, std::size_t limit) {
  std::size_t length = 0;
  for (; length + 8 <= limit; length += 8) {
    std::uint64_t left = 0;
    std::uint64_t right = 0;
    std::memcpy(&left, here + length, 8);
    std::memcpy(&right, there + length, 8);
    if (left == right) continue;
    if constexpr (std::endian::native == std::endian::little)
      return length + static_cast<std::size_t>(std::countr_zero(left ^ right)) / 8;
    return length + static_cast<std::size_t>(std::countl_zero(left ^ right)) / 8;
  }
  while (length < limit && here[length] == there[length]) ++length;
  return length;
}

std::vector<Token> tokens_of(std::span<const std::uint8_t> rows, std::size_t row_bytes) {
  std::vector<Token> tokens;
  const std::uint8_t* const bytes = rows.data();
  for (std::size_t i = 0; i < rows.size();) {
    const std::size_t limit = std::min(kMaxMatch, rows.size() - i);
    const std::size_t run = i >= 1 ? match_length(bytes + i, bytes + i - 1, limit) : 0;
    const bool has_row = i >= row_bytes && row_bytes <= kMaxDistance;
    const std::size_t row =
        has_row && run < limit ? match_length(bytes + i, bytes + i - row_bytes, limit) : 0;
    const std::size_t length = std::max(run, row);
    if (length >= kMinMatch) {
      tokens.push_back({static_cast<std::uint16_t>(length), row > run, 0});
      i += length;
    } else {
      tokens.push_back({0, false, bytes[i++]});
    }
  }
  return tokens;
}

// Lengths of a Huffman code for symbols with these counts, none longer than `max_bits`; 0 for a
// symbol that does not occur. A symbol alone gets one bit.
std::vector<std::uint8_t> code_lengths(std::vector<std::uint32_t> counts, int max_bits) {
  std::vector<std::uint8_t> lengths(counts.size());
  for (;;) {
    // Nodes by weight, then by number, so that the code is the same everywhere.
    using Node = std::pair<std::uint64_t, std::size_t>;
    std::priority_queue<Node, std::vector<Node>, std::greater<>> open;
    std::vector<std::size_t> parent(2 * counts.size(), 0);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > 0) open.emplace(counts[i], i);
    }
    if (open.empty()) return lengths;
    if (open.size() == 1) {
      lengths[open.top().second] = 1;
      return lengths;
    }
    std::size_t next = counts.size();
    while (open.size() > 1) {
      const Node first = open.top();
      open.pop();
      const Node second = open.top();
      open.pop();
      parent[first.second] = parent[second.second] = next;
      open.emplace(first.first + second.first, next++);
    }
    // The root is the last node; depths follow from it downwards.
    std::vector<int> depth(next, 0);
    for (std::size_t node = next - 1; node-- > counts.size();)
      depth[node] = depth[parent[node]] + 1;
    int deepest = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      const int bits = depth[parent[i]] + 1;
      lengths[i] = static_cast<std::uint8_t>(bits);
      deepest = std::max(deepest, bits);
    }
    if (deepest <= max_bits) return lengths;
    // Too deep: flatter counts make a flatter tree.
    for (std::uint32_t& count : counts) {
      if (count > 0) count = count / 2 + 1;
    }
  }
}

// The canonical codes of some lengths, first bit lowest, as the stream wants them.
std::vector<std::uint16_t> codes_of(std::span<const std::uint8_t> lengths) {
  std::array<std::uint32_t, kMaxCodeBits + 2> next{};
  for (const std::uint8_t length : lengths) {
    if (length > 0) ++next[length + std::size_t{1}];
  }
  for (std::size_t bits = 1; bits < next.size(); ++bits)
    next[bits] = (next[bits] + next[bits - 1]) << (bits > 1 ? 1 : 0);
  std::vector<std::uint16_t> codes(lengths.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0) continue;
    const std::uint32_t code = next[lengths[i]]++;
    std::uint32_t reversed = 0;
    for (int bit = 0; bit < lengths[i]; ++bit)
      reversed |= ((code >> bit) & 1U) << (lengths[i] - 1 - bit);
    codes[i] = static_cast<std::uint16_t>(reversed);
  }
  return codes;
}

// Bits, first one lowest, into bytes that have room for them.
class BitWriter {
 public:
  explicit BitWriter(std::uint8_t* target) : next_(target) {}

  // At most 32 bits.
  void put(std::uint64_t bits, int count) {
    buffer_ |= bits << count_;
    count_ += count;
    if (count_ < 32) return;
    for (int i = 0; i < 4; ++i, buffer_ >>= 8) *next_++ = static_cast<std::uint8_t>(buffer_);
    count_ -= 32;
  }
  // Fills the last byte; returns the end.
  std::uint8_t* finish() {
    for (; count_ > 0; count_ -= 8, buffer_ >>= 8) *next_++ = static_cast<std::uint8_t>(buffer_);
    return next_;
  }

 private:
  std::uint8_t* next_;
  std::uint64_t buffer_ = 0;
  int count_ = 0;
};

// Code lengths as symbols 0-18: 16 repeats the last, 17 and 18 are zeros.
std::vector<Symbol> length_tokens(std::span<const std::uint8_t> lengths) {
  std::vector<Symbol> symbols;
  for (std::size_t i = 0; i < lengths.size();) {
    std::size_t end = i + 1;
    while (end < lengths.size() && lengths[end] == lengths[i]) ++end;
    std::size_t left = end - i;
    if (lengths[i] != 0) {
      symbols.push_back({lengths[i], 0, 0});
      --left;
    }
    const std::size_t least = 3;
    while (left >= least) {
      if (lengths[i] != 0) {
        const std::size_t times = std::min<std::size_t>(left, 6);
        symbols.push_back({16, 2, static_cast<std::uint16_t>(times - 3)});
        left -= times;
      } else if (left <= 10) {
        symbols.push_back({17, 3, static_cast<std::uint16_t>(left - 3)});
        left = 0;
      } else {
        const std::size_t times = std::min<std::size_t>(left, 138);
        symbols.push_back({18, 7, static_cast<std::uint16_t>(times - 11)});
        left -= times;
      }
    }
    for (; left > 0; --left) symbols.push_back({lengths[i], 0, 0});
    i = end;
  }
  return symbols;
}

void put_tables(std::span<const std::uint8_t> literals, std::span<const std::uint8_t> distances,
                BitWriter& out) {
  std::size_t num_literals = kEndOfBlock + 1;
  for (std::size_t i = num_literals; i < literals.size(); ++i) {
    if (literals[i] > 0) num_literals = i + 1;
  }
  std::size_t num_distances = 1;
  for (std::size_t i = 1; i < distances.size(); ++i) {
    if (distances[i] > 0) num_distances = i + 1;
  }
  std::vector<std::uint8_t> lengths(literals.begin(),
                                    literals.begin() + static_cast<std::ptrdiff_t>(num_literals));
  lengths.insert(lengths.end(), distances.begin(),
                 distances.begin() + static_cast<std::ptrdiff_t>(num_distances));
  const std::vector<Symbol> symbols = length_tokens(lengths);
  std::vector<std::uint32_t> counts(19);
  for (const Symbol& symbol : symbols) ++counts[symbol.symbol];
  const std::vector<std::uint8_t> own = code_lengths(counts, kMaxLengthCodeBits);
  const std::vector<std::uint16_t> codes = codes_of(own);
  constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                   11, 4,  12, 3, 13, 2, 14, 1, 15};
  std::size_t num_own = kOrder.size();
  while (num_own > 4 && own[kOrder[num_own - 1]] == 0) --num_own;
  out.put(num_literals - 257, 5);
  out.put(num_distances - 1, 5);
  out.put(num_own - 4, 4);
  for (std::size_t i = 0; i < num_own; ++i) out.put(own[kOrder[i]], 3);
  for (const Symbol& symbol : symbols) {
    out.put(codes[symbol.symbol], own[symbol.symbol]);
    out.put(symbol.extra, symbol.extra_bits);
  }
}

}  // namespace

std::vector<std::uint8_t> deflate_rows(std::span<const std::uint8_t> rows, std::size_t row_bytes) {
  expects(row_bytes > 0 && rows.size() % row_bytes == 0, "the rows are whole");
  const std::vector<Token> tokens = tokens_of(rows, row_bytes);
  const Symbol byte_before = distance_symbol(1);
  const Symbol row_above = distance_symbol(std::min(row_bytes, kMaxDistance));
  std::vector<std::uint32_t> literal_counts(kNumLiterals);
  std::vector<std::uint32_t> distance_counts(kNumDistances);
  for (const Token& token : tokens) {
    ++literal_counts[token.length > 0 ? length_symbol(token.length).symbol : token.literal];
    if (token.length > 0) ++distance_counts[(token.is_row ? row_above : byte_before).symbol];
  }
  literal_counts[kEndOfBlock] = 1;
  // A code of one symbol is allowed for distances only where there is one; two are always sound.
  const std::vector<std::uint8_t> literal_bits = code_lengths(literal_counts, kMaxCodeBits);
  const std::vector<std::uint8_t> distance_bits = code_lengths(distance_counts, kMaxCodeBits);
  const std::vector<std::uint16_t> literal_codes = codes_of(literal_bits);
  const std::vector<std::uint16_t> distance_codes = codes_of(distance_bits);

  // Token by token at most two codes and their extra bits: below 49 bits, of a literal 15.
  constexpr std::size_t kRestBytes = 1024;  // header, tables, end and check sum
  std::vector<std::uint8_t> bytes(7 * tokens.size() + kRestBytes);
  bytes[0] = 0x78;  // a window of 32 KB, …
  bytes[1] = 0x01;  // … the fastest level
  BitWriter out(bytes.data() + 2);
  out.put(1, 1);  // the last block …
  out.put(2, 2);  // … with codes of its own
  put_tables(literal_bits, distance_bits, out);
  for (const Token& token : tokens) {
    if (token.length == 0) {
      out.put(literal_codes[token.literal], literal_bits[token.literal]);
      continue;
    }
    const Symbol length = length_symbol(token.length);
    out.put(literal_codes[length.symbol], literal_bits[length.symbol]);
    out.put(length.extra, length.extra_bits);
    const Symbol& distance = token.is_row ? row_above : byte_before;
    out.put(distance_codes[distance.symbol], distance_bits[distance.symbol]);
    out.put(distance.extra, distance.extra_bits);
  }
  out.put(literal_codes[kEndOfBlock], literal_bits[kEndOfBlock]);
  std::uint8_t* end = out.finish();
  const std::uint32_t sum = libdeflate_adler32(1, rows.data(), rows.size());
  for (const int shift : {24, 16, 8, 0}) *end++ = static_cast<std::uint8_t>(sum >> shift);
  bytes.resize(static_cast<std::size_t>(end - bytes.data()));
  return bytes;
}

}  // namespace angiobench
