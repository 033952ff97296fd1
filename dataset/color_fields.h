// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "dataset/benchmark.h"
#include "dataset/files/json_fields.h"

namespace angiobench {

/// Reads a colour as [red, green, blue], each 0 to 255; `name` is the field that it is of. Throws
/// Error{input} naming the field.
Rgb read_color(const Json& value, const JsonFields& fields, std::string_view name);

/// Reads the field "palette": "voc", or 1 to 256 colours by label. Throws Error{input} naming it.
std::vector<Rgb> read_palette(JsonFields& fields);

/// Reads the field "classes": a list of {"id", "name", "color"} in ascending ids. Throws
/// Error{input} naming the entry.
std::vector<LabelClass> read_classes(JsonFields& fields);

}  // namespace angiobench
