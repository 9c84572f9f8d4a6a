// How well priors denoise the images of an experiment, level by level, on the same noise.
//   denoising_error EXPERIMENT.yaml PRIOR.yaml [ANOTHER.yaml] [DRAWS]
// Prints a Markdown table: the root of the mean squared error of E[x_0 | x_t] over pixels, images and draws of noise;
// with a second prior its error over the first's in dB, mean of the images with Student's 95 % interval.
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <cmath>

#include "core/denoised.h"
#include "core/error.h"
#include "core/noise.h"
#include "metrics/statistics/interval.h"
#include "priors/registry.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/prior_block.h"
#include "runner/station/device.h"

namespace {

using namespace dpsbench;

constexpr double levels[] = {0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 20, 80};

/// The mean squared error at one level: a value an image.
std::vector<double> errors(const Prior& prior, const Dataset& images, double sigma_t, std::int64_t draws) {
  const NoiseLevel level = prior.schedule().level_of_sigma(sigma_t);
  const ImageShape shape = prior.shape();
  std::vector<double> errors;
  for (std::int64_t i = 0; i < images.size(); ++i) {
    std::vector<StreamId> streams;
    for (std::int64_t k = 0; k < draws; ++k) streams.push_back({"denoising_error", images.id(i), k});
    const Tensor x0 = images.load(i).to(prior.options()).unsqueeze(0);
    const Tensor n =
        PhiloxNoise(1, streams).normal(Purpose::step, 0, {shape.channels, shape.height, shape.width}, prior.options());
    const Tensor x_t = (x0 + n * sigma_t) * std::sqrt(level.alpha_bar);
    const Tensor estimate = denoise(prior, x_t, level, prior.clips_denoised(), Gradient::none).x0;
    errors.push_back((estimate - x0).to(at::kDouble).square().mean().item<double>());
  }
  return errors;
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::unique_ptr<Prior>> priors;
  std::int64_t draws = 4;
  for (int k = 2; k < argc; ++k) {
    const std::string word = argv[k];
    if (word.find_first_not_of("0123456789") == std::string::npos)
      draws = std::stol(word);
    else
      priors.push_back(make_prior(read_prior_file(word), at::kFloat));
  }
  if (priors.empty() || priors.size() > 2) {
    fmt::print(stderr, "usage: denoising_error EXPERIMENT.yaml PRIOR.yaml [ANOTHER.yaml] [DRAWS]\n");
    return 2;
  }
  keep_freed_memory();
  at::set_num_threads(1);
  const at::NoGradGuard no_grad;
  const Dataset images = Dataset::open(read_experiment(argv[1]).dataset);
  fmt::print("| sigma_t | error |{}\n| --- | --- |{}\n", priors.size() == 2 ? " another: error | in dB over it |" : "",
             priors.size() == 2 ? " --- | --- |" : "");
  for (const double sigma_t : levels) {
    const std::vector<double> first = errors(*priors.front(), images, sigma_t, draws);
    fmt::print("| {} | {:.4f} |", sigma_t, std::sqrt(mean_of(first)));
    if (priors.size() == 2) {
      const std::vector<double> second = errors(*priors.back(), images, sigma_t, draws);
      std::vector<double> decibels;
      for (std::size_t i = 0; i < first.size(); ++i) decibels.push_back(10 * std::log10(second[i] / first[i]));
      const MeanInterval over = mean_interval(decibels, images.groups());
      fmt::print(" {:.4f} | {:+.3f} ± {:.3f} |", std::sqrt(mean_of(second)), over.mean, over.half_width);
    }
    fmt::print("\n");
  }
  return 0;
} catch (const dpsbench::UserError& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
