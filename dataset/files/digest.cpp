// SPDX-License-Identifier: MIT
// OpenSSL's plain SHA-256: the EVP interface loads a provider for it, 2 MB and a millisecond that a
// program with this one algorithm need not spend. It asks to be called by the API's earlier name.
#define OPENSSL_API_COMPAT 0x10100000L

#include "dataset/files/digest.h"

#include <openssl/sha.h>

#include "dataset/error.h"

namespace angiobench {
namespace {

SHA256_CTX* sha256_context(void* context) { return static_cast<SHA256_CTX*>(context); }

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Sha256Stream::Sha256Stream() : context_(new SHA256_CTX) {
  expects(SHA256_Init(sha256_context(context_)) == 1, "libcrypto has SHA-256");
}

Sha256Stream::~Sha256Stream() { delete sha256_context(context_); }

void Sha256Stream::update(std::span<const std::uint8_t> bytes) {
  expects(SHA256_Update(sha256_context(context_), bytes.data(), bytes.size()) == 1,
          "SHA256_Update succeeds");
}

void Sha256Stream::update(std::string_view text) { update(bytes_of(text)); }

Sha256 Sha256Stream::finish() {
  Sha256 digest{};
  expects(SHA256_Final(digest.data(), sha256_context(context_)) == 1, "SHA256_Final succeeds");
  return digest;
}

Sha256 sha256(std::span<const std::uint8_t> bytes) {
  Sha256Stream stream;
  stream.update(bytes);
  return stream.finish();
}

Sha256 sha256(std::string_view text) { return sha256(bytes_of(text)); }

std::string format_digest(const Sha256& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "sha256:";
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace angiobench
