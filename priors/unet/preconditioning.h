#pragma once
#include <string>
#include <vector>

#include "core/noise_schedule.h"

namespace dpsbench {

/// What a network F makes of a noise level, as numbers: eps = skip x_t + output F(input x_t; told). They keep their
/// digits at every level, which (u - D) / sigma of a denoiser D does not.
struct Scalings {
  double input = 1;
  double told = 0;
  double skip = 0;
  double output = 1;
};

/// The preconditionings of Karras et al. 2022, Table 1, by EDM's names.
struct Preconditioning {
  std::string kind;         ///< edm, vp, ve or iddpm
  double sigma_data = 0.5;  ///< edm: deviation of the data

  /// Throws UserError for another kind.
  [[nodiscard]] Scalings at(const NoiseLevel& level) const;

  /// The levels it was trained on.
  [[nodiscard]] NoiseSchedule schedule() const;
};

const std::vector<std::string>& preconditioning_kinds();

}  // namespace dpsbench
