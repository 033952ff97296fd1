// SPDX-License-Identifier: MIT
#include "dataset/masks/packed_numbers.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

namespace angiobench {

void PackedNumbers::push_back(std::int64_t value) {
  if (open_.capacity() < kBlock) open_.reserve(kBlock);
  open_.push_back(value);
  if (open_.size() == kBlock) close_block();
}

void PackedNumbers::close_block() {
  const auto [least, most] = std::ranges::minmax_element(open_);
  Block block;
  block.least = *least;
  block.first_word = words_.size();
  const auto base = static_cast<std::uint64_t>(block.least);
  block.num_bits = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(*most) - base));
  std::uint64_t word = 0;
  unsigned used = 0;
  for (const std::int64_t value : open_) {
    if (block.num_bits == 0) break;
    const std::uint64_t bits = static_cast<std::uint64_t>(value) - base;
    word |= bits << used;
    used += block.num_bits;
    if (used < 64) continue;
    words_.push_back(word);
    used -= 64;
    word = used == 0 ? 0 : bits >> (block.num_bits - used);
  }
  if (used > 0) words_.push_back(word);
  blocks_.push_back(block);
  open_.clear();
}

std::int64_t PackedNumbers::operator[](std::size_t at) const {
  const std::size_t number = at / kBlock;
  if (number == blocks_.size()) return open_[at % kBlock];
  const Block& block = blocks_[number];
  if (block.num_bits == 0) return block.least;
  const std::size_t first_bit = at % kBlock * block.num_bits;
  const std::size_t word = block.first_word + first_bit / 64;
  const auto shift = static_cast<unsigned>(first_bit % 64);
  std::uint64_t bits = words_[word] >> shift;
  if (shift + block.num_bits > 64) bits |= words_[word + 1] << (64 - shift);
  if (block.num_bits < 64) bits &= (std::uint64_t{1} << block.num_bits) - 1;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(block.least) + bits);
}

void PackedTexts::push_back(std::string_view text) {
  characters_ += text;
  ends_.push_back(static_cast<std::int64_t>(characters_.size()));
}

std::string_view PackedTexts::operator[](std::size_t at) const {
  const std::size_t begin = at == 0 ? 0 : static_cast<std::size_t>(ends_[at - 1]);
  return std::string_view(characters_).substr(begin, static_cast<std::size_t>(ends_[at]) - begin);
}

// The slot that has a text, or the free one in which it would be looked for next.
std::size_t TextPlaces::slot_of(std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(text)&mask;
  while (slots_[slot] != 0 && texts_[slots_[slot] - 1] != text) slot = (slot + 1) & mask;
  return slot;
}

void TextPlaces::grow() {
  slots_.assign(std::max<std::size_t>(16, 2 * slots_.size()), 0);
  for (std::size_t place = 0; place < texts_.size(); ++place)
    slots_[slot_of(texts_[place])] = static_cast<std::uint32_t>(place + 1);
}

std::size_t TextPlaces::add(std::string_view text) {
  if (4 * (texts_.size() + 1) > 3 * slots_.size()) grow();
  std::uint32_t& slot = slots_[slot_of(text)];
  if (slot == 0) {
    texts_.push_back(text);
    slot = static_cast<std::uint32_t>(texts_.size());
  }
  return slot - 1;
}

std::optional<std::size_t> TextPlaces::find(std::string_view text) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t slot = slots_[slot_of(text)];
  return slot == 0 ? std::nullopt : std::optional<std::size_t>(slot - 1);
}

}  // namespace angiobench
