// SPDX-License-Identifier: MIT
#include "baselines/weights/pth.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "baselines/weights/pickle.h"
#include "baselines/weights/safetensors.h"
#include "baselines/weights/weights_set.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

constexpr std::uint64_t kMaxDirectoryBytes = 64ULL << 20;
constexpr std::uint64_t kMaxExpansion =
    4;  // tied weights are stored once, but come out as often as they are named

template <class T>
T little(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  T value;
  expects(at + sizeof value <= bytes.size(), "a field lies inside its record");
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

[[noreturn]] void refuse(const ByteSource& source, const std::string& found,
                         const std::string& expected = "what torch.save writes") {
  throw Error(ErrorKind::input, source.path(), found, expected);
}

// A name out of a file, short enough for a message.
std::string shown(const std::string& name) {
  std::string text(1, '\'');
  return text.append(name, 0, 120).append(1, '\'');
}

// Where the bytes of a storage lie.
struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  std::optional<std::uint32_t> check_sum;  // CRC-32 of the bytes, where the format has one
};

std::vector<std::uint8_t> read_extent(const ByteSource& source, const Extent& extent,
                                      const std::string& name) {
  std::vector<std::uint8_t> bytes = source.read(extent.begin, extent.size);
  if (extent.check_sum) {
    uLong sum = ::crc32(0, nullptr, 0);
    // crc32_z takes a size_t, crc32 only 32 bits.
    sum = ::crc32_z(sum, bytes.data(), bytes.size());
    if (sum != *extent.check_sum)
      refuse(source, "the check sum of " + shown(name) + " is wrong", "a whole file");
  }
  return bytes;
}

// Zip: only what torch.save writes (stored, one disk), zip64 where sizes need it.

using ZipDirectory = std::map<std::string, Extent>;

struct DirectoryPlace {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
  std::uint64_t num_entries = 0;
};

DirectoryPlace find_directory(const ByteSource& source) {
  constexpr std::uint32_t kEndSignature = 0x06054b50;
  constexpr std::uint32_t kLocatorSignature = 0x07064b50;
  constexpr std::uint32_t kEnd64Signature = 0x06064b50;
  constexpr std::size_t kEndSize = 22;
  constexpr std::size_t kLocatorSize = 20;
  constexpr std::size_t kEnd64Size = 56;
  constexpr std::uint64_t kMaxComment = 65535;

  // The end record is the last thing but a comment.
  const std::uint64_t tail_size =
      std::min<std::uint64_t>(source.size(), kMaxComment + kEndSize + kLocatorSize);
  const std::uint64_t tail_begin = source.size() - tail_size;
  const std::vector<std::uint8_t> tail = source.read(tail_begin, tail_size);
  std::optional<std::size_t> end;
  for (std::size_t at = tail.size() < kEndSize ? 0 : tail.size() - kEndSize + 1;
       at-- > 0 && !end;) {
    if (little<std::uint32_t>(tail, at) == kEndSignature &&
        at + kEndSize + little<std::uint16_t>(tail, at + 20) == tail.size()) {
      end = at;
    }
  }
  if (!end) refuse(source, "begins as a zip but has no directory", "a whole file");
  DirectoryPlace place{little<std::uint32_t>(tail, *end + 16),
                       little<std::uint32_t>(tail, *end + 12),
                       little<std::uint16_t>(tail, *end + 10)};

  // A zip64 locator stands right before it, where there is one.
  if (*end >= kLocatorSize &&
      little<std::uint32_t>(tail, *end - kLocatorSize) == kLocatorSignature) {
    const std::vector<std::uint8_t> end64 = source.read(
        little<std::uint64_t>(tail, *end - kLocatorSize + 8), std::uint64_t{kEnd64Size});
    if (little<std::uint32_t>(end64, 0) != kEnd64Signature)
      refuse(source, "its zip64 record is malformed");
    place = {little<std::uint64_t>(end64, 48), little<std::uint64_t>(end64, 40),
             little<std::uint64_t>(end64, 32)};
  }
  if (place.size > kMaxDirectoryBytes) {
    throw Error(ErrorKind::limit, source.path(),
                "its directory takes " + std::to_string(place.size) + " bytes",
                "at most " + std::to_string(kMaxDirectoryBytes));
  }
  return place;
}

// The sizes and the place of an entry, from the zip64 extra field where the short fields are full.
void read_zip64_extra(const ByteSource& source, const std::vector<std::uint8_t>& directory,
                      std::size_t at, std::size_t size, std::uint64_t& plain_size,
                      std::uint64_t& stored_size, std::uint64_t& offset) {
  constexpr std::uint64_t kFull = 0xFFFFFFFF;
  const std::size_t end = at + size;
  while (at + 4 <= end) {
    const std::uint16_t id = little<std::uint16_t>(directory, at);
    const std::size_t length = little<std::uint16_t>(directory, at + 2);
    at += 4;
    if (length > end - at) refuse(source, "an extra field of its directory is malformed");
    if (id == 1) {
      std::size_t field = at;
      for (std::uint64_t* const value : {&plain_size, &stored_size, &offset}) {
        if (*value != kFull) continue;
        if (field + 8 > at + length) refuse(source, "a zip64 field of its directory is too short");
        *value = little<std::uint64_t>(directory, field);
        field += 8;
      }
    }
    at += length;
  }
}

ZipDirectory read_directory(const ByteSource& source) {
  constexpr std::uint32_t kEntrySignature = 0x02014b50;
  constexpr std::uint32_t kLocalSignature = 0x04034b50;
  constexpr std::size_t kEntrySize = 46;
  constexpr std::size_t kLocalSize = 30;
  const DirectoryPlace place = find_directory(source);
  const std::vector<std::uint8_t> directory = source.read(place.begin, place.size);
  if (place.num_entries > directory.size() / kEntrySize) {
    refuse(source, "its directory claims " + std::to_string(place.num_entries) + " entries",
           "at most " + std::to_string(directory.size() / kEntrySize) +
               ", which is what it has room for");
  }

  ZipDirectory entries;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < place.num_entries; ++i) {
    if (at + kEntrySize > directory.size() ||
        little<std::uint32_t>(directory, at) != kEntrySignature) {
      refuse(source, "entry " + std::to_string(i) + " of its directory is malformed");
    }
    const std::uint16_t flags = little<std::uint16_t>(directory, at + 8);
    const std::uint16_t method = little<std::uint16_t>(directory, at + 10);
    std::uint64_t stored_size = little<std::uint32_t>(directory, at + 20);
    std::uint64_t plain_size = little<std::uint32_t>(directory, at + 24);
    const std::size_t name_size = little<std::uint16_t>(directory, at + 28);
    const std::size_t extra_size = little<std::uint16_t>(directory, at + 30);
    const std::size_t comment_size = little<std::uint16_t>(directory, at + 32);
    std::uint64_t offset = little<std::uint32_t>(directory, at + 42);
    if (name_size + extra_size + comment_size > directory.size() - at - kEntrySize) {
      refuse(source, "entry " + std::to_string(i) + " of its directory is cut off");
    }
    const std::string name(reinterpret_cast<const char*>(directory.data()) + at + kEntrySize,
                           name_size);
    read_zip64_extra(source, directory, at + kEntrySize + name_size, extra_size, plain_size,
                     stored_size, offset);

    constexpr std::uint16_t kEncrypted = 1;
    if ((flags & kEncrypted) != 0 || method != 0 || plain_size != stored_size) {
      refuse(source, "its entry " + shown(name) + " is compressed or encrypted", "stored entries");
    }

    // The local header says how long the name before the bytes is; it must be the same name.
    const std::vector<std::uint8_t> local = source.read(offset, std::uint64_t{kLocalSize});
    bool agrees = little<std::uint32_t>(local, 0) == kLocalSignature &&
                  little<std::uint16_t>(local, 26) == name_size;
    if (agrees) {
      const std::vector<std::uint8_t> local_name =
          source.read(offset + kLocalSize, std::uint64_t{name_size});
      agrees = std::equal(local_name.begin(), local_name.end(), name.begin(), name.end(),
                          [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
    }
    if (!agrees)
      refuse(source,
             "the header of its entry " + shown(name) + " does not agree with the directory");
    const std::uint64_t begin = offset + kLocalSize + name_size + little<std::uint16_t>(local, 28);
    if (begin > source.size() || plain_size > source.size() - begin) {
      refuse(source, "its entry " + shown(name) + " reaches past the end", "a whole file");
    }
    if (!entries.emplace(name, Extent{begin, plain_size, little<std::uint32_t>(directory, at + 16)})
             .second) {
      refuse(source, "has two entries " + shown(name));
    }
    at += kEntrySize + name_size + extra_size + comment_size;
  }
  return entries;
}

// Tensors out of storages, whatever the container is.

class TensorReader {
 public:
  TensorReader(const ByteSource& source, const Pickle& pickle) : source_(source), pickle_(pickle) {}
  virtual ~TensorReader() = default;

  StoredTensor read(const PickleValue& tensor, const std::string& name) {
    const PickleValue& storage = pickle_[tensor.items[0]];
    const std::size_t element = element_size(storage.element);
    const Extent extent = find_storage(storage);
    if (static_cast<std::uint64_t>(storage.number) != extent.size / element ||
        extent.size % element != 0) {
      refuse(
          source_,
          "the storage of tensor " + shown(name) + " has " + std::to_string(extent.size) + " bytes",
          std::to_string(storage.number) + " elements of " + std::to_string(element));
    }

    // The last element must lie inside, and a tensor may not be larger than what it is a view of.
    const auto num_stored = static_cast<std::uint64_t>(storage.number);
    std::uint64_t count = 1;
    std::uint64_t last = static_cast<std::uint64_t>(tensor.number);
    bool inside = last <= num_stored;
    for (std::size_t i = 0; i < tensor.shape.size() && inside; ++i) {
      const auto size = static_cast<std::uint64_t>(tensor.shape[i]);
      const auto stride = static_cast<std::uint64_t>(tensor.strides[i]);
      if (size == 0) {
        count = 0;
        break;
      }
      inside =
          count <= num_stored / size && (size == 1 || stride <= (num_stored - last) / (size - 1));
      if (!inside) break;
      count *= size;
      last += size > 1 ? (size - 1) * stride : 0;
    }
    const bool is_empty =
        std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
    if (is_empty) count = 0;
    if (!is_empty && (!inside || last >= num_stored)) {
      refuse(source_, "tensor " + shown(name) + " reaches outside its storage",
             "elements among the " + std::to_string(num_stored) + " stored");
    }
    total_ += count * element;
    if (total_ > kMaxExpansion * source_.size()) {
      throw Error(
          ErrorKind::limit, source_.path(),
          "its tensors take more than " + std::to_string(kMaxExpansion) + " times the file's size");
    }
    StoredTensor result{storage.element, tensor.shape, {}};
    if (count == 0) return result;

    // Read the storage whole (its check sum is of the whole), the last one being kept for the next
    // tensor.
    if (cached_key_ != storage.text || cached_.size() != extent.size) {
      num_read_ += extent.size;
      if (num_read_ > kMaxExpansion * source_.size()) {
        throw Error(ErrorKind::limit, source_.path(),
                    "its tensors jump to and fro between shared storages");
      }
      cached_.clear();
      cached_ = read_extent(source_, extent, storage.text);
      cached_key_ = storage.text;
    }
    if (is_contiguous(tensor)) {
      const std::size_t begin = static_cast<std::size_t>(tensor.number) * element;
      if (begin == 0 && count * element == cached_.size()) {
        result.bytes = std::move(cached_);
        cached_.clear();
        cached_key_.clear();
      } else {
        result.bytes.assign(cached_.begin() + static_cast<std::ptrdiff_t>(begin),
                            cached_.begin() + static_cast<std::ptrdiff_t>(begin + count * element));
      }
      return result;
    }
    gather(tensor, element, count, result.bytes);
    return result;
  }

 private:
  virtual Extent find_storage(const PickleValue& storage) = 0;

  static bool is_contiguous(const PickleValue& tensor) {
    std::int64_t stride = 1;
    for (std::size_t i = tensor.shape.size(); i-- > 0;) {
      if (tensor.shape[i] != 1 && tensor.strides[i] != stride) return false;
      stride *= tensor.shape[i];
    }
    return true;
  }

  // Copies a strided tensor into C order.
  void gather(const PickleValue& tensor, std::size_t element, std::uint64_t count,
              std::vector<std::uint8_t>& bytes) const {
    bytes.resize(count * element);
    std::vector<std::int64_t> index(tensor.shape.size(), 0);
    auto from = static_cast<std::size_t>(tensor.number);
    for (std::uint64_t i = 0; i < count; ++i) {
      std::memcpy(bytes.data() + i * element, cached_.data() + from * element, element);
      for (std::size_t d = index.size(); d-- > 0;) {
        from += static_cast<std::size_t>(tensor.strides[d]);
        if (++index[d] < tensor.shape[d]) break;
        from -=
            static_cast<std::size_t>(tensor.strides[d]) * static_cast<std::size_t>(tensor.shape[d]);
        index[d] = 0;
      }
    }
  }

  const ByteSource& source_;
  const Pickle& pickle_;
  std::uint64_t total_ = 0;     // bytes of tensors made
  std::uint64_t num_read_ = 0;  // bytes of storages read
  std::string cached_key_;
  std::vector<std::uint8_t> cached_;
};

class ZipTensorReader final : public TensorReader {
 public:
  ZipTensorReader(const ByteSource& source, const Pickle& pickle, const ZipDirectory& directory,
                  std::string folder)
      : TensorReader(source, pickle),
        source_(source),
        directory_(directory),
        folder_(std::move(folder)) {}

 private:
  Extent find_storage(const PickleValue& storage) override {
    const auto found = directory_.find(folder_ + "data/" + storage.text);
    if (found == directory_.end())
      refuse(source_, "has no storage " + shown(storage.text), "a whole file");
    return found->second;
  }

  const ByteSource& source_;
  const ZipDirectory& directory_;
  std::string folder_;
};

class LegacyTensorReader final : public TensorReader {
 public:
  LegacyTensorReader(const ByteSource& source, const Pickle& pickle,
                     std::map<std::string, Extent> storages)
      : TensorReader(source, pickle), source_(source), storages_(std::move(storages)) {}

 private:
  Extent find_storage(const PickleValue& storage) override {
    const auto found = storages_.find(storage.text);
    if (found == storages_.end())
      refuse(source_, "has no storage " + shown(storage.text), "a whole file");
    return found->second;
  }

  const ByteSource& source_;
  std::map<std::string, Extent> storages_;
};

// Every tensor of a file, by the keys of the dicts that lead to it and its own name, with dots.

using NamedTensors = std::vector<std::pair<std::string, std::uint32_t>>;

void collect_tensors(const ByteSource& source, const Pickle& pickle, std::uint32_t dict,
                     const std::string& prefix, int depth, NamedTensors& found) {
  constexpr int kMaxDepth = 5;
  constexpr std::size_t kMaxTensors =
      100'000;  // dicts may be shared, so a small file can name many
  if (pickle[dict].kind != PickleValue::Kind::dict || depth > kMaxDepth) return;
  const std::vector<std::uint32_t>& items = pickle[dict].items;
  for (std::size_t i = 0; i < items.size(); i += 2) {
    if (pickle[items[i]].kind != PickleValue::Kind::text) continue;
    if (found.size() > kMaxTensors) {
      throw Error(ErrorKind::limit, source.path(),
                  "names more than " + std::to_string(kMaxTensors) + " tensors");
    }
    const std::string name = prefix + pickle[items[i]].text;
    if (pickle[items[i + 1]].kind == PickleValue::Kind::tensor) {
      found.emplace_back(name, items[i + 1]);
    } else {
      collect_tensors(source, pickle, items[i + 1], name + ".", depth + 1, found);
    }
  }
}

StateDict read_tensors(const ByteSource& source, const Pickle& pickle, TensorReader& reader,
                       const std::string& wanted, std::string* note) {
  NamedTensors found;
  collect_tensors(source, pickle, pickle.root, "", 0, found);
  if (found.empty()) {
    refuse(source, "holds no dict of named tensors",
           "a state dict, or a checkpoint that holds one");
  }
  std::vector<std::string> names;
  for (const auto& [name, tensor] : found) names.push_back(name);
  const WeightsSet set = choose_weights_set(names, wanted, source.path());
  if (note != nullptr) *note = weights_set_note(set);
  StateDict weights;
  for (const auto& [name, tensor] : found) {
    if (!name.starts_with(set.prefix)) continue;
    const std::string own = name.substr(set.prefix.size());
    if (!weights.add(own, reader.read(pickle[tensor], own)))
      refuse(source, "names the tensor " + shown(own) + " twice");
  }
  return weights;
}

StateDict parse_zip(const ByteSource& source, const std::string& wanted, std::string* note) {
  const ZipDirectory directory = read_directory(source);
  const auto is_pickle = [](const auto& entry) {
    return entry.first == "data.pkl" ||
           (entry.first.ends_with("/data.pkl") && entry.first.find('/') + 9 == entry.first.size());
  };
  const auto found = std::find_if(directory.begin(), directory.end(), is_pickle);
  if (found == directory.end()) {
    refuse(source, "is a zip without a data.pkl",
           "a .pth that torch.save wrote, or a .safetensors file");
  }
  const std::string folder = found->first.substr(0, found->first.size() - std::strlen("data.pkl"));
  if (directory.contains(folder + "constants.pkl")) {
    refuse(source, "is a TorchScript program", "a state dict (torch.save(model.state_dict(), …))");
  }
  if (const auto order = directory.find(folder + "byteorder"); order != directory.end()) {
    constexpr std::string_view kLittle = "little";
    const bool is_little = order->second.size == kLittle.size() &&
                           std::equal(kLittle.begin(), kLittle.end(),
                                      source.read(order->second.begin, order->second.size).begin());
    if (!is_little) refuse(source, "is not in little-endian byte order", "little");
  }
  const Extent& place = found->second;
  if (place.size > kMaxPickleBytes) {
    throw Error(ErrorKind::limit, source.path(),
                "its pickle takes " + std::to_string(place.size) + " bytes",
                "at most " + std::to_string(kMaxPickleBytes));
  }
  read_extent(source, place, found->first);  // for its check sum
  const Pickle pickle = read_pickle(source, place.begin, place.begin + place.size);
  ZipTensorReader reader(source, pickle, directory, folder);
  return read_tensors(source, pickle, reader, wanted, note);
}

// Legacy: magic number, protocol version, facts of the machine, the object, the storages' keys:
// five pickles; then each storage in the order of the keys, 8 bytes of element count before it.
StateDict parse_legacy(const ByteSource& source, const std::string& wanted, std::string* note) {
  constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
  constexpr std::int64_t kProtocolVersion = 1001;
  const Pickle magic = read_pickle(source, 0, source.size());
  if (magic[magic.root].kind != PickleValue::Kind::big || magic[magic.root].text != kMagic) {
    refuse(source, "is a pickle, but not one of torch.save",
           "a .pth or .safetensors file of weights");
  }
  const Pickle version = read_pickle(source, magic.end, source.size());
  if (version[version.root].kind != PickleValue::Kind::integer ||
      version[version.root].number != kProtocolVersion) {
    refuse(source, "is of an unknown version of the legacy format", "1001");
  }
  const Pickle machine = read_pickle(source, version.end, source.size());
  const PickleValue& facts = machine[machine.root];
  for (std::size_t i = 0; facts.kind == PickleValue::Kind::dict && i < facts.items.size(); i += 2) {
    if (machine[facts.items[i]].text == "little_endian" &&
        machine[facts.items[i + 1]].number == 0) {
      refuse(source, "is not in little-endian byte order", "little");
    }
  }
  const Pickle object = read_pickle(source, machine.end, source.size());
  const Pickle keys = read_pickle(source, object.end, source.size());
  if (keys[keys.root].kind != PickleValue::Kind::list) refuse(source, "has no list of storages");

  // What the object says of its storages tells how long each is.
  std::map<std::string, std::pair<std::int64_t, ElementType>> described;
  for (const PickleValue& value : object.values) {
    if (value.kind == PickleValue::Kind::storage)
      described.emplace(value.text, std::pair(value.number, value.element));
  }
  std::map<std::string, Extent> storages;
  std::uint64_t at = keys.end;
  for (const std::uint32_t index : keys[keys.root].items) {
    const auto found = described.find(keys[index].text);
    if (keys[index].kind != PickleValue::Kind::text || found == described.end())
      refuse(source, "lists a storage that no tensor has");
    const auto [number, element] = found->second;
    if (little<std::int64_t>(source.read(at, std::uint64_t{8}), 0) != number) {
      refuse(source,
             "the storage " + shown(keys[index].text) + " has another size than its tensor says");
    }
    at += 8;
    if (static_cast<std::uint64_t>(number) > (source.size() - at) / element_size(element)) {
      refuse(source, "the storage " + shown(keys[index].text) + " reaches past the end",
             "a whole file");
    }
    const std::uint64_t size = static_cast<std::uint64_t>(number) * element_size(element);
    if (!storages.emplace(keys[index].text, Extent{at, size, std::nullopt}).second) {
      refuse(source, "lists the storage " + shown(keys[index].text) + " twice");
    }
    at += size;
  }
  LegacyTensorReader reader(source, object, std::move(storages));
  return read_tensors(source, object, reader, wanted, note);
}

enum class Format { zip, legacy, other };

Format format_of(const ByteSource& source) {
  std::uint8_t head[4] = {};
  source.read(0, std::span(head).first(std::min<std::uint64_t>(source.size(), sizeof head)));
  if (std::memcmp(head, "PK\x03\x04", 4) == 0) return Format::zip;
  return head[0] == 0x80 && head[1] >= 2 && head[1] <= 5 && head[2] == 0x8a ? Format::legacy
                                                                            : Format::other;
}

}  // namespace

StateDict parse_pth(const ByteSource& source, const std::string& wanted, std::string* note) {
  switch (format_of(source)) {
    case Format::zip:
      return parse_zip(source, wanted, note);
    case Format::legacy:
      return parse_legacy(source, wanted, note);
    case Format::other:
      break;
  }
  refuse(source, "is neither a zip nor a pickle", "a .pth that torch.save wrote");
}

StateDict read_pth(const std::string& path) { return parse_pth(FileSource(path)); }

StateDict read_weights(const std::string& path, std::map<std::string, std::string>* metadata,
                       const std::string& wanted, std::string* note) {
  const FileSource source(path);
  if (format_of(source) != Format::other) return parse_pth(source, wanted, note);
  StateDict stored = parse_safetensors(source, metadata);
  std::vector<std::string> names;
  for (const StateDict::Entry& entry : stored.entries()) names.push_back(entry.name);
  const WeightsSet set = choose_weights_set(names, wanted, path);
  if (note != nullptr) *note = weights_set_note(set);
  if (set.prefix.empty()) return stored;
  StateDict weights;
  for (StateDict::Entry& entry : stored.entries()) {
    if (entry.name.starts_with(set.prefix))
      weights.add(entry.name.substr(set.prefix.size()), std::move(entry.tensor));
  }
  return weights;
}

}  // namespace angiobench
