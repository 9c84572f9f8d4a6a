#include "runner/experiment/sigma_y_remark.h"

#include <fmt/format.h>

namespace dpsbench {

std::string sigma_y_remark(double sigma_y) {
  if (sigma_y <= 1) return {};
  return fmt::format(
      "sigma_y {0} is more than the way from grey to white: it is in units of images in [-1, 1]; if {0} of 255 levels "
      "was "
      "meant, give {1:.4g}",
      sigma_y, sigma_y * 2 / 255);
}

}  // namespace dpsbench
