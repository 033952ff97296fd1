// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/error.h"

namespace angiobench {

/// A name as it is compared where people type it: small letters, "-" for "_". Bytes outside ASCII
/// stay.
std::string folded_name(std::string_view name);

/// The one of `names` that was meant by `given`: the same, else the only one that is the same when
/// both are folded.
std::optional<std::string> resolve_name(std::span<const std::string> names, std::string_view given);

/// How many letters must be put in, taken out, changed or exchanged with their neighbour to make
/// one name of the other (optimal string alignment), after folding both.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// Up to `most` of `names` that may have been meant by `given`, the nearest first, equally near
/// ones in their order. A name that begins with what was given is nearer than one with two slips.
/// Empty where nothing is near: more than a third of the letters differ.
std::vector<std::string> nearest_names(std::span<const std::string> names, std::string_view given,
                                       std::size_t most = 2);

/// "a, b or c"; each between `quote`s.
std::string list_of_words(std::span<const std::string> words, std::string_view quote = {});

/// Error{usage} about a field whose value is none of `names`: "is 'x'" or what `found` says, the
/// nearest names, then all of them and what `more` adds (", or a file that ends in .json").
Error unknown_name(const std::string& field, std::string found, std::span<const std::string> names,
                   std::string_view given, std::string_view more = {});

}  // namespace angiobench
