#include <gtest/gtest.h>

#include <cmath>

#include "core/denoised.h"
#include "core/posterior_score.h"
#include "priors/unet/prior.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/recorded_noise.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

TEST(DpsW, FitsTheExactScoreOfDenoisingByLeastSquares) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(3);
  const auto op = bind_task("denoising", {}, prior, noise);
  const double sigma_y = 0.1;
  const Tensor y = noise.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  const Problem problem{prior, schedule, *op, y, sigma_y, noise};
  StateRecorder recorder;
  std::ignore = make_method("dps-w", {{"steps", std::int64_t{5}}, {"reference", std::string("naive")}})
                    ->sample(problem, recorder);

  // the first step by hand
  const NoiseSchedule five = schedule.respaced(5);
  const NoiseLevel level = five.level(4);
  const Tensor x_t = noise.normal(Purpose::initial, 0, {1, 2, 2}, in_double());
  const Denoised at = denoise(prior, x_t, level, false, Gradient::wanted);
  const Tensor s_dps = at.pull_back({(at.x0 - y) * -2})[0];
  const Tensor s_lik = exact_denoising_score(prior, schedule, x_t, level, y, sigma_y) - at.score(level);
  const Tensor weight = (s_lik * s_dps).flatten(1).sum(1) / (s_dps * s_dps).flatten(1).sum(1);
  const Tensor omega = weight * (five.beta(4) / std::sqrt(five.alpha(4)));
  EXPECT_TRUE(at::allclose(recorder.step_sizes()[0], omega, 1e-10));
  // least squares: the residual of the fit is orthogonal to the score that is fitted
  const Tensor residual = s_lik - s_dps * weight.reshape({3, 1, 1, 1});
  EXPECT_LT((residual * s_dps).flatten(1).sum(1).abs().max().item<double>(), 1e-10);
}

/// The committed network, trained on photographs.
UNetPrior photo_prior() {
  const UNetOptions options = unet_preset("photo32");
  const SafetensorsFile weights(DPSBENCH_SOURCE_DIR "/experiments/quickstart/photo32.safetensors");
  return {options, load_unet_parameters(options, weights), TensorOptions().dtype(at::kFloat)};
}

TEST(DpsW, StepSizesOfATrainedNetworkStartTinyAndGrowLate) {
  const UNetPrior prior = photo_prior();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(1);
  const auto op = bind_task("denoising", {}, prior, noise);
  const Tensor x0 = at::linspace(-0.5, 0.5, 32).expand({1, 3, 32, 32}).contiguous();
  const Problem problem{prior, schedule, *op, measure(*op, x0, 0.05, noise, false), 0.05, noise};
  StateRecorder recorder;
  std::ignore = make_method("dps-w", {{"steps", std::int64_t{40}}})->sample(problem, recorder);
  const Tensor omega = recorder.step_sizes().flatten();
  EXPECT_LT(omega.slice(0, 0, 20).abs().max().item<double>(), 0.1 * omega.slice(0, 30, 39).max().item<double>());
}

TEST(DpsW, EnhancedInpaintingDividesByTheFractionSeen) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(2);
  const auto op = bind_task("inpainting", {{"mask_fraction", 0.5}}, prior, noise);
  const Tensor y = measure(*op, at::full({2, 1, 2, 2}, 0.3, in_double()), 0.1, noise, false);
  const Problem problem{prior, schedule, *op, y, 0.1, noise};
  const auto first_step = [&](bool enhanced) {
    StateRecorder recorder;
    std::ignore = make_method("dps-w", {{"steps", std::int64_t{5}}, {"enhanced", enhanced}})->sample(problem, recorder);
    return recorder.step_sizes()[0];
  };
  EXPECT_TRUE(at::allclose(first_step(true), first_step(false) * 2, 1e-12));
}

TEST(DpsW, AsksThePriorOnEveryPixelOfInpaintingForTheMeasurementNotTheState) {
  /// N(0, I), which also notes how far from the measurement it was asked at the reference's levels.
  class Watched final : public Prior {
   public:
    [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient gradient) const override {
      if (level.sigma() <= 0.1001 && gradient == Gradient::none)
        largest = std::max(largest, (x / std::sqrt(level.alpha_bar)).abs().max().item<double>());
      return inner.evaluate(x, level, gradient);
    }
    [[nodiscard]] ImageShape shape() const override { return inner.shape(); }
    [[nodiscard]] double smallest_sigma() const override { return inner.smallest_sigma(); }
    [[nodiscard]] TensorOptions options() const override { return inner.options(); }
    const GaussianMixturePrior inner = standard_prior();
    mutable double largest = 0;
  };
  const Watched prior;
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(8);
  const auto op = bind_task("inpainting", {{"mask_fraction", 0.5}}, prior, noise);
  const Tensor y = measure(*op, at::full({8, 1, 2, 2}, 0.3, in_double()), 0.1, noise, false);
  const auto step_sizes = [&](const std::string& reference) {
    StateRecorder recorder;
    std::ignore = make_method("dps-w", {{"steps", std::int64_t{100}}, {"reference", reference}})
                      ->sample({prior, schedule, *op, y, 0.1, noise}, recorder);
    return recorder.step_sizes();
  };
  const Tensor naive = step_sizes("naive");
  EXPECT_LT(prior.largest, 5);  // the state's hidden pixels begin at 157
  EXPECT_GT(naive.slice(0, 0, 50).min().item<double>(), 0);
  // where the state hardly enters x~, the reused reference is the same
  const Tensor cached = step_sizes("cached");
  EXPECT_LT(((naive - cached) / naive).slice(0, 0, 50).abs().max().item<double>(), 0.01);
}

TEST(DpsW, TheCapBindsInSuperResolutionAndScalesWithTheNumberOfSteps) {
  const UNetPrior prior(tiny_options(), tiny_parameters(), TensorOptions().dtype(at::kFloat));
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(2);
  const auto op = bind_task("super_resolution", {}, prior, noise);
  const Problem problem{prior, schedule, *op, at::zeros({2, 3, 8, 8}), 0.05, noise};
  StateRecorder recorder;
  std::ignore = make_method("dps-w", {{"steps", std::int64_t{10}}, {"lambda", 1e-5}})->sample(problem, recorder);
  EXPECT_LE(recorder.step_sizes().max().item<double>(), 1e-5 * 100 * 1.000001);
  EXPECT_TRUE(recorder.step_sizes().eq(recorder.step_sizes().max()).any().item<bool>());
}

TEST(DpsW, ImagesOfABatchDoNotKnowOfEachOther) {
  const UNetPrior prior = photo_prior();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  SilentObserver silent;
  for (const std::string task : {"denoising", "inpainting", "super_resolution", "colorization"})
    for (const std::string method : {"dps", "dps-w"}) {
      const auto run = [&](std::int64_t first, std::int64_t count) {
        const PhiloxNoise noise = noise_of(count, 1, first);
        const auto op = bind_task(task, {}, prior, noise);
        const Tensor x0 = noise.normal(Purpose::training, 0, {3, 32, 32}, prior.options()).clamp(-1, 1);
        const Tensor y = measure(*op, x0, 0.05, noise, false);
        return make_method(method, {{"steps", std::int64_t{4}}})
            ->sample({prior, schedule, *op, y, 0.05, noise}, silent);
      };
      const Tensor together = run(0, 8);
      for (const std::int64_t b : {0, 5}) {
        const double apart = (together[b] - run(b, 1)[0]).abs().max().item<double>();
        EXPECT_LT(apart, 1e-5) << task << " " << method;
      }
    }
}

}  // namespace
}  // namespace dpsbench
