#include "core/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "core/error.h"

namespace dpsbench {
namespace {

void require_digest(int status) {
  if (status != 1) throw Error("OpenSSL offers no SHA-256 here");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) { require_digest(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr)); }

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

void Sha256::add(const void* bytes, std::size_t size) { require_digest(EVP_DigestUpdate(context_, bytes, size)); }

std::string Sha256::digits() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  require_digest(EVP_DigestFinal_ex(context_, digest.data(), &length));
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256(const void* bytes, std::size_t size) {
  Sha256 digest;
  digest.add(bytes, size);
  return digest.digits();
}

}  // namespace dpsbench
