#include "runner/work/mixture_training.h"

#include "core/error.h"
#include "core/noise.h"
#include "core/words/tell.h"
#include "priors/mixture/file.h"
#include "runner/ranks/signals.h"
#include "training/images.h"

namespace dpsbench {
namespace {

/// Random patches as points [N, D].
Tensor draw_patches(const DatasetSpec& data, const MixtureTraining& training, std::int64_t count,
                    const std::string& stream) {
  const TrainingImages images(data, training.crops, training.shape);
  const PhiloxNoise noise(training.fit.seed, {{"mixture", stream, 0}});
  return images.examples(noise.uniform(Purpose::training, 0, {count, TrainingImages::kDraws}, at::kFloat)[0])
      .flatten(1)
      .contiguous();
}

}  // namespace

std::filesystem::path train_mixture(const MixtureTraining& training) {
  const auto numbers = static_cast<double>(training.shape.elements());
  const Tensor points = draw_patches(training.data, training, training.patches, "patches");
  DatasetSpec held_out = training.data;
  held_out.path = training.held_out;
  held_out.images.clear();
  const Tensor unseen = draw_patches(held_out, training, training.held_out_patches, "held-out patches");
  say("{} patches of {} x {} x {}, {} held out; log-likelihoods in nats a number\n", points.size(0),
      training.shape.channels, training.shape.height, training.shape.width, unseen.size(0));
  const GaussianMixture mixture = fit_mixture(points, unseen, training.fit, [&](const MixtureProgress& progress) {
    say("iteration {:>3}/{}  log-likelihood {:.4f}  held out {:.4f}\n", progress.iteration, training.fit.iterations,
        progress.log_likelihood / numbers, progress.held_out / numbers);
    std::fflush(stdout);
    return !stop_requested();
  });
  std::filesystem::create_directories(training.output);
  const std::filesystem::path file = training.output / "mixture.safetensors";
  save_gaussian_mixture(file.string(), mixture, training.shape);
  return file;
}

}  // namespace dpsbench
