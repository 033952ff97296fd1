// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace angiobench::test {

/// What breaks the rules of Croissant 1.0 in a document, each in words; empty where nothing does.
/// Written from the published specification (docs.mlcommons.org/croissant, version 1.0 of
/// 2024/03/01): properties that a dataset must have and their types, resources and their digests,
/// record sets and fields, unique @id, references that lead somewhere, records that fit their
/// fields; and from what the reference library demands beside (a name and an encoding format of
/// every resource, one digest of each file that is in no other, dates of ISO 8601).
std::vector<std::string> broken_croissant_rules(const nlohmann::json& document);

}  // namespace angiobench::test
