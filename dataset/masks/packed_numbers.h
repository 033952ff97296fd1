// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace angiobench {

/// Whole numbers by their places, millions of them: each takes as many bits as the range of its 256
/// neighbours needs (none where they are all the same).
class PackedNumbers {
 public:
  void push_back(std::int64_t value);
  std::size_t size() const { return blocks_.size() * kBlock + open_.size(); }
  std::int64_t operator[](std::size_t at) const;

 private:
  static constexpr std::size_t kBlock = 256;
  struct Block {
    std::int64_t least = 0;
    std::uint64_t first_word = 0;  // of its bits, in words_
    unsigned num_bits = 0;         // of each number, above `least`
  };
  void close_block();

  std::deque<Block> blocks_;  // full ones
  std::deque<std::uint64_t> words_;
  std::vector<std::int64_t> open_;  // of the last block, which is not full
};

/// Texts by their places, one behind the other.
class PackedTexts {
 public:
  void push_back(std::string_view text);
  std::size_t size() const { return ends_.size(); }
  /// Valid until one is added.
  std::string_view operator[](std::size_t at) const;

 private:
  std::string characters_;
  PackedNumbers ends_;
};

/// Texts that differ, by their places and places by their texts.
class TextPlaces {
 public:
  /// The place of a text, which becomes the last one where it was not there.
  std::size_t add(std::string_view text);
  std::optional<std::size_t> find(std::string_view text) const;
  std::size_t size() const { return texts_.size(); }
  /// Valid until one is added.
  std::string_view operator[](std::size_t at) const { return texts_[at]; }

 private:
  std::size_t slot_of(std::string_view text) const;
  void grow();

  PackedTexts texts_;
  std::vector<std::uint32_t> slots_;  // places + 1 by hash, 0: free; a power of two of them
};

}  // namespace angiobench
