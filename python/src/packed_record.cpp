// SPDX-License-Identifier: MIT
#include "python/src/packed_record.h"

#include <algorithm>
#include <utility>

#include "dataset/error.h"
#include "evaluator/counting/outline_shape.h"

namespace angiobench::python {
namespace {

constexpr std::uint32_t FrameCounts::*kCounts[] = {
    &FrameCounts::intersection,        &FrameCounts::union_area,
    &FrameCounts::prediction,          &FrameCounts::truth,
    &FrameCounts::prediction_boundary, &FrameCounts::truth_boundary,
    &FrameCounts::prediction_matched,  &FrameCounts::truth_matched};

[[noreturn]] void refuse() {
  throw Error(ErrorKind::input, "the state of an Evaluator", "is cut or damaged",
              "what pickle wrote of one");
}

void write_counts(const FrameCounts& counts, ByteWriter& out) {
  for (const auto member : kCounts) out.number(counts.*member, 4);
}

FrameCounts read_counts(ByteReader& in) {
  FrameCounts counts;
  for (const auto member : kCounts) counts.*member = static_cast<std::uint32_t>(in.number(4));
  return counts;
}

void write_ids(std::span<const int> ids, ByteWriter& out) {
  out.number(ids.size(), 2);
  for (const int id : ids) out.number(static_cast<std::uint64_t>(id), 1);
}

std::vector<int> read_ids(ByteReader& in) {
  std::vector<int> ids(in.number(2));
  for (int& id : ids) id = static_cast<int>(in.number(1));
  return ids;
}

void write_objects(const std::vector<ObjectCounts>& objects, ByteWriter& out) {
  out.number(objects.size(), 2);
  for (const ObjectCounts& object : objects) {
    out.number(static_cast<std::uint64_t>(object.id), 1);
    write_counts(object.counts, out);
  }
}

std::vector<ObjectCounts> read_objects(ByteReader& in) {
  std::vector<ObjectCounts> objects(in.number(2));
  for (ObjectCounts& object : objects) {
    object.id = static_cast<int>(in.number(1));
    object.counts = read_counts(in);
  }
  return objects;
}

void write_contours(const ObjectContours& contours, ByteWriter& out) {
  out.number(contours.size(), 2);
  for (const auto& [id, contour] : contours) {
    out.number(static_cast<std::uint64_t>(id), 1);
    out.number(contour.size(), 4);
    for (const ContourPoint& point : contour) {
      out.number(static_cast<std::uint64_t>(point.row), 2);
      out.number(static_cast<std::uint64_t>(point.column), 2);
    }
  }
}

ObjectContours read_contours(ByteReader& in) {
  ObjectContours contours(in.number(2));
  for (auto& [id, contour] : contours) {
    id = static_cast<int>(in.number(1));
    for (std::uint64_t i = in.number(4); i > 0; --i) {
      const auto row = static_cast<double>(in.number(2));
      contour.push_back({row, static_cast<double>(in.number(2))});
    }
  }
  return contours;
}

void write_record(const FrameRecord& record, ByteWriter& out) {
  write_ids(record.truth_ids, out);
  write_objects(record.counts, out);
  write_objects(record.second_counts, out);
  write_ids(record.predicted_ids, out);
  for (const FrameCounts& pair : record.pairs) write_counts(pair, out);
  out.number(static_cast<std::uint64_t>(record.width), 4);
  out.number(static_cast<std::uint64_t>(record.height), 4);
  out.number(record.object_pairs.size(), 2);
  for (const ObjectPair& pair : record.object_pairs) {
    out.number(static_cast<std::uint64_t>(pair.id), 1);
    out.text({reinterpret_cast<const char*>(pair.counts.data()), pair.counts.size()});
  }
}

FrameRecord read_record(ByteReader& in) {
  FrameRecord record;
  record.read = FrameNeed::both;
  record.truth_ids = read_ids(in);
  record.counts = read_objects(in);
  record.second_counts = read_objects(in);
  record.predicted_ids = read_ids(in);
  // Nobody matches proposals where none was counted.
  if (!record.predicted_ids.empty())
    record.pairs.resize(record.truth_ids.size() * record.predicted_ids.size());
  for (FrameCounts& pair : record.pairs) pair = read_counts(in);
  record.width = static_cast<int>(in.number(4));
  record.height = static_cast<int>(in.number(4));
  record.object_pairs.resize(in.number(2));
  for (ObjectPair& pair : record.object_pairs) {
    pair.id = static_cast<int>(in.number(1));
    const std::string_view bytes = in.text();
    pair.counts.assign(bytes.begin(), bytes.end());
  }
  return record;
}

Sha256 read_digest(ByteReader& in) {
  Sha256 digest{};
  const std::string_view bytes = in.raw(digest.size());
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

std::string_view bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

ObjectContours contours_of(const MaskView& mask, std::span<const std::uint8_t, 256> map,
                           std::span<const int> ids) {
  ObjectContours contours;
  for (const int id : ids) contours.emplace_back(id, outline_contour(mask, map, id));
  return contours;
}

void ByteWriter::number(std::uint64_t value, int num_bytes) {
  for (int i = 0; i < num_bytes; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
}

void ByteWriter::text(std::string_view value) {
  number(value.size(), 4);
  bytes_ += value;
}

std::uint64_t ByteReader::number(int num_bytes) {
  const std::string_view bytes = raw(static_cast<std::size_t>(num_bytes));
  std::uint64_t value = 0;
  for (int i = num_bytes; i-- > 0;)
    value = value << 8 | static_cast<std::uint8_t>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

std::string_view ByteReader::text() { return raw(number(4)); }

std::string_view ByteReader::raw(std::size_t num_bytes) {
  if (num_bytes > left_.size()) refuse();
  const std::string_view bytes = left_.substr(0, num_bytes);
  left_.remove_prefix(num_bytes);
  return bytes;
}

std::string pack_counts(const CountedPair& pair) {
  ByteWriter out;
  out.number(static_cast<std::uint64_t>(pair.width), 4);
  out.number(static_cast<std::uint64_t>(pair.height), 4);
  out.raw(bytes_of(pair.truth_digest));
  out.raw(bytes_of(pair.prediction_digest));
  const int num_classes = pair.matrix.num_classes();
  out.number(static_cast<std::uint64_t>(num_classes), 2);
  if (num_classes == 0) {
    write_record(pair.record, out);
    write_contours(pair.truth_contours, out);
    write_contours(pair.prediction_contours, out);
  }
  for (int truth = 0; truth < num_classes; ++truth) {
    for (int prediction = 0; prediction < num_classes; ++prediction)
      out.number(pair.matrix.at(truth, prediction), 8);
  }
  return out.take();
}

CountedPair unpack_counts(std::string_view bytes) {
  ByteReader in(bytes);
  CountedPair pair;
  pair.width = static_cast<int>(in.number(4));
  pair.height = static_cast<int>(in.number(4));
  pair.truth_digest = read_digest(in);
  pair.prediction_digest = read_digest(in);
  const auto num_classes = static_cast<int>(in.number(2));
  constexpr int kMostClasses = 256;
  if (num_classes > kMostClasses) refuse();
  if (num_classes == 0) {
    pair.record = read_record(in);
    pair.truth_contours = read_contours(in);
    pair.prediction_contours = read_contours(in);
  } else {
    pair.matrix = ConfusionMatrix(num_classes);
    for (int truth = 0; truth < num_classes; ++truth) {
      for (int prediction = 0; prediction < num_classes; ++prediction)
        pair.matrix.at(truth, prediction) = in.number(8);
    }
  }
  if (!in.at_end()) refuse();
  return pair;
}

}  // namespace angiobench::python
