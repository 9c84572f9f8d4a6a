// Every method that serves a prior of latents, behind a linear decoder and a network's: finite, repeatable, no image
// knows of another, and its passes through prior and autoencoder are those that it says.
#include <gtest/gtest.h>

#include "core/latent/counting_autoencoder.h"
#include "core/latent/decoded_operator.h"
#include "priors/autoencoder/linear_autoencoder.h"
#include "priors/autoencoder/network_autoencoder.h"
#include "tests/methods/problems.h"
#include "tests/methods/short_run.h"

namespace dpsbench {
namespace {

constexpr double noise_of_images = 0.05;

/// Twelve directions of 3 x 16 x 16 images.
const LinearAutoencoder& twelve_components() {
  static const LinearAutoencoder autoencoder = [] {
    const Tensor rows = noise_of(1, 4).normal(Purpose::training, 0, {768, 12}, at::kDouble)[0];
    return LinearAutoencoder(at::full({3, 16, 16}, 0.1, at::kDouble), std::get<0>(at::linalg_qr(rows)).t().contiguous(),
                             in_double());
  }();
  return autoencoder;
}

const NetworkAutoencoder& tiny_vq() {
  static const NetworkAutoencoder autoencoder = [] {
    AutoencoderOptions options;
    options.image_size = 32;
    options.num_channels = 32;
    options.channel_mult = {1, 2, 1};
    options.num_res_blocks = 1;
    options.codes = 64;
    const SafetensorsFile file(DPSBENCH_GOLDEN "/ldm_vq_f4_tiny.safetensors");
    return NetworkAutoencoder(options, autoencoder_parameters(options, file), at::kFloat);
  }();
  return autoencoder;
}

/// A prior that counts what it is asked.
class CountedPrior final : public Prior {
 public:
  explicit CountedPrior(const Prior& inner) : inner_(inner) {}
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

std::map<std::string, OptionValue> short_latent_run(const MethodEntry& method) {
  std::map<std::string, OptionValue> options = short_run(method);
  for (const OptionSpec& spec : method.options) {
    if (spec.name == "pixel_iterations" || spec.name == "latent_iterations") options[spec.name] = std::int64_t{4};
    if (spec.name == "interval") options[spec.name] = std::int64_t{1};
    if (spec.name == "tolerance") options[spec.name] = 0.0;
  }
  if (method.name == "resample") options["steps"] = std::int64_t{7};
  return options;
}

struct LatentRun {
  Tensor z;
  CodingUse use;
};

/// Images first, first + 1, ... of the same data set.
LatentRun run_latents(const Prior& prior, const Autoencoder& autoencoder, const std::string& task,
                      const MethodEntry& method, std::int64_t first, std::int64_t count, Observer& observer) {
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(count, 1, first);
  const TaskEntry& entry = find_task(task);
  const auto op = entry.bind(OptionValues(entry.options, {}), autoencoder.image_shape(), noise, prior.options());
  const ImageShape latent = prior.shape();
  const Tensor z0 =
      noise.normal(Purpose::training, 1, {latent.channels, latent.height, latent.width}, prior.options()) * 0.4;
  const Tensor y = measure(*op, autoencoder.decode(z0, Gradient::none).value, noise_of_images, noise, false);
  LatentRun done;
  const CountingAutoencoder counted(autoencoder, done.use);
  const DecodedOperator decoded(counted, *op, count, prior.options());
  done.use = {};
  const auto sampler = method.make(OptionValues(method.options, short_latent_run(method)));
  done.z =
      sampler->sample({prior, schedule, decoded, decoded.of_images(y), noise_of_images, noise, z0, &decoded}, observer);
  return done;
}

Tensor sampled_latents(const Prior& prior, const Autoencoder& autoencoder, const std::string& task,
                       const MethodEntry& method, std::int64_t first, std::int64_t count) {
  SilentObserver silent;
  return run_latents(prior, autoencoder, task, method, first, count, silent).z;
}

void expect_sound_latents(const Prior& prior, const Autoencoder& autoencoder, const std::string& task,
                          const MethodEntry& method, double tolerance) {
  SCOPED_TRACE(method.name + " on " + task);
  const Tensor together = sampled_latents(prior, autoencoder, task, method, 0, 3);
  ASSERT_EQ(together.sizes(), at::IntArrayRef(prior.shape().batch(3)));
  EXPECT_TRUE(together.isfinite().all().item<bool>());
  const double size = std::max(1.0, together.abs().max().item<double>());
  const Tensor alone = sampled_latents(prior, autoencoder, task, method, 2, 1);
  EXPECT_LT((alone[0] - together[2]).abs().max().item<double>(), tolerance * size);
  EXPECT_TRUE(sampled_latents(prior, autoencoder, task, method, 0, 3).equal(together));
}

class EveryLatentMethod : public testing::TestWithParam<std::string> {};

TEST_P(EveryLatentMethod, IsSoundBehindALinearDecoder) {
  const MethodEntry& method = find_method(GetParam());
  static const GaussianMixturePrior prior = mixture_of({12, 1, 1});
  std::size_t tasks = 0;
  for (const char* task : {"denoising", "inpainting", "super_resolution", "phase_retrieval"}) {
    const KnownPosteriors known = KnownPosteriors::linear;
    if (!incompatibility(method, find_task(task), known, Sampled::latents_of_linear).empty()) continue;
    expect_sound_latents(prior, twelve_components(), task, method, 1e-9);
    ++tasks;
  }
  if (tasks == 0) GTEST_SKIP() << "serves no latents";
}

TEST_P(EveryLatentMethod, IsSoundBehindANetwork) {
  const MethodEntry& method = find_method(GetParam());
  static const GaussianMixturePrior prior(mixture_of({3, 8, 8}).mixture(), {3, 8, 8},
                                          TensorOptions().dtype(at::kFloat));
  std::size_t tasks = 0;
  for (const char* task : {"denoising", "super_resolution"}) {
    if (!incompatibility(method, find_task(task), KnownPosteriors::none, Sampled::latents).empty()) continue;
    expect_sound_latents(prior, tiny_vq(), task, method, 2e-3);
    ++tasks;
  }
  if (tasks == 0) GTEST_SKIP() << "serves no latents of networks";
}

TEST_P(EveryLatentMethod, CostsWhatItSaysAndShowsEachStepOnce) {
  class Watch final : public Observer {
   public:
    void on_step(const StepRecord& record) override {
      EXPECT_EQ(record.done, ++seen);
      total = record.total;
      state = record.state;
    }
    Tensor state;
    std::int64_t seen = 0;
    std::int64_t total = 0;
  };
  const MethodEntry& method = find_method(GetParam());
  if (!method.needs.latents) GTEST_SKIP();
  static const GaussianMixturePrior mixture = mixture_of({12, 1, 1});
  const CountedPrior prior(mixture);
  Watch watch;
  const LatentRun done = run_latents(prior, twelve_components(), "super_resolution", method, 0, 1, watch);
  EXPECT_EQ(watch.seen, watch.total);
  EXPECT_TRUE(watch.state.equal(done.z));
  const OptionValues values(method.options, short_latent_run(method));
  const Cost cost = method.cost(values, noise_of_images);
  EXPECT_EQ(cost.forward, prior.forward);
  EXPECT_EQ(cost.backward, prior.backward);
  const CodingCost coding = coding_cost(method, values, noise_of_images);
  EXPECT_EQ(coding.decodings, static_cast<double>(done.use.decodings) + 1);  // the answer's
  EXPECT_EQ(coding.decodings_back, static_cast<double>(done.use.decodings_back));
  EXPECT_EQ(coding.encodings, static_cast<double>(done.use.encodings));
  EXPECT_EQ(coding.encodings_back, static_cast<double>(done.use.encodings_back));
}

TEST_P(EveryLatentMethod, IsRefusedWhereItCannotBe) {
  const MethodEntry& method = find_method(GetParam());
  const TaskEntry& task = find_task("denoising");
  if (method.needs.latents) {
    EXPECT_NE(incompatibility(method, task, KnownPosteriors::linear).find("priors of latents"), std::string::npos);
  }
  if (method.needs.svd || !method.only_tasks.empty()) {
    EXPECT_NE(incompatibility(method, task, KnownPosteriors::linear, Sampled::latents_of_linear), "");
  }
  if (method.needs.linear && !method.needs.latents) {
    EXPECT_NE(incompatibility(method, task, KnownPosteriors::none, Sampled::latents), "");
  }
}

std::vector<std::string> latent_method_names() {
  std::vector<std::string> names;
  for (const MethodEntry& method : methods()) names.push_back(method.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryLatentMethod, testing::ValuesIn(latent_method_names()), [](const auto& item) {
  std::string name = item.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace dpsbench
