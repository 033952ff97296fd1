// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "dataset/files/json_fields.h"

namespace angiobench {

/// Reads {"127": 1, "255": 2}: raw label -> object id, both 0 to 255; labels that are not named are
/// background. Throws Error{input} naming the field.
std::array<std::uint8_t, 256> read_label_map(JsonFields& fields, std::string_view name);

}  // namespace angiobench
