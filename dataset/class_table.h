// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "dataset/sequence_index.h"

namespace angiobench {

/// The classes of a data set by id: its benchmark's table, or, where it has none, what lies with
/// the data (PAXRay's "label_dict" of paxray.json, {"0": "lung_overall", …} or the other way
/// round). Empty where nobody says. Throws Error{input} of a json that cannot be read.
std::vector<LabelClass> class_table(const SequenceIndex& index);

/// Whether a class is called "background", in whatever case: PAXRay's code then drops label 0.
bool is_called_background(std::string_view name);

}  // namespace angiobench
