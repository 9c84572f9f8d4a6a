#include "priors/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "core/error.h"
#include "priors/mapped_file.h"

namespace dpsbench {

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
    throw Error("OpenSSL cannot compute SHA-256");
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string sha256_of_file(const std::string& path) {
  const MappedFile file = map_file(path);
  return sha256({file.bytes.get(), file.size});
}

}  // namespace dpsbench
