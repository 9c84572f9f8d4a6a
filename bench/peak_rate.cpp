#include "bench/peak_rate.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "bench/work_clock.h"
#include "core/error.h"

namespace dpsbench {
namespace {

/// Of a large product of matrices and a large convolution the faster: MKL leaves AVX-512 out on some processors.
PeakRate measured_peak(const TensorOptions& options) {
  const at::Device device = options.device();
  const std::int64_t side = device.is_cpu() ? 1536 : 8192;
  const Tensor a = at::ones({side, side}, options);
  Tensor product = at::empty_like(a);
  const double of_product =
      2 * std::pow(static_cast<double>(side), 3) / quickest_seconds(device, 8, [&] { at::mm_out(product, a, a); });
  const std::int64_t images = device.is_cpu() ? 4 : 64, channels = 128, pixels = 64;
  const Tensor x = at::ones({images, channels, pixels, pixels}, options).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor weight = at::ones({channels, channels, 3, 3}, options).contiguous(at::MemoryFormat::ChannelsLast);
  const double of_convolution = 2.0 * 9 * static_cast<double>(images * channels * channels * pixels * pixels) /
                                quickest_seconds(device, 8, [&] { std::ignore = at::conv2d(x, weight, {}, 1, 1); });
  return {"measured", std::max(of_product, of_convolution),
          fmt::format("product of {0} x {0} matrices or 3x3 convolution of {1} channels, best of 8", side, channels)};
}

}  // namespace

const std::vector<PeakRate>& published_peaks() {
  static const std::string a100 = "NVIDIA A100 data sheet, SXM";
  static const std::string h100 = "NVIDIA H100 data sheet, SXM; its figures with sparsity halved";
  static const std::vector<PeakRate> peaks = {
      {"a100-fp32", 19.5e12, a100}, {"a100-tf32", 156e12, a100}, {"a100-bf16", 312e12, a100},
      {"h100-fp32", 67e12, h100},   {"h100-tf32", 494e12, h100}, {"h100-bf16", 989e12, h100},
  };
  return peaks;
}

PeakRate peak_rate(const std::string& wanted, const TensorOptions& options) {
  if (wanted == "measured") return measured_peak(options);
  std::vector<std::string> names{"measured"};
  for (const PeakRate& peak : published_peaks()) {
    if (peak.name == wanted) return peak;
    names.push_back(peak.name);
  }
  char* end = nullptr;
  const double tera = std::strtod(wanted.c_str(), &end);
  if (end == wanted.c_str() || *end != '\0' || !(tera > 0) || !std::isfinite(tera))
    throw UserError("--peak {}: allowed: a number of TFLOP/s above 0, or one of {}", wanted, fmt::join(names, ", "));
  return {wanted + " TFLOP/s", tera * 1e12, "given"};
}

}  // namespace dpsbench
