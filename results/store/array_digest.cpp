#include "results/store/array_digest.h"

#include <fmt/ranges.h>

#include "core/sha256.h"

namespace dpsbench {

std::string array_digest(const Tensor& values) {
  const Tensor array = values.cpu().contiguous();
  const std::string kind = fmt::format("{} [{}]\n", at::toString(array.scalar_type()), fmt::join(array.sizes(), ", "));
  Sha256 digest;
  digest.add(kind.data(), kind.size());
  digest.add(array.const_data_ptr(), array.nbytes());
  return digest.digits();
}

}  // namespace dpsbench
