// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "dataset/files/json_fields.h"

namespace angiobench {

/// What a data set's authors say of it and its files do not: the field "card" of a benchmark file.
/// Every field may be missing.
struct DatasetCard {
  std::string description;            // a sentence or two
  std::string license;                // an URL, best one of the SPDX list
  std::string url;                    // of the data set's page
  std::string citation;               // BibTeX or text
  std::string version;                // MAJOR.MINOR.PATCH
  std::string published;              // YYYY, YYYY-MM or YYYY-MM-DD
  std::vector<std::string> creators;  // people or institutions
  double frame_rate = 0;              // frames a second of the videos; 0: not stated
  std::string archive_url;            // where the data set is fetched as one file
  std::string archive_sha256;         // of that file, 64 hexadecimal digits
};

/// Reads the object "card". Throws Error{input} naming the field: an URL that is none, a date or a
/// version of another form, a digest without 64 hexadecimal digits.
DatasetCard read_dataset_card(JsonFields fields);

/// The card of a built-in benchmark or of a definition file (load_benchmark); an empty one where it
/// has none. Throws as load_benchmark.
DatasetCard load_dataset_card(const std::string& name_or_file);

}  // namespace angiobench
