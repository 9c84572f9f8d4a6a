#include "metrics/parts/residual_tests.h"

#include "core/error.h"
#include "metrics/statistics/interval.h"

namespace dpsbench {
namespace {

Tensor mean_square(const Tensor& images) { return images.square().flatten(1).mean(1); }

}  // namespace

ErrorRatio error_ratio(const Tensor& samples, const Tensor& reference) {
  if (samples.dim() < 3 || samples.size(0) == 0 || samples.size(1) < 2 ||
      reference.sizes() != samples.select(1, 0).sizes())
    throw Error(
        fmt::format("error_ratio takes samples [N, S, ...], S >= 2, and references [N, ...]; these are [{}] and "
                    "[{}]",
                    fmt::join(samples.sizes(), ", "), fmt::join(reference.sizes(), ", ")));
  const Tensor x = samples.to(at::kDouble);
  const Tensor truth = reference.to(at::kDouble);
  const std::int64_t averaged = x.size(1) - 1;
  ErrorRatio result;
  result.sample_error = mean_square(x.select(1, 0) - truth);
  result.mean_error = mean_square(x.narrow(1, 1, averaged).mean(1) - truth);

  return error_ratio(result.sample_error, result.mean_error, x.size(1));
}

ErrorRatio error_ratio(const Tensor& sample_error, const Tensor& mean_error, std::int64_t samples) {
  if (sample_error.dim() != 1 || sample_error.sizes() != mean_error.sizes() || sample_error.numel() == 0 || samples < 2)
    throw Error(fmt::format("error_ratio takes two errors of each image and S >= 2; these are [{}] and [{}], S = {}",
                            fmt::join(sample_error.sizes(), ", "), fmt::join(mean_error.sizes(), ", "), samples));
  ErrorRatio result;
  result.sample_error = sample_error;
  result.mean_error = mean_error;
  const Tensor minimum = mean_error.mean();
  const double correction = 1 + 1 / static_cast<double>(samples - 1);
  result.raw = (sample_error.mean() / minimum).item<double>();
  result.corrected = result.raw * correction;
  // the ratio of means R moves with each image by (sample_error - R mean_error) / mean of mean_error
  const Tensor influence = ((sample_error - result.raw * mean_error) / minimum * correction).cpu().contiguous();
  const double* const first = influence.const_data_ptr<double>();
  result.half_width = mean_interval({first, first + influence.numel()}).half_width;
  return result;
}

ResidualTests residual_tests(const Tensor& residual, const Tensor& sample, double sigma_y) {
  ResidualTests result;
  result.deviation = residual.to(at::kDouble).square().mean().sqrt().item<double>();
  result.with_image = pearson_correlation(residual, sample);
  result.normality = kolmogorov_smirnov_normal(residual, sigma_y);
  return result;
}

}  // namespace dpsbench
