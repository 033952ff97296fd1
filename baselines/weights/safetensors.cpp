// SPDX-License-Identifier: MIT
#include "baselines/weights/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "dataset/files/atomic_file.h"
#include "dataset/error.h"

namespace angiobench {
namespace {

// Not the ordered kind: that one looks names up in linear time, which a hostile header would
// exploit.
using Json = nlohmann::json;

// The official 405 tensors take 50 KB of header; a million names take less than this.
constexpr std::uint64_t kMaxHeaderBytes = 16ULL << 20;
constexpr std::size_t kMaxDimensions = 16;

constexpr ElementType kTypes[] = {
    ElementType::f64, ElementType::f32, ElementType::f16, ElementType::bf16, ElementType::i64,
    ElementType::i32, ElementType::i16, ElementType::i8,  ElementType::u8,   ElementType::boolean};

std::optional<ElementType> type_of(const std::string& name) {
  for (const ElementType type : kTypes) {
    if (element_name(type) == name) return type;
  }
  return std::nullopt;
}

// Parses the header; a key that comes twice in one object is refused (JSON readers disagree on what
// it means).
Json parse_header(const std::string& text, const std::string& path) {
  std::vector<std::set<std::string>> keys;
  std::string repeated;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
      repeated = value.get<std::string>();
    }
    return true;
  };
  Json header;
  try {
    header = Json::parse(text, watch);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::input, path,
                std::string("the safetensors header is not JSON: ") + error.what());
  }
  if (!repeated.empty()) {
    throw Error(ErrorKind::input, path,
                "the safetensors header names '" + repeated.substr(0, 120) + "' twice");
  }
  if (!header.is_object())
    throw Error(ErrorKind::input, path, "the safetensors header is not a JSON object");
  return header;
}

struct Place {
  std::string name;
  ElementType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin;
  std::uint64_t end;
};

// What the header says of one tensor, checked against the size of the data.
Place parse_place(const std::string& name, const Json& facts, std::uint64_t num_data,
                  const std::string& path) {
  const auto refuse = [&](const std::string& found, const std::string& expected) {
    throw Error(ErrorKind::input, path, "tensor '" + name.substr(0, 120) + "': " + found, expected);
  };
  if (!facts.is_object())
    refuse("its entry is not an object", "{\"dtype\", \"shape\", \"data_offsets\"}");
  const auto field = [&](const char* key) -> const Json& {
    const auto found = facts.find(key);
    if (found == facts.end())
      refuse(std::string("has no ") + key, "{\"dtype\", \"shape\", \"data_offsets\"}");
    return *found;
  };

  const Json& dtype = field("dtype");
  const std::optional<ElementType> type =
      dtype.is_string() ? type_of(dtype.get_ref<const std::string&>()) : std::nullopt;
  if (!type)
    refuse("has a dtype that is not known", "F64, F32, F16, BF16, I64, I32, I16, I8, U8 or BOOL");

  const Json& shape = field("shape");
  if (!shape.is_array() || shape.size() > kMaxDimensions)
    refuse("its shape is not a list", "up to 16 sizes");
  Place place{name, *type, {}, 0, 0};
  std::uint64_t num_bytes = element_size(*type);
  for (const Json& size : shape) {
    if (!size.is_number_unsigned())
      refuse("its shape holds something else than sizes", "sizes of 0 or more");
    const auto count = size.get<std::uint64_t>();
    // Never more than the data has, so that the product cannot overflow.
    if (count != 0 && num_bytes > num_data / count)
      refuse("is larger than the file", "data for every element");
    num_bytes *= count;
    place.shape.push_back(static_cast<std::int64_t>(count));
  }

  const Json& offsets = field("data_offsets");
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned()) {
    refuse("its data_offsets are not two numbers", "[begin, end]");
  }
  place.begin = offsets[0].get<std::uint64_t>();
  place.end = offsets[1].get<std::uint64_t>();
  if (place.begin > place.end || place.end > num_data) {
    refuse("lies at bytes " + std::to_string(place.begin) + " to " + std::to_string(place.end),
           "inside the data of " + std::to_string(num_data) + " bytes");
  }
  if (place.end - place.begin != num_bytes) {
    refuse("has " + std::to_string(place.end - place.begin) + " bytes",
           std::to_string(num_bytes) + " for its shape");
  }
  return place;
}

}  // namespace

StateDict parse_safetensors(const ByteSource& source, WeightsMetadata* metadata) {
  const std::string& path = source.path();
  std::uint64_t num_header = 0;
  const std::vector<std::uint8_t> length = source.read(0, sizeof num_header);
  std::memcpy(&num_header, length.data(), sizeof num_header);
  if (num_header > source.size() - sizeof num_header) {
    throw Error(ErrorKind::input, path,
                "the header would take " + std::to_string(num_header) + " bytes",
                "a safetensors file of " + std::to_string(source.size()) + " bytes");
  }
  if (num_header > kMaxHeaderBytes) {
    throw Error(ErrorKind::limit, path, "the header takes " + std::to_string(num_header) + " bytes",
                "at most " + std::to_string(kMaxHeaderBytes));
  }
  const std::uint64_t data_at = sizeof num_header + num_header;
  const std::uint64_t num_data = source.size() - data_at;
  const std::vector<std::uint8_t> text = source.read(sizeof num_header, num_header);
  const Json header = parse_header(std::string(text.begin(), text.end()), path);

  std::vector<Place> places;
  for (const auto& [name, facts] : header.items()) {
    if (name != "__metadata__") {
      places.push_back(parse_place(name, facts, num_data, path));
      continue;
    }
    if (!facts.is_object())
      throw Error(ErrorKind::input, path, "__metadata__ is not an object", "names and texts");
    for (const auto& [key, value] : facts.items()) {
      if (!value.is_string())
        throw Error(ErrorKind::input, path, "__metadata__ holds something else than texts");
      if (metadata != nullptr) metadata->emplace(key, value.get<std::string>());
    }
  }

  // The tensors must cover the data exactly.
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t covered = 0;
  for (const Place& place : places) {
    if (place.begin != covered) {
      throw Error(ErrorKind::input, path,
                  "tensor '" + place.name.substr(0, 120) + "' begins at byte " +
                      std::to_string(place.begin),
                  "byte " + std::to_string(covered) + ", where the one before it ends");
    }
    covered = place.end;
  }
  if (covered != num_data) {
    throw Error(ErrorKind::input, path,
                "has " + std::to_string(num_data - covered) + " bytes that belong to no tensor",
                "data that the tensors cover exactly");
  }

  StateDict weights;
  for (const Place& place : places) {
    weights.add(place.name, {place.type, place.shape,
                             source.read(data_at + place.begin, place.end - place.begin)});
  }
  return weights;
}

StateDict read_safetensors(const std::string& path, WeightsMetadata* metadata) {
  return parse_safetensors(FileSource(path), metadata);
}

std::string safetensors_header(const StateDict& weights, const WeightsMetadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const StateDict::Entry& entry : weights.entries()) {
    const std::uint64_t end = offset + entry.tensor.bytes.size();
    header[entry.name] = {{"dtype", element_name(entry.tensor.type)},
                          {"shape", entry.tensor.shape},
                          {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + text;
}

void write_safetensors(const std::string& path, const StateDict& weights,
                       const WeightsMetadata& metadata) {
  AtomicFile file(path);
  file.write(safetensors_header(weights, metadata));
  for (const StateDict::Entry& entry : weights.entries())
    file.write(std::span<const std::uint8_t>(entry.tensor.bytes));
  file.commit();
}

}  // namespace angiobench
