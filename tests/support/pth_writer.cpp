// SPDX-License-Identifier: MIT
#include "tests/support/pth_writer.h"

#include <zlib.h>

#include <cstring>

namespace angiobench::test {
namespace {

template <class T>
void put(std::string& bytes, T value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof value);
}

std::string as_text(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::vector<std::int64_t> contiguous_strides(const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> strides(sizes.size());
  std::int64_t stride = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= sizes[i];
  }
  return strides;
}

}  // namespace

PickleWriter& PickleWriter::raw(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

PickleWriter& PickleWriter::global(std::string_view module, std::string_view name) {
  bytes_ += 'c';
  bytes_ += module;
  bytes_ += '\n';
  bytes_ += name;
  bytes_ += '\n';
  return *this;
}

PickleWriter& PickleWriter::text(std::string_view text) {
  bytes_ += 'X';
  put(bytes_, static_cast<std::uint32_t>(text.size()));
  bytes_ += text;
  return *this;
}

PickleWriter& PickleWriter::integer(std::int64_t value) {
  bytes_ += "\x8a\x08";
  put(bytes_, value);
  return *this;
}

PickleWriter& PickleWriter::integers(const std::vector<std::int64_t>& values) {
  bytes_ += '(';
  for (const std::int64_t value : values) integer(value);
  bytes_ += 't';
  return *this;
}

PickleWriter& PickleWriter::storage(std::string_view kind, std::string_view key,
                                    std::int64_t elements) {
  raw("(").text("storage").global("torch", kind).text(key).text("cpu").integer(elements);
  return raw("tQ");
}

PickleWriter& PickleWriter::tensor(std::string_view kind, std::string_view key,
                                   std::int64_t elements, std::int64_t offset,
                                   const std::vector<std::int64_t>& sizes,
                                   const std::vector<std::int64_t>& strides) {
  global("torch._utils", "_rebuild_tensor_v2")
      .raw("(")
      .storage(kind, key, elements)
      .integer(offset);
  integers(sizes).integers(strides);
  // requires_grad False, backward hooks OrderedDict().
  return raw("\x89").global("collections", "OrderedDict").raw(")RtR");
}

PickleWriter& PickleWriter::begin_dict() { return global("collections", "OrderedDict").raw(")R("); }
PickleWriter& PickleWriter::end_dict() { return raw("u"); }

std::string PickleWriter::finish() const { return std::string("\x80\x02") + bytes_ + '.'; }

std::string_view storage_class(ElementType type) {
  switch (type) {
    case ElementType::f64:
      return "DoubleStorage";
    case ElementType::f32:
      return "FloatStorage";
    case ElementType::f16:
      return "HalfStorage";
    case ElementType::bf16:
      return "BFloat16Storage";
    case ElementType::i64:
      return "LongStorage";
    case ElementType::i32:
      return "IntStorage";
    case ElementType::i16:
      return "ShortStorage";
    case ElementType::i8:
      return "CharStorage";
    case ElementType::u8:
      return "ByteStorage";
    case ElementType::boolean:
      return "BoolStorage";
  }
  return {};
}

std::string make_zip(const ZipEntries& entries, const ZipStyle& style) {
  constexpr std::uint32_t kFull = 0xFFFFFFFF;
  std::string file;
  std::string directory;
  for (const auto& entry : entries) {
    const std::string& name = entry.first;
    const std::string& content = entry.second;
    const auto sum = static_cast<std::uint32_t>(::crc32_z(
                         0, reinterpret_cast<const Bytef*>(content.data()), content.size())) +
                     style.wrong_sum;
    const auto size = static_cast<std::uint32_t>(content.size());
    const auto offset = static_cast<std::uint64_t>(file.size());
    // What local and central header have in common: version, flags, method, time, date, sum, sizes,
    // name length.
    const auto common = [&](std::string& to, std::uint32_t shown_size) {
      put<std::uint16_t>(to, 45);
      put(to, style.flags);
      put(to, style.method);
      put<std::uint32_t>(to, 0);
      put(to, sum);
      put(to, shown_size);
      put(to, shown_size);
      put(to, static_cast<std::uint16_t>(name.size()));
    };
    put<std::uint32_t>(file, 0x04034b50);
    common(file, size);
    // Padding before the bytes, as PyTorch aligns storages.
    constexpr std::uint16_t kPadding = 12;
    put<std::uint16_t>(file, kPadding);
    file += name;
    put<std::uint16_t>(file, 0x4246);
    put<std::uint16_t>(file, kPadding - 4);
    file.append(kPadding - 4, 'Z');
    file += content;

    put<std::uint32_t>(directory, 0x02014b50);
    put<std::uint16_t>(directory, 45);
    common(directory, style.zip64 ? kFull : size);
    put<std::uint16_t>(directory, style.zip64 ? 28 : 0);
    put<std::uint16_t>(directory, 0);
    put<std::uint16_t>(directory, 0);
    put<std::uint16_t>(directory, 0);
    put<std::uint32_t>(directory, 0);
    put<std::uint32_t>(directory, style.zip64 ? kFull : static_cast<std::uint32_t>(offset));
    directory += name;
    if (style.zip64) {
      put<std::uint16_t>(directory, 1);
      put<std::uint16_t>(directory, 24);
      put<std::uint64_t>(directory, size);
      put<std::uint64_t>(directory, size);
      put<std::uint64_t>(directory, offset);
    }
  }

  const auto directory_at = static_cast<std::uint64_t>(file.size());
  file += directory;
  if (style.zip64) {
    const auto end_at = static_cast<std::uint64_t>(file.size());
    put<std::uint32_t>(file, 0x06064b50);
    put<std::uint64_t>(file, 44);
    put<std::uint32_t>(file, 45 << 16 | 45);
    put<std::uint64_t>(file, 0);
    put<std::uint64_t>(file, entries.size());
    put<std::uint64_t>(file, entries.size());
    put<std::uint64_t>(file, directory.size());
    put<std::uint64_t>(file, directory_at);
    put<std::uint32_t>(file, 0x07064b50);
    put<std::uint32_t>(file, 0);
    put<std::uint64_t>(file, end_at);
    put<std::uint32_t>(file, 1);
  }
  put<std::uint32_t>(file, 0x06054b50);
  put<std::uint32_t>(file, 0);
  const auto count = static_cast<std::uint16_t>(style.zip64 ? 0xFFFF : entries.size());
  put(file, count);
  put(file, count);
  put<std::uint32_t>(file, style.zip64 ? kFull : static_cast<std::uint32_t>(directory.size()));
  put<std::uint32_t>(file, style.zip64 ? kFull : static_cast<std::uint32_t>(directory_at));
  put<std::uint16_t>(file, 0);
  return file;
}

std::string state_dict_pickle(const StateDict& weights) {
  PickleWriter pickle;
  pickle.begin_dict();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto& [name, tensor] = weights.entries()[i];
    pickle.text(name).tensor(storage_class(tensor.type), std::to_string(i), tensor.element_count(),
                             0, tensor.shape, contiguous_strides(tensor.shape));
  }
  return pickle.end_dict().finish();
}

std::string make_pth(const StateDict& weights) {
  ZipEntries entries = {{"archive/data.pkl", state_dict_pickle(weights)}};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    entries.emplace_back("archive/data/" + std::to_string(i),
                         as_text(weights.entries()[i].tensor.bytes));
  }
  entries.emplace_back("archive/version", "3\n");
  return make_zip(entries);
}

std::string make_legacy_pth(const std::string& object_pickle,
                            const std::vector<std::pair<std::string, std::string>>& storages,
                            std::size_t element) {
  const std::string_view magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  std::string file(magic);
  file += std::string("\x80\x02M\xe9\x03.", 6);  // 1001
  PickleWriter machine;
  machine.raw("}(").text("protocol_version").integer(1001).text("little_endian").raw("\x88u");
  file += machine.finish();
  file += object_pickle;
  PickleWriter keys;
  keys.raw("](");
  for (const auto& storage : storages) keys.text(storage.first);
  file += keys.raw("e").finish();
  for (const auto& storage : storages) {
    put<std::int64_t>(file, static_cast<std::int64_t>(storage.second.size() / element));
    file += storage.second;
  }
  return file;
}

std::string make_legacy_pth(const StateDict& weights) {
  std::string file = make_legacy_pth(state_dict_pickle(weights), {}, 1);
  // The list of keys is the last pickle of a file without storages; write it anew with them.
  const std::string no_keys = PickleWriter().raw("](e").finish();
  file.resize(file.size() - no_keys.size());
  PickleWriter keys;
  keys.raw("](");
  for (std::size_t i = 0; i < weights.size(); ++i) keys.text(std::to_string(i));
  file += keys.raw("e").finish();
  for (const StateDict::Entry& entry : weights.entries()) {
    put<std::int64_t>(file, entry.tensor.element_count());
    file += as_text(entry.tensor.bytes);
  }
  return file;
}

}  // namespace angiobench::test
