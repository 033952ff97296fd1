// SPDX-License-Identifier: MIT
#include "evaluator/plan/part_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "dataset/error.h"
#include "dataset/files/atomic_file.h"
#include "dataset/files/input_file.h"
#include "dataset/files/file_tree.h"
#include "dataset/files/json_fields.h"
#include "dataset/files/passing_failure.h"
#include "dataset/files/temporary_name.h"
#include "evaluator/plan/count_rows.h"

namespace angiobench {
namespace {

constexpr std::string_view kSchema = "part-1";
constexpr std::string_view kTrailer = "sha256:";
constexpr std::size_t kTrailerSize = kTrailer.size() + 2 * 32 + 1;  // with its line feed
constexpr std::size_t kMaxHeader = 1U << 20;
constexpr const char* kCure = "a whole part; 'angiobench score --plan … --shard N' makes it again";

std::string header_line(const PartHeader& header) {
  Json line = Json::object();
  line["commit"] = header.commit;
  line["items"] = header.items;
  line["metric_version"] = header.metric_version;
  line["plan"] = header.plan;
  line["rows"] = header.rows;
  line["schema"] = kSchema;
  line["shards"] = header.shards;
  line["tool"] = header.tool;
  return line.dump() + "\n";
}

PartHeader read_header(std::string_view line, const std::string& path) {
  const Json document = parse_json(line, path, DuplicateKeys::refused);
  JsonFields fields(document, path);
  if (fields.string("schema") != kSchema) fields.fail("schema", "\"" + std::string(kSchema) + "\"");
  PartHeader header;
  header.plan = fields.string("plan");
  header.metric_version = fields.string("metric_version");
  header.tool = fields.string("tool");
  header.commit = fields.string("commit");
  constexpr std::int64_t kMost = INT64_MAX;
  header.items = static_cast<std::uint64_t>(fields.integer("items", 0, kMost));
  header.rows = static_cast<std::uint64_t>(fields.integer("rows", 0, kMost));
  const Json& shards = fields.value("shards");
  if (!shards.is_array()) fields.fail("shards", "an array of numbers");
  for (const Json& shard : shards) {
    if (!shard.is_number_unsigned() || shard.get<std::uint64_t>() > UINT32_MAX)
      fields.fail("shards", "an array of numbers");
    header.shards.push_back(shard.get<std::uint32_t>());
  }
  fields.expect_no_more();
  return header;
}

// Which file it is, and that it is still the same.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

FileStamp stamp_of(int descriptor) {
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) return {};
  return {info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

// Reads a file from its beginning by lines and by blocks, through a buffer of its own, and hashes
// all of it.
class HashingReader {
 public:
  HashingReader(int descriptor, const std::string& path, std::uint64_t size)
      : descriptor_(descriptor), path_(path), left_(size) {}

  // The next line without its end. Throws where the file ends before one, or it is longer than
  // `most`.
  std::string_view line(std::size_t most) {
    for (;;) {
      const std::string_view ready = this->ready();
      const std::size_t end = ready.find('\n');
      if (end != std::string_view::npos) {
        take(end + 1);
        return ready.substr(0, end);
      }
      if (ready.size() > most || !fill()) fail("has no end of a line where one should be");
    }
  }

  // Passes over so many bytes; returns how many lines they end.
  std::uint64_t skip(std::uint64_t count) {
    std::uint64_t lines = 0;
    while (count > 0) {
      if (ready().empty() && !fill()) fail("ends too early");
      const std::size_t part =
          static_cast<std::size_t>(std::min<std::uint64_t>(count, ready().size()));
      lines += static_cast<std::uint64_t>(std::ranges::count(ready().substr(0, part), '\n'));
      take(part);
      count -= part;
    }
    return lines;
  }

  std::uint64_t position() const { return position_; }
  Sha256 digest() { return digest_.finish(); }

  [[noreturn]] void fail(const std::string& found) const {
    throw Error(ErrorKind::input, path_, found, kCure);
  }

 private:
  std::string_view ready() const { return std::string_view(buffer_).substr(at_); }

  void take(std::size_t count) {
    digest_.update(ready().substr(0, count));
    at_ += count;
    position_ += count;
  }

  bool fill() {
    constexpr std::size_t kBlock = 1U << 18;
    buffer_.erase(0, at_);
    at_ = 0;
    const std::size_t old = buffer_.size();
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, left_));
    buffer_.resize(old + wanted);
    Tries tries;
    ssize_t count = 0;
    do {
      count = ::read(descriptor_, buffer_.data() + old, wanted);
    } while (count < 0 && (errno == EINTR || tries.again(errno)));
    if (count < 0) {
      throw Error(kind_of_failure(errno), path_,
                  std::string("cannot be read (") + std::strerror(errno) + ")");
    }
    buffer_.resize(old + static_cast<std::size_t>(count));
    left_ -= static_cast<std::uint64_t>(count);
    return count > 0;
  }

  int descriptor_;
  const std::string& path_;
  std::uint64_t left_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t position_ = 0;
  Sha256Stream digest_;
};

// Where the rows of an item lie in a part.
struct ItemPlace {
  std::uint32_t item = 0;
  std::uint32_t part = 0;
  std::uint64_t offset = 0;  // of its I row
  std::uint32_t head = 0;    // bytes of that, with its line feed
  std::uint64_t bytes = 0;   // of what follows
  std::uint64_t rows = 0;    // the I row among them
};

struct Part {
  std::string path;
  PartHeader header;
  FileStamp stamp;
};

// Reads rows up to `end`: where items lie. Throws where they are not in order, or not whole.
void find_items(HashingReader& reader, std::uint64_t end, const Plan& plan, std::uint32_t part,
                const std::string& path, std::vector<ItemPlace>& places) {
  while (reader.position() < end) {
    ItemPlace place;
    place.part = part;
    place.offset = reader.position();
    const ItemRow row = read_item_row(reader.line(kMaxHeader), path);
    place.head = static_cast<std::uint32_t>(reader.position() - place.offset);
    if (row.item >= plan.items.size() || (!places.empty() && row.item <= places.back().item))
      reader.fail("has item " + std::to_string(row.item) + " out of order");
    place.item = static_cast<std::uint32_t>(row.item);
    place.bytes = row.num_bytes;
    if (row.num_bytes > end - reader.position())
      reader.fail("ends within item " + std::to_string(row.item));
    if (reader.skip(row.num_bytes) != row.num_rows)
      reader.fail("has another number of rows of item " + std::to_string(row.item) +
                  " than it says");
    place.rows = row.num_rows + 1;
    places.push_back(place);
  }
}

// Holds what a part says of itself against the plan, the program and its own rows.
void check_header(const PartHeader& header, const Plan& plan, const PartMaker& maker,
                  const std::vector<ItemPlace>& own, const std::string& path) {
  const auto fail = [&](const std::string& found, const std::string& expected) {
    throw Error(ErrorKind::input, path, found, expected);
  };
  if (header.plan != plan.id)
    fail("is of the plan " + header.plan, "a part of this plan, " + plan.id);
  if (header.metric_version != maker.metric_version)
    fail("is of metric version " + header.metric_version,
         "version " + maker.metric_version + ", as this program has it");
  if (header.tool != maker.tool || header.commit != maker.commit) {
    fail("was made by angiobench " + header.tool + " (" + header.commit + ")",
         "the program that merges it, " + maker.tool + " (" + maker.commit +
             "): one build for a whole plan");
  }
  std::uint64_t rows = 0;
  for (const ItemPlace& place : own) rows += place.rows;
  if (rows != header.rows || own.size() != header.items)
    fail("has " + std::to_string(own.size()) + " items and " + std::to_string(rows) + " rows",
         std::to_string(header.items) + " and " + std::to_string(header.rows) +
             ", as its first line says");
  // A part holds its shards' items, all of them and no other.
  std::vector<std::uint32_t> expected;
  for (std::size_t i = 0; i < plan.items.size(); ++i) {
    if (std::ranges::binary_search(header.shards, plan.items[i].shard))
      expected.push_back(static_cast<std::uint32_t>(i));
  }
  if (!std::ranges::equal(own, expected, {}, &ItemPlace::item))
    fail("does not hold the items of its shards", "all of them and no other");
}

// Reads a part to its end, holds it against its digest and the plan; adds where its items lie.
Part check_part(const std::string& path, const Plan& plan, const PartMaker& maker,
                std::uint32_t number, std::vector<ItemPlace>& places) {
  const InputFile file = open_input_file(path, "a part");
  Part part{path, {}, stamp_of(file.descriptor.get())};
  const auto fail = [&](const std::string& found, const std::string& expected) {
    throw Error(ErrorKind::input, path, found, expected);
  };
  if (file.size <= kTrailerSize) fail("has " + std::to_string(file.size) + " bytes", kCure);

  // The digest first: nothing else is believed of a file that does not have it.
  std::array<char, kTrailerSize> trailer{};
  const ssize_t count = ::pread(file.descriptor.get(), trailer.data(), trailer.size(),
                                static_cast<off_t>(file.size - kTrailerSize));
  const std::string_view stated(trailer.data(), trailer.size());
  if (count != static_cast<ssize_t>(trailer.size()) || !stated.starts_with(kTrailer) ||
      !stated.ends_with('\n'))
    fail("does not end with its digest: it is truncated, or no part", kCure);

  HashingReader reader(file.descriptor.get(), path, file.size - kTrailerSize);
  const std::string head(reader.line(kMaxHeader));
  std::vector<ItemPlace> own;
  std::optional<Error> broken;  // told after the digest
  try {
    part.header = read_header(head, path);
    find_items(reader, file.size - kTrailerSize, plan, number, path, own);
  } catch (const Error& error) {
    broken = error;
    if (reader.position() < file.size - kTrailerSize)
      reader.skip(file.size - kTrailerSize - reader.position());
  }
  if (format_digest(reader.digest()) + "\n" != stated)
    fail("is not what its digest says: it was edited or damaged", kCure);
  if (broken) throw Error(*broken);

  check_header(part.header, plan, maker, own, path);
  places.insert(places.end(), own.begin(), own.end());
  return part;
}

}  // namespace

std::string part_name(const Plan& plan, std::span<const std::uint32_t> shards) {
  std::string list = array_list(shards);
  std::ranges::replace(list, ',', '+');
  // A long list is cut, so that every file system takes the name, and told apart by its digest.
  constexpr std::size_t kLongest = 100;
  constexpr std::size_t kDigits = 12;
  if (list.size() > kLongest) {
    const std::string digest = format_digest(sha256(std::string_view(list)));
    list = list.substr(0, kLongest) + "+" + digest.substr(digest.find(':') + 1, kDigits);
  }
  return plan.short_id() + "-" + list + ".part";
}

PartWriter::PartWriter(const std::string& path, const PartHeader& header)
    : file_(std::make_unique<AtomicFile>(path)) {
  add(header_line(header));
}

PartWriter::~PartWriter() = default;

void PartWriter::add(std::string_view rows) {
  digest_.update(rows);
  file_->write(rows);
}

void PartWriter::commit() {
  file_->write(format_digest(digest_.finish()) + "\n");
  file_->commit();
}

struct PartSet::State {
  const Plan& plan;
  PartMaker maker;
  std::vector<Part> parts;
  std::vector<ItemPlace> places;
  mutable bool is_sorted = true;

  std::vector<bool> present() const {
    std::vector<bool> present(plan.items.size());
    for (const ItemPlace& place : places) present[place.item] = true;
    return present;
  }
};

PartSet::PartSet(const Plan& plan, PartMaker maker)
    : state_(std::make_unique<State>(State{plan, std::move(maker), {}, {}})) {}

PartSet::~PartSet() = default;

void PartSet::add(const std::string& path) {
  State& state = *state_;
  Part part = check_part(path, state.plan, state.maker,
                         static_cast<std::uint32_t>(state.parts.size()), state.places);
  state.parts.push_back(std::move(part));
  state.is_sorted = false;
}

std::vector<std::uint32_t> PartSet::missing_shards() const {
  const std::vector<bool> present = state_->present();
  std::vector<std::uint32_t> missing;
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (!present[i]) missing.push_back(state_->plan.items[i].shard);
  }
  std::ranges::sort(missing);
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  return missing;
}

std::vector<std::uint32_t> PartSet::whole_shards() const {
  const std::vector<std::uint32_t> missing = missing_shards();
  std::vector<std::uint32_t> whole;
  for (std::uint32_t shard = 0; shard < state_->plan.shards; ++shard) {
    if (!std::ranges::binary_search(missing, shard)) whole.push_back(shard);
  }
  return whole;
}

std::size_t PartSet::num_parts() const { return state_->parts.size(); }

PartHeader PartSet::header() const {
  PartHeader header;
  header.plan = state_->plan.id;
  header.shards = whole_shards();
  header.metric_version = state_->maker.metric_version;
  header.tool = state_->maker.tool;
  header.commit = state_->maker.commit;
  std::map<std::uint32_t, std::uint64_t> rows;  // of each item
  for (const ItemPlace& place : state_->places) rows[place.item] = place.rows;
  header.items = rows.size();
  for (const auto& [item, count] : rows) header.rows += count;
  return header;
}

namespace {

// Reads from parts by place. Few files are open at a time, however many parts there are.
class PlaceReader {
 public:
  explicit PlaceReader(const std::vector<Part>& parts) : parts_(parts) {}

  void read(const ItemPlace& place, std::string& text) {
    const Part& part = parts_[place.part];
    const int descriptor = open(place.part);
    text.resize(place.head + place.bytes);
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t count = ::pread(descriptor, text.data() + done, text.size() - done,
                                    static_cast<off_t>(place.offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0)
        throw Error(ErrorKind::input, part.path, "cannot be read a second time",
                    "a file that stays");
      done += static_cast<std::size_t>(count);
    }
  }

 private:
  int open(std::uint32_t number) {
    constexpr std::size_t kMostOpen = 64;
    const auto found = open_.find(number);
    if (found != open_.end()) return found->second.descriptor.get();
    if (open_.size() == kMostOpen) open_.clear();
    InputFile file = open_input_file(parts_[number].path, "a part");
    if (stamp_of(file.descriptor.get()) != parts_[number].stamp) {
      throw Error(ErrorKind::input, parts_[number].path, "changed while it was merged",
                  "parts that stay; merge them again");
    }
    return open_.emplace(number, std::move(file)).first->second.descriptor.get();
  }

  const std::vector<Part>& parts_;
  std::map<std::uint32_t, InputFile> open_;
};

}  // namespace

void PartSet::for_each(std::size_t begin, std::size_t end, const OnItem& on_item) const {
  State& state = *state_;
  if (!state.is_sorted) {
    std::ranges::sort(state.places, {},
                      [](const ItemPlace& place) { return std::tie(place.item, place.part); });
    state.is_sorted = true;
  }
  PlaceReader reader(state.parts);
  std::string text;
  std::string other;
  auto place = std::ranges::lower_bound(state.places, begin, {}, &ItemPlace::item);
  while (place != state.places.end() && place->item < end) {
    const ItemPlace& first = *place;
    reader.read(first, text);
    for (++place; place != state.places.end() && place->item == first.item; ++place) {
      // A file that is given twice says the same.
      if (state.parts[place->part].stamp == state.parts[first.part].stamp) continue;
      reader.read(*place, other);
      if (other == text) continue;
      const PlanItem& item = state.plan.items[first.item];
      throw Error(ErrorKind::inconclusive, state.parts[place->part].path,
                  "says something else of the item '" + item.name + "' than " +
                      state.parts[first.part].path,
                  "the same of an item wherever it was counted; make shard " +
                      std::to_string(item.shard) + " again (--force)");
    }
    const std::string_view whole(text);
    on_item(first.item, whole.substr(0, first.head - 1), whole.substr(first.head),
            state.parts[first.part].path);
  }
}

bool is_part_of(const std::string& path, const Plan& plan, std::uint32_t shard,
                const PartMaker& maker, std::string& why) {
  why.clear();
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return false;
  try {
    std::vector<ItemPlace> places;
    const Part part = check_part(path, plan, maker, 0, places);
    if (part.header.shards == std::vector<std::uint32_t>{shard}) return true;
    why = "is of shard " + array_list(part.header.shards);
  } catch (const Error& error) {
    why = error.found();
  }
  return false;
}

std::vector<std::string> list_parts(const std::string& folder, const Plan& plan) {
  check_input_folder(folder, "a folder of parts, or a part");
  std::vector<std::string> parts;
  const std::string prefix = plan.short_id() + "-";
  for (const std::string& name : open_folder(folder)->files("")) {
    if (name.ends_with(".part") && !is_temporary_name(name) && name.starts_with(prefix))
      parts.push_back(join_path(folder, name));
  }
  return parts;
}

}  // namespace angiobench
