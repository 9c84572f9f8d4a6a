// Every method on every task it serves, a few steps at 32 x 32: finite, repeatable, and no image knows of another.
#include <gtest/gtest.h>

#include "priors/empirical_prior.h"
#include "priors/unet/prior.h"
#include "tasks/registry.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"
#include "tests/methods/short_run.h"
#include "tests/methods/told.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

/// Whether a method can denoise under a prior that knows nothing but its score.
bool takes_any_prior(const MethodEntry& method) {
  return incompatibility(method, find_task("denoising"), KnownPosteriors::none).empty();
}

class EveryMethod : public testing::TestWithParam<std::string> {
 protected:
  static constexpr double sigma_y = 0.05;

  /// Images first, first + 1, ... of the same data set.
  [[nodiscard]] static Tensor run(const Prior& prior, const std::string& task, const MethodEntry& method,
                                  const std::map<std::string, OptionValue>& given, std::int64_t first,
                                  std::int64_t count, double noise_of_y = sigma_y,
                                  const NoiseSchedule& schedule = NoiseSchedule::linear()) {
    const PhiloxNoise noise = noise_of(count, 1, first);
    const auto op = bound(prior, task, first, noise);
    const ImageShape shape = prior.shape();
    const Tensor x0 = noise.normal(Purpose::training, 1, {shape.channels, shape.height, shape.width}, prior.options())
                          .mul(0.4)
                          .clamp(-1, 1);
    const Tensor y = measure(*op, x0, noise_of_y, noise, false);
    const auto sampler = method.make(OptionValues(method.options, given));
    SilentObserver silent;
    return sampler->sample({prior, schedule, *op, y, noise_of_y, noise}, silent);
  }

  /// The task's operator, the same one whenever it is asked for: motion blur takes a while to factor.
  static std::shared_ptr<const Operator> bound(const Prior& prior, const std::string& task, std::int64_t first,
                                               const Noise& noise) {
    static std::map<std::string, std::shared_ptr<const Operator>> known;
    auto& op = known[fmt::format("{} {} {} {}", task, first, noise.images(), prior.options().dtype().name())];
    if (op != nullptr) return op;
    const TaskEntry& entry = find_task(task);
    std::map<std::string, OptionValue> options;
    if (task == "box_inpainting") options = {{"size", std::int64_t{12}}, {"margin", std::int64_t{2}}};
    if (task == "ct") options = {{"angles", std::int64_t{10}}};
    if (!entry.required_file.empty())
      options = {
          {entry.required_file, std::string(DPSBENCH_SOURCE_DIR "/tests/tasks/files/data/blur_network.safetensors")}};
    op = entry.bind(OptionValues(entry.options, options), prior.shape(), noise, prior.options());
    return op;
  }

  static void expect_sound(const Prior& prior, const std::string& task, const MethodEntry& method) {
    SCOPED_TRACE(method.name + " on " + task);
    const Tensor together = run(prior, task, method, short_run(method), 0, 3);
    ASSERT_EQ(together.sizes(), at::IntArrayRef(prior.shape().batch(3)));
    EXPECT_TRUE(together.isfinite().all().item<bool>());
    const double size = std::max(1.0, together.abs().max().item<double>());
    for (const std::int64_t b : {0, 2}) {
      const Tensor alone = run(prior, task, method, short_run(method), b, 1);
      EXPECT_LT((alone[0] - together[b]).abs().max().item<double>(), 1e-9 * size) << "image " << b;
    }
    EXPECT_TRUE(run(prior, task, method, short_run(method), 0, 3).equal(together));
  }
};

TEST_P(EveryMethod, IsSoundOnEveryTaskItServes) {
  const MethodEntry& method = find_method(GetParam());
  if (method.needs.latents) GTEST_SKIP() << "sampled in every_latent_method_test";
  static const GaussianMixturePrior pictures = mixture_of({3, 32, 32});
  static const GaussianMixturePrior signals = mixture_of({1, 1, 64});
  for (const TaskEntry& task : tasks()) {
    const GaussianMixturePrior& prior = task.of_signals ? signals : pictures;
    // no decomposition: the dense posteriors of 3,072 pixels take minutes
    if (method.needs.exact_posterior && task.linear && !task.has_svd) continue;
    if (incompatibility(method, task, KnownPosteriors::linear).empty()) expect_sound(prior, task.name, method);
  }
}

TEST_P(EveryMethod, TakesMeasurementsWithoutNoiseOrSaysWhyNot) {
  const MethodEntry& method = find_method(GetParam());
  if (method.needs.latents) GTEST_SKIP() << "sampled in every_latent_method_test";
  EXPECT_EQ(noise_refusal(method, sigma_y), "");
  if (!method.without_noise.empty()) {
    EXPECT_NE(noise_refusal(method, 0).find(method.without_noise), std::string::npos);
    return;
  }
  EXPECT_EQ(noise_refusal(method, 0), "");
  static const GaussianMixturePrior pictures = mixture_of({3, 32, 32});
  static const GaussianMixturePrior signals = mixture_of({1, 1, 64});
  for (const TaskEntry& task : tasks()) {
    if (method.needs.exact_posterior && task.linear && !task.has_svd) continue;
    if (!incompatibility(method, task, KnownPosteriors::linear).empty()) continue;
    const Tensor x = run(task.of_signals ? signals : pictures, task.name, method, short_run(method), 0, 1, 0);
    EXPECT_TRUE(x.isfinite().all().item<bool>()) << method.name << " on " << task.name;
    EXPECT_LT(x.abs().max().item<double>(), 1e4) << method.name << " on " << task.name;
  }
}

TEST_P(EveryMethod, IsSoundOnNonlinearTasksOnlyAFiniteMeasureKnows) {
  const MethodEntry& method = find_method(GetParam());
  if (method.needs.latents) GTEST_SKIP() << "sampled in every_latent_method_test";
  if (!method.needs.exact_posterior) GTEST_SKIP();
  static const EmpiricalPrior prior(
      noise_of(1, 4).normal(Purpose::training, 0, {20, 3, 32, 32}, at::kDouble)[0].mul(0.4).clamp(-1, 1),
      TensorOptions().dtype(at::kDouble));
  for (const TaskEntry& task : tasks()) {
    if (task.linear) continue;
    EXPECT_NE(incompatibility(method, task, KnownPosteriors::linear), "");
    EXPECT_EQ(incompatibility(method, task, KnownPosteriors::any), "");
    expect_sound(prior, task.name, method);
  }
}

TEST_P(EveryMethod, IsSoundWithANetworkAlsoAsPublished) {
  const MethodEntry& method = find_method(GetParam());
  if (!takes_any_prior(method)) GTEST_SKIP();
  static const UNetPrior prior(tiny_options(), tiny_parameters(), TensorOptions().dtype(at::kFloat));
  std::map<std::string, OptionValue> options = short_run(method);
  EXPECT_TRUE(run(prior, "denoising", method, options, 0, 1).isfinite().all().item<bool>());
  for (const OptionSpec& spec : method.options) {
    if (spec.name != "as_published") continue;
    options["as_published"] = !std::get<bool>(spec.default_value);
    EXPECT_TRUE(run(prior, "denoising", method, options, 0, 1).isfinite().all().item<bool>());
  }
}

/// Times mean other noises under other betas. Of DDPM's own, DAPS and PnP-DM as their authors tell them miss by up
/// to 3.
TEST_P(EveryMethod, TellsANetworkTheTimesOfItsOwnSchedule) {
  const MethodEntry& method = find_method(GetParam());
  if (!takes_any_prior(method)) GTEST_SKIP();
  static const GaussianMixturePrior pictures = mixture_of({3, 32, 32});
  const NoiseSchedule ddpm = NoiseSchedule::linear();
  for (const NoiseSchedule& schedule :
       {ddpm, NoiseSchedule::cosine(1000), NoiseSchedule::scaled_linear(1000, 0.00085, 0.012)}) {
    const Told prior(pictures);
    std::ignore = run(prior, "denoising", method, short_run(method), 0, 1, sigma_y, schedule);
    for (std::size_t k = 0; k < prior.times.size(); ++k) {
      const double right = schedule.level_of_sigma(prior.sigmas[k]).time;
      EXPECT_NEAR(prior.times[k], right, schedule.trained_as(ddpm) ? 3.2 : 1e-3) << "at noise " << prior.sigmas[k];
    }
  }
}

TEST_P(EveryMethod, ShowsEachStepOnceAndReturnsTheLastState) {
  class Watch final : public Observer {
   public:
    void on_step(const StepRecord& record) override {
      EXPECT_EQ(record.done, ++seen_);
      EXPECT_TRUE(total_ == 0 || record.total == total_);
      total_ = record.total;
      EXPECT_EQ(record.x0_hat.sizes(), record.state.sizes());
      if (record.step_size.defined()) {
        EXPECT_EQ(record.step_size.sizes(), at::IntArrayRef({2}));
      }
      state = record.state;
    }
    void finish() const { EXPECT_EQ(seen_, total_); }
    Tensor state;

   private:
    std::int64_t seen_ = 0;
    std::int64_t total_ = 0;
  };
  const MethodEntry& method = find_method(GetParam());
  if (method.needs.latents) GTEST_SKIP() << "sampled in every_latent_method_test";
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(2);
  const auto op = bind_task("denoising", {}, prior, noise);
  const Problem problem{prior, schedule, *op, at::full({2, 1, 2, 2}, 0.3, at::kDouble), 0.1, noise};
  Watch watch;
  const Tensor x = method.make(OptionValues(method.options, short_run(method)))->sample(problem, watch);
  watch.finish();
  if (method.name != "mcgdiff") {  // which ends by choosing a particle
    EXPECT_TRUE(watch.state.equal(x));
  }
}

TEST_P(EveryMethod, CountsItsEvaluationsRight) {
  class Counting final : public Prior {
   public:
    explicit Counting(const Prior& inner) : inner_(inner) {}
    [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient gradient) const override {
      ++forward;
      backward += gradient == Gradient::wanted ? 1 : 0;
      return inner_.evaluate(x, level, gradient);
    }
    [[nodiscard]] ImageShape shape() const override { return inner_.shape(); }
    [[nodiscard]] TensorOptions options() const override { return inner_.options(); }
    mutable double forward = 0;
    mutable double backward = 0;

   private:
    const Prior& inner_;
  };
  const MethodEntry& method = find_method(GetParam());
  if (!takes_any_prior(method)) GTEST_SKIP();
  const GaussianMixturePrior mixture = small_mixture();
  const Counting prior(mixture);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(1);
  const auto op = bind_task("denoising", {}, prior, noise);
  std::map<std::string, OptionValue> options = short_run(method);
  if (options.contains("steps")) options["steps"] = std::int64_t{12};
  SilentObserver silent;
  const OptionValues values(method.options, options);
  std::ignore =
      method.make(values)->sample({prior, schedule, *op, at::full({1, 1, 2, 2}, 0.3, at::kDouble), 0.1, noise}, silent);
  const Cost cost = method.cost(values, 0.1);
  EXPECT_EQ(cost.forward, prior.forward);
  EXPECT_EQ(cost.backward, prior.backward);
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const MethodEntry& method : methods()) names.push_back(method.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryMethod, testing::ValuesIn(method_names()), [](const auto& item) {
  std::string name = item.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace dpsbench
