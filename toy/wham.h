#pragma once
#include <cstdint>

#include "core/noise.h"
#include "core/tensor.h"

namespace dpsbench {

/// What umbrella sampling saw: samples of K windows, each drawn from p(x) exp(-U_k(x)) / Z_k, counted in M cells.
struct WindowCounts {
  Tensor bias;        ///< [K, M] the bias factor exp(-U_k), averaged over each cell, in [0, 1]
  Tensor histograms;  ///< [K, M] samples of each window in each cell; every window has some
};

/// The unbiased distribution that explains the samples of all windows best.
struct WhamSolution {
  Tensor probabilities;         ///< [M] of the cells, sum 1
  Tensor free_energies;         ///< [K] f_k = -log Z_k in kT, f_0 = 0
  std::int64_t iterations = 0;  ///< taken
  double last_change = 0;       ///< of any f_k, in the last iteration
};

/// When the iteration ends.
struct WhamLimits {
  double tolerance = 1e-9;                ///< greatest change of any f_k in a self-consistent iteration, kT
  std::int64_t most_iterations = 100000;  ///< NumericError after that many
};

/// The weighted histogram analysis method (Kumar et al. 1992): the fixed point of its self-consistent iteration
///   p_i = sum_k n_ki / sum_k N_k exp(f_k) b_ki,   exp(-f_k) = sum_i b_ki p_i,
/// quickened by Newton's steps where they come nearer to it (Shirts & Chodera 2008, Appendix C).
/// It is exact for a density that is constant within each cell. `start`: f_k to begin with, [K]; undefined: zeros.
/// Throws Error for shapes that do not fit, a window without samples, and samples in a cell that no window reaches;
/// NumericError when the iteration does not settle.
WhamSolution wham(const WindowCounts& counts, const WhamLimits& limits = {}, const Tensor& start = {});

/// The limit of infinitely narrow cells: each sample is a cell of its own, with the bias at the sample itself (the
/// multistate Bennett acceptance ratio, Shirts & Chodera 2008). bias: [K, N] factors at the N samples of all windows;
/// samples: [K] how many of them each window has. Probabilities [N] are the samples' weights.
WhamSolution mbar(const Tensor& bias, const Tensor& samples, const WhamLimits& limits = {}, const Tensor& start = {});

/// exp(-(x - c)^2 / (2 width^2)) of harmonic windows at centres [K], averaged exactly over the cells between edges
/// [M + 1], ascending: [K, M]. Double.
Tensor mean_harmonic_bias(const Tensor& edges, const Tensor& centres, double width);

/// The same at points [N]: [K, N].
Tensor harmonic_bias(const Tensor& points, const Tensor& centres, double width);

/// Cell probabilities of `resamples` bootstrap repetitions, [resamples, M]: the samples of each window are drawn anew
/// with replacement (Purpose::bootstrap, one stream a window) and solved from the f_k of `solution`.
Tensor bootstrap_wham(const WindowCounts& counts, const WhamSolution& solution, const Noise& noise,
                      std::int64_t resamples, const WhamLimits& limits = {});

}  // namespace dpsbench
