// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "baselines/weights/byte_source.h"
#include "baselines/weights/state_dict.h"

namespace angiobench {

/// Words about the weights that a safetensors file carries ("__metadata__").
using WeightsMetadata = std::map<std::string, std::string>;

/// Reads a safetensors file (8 bytes header length, JSON header, data;
/// github.com/huggingface/safetensors). Held to the format's own rules: the tensors cover the data
/// exactly, without holes or overlaps, and no name comes twice. The tensors come in the order of
/// their data. `metadata`, where not null, gets "__metadata__". Throws Error{input}; Error{limit}
/// for a header above 16 MiB.
StateDict parse_safetensors(const ByteSource& source, WeightsMetadata* metadata = nullptr);
StateDict read_safetensors(const std::string& path, WeightsMetadata* metadata = nullptr);

/// Writes weights and metadata; same input, same bytes. Under a temporary name, then renamed.
/// Throws Error{input}.
void write_safetensors(const std::string& path, const StateDict& weights,
                       const WeightsMetadata& metadata = {});

/// The file's header: 8 bytes of length and the JSON, padded with spaces to a multiple of 8; the
/// tensors' bytes follow.
std::string safetensors_header(const StateDict& weights, const WeightsMetadata& metadata);

}  // namespace angiobench
