// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "dataset/dataset_card.h"
#include "dataset/validator/dataset_traits.h"
#include "dataset/validator/validation.h"

namespace angiobench {

/// A data set's datasheet in Markdown, for its owner and its users: what was counted, sizes,
/// lengths, frames and their rate, contrast, motion, contact with the border, late objects,
/// duplicates within and between splits, classes, findings, and a line for each sequence; what the
/// figures mean stands at the end. A pure function of its arguments: no time, no machine.
std::string datasheet_markdown(const Validation& validation, const DatasetTraits& traits,
                               const BenchmarkDefinition& benchmark, const DatasetCard& card);

/// The same data set as Croissant 1.0 (JSON-LD, http://mlcommons.org/croissant/1.0): masks and
/// frames as file sets, lists and json as file objects with their digests, sequences and classes
/// as inline records. Throws Error{input} about `path` where the card lacks what the format
/// requires: description, licence, URL, creators, date of publication.
std::string croissant_json(const Validation& validation, const DatasetTraits& traits,
                           const BenchmarkDefinition& benchmark, const DatasetCard& card,
                           std::string_view path);

}  // namespace angiobench
