// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "baselines/weights/byte_source.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// What the restricted pickle reader understands of a PyTorch state dict. Values refer to each
/// other by index into one list, so that a pickle that ties a knot with its memo can neither leak
/// nor recurse.
struct PickleValue {
  enum class Kind {
    none,
    boolean,  // number
    integer,  // number
    big,      // an integer above 64 bits: text holds its little-endian bytes
    real,     // (its value is of no use here and is dropped)
    text,     // text
    tuple,    // items
    list,     // items
    dict,     // items: key, value, key, value, …
    ordered_dict_class,
    counter_class,
    namespace_class,    // argparse.Namespace: becomes an empty dict, whatever is in it
    rebuild_tensor,     // torch._utils._rebuild_tensor
    rebuild_tensor_v2,  // torch._utils._rebuild_tensor_v2
    rebuild_parameter,  // torch._utils._rebuild_parameter
    storage_class,      // element: torch.FloatStorage and so on
    storage,            // element, text: key, number: elements
    tensor,             // items[0]: storage; number: offset; shape; strides (all in elements)
    mark,               // on the stack only
  };

  Kind kind = Kind::none;
  std::int64_t number = 0;
  std::string text;
  std::vector<std::uint32_t> items;
  ElementType element = ElementType::f32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

/// One pickle, read.
struct Pickle {
  std::deque<PickleValue> values;  // (its elements stay where they are while it grows)
  std::uint32_t root = 0;
  std::uint64_t end = 0;  // first byte behind its STOP

  const PickleValue& operator[](std::uint32_t index) const { return values[index]; }
};

inline constexpr std::uint64_t kMaxPickleBytes = 64ULL << 20;

/// Reads the pickle in bytes [begin, end) of a source: protocols 2 to 5, the opcodes that
/// torch.save writes, and no global but those that PickleValue names. Nothing is imported or
/// called. Throws Error{input} for any other opcode or global (named) and for a pickle that is
/// malformed; Error{limit} for more than a million values or kMaxPickleBytes.
Pickle read_pickle(const ByteSource& source, std::uint64_t begin, std::uint64_t end);

}  // namespace angiobench
