#pragma once
#include <map>
#include <string>
#include <vector>

#include "tests/second_device/ledger.h"

namespace dpsbench {

/// How factors of products are rounded.
enum class MultiplyKind { fp32, tf32, bf16 };
inline const std::vector<MultiplyKind>& all_kinds() {
  static const std::vector<MultiplyKind> kinds = {MultiplyKind::fp32, MultiplyKind::tf32, MultiplyKind::bf16};
  return kinds;
}
std::string name_of(MultiplyKind kind);

/// What a GPU reaches in practice, an assumption: of the data sheet's operations a second about a half by tensor cores
/// and three quarters without, of its bandwidth eight tenths.
struct Gpu {
  std::string name;
  double fp32;  ///< operations a second of convolutions and products
  double tf32;
  double bf16;
  double bytes;             ///< a second
  double seconds_a_launch;  ///< that the host takes; kernels wait for it where they are shorter
};
const std::vector<Gpu>& gpus();

/// cuDNN's tensor cores take channels last: maps in the usual order are turned before and after each convolution, which
/// reads and writes them once more.
enum class Layout { channels_last, channels_first };

/// For each operator the longer of its operations and its bytes; all together not less than the launches take.
double predicted_seconds(const std::map<std::string, second_device::Account>& counts, const Gpu& gpu, MultiplyKind kind,
                         Layout layout);

}  // namespace dpsbench
