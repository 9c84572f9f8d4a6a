#include "bench/roofline.h"

#include <algorithm>

namespace dpsbench {

std::string name_of(MultiplyKind kind) {
  return kind == MultiplyKind::fp32 ? "fp32" : kind == MultiplyKind::tf32 ? "tf32" : "bf16";
}

const std::vector<Gpu>& gpus() {
  // data sheets: 19.5, 156, 312 TFLOP/s and 2.0 TB/s; 67, 494, 989 and 3.35; 67, 494, 989 and 4.8
  static const std::vector<Gpu> known = {
      {"A100", 14.5e12, 75e12, 150e12, 1.6e12, 6e-6},
      {"H100", 45e12, 220e12, 420e12, 2.7e12, 6e-6},
      {"H200", 45e12, 220e12, 420e12, 3.8e12, 6e-6},
  };
  return known;
}

double predicted_seconds(const std::map<std::string, second_device::Account>& counts, const Gpu& gpu, MultiplyKind kind,
                         Layout layout) {
  const double rate = kind == MultiplyKind::fp32 ? gpu.fp32 : kind == MultiplyKind::tf32 ? gpu.tf32 : gpu.bf16;
  double busy = 0;
  double launches = 0;
  for (const auto& [name, account] : counts) {
    const bool turned = layout == Layout::channels_first && kind != MultiplyKind::fp32 &&
                        (name == "convolution" || name == "convolution, back");
    busy += std::max(account.operations / rate, account.bytes / gpu.bytes);
    if (turned) busy += 2 * account.bytes / gpu.bytes;
    launches += static_cast<double>(account.launches) * (turned ? 3 : 1);
  }
  return std::max(busy, launches * gpu.seconds_a_launch);
}

}  // namespace dpsbench
