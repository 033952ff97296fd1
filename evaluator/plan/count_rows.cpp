// SPDX-License-Identifier: MIT
#include "evaluator/plan/count_rows.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <span>
#include <vector>

#include "dataset/error.h"
#include "evaluator/vessel/pair_packing.h"

namespace angiobench {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::uint64_t kMostId = 1U << 30;

// --- writing ---

void put(std::string& text, std::uint64_t number) {
  char digits[20];
  const auto [end, code] = std::to_chars(digits, digits + sizeof digits, number);
  text.append(digits, end);
}

void put_cell(std::string& text, std::uint64_t number) {
  text += '\t';
  put(text, number);
}

void put_hex(std::string& text, std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15U];
  }
}

void begin_row(std::string& text, char kind, std::size_t item) {
  text += kind;
  put_cell(text, item);
}

void put_counts(std::string& text, const FrameCounts& counts) {
  for (const std::uint32_t number :
       {counts.intersection, counts.union_area, counts.prediction, counts.truth,
        counts.prediction_boundary, counts.truth_boundary, counts.prediction_matched,
        counts.truth_matched})
    put_cell(text, number);
  text += '\n';
}

void put_ids(std::string& text, const std::vector<int>& ids) {
  text += '\t';
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i > 0) text += ',';
    put(text, static_cast<std::uint64_t>(ids[i]));
  }
  if (ids.empty()) text += '-';
}

void put_frame(std::string& text, std::size_t item, std::size_t frame, const FrameRecord& record) {
  begin_row(text, 'F', item);
  put_cell(text, frame);
  put_cell(text, record.read == FrameNeed::both ? 2 : 1);
  put_cell(text, record.missing ? 1 : 0);
  put_cell(text, static_cast<std::uint64_t>(record.width));
  put_cell(text, static_cast<std::uint64_t>(record.height));
  put_ids(text, record.truth_ids);
  put_ids(text, record.predicted_ids);
  text += '\n';
  const auto put_place = [&](char kind, int object) {
    begin_row(text, kind, item);
    put_cell(text, frame);
    put_cell(text, static_cast<std::uint64_t>(object));
  };
  for (const ObjectCounts& object : record.counts) {
    put_place('C', object.id);
    put_counts(text, object.counts);
  }
  for (const ObjectCounts& object : record.second_counts) {
    put_place('S', object.id);
    put_counts(text, object.counts);
  }
  for (std::size_t i = 0; i < record.pairs.size(); ++i) {
    put_place('P', record.truth_ids[i / record.predicted_ids.size()]);
    put_cell(text,
             static_cast<std::uint64_t>(record.predicted_ids[i % record.predicted_ids.size()]));
    put_counts(text, record.pairs[i]);
  }
  for (const ObjectPair& pair : record.object_pairs) {
    put_place('V', pair.id);
    text += '\t';
    put_hex(text, pair.counts);
    text += '\n';
  }
  for (const auto& [id, change] : record.outline_changes) {
    put_place('T', id);
    text += '\t';
    const auto bits = std::bit_cast<std::uint64_t>(change);
    for (int shift = 60; shift >= 0; shift -= 4) text += kHexDigits[bits >> shift & 15U];
    text += '\n';
  }
}

// "value:pixels,…" of the values that occur, "-" where none does.
void put_histogram(std::string& text, const std::vector<std::uint64_t>& values) {
  text += '\t';
  bool is_first = true;
  for (std::size_t value = 0; value < values.size(); ++value) {
    if (values[value] == 0) continue;
    if (!is_first) text += ',';
    is_first = false;
    put(text, value);
    text += ':';
    put(text, values[value]);
  }
  if (is_first) text += '-';
}

void put_map(std::string& text, const MapCounts& map) {
  put_cell(text, map.histogram.on.size());
  text += '\t';
  put(text, map.at.true_positive);
  for (const std::uint64_t number :
       {map.at.false_positive, map.at.false_negative, map.at.true_negative}) {
    text += ',';
    put(text, number);
  }
  put_histogram(text, map.histogram.on);
  put_histogram(text, map.histogram.off);
  text += '\t';
  put_hex(text, pack_pair(map.pair));
}

void put_matrix(std::string& text, const ConfusionMatrix& matrix) {
  put_cell(text, static_cast<std::uint64_t>(matrix.num_classes()));
  text += '\t';
  bool is_first = true;
  for (int truth = 0; truth < matrix.num_classes(); ++truth) {
    for (int prediction = 0; prediction < matrix.num_classes(); ++prediction) {
      const std::uint64_t pixels = matrix.at(truth, prediction);
      if (pixels == 0) continue;
      if (!is_first) text += ',';
      is_first = false;
      put(text, static_cast<std::uint64_t>(truth));
      text += ':';
      put(text, static_cast<std::uint64_t>(prediction));
      text += ':';
      put(text, pixels);
    }
  }
  if (is_first) text += '-';
}

void put_labels(std::string& text, const std::vector<LabelOverlap>& labels) {
  text += '\t';
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) text += ',';
    put(text, labels[i].truth);
    text += ':';
    put(text, labels[i].intersection);
    text += ':';
    put(text, labels[i].union_area);
  }
  if (labels.empty()) text += '-';
}

// --- reading ---

// The cells of one row, one after the other; every mistake is told with the row.
class Cells {
 public:
  Cells(std::string_view row, const std::string& path) : row_(row), rest_(row), path_(path) {}

  [[noreturn]] void fail(const std::string& expected) const {
    constexpr std::size_t kShown = 60;
    std::string shown(row_.substr(0, kShown));
    std::ranges::replace(shown, '\t', ' ');
    throw Error(ErrorKind::input, path_, "has the row '" + shown + "'",
                expected + ", as the part was written");
  }

  std::string_view text() {
    if (is_done_) fail("one more cell");
    const std::size_t tab = rest_.find('\t');
    const std::string_view cell = rest_.substr(0, tab);
    is_done_ = tab == std::string_view::npos;
    rest_.remove_prefix(is_done_ ? rest_.size() : tab + 1);
    return cell;
  }

  std::uint64_t number(std::uint64_t most) { return number_of(text(), most); }

  std::uint64_t number_of(std::string_view cell, std::uint64_t most) const {
    std::uint64_t number = 0;
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    // One way to write a number: what two parts say of an item is compared as text.
    const bool is_plain = cell.size() == 1 || (!cell.empty() && cell.front() != '0');
    if (code != std::errc() || end != cell.data() + cell.size() || !is_plain || number > most)
      fail("a number up to " + std::to_string(most));
    return number;
  }

  int id() { return static_cast<int>(number(kMostId)); }

  std::vector<int> ids() {
    std::vector<int> ids;
    for_each(text(), [&](std::string_view part) {
      ids.push_back(static_cast<int>(number_of(part, kMostId)));
      if (ids.size() > 1 && ids[ids.size() - 2] >= ids.back()) fail("ascending ids");
    });
    return ids;
  }

  // The parts of "a,b,c"; none of "-".
  template <typename Visit>
  void for_each(std::string_view list, Visit visit) const {
    if (list == "-") return;
    for (;;) {
      const std::size_t comma = list.find(',');
      visit(list.substr(0, comma));
      if (comma == std::string_view::npos) return;
      list.remove_prefix(comma + 1);
    }
  }

  // "a:b:c"
  template <std::size_t N>
  std::array<std::uint64_t, N> tuple(std::string_view part) const {
    std::array<std::uint64_t, N> numbers{};
    for (std::size_t i = 0; i < N; ++i) {
      const std::size_t colon = part.find(':');
      if ((colon == std::string_view::npos) != (i + 1 == N)) fail("numbers with colons");
      numbers[i] = number_of(part.substr(0, colon), std::numeric_limits<std::uint64_t>::max());
      part.remove_prefix(colon == std::string_view::npos ? part.size() : colon + 1);
    }
    return numbers;
  }

  FrameCounts counts() {
    FrameCounts counts;
    for (std::uint32_t* const number :
         {&counts.intersection, &counts.union_area, &counts.prediction, &counts.truth,
          &counts.prediction_boundary, &counts.truth_boundary, &counts.prediction_matched,
          &counts.truth_matched})
      *number = static_cast<std::uint32_t>(this->number(UINT32_MAX));
    return counts;
  }

  std::vector<std::uint8_t> bytes() {
    const std::string_view cell = text();
    if (cell.size() % 2 != 0) fail("pairs of hexadecimal digits");
    std::vector<std::uint8_t> bytes(cell.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::uint8_t>(digit(cell[2 * i]) << 4 | digit(cell[2 * i + 1]));
    return bytes;
  }

  std::uint64_t bits() {
    const std::string_view cell = text();
    if (cell.size() != 16) fail("16 hexadecimal digits");
    std::uint64_t bits = 0;
    for (const char c : cell) bits = bits << 4 | digit(c);
    return bits;
  }

  Sha256 digest() {
    const std::vector<std::uint8_t> bytes = this->bytes();
    Sha256 digest{};
    if (bytes.size() != digest.size()) fail("a SHA-256 digest");
    std::ranges::copy(bytes, digest.begin());
    return digest;
  }

  void expect_end() const {
    if (!is_done_) fail("no more cells");
  }

 private:
  std::uint64_t digit(char c) const {
    if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint64_t>(c - 'a') + 10;
    fail("hexadecimal digits");
  }

  std::string_view row_;
  std::string_view rest_;
  const std::string& path_;
  bool is_done_ = false;
};

// Calls visit(kind, cells) for each row of an item, its first two cells read.
template <typename Visit>
void for_each_row(const ItemRow& head, std::string_view rows, const std::string& path,
                  Visit visit) {
  while (!rows.empty()) {
    const std::size_t end = rows.find('\n');
    if (end == std::string_view::npos)
      throw Error(ErrorKind::input, path, "ends within a row", "whole rows");
    Cells cells(rows.substr(0, end), path);
    const std::string_view kind = cells.text();
    if (kind.size() != 1) cells.fail("the letter of a row");
    if (cells.number(std::numeric_limits<std::uint64_t>::max()) != head.item)
      cells.fail("a row of item " + std::to_string(head.item));
    visit(kind.front(), cells);
    cells.expect_end();
    rows.remove_prefix(end + 1);
  }
}

// What cannot be a packed pair is found when it is unpacked, which is done here once.
void check_pair(std::span<const std::uint8_t> bytes, const Cells& cells) {
  thread_local PairCounts unpacked;
  try {
    unpack_pair(bytes, unpacked);
  } catch (const Error&) {
    cells.fail("a packed pair of masks");
  }
}

// Reads rows of a sequence into its table.
class TableReader {
 public:
  TableReader(const Sequence& sequence, CountTable& table) : sequence_(sequence), table_(table) {
    table_.assign(sequence.frames.size(), {});
  }

  void read(char kind, Cells& cells) {
    if (kind == 'F') {
      read_frame(cells);
      return;
    }
    if (record_ == nullptr || cells.number(table_.size()) != frame_)
      cells.fail("a row of the frame before it");
    // Each kind after those that stand before it.
    constexpr std::string_view kOrder = "CSPVT";
    const std::size_t order = kOrder.find(kind);
    if (order == std::string_view::npos || order < order_)
      cells.fail("C, S, P, V, T in this order");
    if (order > order_) last_ = -1;
    order_ = order;
    const int id = cells.id();
    if (kind != 'P') {
      if (id <= last_) cells.fail("ascending objects");
      last_ = id;
    }
    switch (kind) {
      case 'C':
        record_->counts.push_back({id, cells.counts()});
        break;
      case 'S':
        record_->second_counts.push_back({id, cells.counts()});
        break;
      case 'P':
        read_pair(id, cells);
        break;
      case 'V':
        record_->object_pairs.push_back({id, cells.bytes()});
        check_pair(record_->object_pairs.back().counts, cells);
        break;
      default:
        record_->outline_changes.emplace_back(id, std::bit_cast<double>(cells.bits()));
    }
  }

  // Between two frames, and at the end: every pair of a truth and a proposal is there.
  void expect_whole(const std::string& path) const {
    if (record_ == nullptr ||
        record_->pairs.size() == record_->truth_ids.size() * record_->predicted_ids.size())
      return;
    throw Error(ErrorKind::input, path,
                "lacks rows P of the frame " + std::string(sequence_.frames[frame_]) + " of " +
                    sequence_.name,
                "one for each pair, as the part was written");
  }

 private:
  void read_frame(Cells& cells) {
    const std::uint64_t frame = cells.number(table_.size());
    if (frame >= table_.size() || (record_ != nullptr && frame <= frame_))
      cells.fail("ascending frames, " + std::to_string(table_.size()) + " in all");
    frame_ = frame;
    record_ = &table_[frame];
    order_ = 0;
    last_ = -1;
    const std::uint64_t read = cells.number(2);
    if (read == 0) cells.fail("1 (the truth) or 2 (both)");
    record_->read = read == 2 ? FrameNeed::both : FrameNeed::truth;
    record_->missing = cells.number(1) == 1;
    record_->width = cells.id();
    record_->height = cells.id();
    record_->truth_ids = cells.ids();
    record_->predicted_ids = cells.ids();
  }

  void read_pair(int object, Cells& cells) {
    const std::size_t at = record_->pairs.size();
    const std::size_t num_predicted = record_->predicted_ids.size();
    const bool fits = num_predicted > 0 && at / num_predicted < record_->truth_ids.size() &&
                      record_->truth_ids[at / num_predicted] == object &&
                      record_->predicted_ids[at % num_predicted] == cells.id();
    if (!fits) cells.fail("the next pair of truth and proposal");
    record_->pairs.push_back(cells.counts());
  }

  const Sequence& sequence_;
  CountTable& table_;
  FrameRecord* record_ = nullptr;
  std::uint64_t frame_ = 0;
  std::size_t order_ = 0;
  int last_ = -1;
};

void read_map(Cells& cells, MapCounts& map) {
  const std::uint64_t num_values = cells.number(65536);
  if (num_values != 256 && num_values != 65536) cells.fail("256 or 65536 values");
  std::vector<std::uint64_t> areas;
  cells.for_each(cells.text(), [&](std::string_view part) {
    areas.push_back(cells.number_of(part, std::numeric_limits<std::uint64_t>::max()));
  });
  if (areas.size() != 4) cells.fail("four areas");
  map.at = {areas[0], areas[1], areas[2], areas[3]};
  for (std::vector<std::uint64_t>* const values : {&map.histogram.on, &map.histogram.off}) {
    values->assign(num_values, 0);
    cells.for_each(cells.text(), [&](std::string_view part) {
      const auto [value, pixels] = cells.tuple<2>(part);
      if (value >= num_values) cells.fail("values below " + std::to_string(num_values));
      (*values)[value] = pixels;
    });
  }
  const std::vector<std::uint8_t> pair = cells.bytes();
  check_pair(pair, cells);
  unpack_pair(pair, map.pair);
}

void read_matrix(Cells& cells, ConfusionMatrix& matrix) {
  const auto num_classes = static_cast<int>(cells.number(256));
  matrix = ConfusionMatrix(num_classes);
  cells.for_each(cells.text(), [&](std::string_view part) {
    const auto [truth, prediction, pixels] = cells.tuple<3>(part);
    if (std::max(truth, prediction) >= static_cast<std::uint64_t>(num_classes))
      cells.fail("classes below " + std::to_string(num_classes));
    matrix.at(static_cast<int>(truth), static_cast<int>(prediction)) = pixels;
  });
}

void read_labels(Cells& cells, std::vector<LabelOverlap>& labels) {
  cells.for_each(cells.text(), [&](std::string_view part) {
    const auto [truth, intersection, either] = cells.tuple<3>(part);
    labels.push_back({truth, intersection, either});
  });
}

char letter_of(Task task) {
  expects(task != Task::objects, "images have no objects");
  return task == Task::binary ? 'B' : task == Task::semantic ? 'M' : 'L';
}

}  // namespace

std::string item_row(std::size_t item, std::string_view rows, const Sha256& truth,
                     const Sha256& prediction, std::string_view marks) {
  std::string text;
  begin_row(text, 'I', item);
  put_cell(text, rows.size());
  put_cell(text, static_cast<std::uint64_t>(std::ranges::count(rows, '\n')));
  for (const Sha256* const digest : {&truth, &prediction}) {
    text += '\t';
    put_hex(text, *digest);
  }
  text += '\t';
  text += marks;
  text += '\n';
  return text;
}

std::string rows_of(std::size_t item, const SequenceCounts& counts) {
  expects(counts.tables.size() == 1 && !counts.failure, "a sequence was counted under one plan");
  std::string rows;
  const CountTable& table = counts.tables.front();
  for (std::size_t frame = 0; frame < table.size(); ++frame) {
    if (table[frame].read != FrameNeed::none) put_frame(rows, item, frame, table[frame]);
  }
  std::string marks;
  if (counts.is_suspicious) marks += 's';
  if (counts.holds_void_label) marks += 'v';
  return item_row(item, rows, counts.truth_digest, counts.prediction_digest,
                  marks.empty() ? "-" : marks) +
         rows;
}

std::string row_of(std::size_t item, const StillCounts& counts, Task task) {
  std::string text;
  begin_row(text, letter_of(task), item);
  put_cell(text, counts.place.frame);
  put_cell(text, counts.place.is_missing ? 1 : 0);
  for (const Sha256* const digest : {&counts.place.truth_digest, &counts.place.prediction_digest}) {
    text += '\t';
    put_hex(text, *digest);
  }
  if (task == Task::binary) {
    put_map(text, counts.map);
  } else if (task == Task::semantic) {
    put_matrix(text, counts.matrix);
  } else {
    put_labels(text, counts.labels);
  }
  text += '\n';
  return text;
}

ItemRow read_item_row(std::string_view row, const std::string& path) {
  Cells cells(row, path);
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (cells.text() != "I") cells.fail("the row I of an item");
  ItemRow head;
  head.item = cells.number(kMost);
  head.num_bytes = cells.number(kMost);
  head.num_rows = cells.number(kMost);
  head.truth_digest = cells.digest();
  head.prediction_digest = cells.digest();
  const std::string_view marks = cells.text();
  cells.expect_end();
  if (marks != "-" && marks != "s" && marks != "v" && marks != "sv") cells.fail("s, v, sv or -");
  head.is_suspicious = marks.find('s') != std::string_view::npos;
  head.holds_void_label = marks.find('v') != std::string_view::npos;
  return head;
}

void read_rows(const ItemRow& head, std::string_view rows, const Sequence& sequence,
               const std::string& path, SequenceCounts& counts) {
  counts.tables.resize(1);
  counts.truth_digest = head.truth_digest;
  counts.prediction_digest = head.prediction_digest;
  counts.is_suspicious = head.is_suspicious;
  counts.holds_void_label = head.holds_void_label;
  TableReader reader(sequence, counts.tables.front());
  for_each_row(head, rows, path, [&](char kind, Cells& cells) {
    if (kind == 'F') reader.expect_whole(path);
    reader.read(kind, cells);
  });
  reader.expect_whole(path);
}

void read_images(const ItemRow& head, std::string_view rows, const Sequence& sequence, Task task,
                 const std::string& path, const std::function<void(StillCounts&&)>& on_image) {
  std::size_t next = 0;
  for_each_row(head, rows, path, [&](char kind, Cells& cells) {
    if (kind != letter_of(task)) cells.fail(std::string("a row ") + letter_of(task));
    StillCounts counts;
    counts.place.frame = cells.number(kMostId);
    if (counts.place.frame < next || counts.place.frame >= sequence.frames.size())
      cells.fail("ascending frames, " + std::to_string(sequence.frames.size()) + " in all");
    next = counts.place.frame + 1;
    counts.place.is_missing = cells.number(1) == 1;
    counts.place.truth_digest = cells.digest();
    counts.place.prediction_digest = cells.digest();
    if (task == Task::binary) {
      read_map(cells, counts.map);
    } else if (task == Task::semantic) {
      read_matrix(cells, counts.matrix);
    } else {
      read_labels(cells, counts.labels);
    }
    on_image(std::move(counts));
  });
}

}  // namespace angiobench
