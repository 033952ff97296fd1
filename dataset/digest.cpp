// SPDX-License-Identifier: MIT
#include "dataset/digest.h"

#include <openssl/evp.h>

#include "dataset/error.h"

namespace angiobench {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  // EVP_sha256 is fetched once a process: a fetch for each file costs more than hashing it.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  expects(context_ != nullptr && algorithm != nullptr &&
              EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), algorithm, nullptr) == 1,
          "libcrypto has SHA-256");
}

Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256Stream::update(std::span<const std::uint8_t> bytes) {
  expects(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1,
          "EVP_DigestUpdate succeeds");
}

void Sha256Stream::update(std::string_view text) { update(bytes_of(text)); }

Sha256 Sha256Stream::finish() {
  Sha256 digest{};
  unsigned int size = 0;
  expects(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), &size) == 1 &&
              size == digest.size(),
          "EVP_DigestFinal_ex gives 32 bytes");
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
