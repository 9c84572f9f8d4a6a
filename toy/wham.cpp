#include "toy/wham.h"

#include <cmath>
#include <numbers>

#include "core/error.h"

namespace dpsbench {
namespace {

Tensor as_double(const Tensor& tensor) { return tensor.to(at::kCPU, at::kDouble).contiguous(); }

void check_windows(const Tensor& bias, const Tensor& samples, const Tensor& counts) {
  if (bias.dim() != 2 || samples.dim() != 1 || samples.size(0) != bias.size(0) || counts.size(0) != bias.size(1))
    throw Error(fmt::format("umbrella sampling takes bias factors [K, M] and counts to match, not [{}], [{}], [{}]",
                            fmt::join(bias.sizes(), ", "), fmt::join(samples.sizes(), ", "),
                            fmt::join(counts.sizes(), ", ")));
  if (!(samples > 0).all().item<bool>()) throw Error("umbrella sampling: a window has no samples");
  if ((bias.amax(0).eq(0) & (counts > 0)).any().item<bool>())
    throw Error("umbrella sampling: samples lie where the bias of every window vanishes");
}

/// Cells with `counts` [M] samples of all windows, of which each window has `samples` [K].
struct Observed {
  Tensor bias;  ///< [K, M]
  Tensor samples;
  Tensor counts;
};

/// Where one self-consistent iteration leads from `from`.
struct Iteration {
  Tensor from;           ///< [K] f_k
  Tensor reach;          ///< [M] sum_k N_k exp(f_k) b_ki
  Tensor probabilities;  ///< [M], not normalised
  Tensor to;             ///< [K] f_k, f_0 = 0
  double change = 0;     ///< greatest of any f_k
};

Iteration iterate(const Observed& observed, const Tensor& free_energies) {
  Iteration next{.from = free_energies,
                 .reach = at::mv(observed.bias.t(), observed.samples * free_energies.exp()),
                 .probabilities = {},
                 .to = {}};
  next.probabilities = at::where(observed.counts > 0, observed.counts / next.reach, at::zeros_like(observed.counts));
  const Tensor updated = -at::mv(observed.bias, next.probabilities).log();
  next.to = updated - updated[0];
  next.change = (next.to - free_energies).abs().max().item<double>();
  return next;
}

/// Newton's step for the same fixed point, the minimum of the convex
///   sum_i c_i log(sum_k N_k exp(f_k) b_ki) - sum_k N_k f_k
/// (Shirts & Chodera 2008, Appendix C), f_0 = 0 held.
Tensor newton_step(const Observed& observed, const Iteration& at_f) {
  const std::int64_t free = at_f.from.size(0) - 1;
  if (free == 0) return at_f.from;
  const Tensor scaled = observed.samples * at_f.from.exp();                           // N_k exp(f_k)
  const Tensor expected = scaled * at::mv(observed.bias, at_f.probabilities);         // [K]; N_k at the minimum
  const Tensor shares = observed.bias * scaled.unsqueeze(1);                          // times reach
  const Tensor weights = at_f.probabilities / at_f.reach;                             // c_i / reach_i^2
  const Tensor hessian = expected.diag() - at::matmul(shares * weights, shares.t());  // [K, K]
  const Tensor gradient = expected - observed.samples;
  const Tensor step =
      std::get<0>(at::linalg_solve_ex(hessian.narrow(0, 1, free).narrow(1, 1, free), gradient.narrow(0, 1, free)));
  return at::cat({at_f.from.narrow(0, 0, 1), at_f.from.narrow(0, 1, free) - step});
}

/// From each iterate, the self-consistent one and Newton's, whichever is nearer to being a fixed point: the first
/// always comes nearer, the second quickly once near.
WhamSolution solve(const Observed& observed, const WhamLimits& limits, const Tensor& start) {
  check_windows(observed.bias, observed.samples, observed.counts);
  Iteration now = iterate(observed, start.defined() ? as_double(start) : at::zeros_like(observed.samples));
  std::int64_t iterations = 1;
  for (; !(now.change <= limits.tolerance); ++iterations) {
    if (iterations >= limits.most_iterations)
      throw NumericError("WHAM does not settle: after {} iterations a window's free energy still changes by {} kT",
                         iterations, now.change);
    const Iteration newton = iterate(observed, newton_step(observed, now));
    const Iteration consistent = iterate(observed, now.to);
    now = newton.change < consistent.change ? newton : consistent;
  }
  return {now.probabilities / now.probabilities.sum(), now.to, iterations, now.change};
}

/// The histogram of as many samples as `histogram` [M] has, drawn from them with replacement by uniform numbers.
Tensor resampled_histogram(const Tensor& histogram, const Tensor& uniform) {
  const Tensor whole = histogram.to(at::kLong);
  const std::int64_t count = whole.sum().item<std::int64_t>();
  const Tensor cell_of = at::repeat_interleave(whole);  // the cell of each sample
  const Tensor picks = (uniform.narrow(0, 0, count).to(at::kDouble) * static_cast<double>(count)).to(at::kLong);
  return at::bincount(cell_of.index_select(0, picks.clamp_max(count - 1)), {}, histogram.size(0)).to(at::kDouble);
}

}  // namespace

WhamSolution wham(const WindowCounts& counts, const WhamLimits& limits, const Tensor& start) {
  const Tensor histograms = as_double(counts.histograms);
  return solve({as_double(counts.bias), histograms.sum(1), histograms.sum(0)}, limits, start);
}

WhamSolution mbar(const Tensor& bias, const Tensor& samples, const WhamLimits& limits, const Tensor& start) {
  return solve({as_double(bias), as_double(samples), at::ones({bias.size(1)}, at::kDouble)}, limits, start);
}

Tensor mean_harmonic_bias(const Tensor& edges, const Tensor& centres, double width) {
  const Tensor ends = (as_double(edges).unsqueeze(0) - as_double(centres).unsqueeze(1)) / (width * std::sqrt(2.0));
  const Tensor a = ends.narrow(1, 0, ends.size(1) - 1);
  const Tensor b = ends.narrow(1, 1, ends.size(1) - 1);
  // erf(b) - erf(a), written on the side where it does not cancel
  const Tensor mass = at::where(a > 0, a.erfc() - b.erfc(), (-b).erfc() - (-a).erfc());
  return mass * (std::sqrt(std::numbers::pi) / 2) / (b - a);
}

Tensor harmonic_bias(const Tensor& points, const Tensor& centres, double width) {
  return (((as_double(points).unsqueeze(0) - as_double(centres).unsqueeze(1)) / width).square() * -0.5).exp();
}

Tensor bootstrap_wham(const WindowCounts& counts, const WhamSolution& solution, const Noise& noise,
                      std::int64_t resamples, const WhamLimits& limits) {
  const Tensor histograms = as_double(counts.histograms);
  const std::int64_t windows = histograms.size(0);
  if (noise.images() != windows || resamples < 1)
    throw Error(fmt::format("bootstrap_wham takes a stream a window ({} of {}) and resamples >= 1 ({})", noise.images(),
                            windows, resamples));
  const auto most = static_cast<std::int64_t>(histograms.sum(1).max().item<double>());
  std::vector<Tensor> probabilities;
  for (std::int64_t r = 0; r < resamples; ++r) {
    const Tensor uniform = noise.uniform(Purpose::bootstrap, r, {most}, at::kFloat);
    std::vector<Tensor> drawn;
    for (std::int64_t k = 0; k < windows; ++k) drawn.push_back(resampled_histogram(histograms[k], uniform[k]));
    probabilities.push_back(wham({counts.bias, at::stack(drawn)}, limits, solution.free_energies).probabilities);
  }
  return at::stack(probabilities);
}

}  // namespace dpsbench
