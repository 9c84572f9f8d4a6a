#pragma once
#include <cstddef>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's

namespace dpsbench {

/// SHA-256 (FIPS 180-4) of some bytes, as 64 hexadecimal digits.
std::string sha256(const void* bytes, std::size_t size);
inline std::string sha256(std::string_view text) { return sha256(text.data(), text.size()); }

/// The same of bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(const void* bytes, std::size_t size);
  /// The digest of all that was added. Once, at the end.
  [[nodiscard]] std::string digits();

 private:
  evp_md_ctx_st* context_;
};

}  // namespace dpsbench
