#include "datasets/image_source.h"

#include <openssl/evp.h>

#include <array>

#include "core/error.h"

namespace dpsbench {

std::string image_digest(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
    throw Error("SHA-256 is not available in this OpenSSL");
  std::string text;
  for (unsigned int k = 0; k < length; ++k) text += fmt::format("{:02x}", digest[k]);
  return text;
}

std::vector<std::string> position_ids(std::int64_t count) {
  std::vector<std::string> ids;
  for (std::int64_t k = 0; k < count; ++k) ids.push_back(fmt::format("{:05}", k));
  return ids;
}

}  // namespace dpsbench
