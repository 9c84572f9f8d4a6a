#include "training/autoencoder_quality.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "core/noise.h"
#include "priors/autoencoder/plain.h"

namespace dpsbench {
namespace {

constexpr std::int64_t batch = 16;
constexpr double peak = 2;  // of images in [-1, 1]

/// The random numbers of examples `first` and on: which image is not left to chance, and none is mirrored.
Tensor draws_of(std::int64_t first, std::int64_t count, std::int64_t images) {
  std::vector<StreamId> streams;
  for (std::int64_t k = first; k < first + count; ++k) streams.push_back({"judged examples", "", k});
  Tensor draws = PhiloxNoise(0, streams).uniform(Purpose::training, 0, {TrainingImages::kDraws}, at::kFloat);
  for (std::int64_t k = 0; k < count; ++k) {
    const auto image = static_cast<double>((first + k) % images);
    draws[k][0] = (image + 0.5) / static_cast<double>(images);
    draws[k][4] = 1;
  }
  return draws;
}

}  // namespace

AutoencoderQuality autoencoder_quality(const AutoencoderOptions& options, const AutoencoderParameters& parameters,
                                       const TrainingImages& images, std::int64_t count) {
  const at::AutoGradMode disabled(false);
  double decibels = 0;
  double square = 0;
  for (std::int64_t first = 0; first < count; first += batch) {
    const std::int64_t here = std::min(batch, count - first);
    const Tensor x = images.examples(draws_of(first, here, images.size())).to(at::kFloat);
    const Tensor z = plain_moments(options, parameters, x).chunk(2, 1)[0].contiguous();
    const Tensor error = plain_decoded(options, parameters, z).clamp(-1, 1) - x;
    decibels +=
        (-10 * (error.to(at::kDouble).square().flatten(1).mean(1) / (peak * peak)).log10()).sum().item<double>();
    square += z.to(at::kDouble).square().flatten(1).mean(1).sum().item<double>();
  }
  const auto all = static_cast<double>(count);
  return {decibels / all, 1 / std::sqrt(square / all)};
}

}  // namespace dpsbench
