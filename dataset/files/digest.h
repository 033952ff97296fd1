// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace angiobench {

/// A SHA-256 digest (FIPS 180-4), 32 bytes.
using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 of some bytes.
Sha256 sha256(std::span<const std::uint8_t> bytes);
Sha256 sha256(std::string_view text);

/// "sha256:" and 64 hexadecimal digits.
std::string format_digest(const Sha256& digest);

/// SHA-256 of bytes that come in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void update(std::span<const std::uint8_t> bytes);
  void update(std::string_view text);
  /// May be called once, after which the stream takes nothing more.
  Sha256 finish();

 private:
  void* context_;  // SHA256_CTX; kept out of the header
};

}  // namespace angiobench
