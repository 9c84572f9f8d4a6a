#include "metrics/parts/posterior_errors.h"

#include "core/error.h"

namespace dpsbench {
namespace {

/// [N, ...] -> [N, D] double; samples [N, S, ...] -> [N, S, D].
Tensor rows(const Tensor& images) { return images.to(at::kDouble).flatten(1); }
Tensor sample_rows(const Tensor& samples) { return samples.to(at::kDouble).flatten(2); }

void check_samples(const Tensor& samples, const Tensor& exact) {
  if (samples.dim() < 3 || samples.size(1) < 2 || samples.select(1, 0).sizes() != exact.sizes())
    throw Error(
        fmt::format("errors of a posterior take samples [N, S, ...], S >= 2, and [N, ...]; these are [{}], [{}]",
                    fmt::join(samples.sizes(), ", "), fmt::join(exact.sizes(), ", ")));
}

/// The mean square over pixels: [N, D] -> [N].
Tensor mean_of_squares(const Tensor& x) { return x.square().mean(1); }

}  // namespace

Tensor mmse_gap(const Tensor& samples, const Tensor& mean, const Tensor& truth) {
  check_samples(samples, mean);
  check_samples(samples, truth);
  const Tensor x = sample_rows(samples);
  const Tensor of_mean = x.var(1).mean(1) / static_cast<double>(x.size(1));  // what S samples leave to their mean
  const Tensor error = (mean_of_squares(x.mean(1) - rows(truth)) - of_mean).clamp_min(0) + rounding_variance;
  const Tensor least = mean_of_squares(rows(mean) - rows(truth)) + rounding_variance;
  return (error / least).log10() * 10;
}

Tensor mean_error(const Tensor& samples, const Tensor& mean, const Tensor& deviation) {
  check_samples(samples, mean);
  check_samples(samples, deviation);
  const Tensor scale = mean_of_squares(rows(deviation)) + rounding_variance;
  return (mean_of_squares(sample_rows(samples).mean(1) - rows(mean)) / scale).sqrt();
}

Tensor deviation_error(const Tensor& samples, const Tensor& deviation) {
  check_samples(samples, deviation);
  const Tensor scale = mean_of_squares(rows(deviation)) + rounding_variance;
  return (mean_of_squares(sample_rows(samples).std(1) - rows(deviation)) / scale).sqrt();
}

Tensor mode_weight_distance(const Tensor& shares, const Tensor& weights) {
  check_samples(shares, weights);
  return (shares.to(at::kDouble).mean(1) - weights.to(at::kDouble)).abs().sum(1) / 2;
}

}  // namespace dpsbench
