// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "reports/participant.h"

namespace angiobench {

/// What a participant may see as one page (see wrap_page): the figures, or first of all the reason
/// why there are none; then the findings with their cures.
std::string participant_page(const ParticipantReport& report);

}  // namespace angiobench
