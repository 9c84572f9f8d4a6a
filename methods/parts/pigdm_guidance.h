#pragma once
#include "core/denoised.h"
#include "core/method.h"

namespace dpsbench {

/// The guidance of PiGDM (Song et al. 2023, Eq. 7) at one step.
struct PigdmGuidance {
  /// r_t^2 times the likelihood score: J^T A^T (A A^T + (sigma_y^2 / r_t^2) I)^{-1} (y - A x0), J = d x0 / d x_t.
  Tensor gradient;
  /// Its size as a multiple of A^T (y - A x0), exactly where A A^T is a multiple of I: [B].
  Tensor strength;
};

/// Takes p(x_0 | x_t) as N(x0, r_t^2 I) with r_t^2 = 1 - alpha_bar, its variance under the prior N(0, I) and the
/// paper's r_t^2 = sigma_t^2 / (1 + sigma_t^2). For linear A. One pass back through the network: `at` must hold
/// gradients.
PigdmGuidance pigdm_guidance(const Problem& problem, const Denoised& at, const NoiseLevel& level);

}  // namespace dpsbench
