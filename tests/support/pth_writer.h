// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "baselines/weights/state_dict.h"

namespace angiobench::test {

/// Writes pickle opcodes, as torch.save does (protocol 2). For files that are right, and for those
/// that lie.
class PickleWriter {
 public:
  PickleWriter& raw(std::string_view bytes);
  PickleWriter& global(std::string_view module, std::string_view name);
  PickleWriter& text(std::string_view text);
  PickleWriter& integer(std::int64_t value);
  PickleWriter& integers(const std::vector<std::int64_t>& values);  // a tuple
  /// A storage: ('storage', torch.<kind>, key, 'cpu', elements) and the persistent-id opcode.
  PickleWriter& storage(std::string_view kind, std::string_view key, std::int64_t elements);
  /// _rebuild_tensor_v2 of a storage.
  PickleWriter& tensor(std::string_view kind, std::string_view key, std::int64_t elements,
                       std::int64_t offset, const std::vector<std::int64_t>& sizes,
                       const std::vector<std::int64_t>& strides);
  /// OrderedDict() left open for items, and its end.
  PickleWriter& begin_dict();
  PickleWriter& end_dict();
  /// The whole pickle: protocol mark, what was written, STOP.
  std::string finish() const;

 private:
  std::string bytes_;
};

/// The name of PyTorch's storage class for a type of element.
std::string_view storage_class(ElementType type);

/// Entries of a zip, in order: name and content.
using ZipEntries = std::vector<std::pair<std::string, std::string>>;

/// How make_zip writes.
struct ZipStyle {
  bool zip64 = true;         // as PyTorch does: sizes in extra fields, zip64 end record
  std::uint16_t method = 0;  // what the headers claim
  std::uint16_t flags = 0;
  std::uint32_t wrong_sum = 0;  // added to every check sum
};

/// A zip of stored entries.
std::string make_zip(const ZipEntries& entries, const ZipStyle& style = {});

/// The pickle of a state dict whose tensor i lies in storage i.
std::string state_dict_pickle(const StateDict& weights);

/// What torch.save writes of a state dict: the zip format, and the legacy format.
std::string make_pth(const StateDict& weights);
std::string make_legacy_pth(const StateDict& weights);

/// A legacy file of one's own object pickle and storages (key and bytes, of elements of `element`
/// bytes).
std::string make_legacy_pth(const std::string& object_pickle,
                            const std::vector<std::pair<std::string, std::string>>& storages,
                            std::size_t element);

}  // namespace angiobench::test
