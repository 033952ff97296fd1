// SPDX-License-Identifier: MIT
#include "dataset/masks/inflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

namespace angiobench {
namespace {

constexpr int kMaxCodeBits = 15;
constexpr int kTableBits = 10;  // codes up to this length are one look-up

// What a code of a Huffman table stands for; the two that are nearly all of them are told apart
// from the others, and from each other, by the highest bits.
enum class Kind : std::uint32_t { invalid = 0, end = 1, long_code = 2, copy = 8, literal = 12 };

// A code's meaning in one word: tables are filled and copied by the word.
class Entry {
 public:
  Entry() = default;
  // `value` is a literal or the base of a length or distance; `extra` bits follow the code.
  constexpr Entry(Kind kind, unsigned value, unsigned extra)
      : word_(static_cast<std::uint32_t>(kind) << 28 | value << 12 | extra) {}

  // The same with the length of its code.
  Entry with_bits(std::size_t bits) const {
    Entry entry = *this;
    entry.word_ += static_cast<std::uint32_t>(bits << 8 | bits);
    return entry;
  }
  Kind kind() const { return static_cast<Kind>(word_ >> 28); }
  std::uint32_t value() const { return (word_ >> 12) & 0xFFFF; }
  int code_bits() const { return static_cast<int>((word_ >> 8) & 0xF); }
  int all_bits() const { return static_cast<int>(word_ & 0xFF); }  // of code and extra

 private:
  std::uint32_t word_ = 0;  // Kind::invalid
};

// Bases and extra bits of length symbols 257-285 and of distance symbols (RFC 1951, 3.2.5).
struct Range {
  std::uint16_t base;
  std::uint8_t extra;
};
constexpr std::array<Range, 29> kLengths = {
    {{3, 0},  {4, 0},  {5, 0},  {6, 0},   {7, 0},   {8, 0},   {9, 0},   {10, 0},  {11, 1}, {13, 1},
     {15, 1}, {17, 1}, {19, 2}, {23, 2},  {27, 2},  {31, 2},  {35, 3},  {43, 3},  {51, 3}, {59, 3},
     {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}}};
constexpr std::array<Range, 30> kDistances = {
    {{1, 0},     {2, 0},     {3, 0},     {4, 0},      {5, 1},      {7, 1},
     {9, 2},     {13, 2},    {17, 3},    {25, 3},     {33, 4},     {49, 4},
     {65, 5},    {97, 5},    {129, 6},   {193, 6},    {257, 7},    {385, 7},
     {513, 8},   {769, 8},   {1025, 9},  {1537, 9},   {2049, 10},  {3073, 10},
     {4097, 11}, {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}}};

Entry literal_or_length(int symbol) {
  if (symbol < 256) return {Kind::literal, static_cast<unsigned>(symbol), 0};
  if (symbol == 256) return {Kind::end, 0, 0};
  if (symbol > 285) return {};
  const Range range = kLengths[static_cast<std::size_t>(symbol - 257)];
  return {Kind::copy, range.base, range.extra};
}

Entry distance(int symbol) {
  if (symbol >= 30) return {};
  const Range range = kDistances[static_cast<std::size_t>(symbol)];
  return {Kind::copy, range.base, range.extra};
}

Entry plain(int symbol) { return {Kind::literal, static_cast<unsigned>(symbol), 0}; }

// The stream as bits, least significant first. Past its end come zeros; `overrun` tells whether any
// was used.
class Bits {
 public:
  explicit Bits(std::span<const std::uint8_t> bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // At least 56 bits afterwards.
  void refill() {
    if (end_ - next_ >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, next_, sizeof word);
      if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
      buffer_ |= word << count_;
      next_ += (63 - count_) >> 3;
      count_ |= 56;
      return;
    }
    while (count_ <= 56) {
      if (next_ < end_) {
        buffer_ |= static_cast<std::uint64_t>(*next_++) << count_;
      } else {
        ++padding_;
      }
      count_ += 8;
    }
  }
  std::uint64_t peek() const { return buffer_; }
  void skip(int count) {
    buffer_ >>= count;
    count_ -= count;
  }
  std::uint32_t take(int count) {
    const auto value = static_cast<std::uint32_t>(buffer_ & ((std::uint64_t{1} << count) - 1));
    skip(count);
    return value;
  }
  // Uses up a code and its extra bits, which add to its value.
  std::uint32_t take(Entry entry) {
    const std::uint64_t all = buffer_ & ~(~std::uint64_t{0} << entry.all_bits());
    skip(entry.all_bits());
    return entry.value() + static_cast<std::uint32_t>(all >> entry.code_bits());
  }
  // Bytes of the stream that were not used at all, -1 where more was used than there is.
  std::ptrdiff_t bytes_left() const {
    const int whole = count_ / 8;
    if (whole < padding_) return -1;
    return (end_ - next_) + whole - padding_;
  }
  // Whether more was used than there is; next to nothing while the end is far.
  bool is_overrun() const { return padding_ > 0 && bytes_left() < 0; }
  int count() const { return count_; }
  // Goes on at the next byte of the stream; returns where it stands.
  const std::uint8_t* align() {
    skip(count_ % 8);
    const std::ptrdiff_t left = bytes_left();
    if (left < 0) return nullptr;
    const std::uint8_t* const here = end_ - left;
    next_ = here;
    buffer_ = 0;
    count_ = 0;
    padding_ = 0;
    return here;
  }
  void jump(const std::uint8_t* to) { next_ = to; }
  const std::uint8_t* end() const { return end_; }

 private:
  const std::uint8_t* next_;
  const std::uint8_t* end_;
  std::uint64_t buffer_ = 0;
  int count_ = 0;
  int padding_ = 0;  // zero bytes that were put behind the end
};

// A canonical Huffman code: a table for short codes, the counts of RFC 1951 for long ones.
class HuffmanTable {
 public:
  // `lengths` of the codes of symbols 0, 1, …. False where they are no complete code (but one code
  // alone is allowed, as in libdeflate and zlib).
  bool build(std::span<const std::uint8_t> lengths, Entry (*meaning)(int symbol)) {
    meaning_ = meaning;
    counts_.fill(0);
    for (const std::uint8_t length : lengths) ++counts_[length];
    const int num_used = static_cast<int>(lengths.size()) - counts_[0];
    counts_[0] = 0;
    int left = 1;
    for (int bits = 1; bits <= kMaxCodeBits; ++bits) {
      left = 2 * left - counts_[static_cast<std::size_t>(bits)];
      if (left < 0) return false;
    }
    if (left > 0 && !(num_used == 1 && counts_[1] == 1)) return false;

    // Symbols by length of their code.
    std::array<std::size_t, kMaxCodeBits + 2> next{};
    for (std::size_t bits = 1; bits <= kMaxCodeBits; ++bits)
      next[bits + 1] = next[bits] + counts_[bits];
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      if (lengths[symbol] != 0)
        sorted_[next[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
    }

    table_bits_ = kMaxCodeBits;
    while (table_bits_ > 1 && counts_[table_bits_] == 0) --table_bits_;
    table_bits_ = std::min<std::size_t>(table_bits_, kTableBits);
    mask_ = (std::uint64_t{1} << table_bits_) - 1;

    // Codes come with their highest bit first, so that a code of `bits` bits decides the lowest
    // bits of the look-up: the table for one bit more is the table so far, twice, and the codes of
    // that length.
    table_[0] = Entry{};
    std::size_t index = 0;
    std::uint32_t code = 0;
    for (std::size_t bits = 1; bits <= kMaxCodeBits; ++bits) {
      if (bits <= table_bits_) {
        const std::size_t half = std::size_t{1} << (bits - 1);
        std::memcpy(table_.data() + half, table_.data(), half * sizeof(Entry));
      }
      for (std::size_t i = 0; i < counts_[bits]; ++i, ++code) {
        std::uint32_t reversed = 0;
        for (std::size_t bit = 0; bit < bits; ++bit)
          reversed |= ((code >> bit) & 1U) << (bits - 1 - bit);
        const int symbol = sorted_[index++];
        if (bits <= table_bits_) {
          table_[reversed] = meaning(symbol).with_bits(bits);
        } else {
          table_[reversed & mask_] = Entry(Kind::long_code, 0, 0);
        }
      }
      code <<= 1;
    }
    return true;
  }

  // The next code's meaning, or that it is a long code. Needs 15 bits in the buffer.
  Entry look_up(const Bits& bits) const { return table_[bits.peek() & mask_]; }
  // What a long code means.
  [[gnu::noinline]] Entry look_up_long(const Bits& bits) const {
    int code = 0;
    int first = 0;
    int index = 0;
    const std::uint64_t buffer = bits.peek();
    for (int length = 1; length <= kMaxCodeBits; ++length) {
      code |= static_cast<int>((buffer >> (length - 1)) & 1U);
      const int count = counts_[static_cast<std::size_t>(length)];
      if (code - count < first) {
        return meaning_(sorted_[static_cast<std::size_t>(index + (code - first))])
            .with_bits(static_cast<std::size_t>(length));
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return {};
  }

 private:
  Entry (*meaning_)(int symbol) = nullptr;
  std::size_t table_bits_ = 0;  // of a look-up: the longest code's, at most kTableBits
  std::uint64_t mask_ = 0;      // its bits
  std::array<Entry, std::size_t{1} << kTableBits> table_;
  std::array<std::uint16_t, kMaxCodeBits + 1> counts_{};
  std::array<std::uint16_t, 288> sorted_{};
};

// Copies `length` bytes from `distance` bytes before; may write up to 15 bytes too many.
inline void copy_match(std::uint8_t* target, std::size_t length, std::size_t distance) {
  constexpr std::size_t kChunk = 16;
  const std::uint8_t* const source = target - distance;
  if (distance == 1) {
    std::memset(target, *source, length);
  } else if (distance >= length) {
    std::memcpy(target, source, length);
  } else if (distance >= kChunk) {
    for (std::size_t i = 0; i < length; i += kChunk) std::memcpy(target + i, source + i, kChunk);
  } else {
    for (std::size_t i = 0; i < length; ++i) target[i] = source[i];
  }
}

// Adler-32 (RFC 1950, 9) of bytes that come in runs and in between: a run costs the same whatever
// its length.
class RunningAdler {
 public:
  void add_run(std::uint64_t byte, std::uint64_t length) {
    second_ += length * first_ + byte * (length * (length + 1) / 2);
    first_ += byte * length;
    reduce();
  }
  void add(const std::uint8_t* bytes, std::size_t length) {
    constexpr std::size_t kShort = 64;  // below, a call costs more than the loop
    if (length <= kShort) {
      for (std::size_t i = 0; i < length; ++i) {
        first_ += bytes[i];
        second_ += first_;
      }
      reduce();
      return;
    }
    const std::uint32_t sum = libdeflate_adler32(value(), bytes, length);
    first_ = sum & 0xFFFF;
    second_ = sum >> 16;
  }
  std::uint32_t value() const {
    return static_cast<std::uint32_t>(second_ % kModulus) << 16 |
           static_cast<std::uint32_t>(first_ % kModulus);
  }

 private:
  static constexpr std::uint64_t kModulus = 65521;

  // Both sums stay far from the end of 64 bits: one step adds less than 2^17 to the first, 2^49 to
  // the second.
  void reduce() {
    if (first_ >= std::uint64_t{1} << 32) first_ %= kModulus;
    if (second_ >= std::uint64_t{1} << 60) second_ %= kModulus;
  }

  std::uint64_t first_ = 1;
  std::uint64_t second_ = 0;
};

// Inflates into an Output: what becomes of literals and copies is its business. begin_block() and
// end_block() stand around the codes of a block; literal(byte), copy(length, back) and store(bytes)
// say whether there is room, and something to copy; is_full() whether the data are complete.
template <typename Output>
class Inflater {
 public:
  Inflater(std::span<const std::uint8_t> deflate, Output& output)
      : bits_(deflate), output_(output) {}

  // Whether the stream is whole and fills the output exactly.
  bool run() {
    bool is_last = false;
    while (!is_last) {
      bits_.refill();
      is_last = bits_.take(1) == 1;
      bool is_good = false;
      switch (bits_.take(2)) {
        case 0:
          is_good = stored_block();
          break;
        case 1:
          is_good = fixed_tables() && coded_block();
          break;
        case 2:
          is_good = dynamic_tables() && coded_block();
          break;
        default:
          break;
      }
      if (!is_good) return false;
    }
    return output_.is_full() && bits_.bytes_left() == 0;
  }

 private:
  bool stored_block() {
    const std::uint8_t* here = bits_.align();
    if (here == nullptr || bits_.end() - here < 4) return false;
    const std::size_t length = here[0] | static_cast<std::size_t>(here[1]) << 8;
    const std::size_t check = here[2] | static_cast<std::size_t>(here[3]) << 8;
    here += 4;
    if ((length ^ check) != 0xFFFF) return false;
    if (static_cast<std::size_t>(bits_.end() - here) < length) return false;
    bits_.jump(here + length);
    return output_.store({here, length});
  }

  bool fixed_tables() {
    std::array<std::uint8_t, 288> lengths{};
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
    }
    std::array<std::uint8_t, 32> distances{};
    distances.fill(5);
    return literals_.build(lengths, literal_or_length) && distances_.build(distances, distance);
  }

  bool dynamic_tables() {
    bits_.refill();
    const std::size_t num_literals = bits_.take(5) + 257;
    const std::size_t num_distances = bits_.take(5) + 1;
    const std::size_t num_code_lengths = bits_.take(4) + 4;
    if (num_literals > 286 || num_distances > 30) return false;
    constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                     11, 4,  12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint8_t, 19> code_lengths{};
    for (std::size_t i = 0; i < num_code_lengths; ++i) {
      bits_.refill();
      code_lengths[kOrder[i]] = static_cast<std::uint8_t>(bits_.take(3));
    }
    // Literals' table serves as the table of code lengths first.
    if (!literals_.build(code_lengths, plain)) return false;
    std::array<std::uint8_t, 286 + 30> lengths{};
    std::size_t count = 0;
    while (count < num_literals + num_distances) {
      bits_.refill();
      const Entry entry = literals_.look_up(bits_);  // of at most 7 bits: never a long one
      if (entry.kind() != Kind::literal) return false;
      bits_.skip(entry.all_bits());
      if (entry.value() < 16) {
        lengths[count++] = static_cast<std::uint8_t>(entry.value());
        continue;
      }
      if (entry.value() == 16 && count == 0) return false;
      const std::uint8_t repeated = entry.value() == 16 ? lengths[count - 1] : 0;
      const std::size_t times = entry.value() == 16   ? 3 + bits_.take(2)
                                : entry.value() == 17 ? 3 + bits_.take(3)
                                                      : 11 + bits_.take(7);
      if (times > num_literals + num_distances - count) return false;
      std::fill_n(lengths.begin() + static_cast<std::ptrdiff_t>(count), times, repeated);
      count += times;
    }
    const std::span all(lengths);
    return lengths[256] != 0 && literals_.build(all.first(num_literals), literal_or_length) &&
           distances_.build(all.subspan(num_literals, num_distances), distance);
  }

  bool coded_block() {
    // In registers: nothing that is written can be a part of them.
    Bits bits = bits_;
    Output output = output_;
    output.begin_block();
    for (;;) {
      bits.refill();
      const std::uint64_t codes = bits.peek();
      const int num_bits = bits.count();
      Entry entry = literals_.look_up(bits);
      if (entry.kind() == Kind::long_code) entry = literals_.look_up_long(bits);
      if (entry.kind() == Kind::literal) {
        bits.skip(entry.all_bits());
        if (!output.literal(static_cast<std::uint8_t>(entry.value()))) return false;
        continue;
      }
      if (entry.kind() != Kind::copy) {
        if (entry.kind() != Kind::end) return false;
        bits.skip(entry.all_bits());
        output.end_block();
        output_ = output;
        bits_ = bits;
        return bits.bytes_left() >= 0;
      }
      std::size_t length = bits.take(entry);
      entry = distances_.look_up(bits);
      if (entry.kind() != Kind::copy) {
        if (entry.kind() == Kind::long_code) entry = distances_.look_up_long(bits);
        if (entry.kind() != Kind::copy) return false;
      }
      const std::size_t back = bits.take(entry);
      // A long background is the same two codes hundreds of times: as often as the buffer has them
      // they are one copy.
      const int used = num_bits - bits.count();
      const std::uint64_t differs = codes ^ (codes >> used);
      if (back == 1 && (differs & ((std::uint64_t{1} << used) - 1)) == 0) {
        const int again = std::min(std::countr_zero(differs), num_bits - used) / used;
        length += length * static_cast<std::size_t>(again);
        bits.skip(again * used);
      }
      if (bits.is_overrun() || !output.copy(length, back)) return false;
    }
  }

  Bits bits_;
  Output& output_;
  HuffmanTable literals_;
  HuffmanTable distances_;
};

// Every byte of the data.
class ByteOutput {
 public:
  ByteOutput(std::uint8_t* target, std::size_t size)
      : begin_(target),
        next_(target),
        summed_(target),
        end_(target + size),
        first_run_end_(target + 1),
        run_begin_(target) {}

  // Adler-32 of what was made.
  std::uint32_t adler() {
    sum_up();
    return adler_.value();
  }

  // The runs at both ends of at least one byte.
  InflatedRuns runs() const {
    InflatedRuns runs;
    if (begin_[0] == 0) runs.num_zeros_first = static_cast<std::size_t>(first_run_end_ - begin_);
    if (ends_in_run_ && end_[-1] == 0)
      runs.num_zeros_last = static_cast<std::size_t>(end_ - run_begin_);
    return runs;
  }

  void begin_block() { was_run_ = ends_in_run_ = false; }
  void end_block() { ends_in_run_ = was_run_; }
  bool is_full() const { return next_ == end_; }

  bool literal(std::uint8_t byte) {
    if (next_ == end_) return false;
    *next_++ = byte;
    was_run_ = false;
    return true;
  }

  bool copy(std::size_t length, std::size_t back) {
    if (back > static_cast<std::size_t>(next_ - begin_) ||
        length > static_cast<std::size_t>(end_ - next_))
      return false;
    copy_match(next_, length, back);
    // The second of two runs in a row and those after it are taken into the check sum at once;
    // what lies between runs is left together, since many short pieces cost more than a long one.
    if (back == 1) {
      if (was_run_) {
        sum_up();
        adler_.add_run(next_[-1], length);
        summed_ += length;
      } else {
        run_begin_ = next_;
      }
      if (next_ == first_run_end_) first_run_end_ += length;
    }
    was_run_ = back == 1;
    next_ += length;
    return true;
  }

  bool store(std::span<const std::uint8_t> bytes) {
    ends_in_run_ = false;
    if (static_cast<std::size_t>(end_ - next_) < bytes.size()) return false;
    std::memcpy(next_, bytes.data(), bytes.size());
    next_ += bytes.size();
    return true;
  }

 private:
  // Takes the bytes that were made since the last call into the check sum.
  void sum_up() {
    adler_.add(summed_, static_cast<std::size_t>(next_ - summed_));
    summed_ = next_;
  }

  RunningAdler adler_;
  std::uint8_t* begin_;
  std::uint8_t* next_;
  std::uint8_t* summed_;
  std::uint8_t* end_;
  std::uint8_t* first_run_end_;  // the data begin with equal bytes up to here
  std::uint8_t* run_begin_;      // of the last run
  bool was_run_ = false;         // the last code was one
  bool ends_in_run_ = false;     // the last block does
};

// Runs of equal bytes: a copy repeats runs that are there, and looks at no byte of them.
class RunOutput {
 public:
  // `runs` hold what is made until they are used again.
  RunOutput(std::size_t size, std::vector<ByteRun>& runs)
      : size_(size), capacity_(size / kBytesPerRun + 64) {
    const std::size_t num_places = capacity_ + kMostInCopy + 3;
    if (runs.size() < num_places) runs.resize(num_places);
    runs_ = runs.data();
    runs_[0] = {0, kNone};
    runs_[1].begin = kOpen;
  }

  // Once it is full.
  std::span<const ByteRun> runs() {
    runs_[last_ + 1].begin = static_cast<std::uint32_t>(size_);
    return {runs_ + 1, last_};
  }

  void begin_block() {}
  void end_block() {}
  bool is_full() const { return position_ == size_; }

  bool literal(std::uint8_t byte) {
    if (position_ == size_ || last_ >= capacity_) return false;
    append(byte);
    ++position_;
    return true;
  }

  bool copy(std::size_t length, std::size_t back) {
    if (back > position_ || length > size_ - position_) return false;
    if (back == 1) {
      position_ += length;
      return true;
    }
    if (last_ >= capacity_) return false;
    // As many runs back as the last copy from about there.
    const std::size_t source = position_ - back;
    std::uint32_t& runs_back = runs_back_[back / kBytesTogether % kNumPlaces];
    const std::size_t run = find(source, last_ - std::min<std::size_t>(runs_back, last_ - 1));
    runs_back = static_cast<std::uint32_t>(last_ - run);
    append(runs_[run].byte);
    // The last run is open: from it on everything is what it has, also what is being made.
    const auto end = static_cast<std::uint32_t>(source + length);
    const auto shift = static_cast<std::uint32_t>(back);
    ByteRun* next = runs_ + last_ + 1;
    for (const ByteRun* from = runs_ + run + 1; from->begin < end; ++from) {
      *next++ = {from->begin + shift, from->byte};
      next->begin = kOpen;
    }
    last_ = static_cast<std::size_t>(next - runs_) - 1;
    position_ += length;
    return true;
  }

  bool store(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) {
      if (!literal(byte)) return false;
    }
    return true;
  }

 private:
  // Fewer bytes a run make a list that is longer than half of the pixels: that is no label map.
  static constexpr std::size_t kBytesPerRun = 16;
  static constexpr std::size_t kMostSteps = 8;
  static constexpr std::size_t kMostInCopy = 258;
  static constexpr std::size_t kBytesTogether = 64;  // distances that are about the same
  static constexpr std::size_t kNumPlaces = 64;
  static constexpr std::uint32_t kOpen = ~std::uint32_t{0};  // where the run after the last begins
  static constexpr std::uint32_t kNone = 256;                // no byte

  // Begins a run here unless the last one has that byte.
  void append(std::uint32_t byte) {
    const std::size_t is_new = byte != runs_[last_].byte ? 1 : 0;
    runs_[last_ + 1] = {static_cast<std::uint32_t>(position_), byte};
    runs_[last_ + 2].begin = kOpen;
    last_ += is_new;
    runs_[last_ + 1].begin = kOpen;
  }

  // The run that has a byte; `run` is near it, mostly.
  std::size_t find(std::size_t source, std::size_t run) const {
    for (std::size_t steps = 0; steps < kMostSteps; ++steps) {
      if (runs_[run + 1].begin <= source) {
        ++run;
      } else if (runs_[run].begin > source) {
        --run;
      } else {
        return run;
      }
    }
    const ByteRun* const above =
        std::upper_bound(runs_ + 1, runs_ + last_ + 1, source,
                         [](std::size_t place, const ByteRun& one) { return place < one.begin; });
    return static_cast<std::size_t>(above - runs_) - 1;
  }

  std::size_t size_;
  std::size_t capacity_;
  std::size_t position_ = 0;
  std::size_t last_ = 0;  // the last run; the first stands in place 1
  ByteRun* runs_;
  std::array<std::uint32_t, kNumPlaces> runs_back_{};
};

// Adler-32 of runs, in closed form: byte p of n is n - p times in the second sum.
std::uint32_t adler_of(std::span<const ByteRun> runs, std::uint64_t size) {
  constexpr std::uint64_t kModulus = 65521;
  std::uint64_t first = 1;
  std::uint64_t second = size;
  for (const ByteRun& run : runs) {
    if (run.byte == 0) continue;
    const std::uint64_t end = (&run + 1)->begin;
    const std::uint64_t length = end - run.begin;
    first += run.byte * length;
    second += run.byte * (length * (2 * size - run.begin - end + 1) / 2);
  }
  return static_cast<std::uint32_t>(second % kModulus) << 16 |
         static_cast<std::uint32_t>(first % kModulus);
}

// A zlib stream (RFC 1950) taken apart.
struct Framed {
  std::span<const std::uint8_t> deflate;
  std::uint32_t adler = 0;
};

std::optional<Framed> unframe(std::span<const std::uint8_t> stream) {
  constexpr std::size_t kFrame = 6;  // header and Adler-32
  if (stream.size() < kFrame) return std::nullopt;
  const unsigned header = static_cast<unsigned>(stream[0]) << 8 | stream[1];
  const bool is_deflate = (stream[0] & 0x0F) == 8 && (stream[0] >> 4) <= 7;
  if (!is_deflate || header % 31 != 0 || (stream[1] & 0x20) != 0) return std::nullopt;
  const std::uint8_t* const sum = stream.data() + stream.size() - 4;
  return Framed{stream.subspan(2, stream.size() - kFrame),
                static_cast<std::uint32_t>(sum[0]) << 24 |
                    static_cast<std::uint32_t>(sum[1]) << 16 |
                    static_cast<std::uint32_t>(sum[2]) << 8 | sum[3]};
}

}  // namespace

bool inflate_mask(std::span<const std::uint8_t> stream, std::uint8_t* target, std::size_t size,
                  InflatedRuns* runs) {
  const std::optional<Framed> framed = unframe(stream);
  if (!framed) return false;
  ByteOutput output(target, size);
  if (!Inflater<ByteOutput>(framed->deflate, output).run() || output.adler() != framed->adler)
    return false;
  if (runs != nullptr && size > 0) *runs = output.runs();
  return true;
}

std::span<const ByteRun> inflate_runs(std::span<const std::uint8_t> stream, std::size_t size,
                                      std::vector<ByteRun>& buffer) {
  const std::optional<Framed> framed = unframe(stream);
  if (!framed || size == 0 || size > kMaxRunBytes) return {};
  RunOutput output(size, buffer);
  if (!Inflater<RunOutput>(framed->deflate, output).run()) return {};
  const std::span<const ByteRun> runs = output.runs();
  return adler_of(runs, size) == framed->adler ? runs : std::span<const ByteRun>();
}

}  // namespace angiobench
