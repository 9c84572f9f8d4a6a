#include <cstring>

#include "core/error.h"
#include "priors/mixture/file.h"

/// Any bytes are a mixture with finite moments, or a DataError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::Tensor bytes = at::empty({static_cast<std::int64_t>(size)}, at::kByte);
  if (size > 0) std::memcpy(bytes.data_ptr(), data, size);
  try {
    const auto loaded = dpsbench::load_gaussian_mixture(dpsbench::SafetensorsFile({"input", bytes}));
    const auto [mean, variance] = loaded.mixture.moments();
    if (!mean.isfinite().all().item<bool>()) __builtin_trap();
  } catch (const dpsbench::DataError&) {
    return 0;
  }
  return 0;
}
