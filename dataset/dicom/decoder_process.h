// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/dicom/header.h"
#include "dataset/files/input_file.h"

namespace angiobench::dicom {

/// GDCM's codecs in a process of their own, a copy of this one without any of its files: a stream
/// that makes them print, stop at an assertion, crash or hang costs that process and becomes an
/// error here. Begun at the first frame, ended with this object; not for several threads at once.
class DecoderProcess {
 public:
  DecoderProcess() = default;
  ~DecoderProcess();
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;

  /// One frame's samples (decode_stream), after check_stream. Throws Error{input} where it cannot
  /// be decoded, whatever the reason.
  std::vector<std::uint8_t> decode(PixelCoding coding, std::span<const std::uint8_t> stream,
                                   const PixelForm& form, const std::string& place);

 private:
  void begin();
  void end();
  std::vector<std::uint8_t> ask(PixelCoding coding, std::span<const std::uint8_t> stream,
                                const PixelForm& form, int bits);

  Descriptor socket_;
  pid_t child_ = -1;
};

}  // namespace angiobench::dicom
