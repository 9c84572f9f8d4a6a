#include "metrics/statistics/chain_convergence.h"

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

/// [M, N, D] -> [2 M, N / 2, D].
Tensor halves(const Tensor& chains) {
  if (chains.dim() != 3 || chains.size(1) < 4)
    throw Error(fmt::format("convergence needs chains [M, N, D] of 4 draws or more, not [{}]",
                            fmt::join(chains.sizes(), ", ")));
  const Tensor x = chains.to(at::kDouble);
  const std::int64_t half = x.size(1) / 2;
  return at::cat({x.narrow(1, 0, half), x.narrow(1, x.size(1) - half, half)});
}

struct Variances {
  Tensor within;  ///< W, [D]
  Tensor pooled;  ///< the marginal variance's overestimate, [D]
};

Variances variances_of(const Tensor& x) {
  const auto n = static_cast<double>(x.size(1));
  const Tensor within = x.var(at::IntArrayRef{1}, true).mean(0);
  const Tensor between = x.mean(1).var(at::IntArrayRef{0}, true);  // B / n
  return {within, within * ((n - 1) / n) + between};
}

/// Autocovariances of each chain about its own mean at every lag, by Fourier transforms: [M, N, D] -> [M, N, D].
Tensor autocovariance(const Tensor& x) {
  const std::int64_t n = x.size(1);
  const Tensor spectrum = at::fft_rfft(x - x.mean(1, true), 2 * n, 1);
  return at::fft_irfft((spectrum * spectrum.conj()), 2 * n, 1).narrow(1, 0, n) / static_cast<double>(n);
}

}  // namespace

Tensor split_r_hat(const Tensor& chains) {
  const auto [within, pooled] = variances_of(halves(chains));
  return at::where(within > 0, (pooled / within).sqrt(),
                   at::where(pooled > 0, at::full_like(within, INFINITY), at::ones_like(within)));
}

Tensor effective_sample_size(const Tensor& chains) {
  const Tensor x = halves(chains);
  const std::int64_t n = x.size(1);
  const double total = static_cast<double>(x.size(0) * n);
  const auto [within, pooled] = variances_of(x);
  // rho_t = 1 - (W - mean autocovariance) / pooled
  const Tensor covariance = autocovariance(x).mean(0) * (static_cast<double>(n) / static_cast<double>(n - 1));
  const Tensor rho = 1 - (within - covariance) / pooled;                          // [N, D]
  const Tensor pairs = rho.narrow(0, 0, n / 2 * 2).unflatten(0, {-1, 2}).sum(1);  // [N / 2, D]
  const Tensor positive = (pairs > 0).cumprod(0);                                 // up to the first that is not
  const Tensor monotone = std::get<0>(pairs.cummin(0));
  const Tensor time = (monotone * positive).sum(0) * 2 - 1;
  return at::where(pooled > 0, (total / time).clamp_max(total * std::log10(total)), at::full_like(within, total));
}

}  // namespace dpsbench
