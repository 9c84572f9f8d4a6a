// psld, resample and latent-daps held against what they are made of, on principal components.
#include <gtest/gtest.h>

#include "core/denoised.h"
#include "core/latent/decoded_operator.h"
#include "methods/parts/descent.h"
#include "priors/autoencoder/linear_autoencoder.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"
#include "tests/methods/told.h"

namespace dpsbench {
namespace {

const ImageShape shape_of_sums{1, 3, 4};
constexpr double noise_of_sums = 0.2;

/// Three sums of twelve pixels of images with four latents.
struct Sums {
  explicit Sums(std::int64_t images, double sigma_y = noise_of_sums)
      : noise(noise_of(images)),
        decoded(autoencoder, op, images, in_double()),
        y(decoded.of_images(measure(op,
                                    autoencoder.decode(prior.sample(noise, Purpose::training), Gradient::none).value,
                                    sigma_y, noise, false))) {}

  [[nodiscard]] Tensor sample(const std::string& method, const std::map<std::string, OptionValue>& options,
                              Observer& observer) const {
    return make_method(method, options)
        ->sample({prior, schedule, decoded, y, noise_of_sums, noise, {}, &decoded}, observer);
  }
  [[nodiscard]] Tensor sample(const std::string& method, const std::map<std::string, OptionValue>& options) const {
    SilentObserver silent;
    return sample(method, options, silent);
  }

  GaussianMixturePrior prior{small_mixture().mixture(), {4, 1, 1}, in_double()};
  LinearAutoencoder autoencoder{
      at::linspace(-0.5, 0.5, 12, in_double()).view({1, 3, 4}),
      std::get<0>(at::linalg_qr(noise_of(1, 5).normal(Purpose::training, 1, {12, 4}, at::kDouble)[0])).t().contiguous(),
      in_double()};
  MatrixOperator op{noise_of(1, 5).normal(Purpose::training, 2, {3, 12}, at::kDouble)[0] * 0.4, shape_of_sums};
  NoiseSchedule schedule = NoiseSchedule::linear();
  PhiloxNoise noise;
  DecodedOperator decoded;
  Tensor y;
};

/// The gradient of f [B, ...] -> [B] at z, by central differences.
Tensor slope_by_differences(const std::function<Tensor(const Tensor&)>& f, const Tensor& z) {
  constexpr double h = 1e-6;
  Tensor gradient = at::zeros_like(z);
  for (std::int64_t k = 0; k < z[0].numel(); ++k) {
    Tensor step = at::zeros_like(z);
    step.flatten(1).select(1, k).fill_(h);
    gradient.flatten(1).select(1, k).copy_((f(z + step) - f(z - step)) / (2 * h));
  }
  return gradient;
}

/// One step from z_T: DDIM's last step is z0hat itself, less the gradients of both norms.
TEST(Psld, StepsAgainstTheGradientsOfMeasurementAndGluing) {
  const Sums sums(2);
  const double omega = 0.7;
  const double gamma = 0.3;
  const Tensor z_t = sums.noise.normal(Purpose::initial, 0, {4, 1, 1}, in_double());
  const NoiseLevel level = sums.schedule.level(0);  // of a strided schedule of one step
  const auto estimate = [&](const Tensor& z) { return denoise(sums.prior, z, level, false, Gradient::none).x0; };
  const Tensor y = sums.decoded.measurement_of(sums.y);
  const auto error = [&](const Tensor& z) {
    const Tensor z0 = estimate(z);
    const Tensor x = sums.autoencoder.decode(z0, Gradient::none).value;
    const Tensor seen = sums.op.forward(x);
    const Tensor glued = adjoint(sums.op, y) + x - adjoint(sums.op, seen);
    return image_norm(seen - y) * omega + image_norm(sums.autoencoder.encode(glued, Gradient::none).value - z0) * gamma;
  };
  const Tensor z = sums.sample("psld", {{"steps", std::int64_t{1}}, {"omega", omega}, {"gamma", gamma}});
  EXPECT_TRUE(at::allclose(z, estimate(z_t) - slope_by_differences(error, z_t), 1e-5, 1e-7));
}

/// As published the prediction is noisy anew, which the correct form's is not: the same with no noise of measurement.
TEST(Psld, AsPublishedAddsNoiseToThePrediction) {
  const Sums sums(2);
  const std::map<std::string, OptionValue> options = {{"steps", std::int64_t{10}}, {"omega", 1.0}};
  auto published = options;
  published["as_published"] = true;
  EXPECT_GT((sums.sample("psld", options) - sums.sample("psld", published)).abs().max().item<double>(), 1e-4);
  const auto sampled_without_noise = [&](const std::map<std::string, OptionValue>& given) {
    SilentObserver silent;
    return make_method("psld", given)
        ->sample({sums.prior, sums.schedule, sums.decoded, sums.y, 0.0, sums.noise, {}, &sums.decoded}, silent);
  };
  EXPECT_TRUE(sampled_without_noise(options).equal(sampled_without_noise(published)));
}

/// With one step there is latent DPS's gradient and the descent at the end, here of one move too small to matter.
TEST(ReSample, StepsAlongLatentDps) {
  const Sums sums(2);
  const Tensor z_t = sums.noise.normal(Purpose::initial, 0, {4, 1, 1}, in_double());
  const NoiseLevel level = sums.schedule.level(0);
  for (const bool published : {false, true}) {
    const auto estimate = [&](const Tensor& z) {
      const Tensor eps = sums.prior.evaluate(z, level, Gradient::none).eps;
      const double of_eps = published ? 1 - level.alpha_bar : std::sqrt(1 - level.alpha_bar);
      return (z - eps * of_eps) / std::sqrt(level.alpha_bar);
    };
    const auto error = [&](const Tensor& z) { return image_norm(sums.decoded.forward(estimate(z)) - sums.y); };
    const Tensor z = sums.sample("resample", {{"steps", std::int64_t{1}},
                                              {"scale", 0.8},
                                              {"latent_iterations", std::int64_t{1}},
                                              {"latent_rate", 1e-9},
                                              {"as_published", published}});
    const Tensor ddim = denoise(sums.prior, z_t, level, false, Gradient::none).x0;  // of the right estimate in both
    EXPECT_TRUE(at::allclose(z, ddim - slope_by_differences(error, z_t) * (0.8 * level.alpha_bar), 1e-5, 1e-7));
  }
}

/// Three sums of four latents can be met: what is left is the tolerance, of each image.
TEST(ReSample, EndsWithinItsToleranceOfTheMeasurement) {
  const Sums sums(3);
  for (const double tolerance : {0.05, 0.005}) {
    const Tensor z = sums.sample("resample", {{"steps", std::int64_t{30}},
                                              {"latent_iterations", std::int64_t{4000}},
                                              {"latent_rate", 0.002},
                                              {"tolerance", tolerance}});
    const Tensor left = (sums.decoded.forward(z) - sums.y).square().mean(1).sqrt();
    EXPECT_LT(left.max().item<double>(), tolerance * 1.1);
    EXPECT_GT(left.min().item<double>(), tolerance / 10) << "a descent ends where its tolerance is met";
  }
}

/// An image's rest is its own: the others go on as if alone.
TEST(ReSample, RestsImageByImage) {
  const Tensor targets = at::tensor({0.1, 3.0}, in_double()).view({2, 1});
  const auto of = [](const Tensor& to) {
    return [to](const Tensor& x) { return std::pair((x - to).square().flatten(1).mean(1), (x - to) * 2); };
  };
  const Descent how{300, 0.05, 1e-4, 0};
  const Tensor together = descend(at::zeros({2, 1}, in_double()), of(targets), how);
  for (const std::int64_t b : {0, 1})
    EXPECT_TRUE(
        descend(at::zeros({1, 1}, in_double()), of(targets.narrow(0, b, 1)), how).equal(together.narrow(0, b, 1)));
  EXPECT_LT((together - targets).abs().max().item<double>(), 0.06);
}

/// A loss that grows ends the descent once it is above that of so many steps before.
TEST(ReSample, EndsADescentThatNoLongerFalls) {
  std::int64_t asked = 0;
  const auto growing = [&](const Tensor& x) {
    ++asked;
    return std::pair(at::full({1}, static_cast<double>(asked), at::kDouble), at::zeros_like(x));
  };
  std::ignore = descend(at::zeros({1, 1}, in_double()), growing, {1000, 0.01, 0, 5});
  EXPECT_EQ(asked, 6);
}

/// Behind the identity latents are images: it is daps there, when told the times that the authors' code tells.
TEST(LatentDaps, IsDapsWhereLatentsAreImages) {
  const GaussianMixturePrior prior = small_mixture();
  const LinearAutoencoder identity(at::zeros({4, 1, 1}, in_double()), at::eye(4, in_double()), in_double());
  const GaussianMixturePrior latents(prior.mixture(), {4, 1, 1}, in_double());
  const MatrixOperator op(wide_operator().matrix(), {4, 1, 1});
  const PhiloxNoise noise = noise_of(3);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const Tensor y = measure(op, latents.sample(noise, Purpose::training), 0.1, noise, false);
  const DecodedOperator decoded(identity, op, 3, in_double());
  SilentObserver silent;
  for (const char* mcmc : {"langevin", "hmc", "mh"}) {
    std::map<std::string, OptionValue> options = {{"steps", std::int64_t{12}},
                                                  {"flow_steps", std::int64_t{3}},
                                                  {"mcmc_steps", std::int64_t{10}},
                                                  {"sigma_max", 20.0},
                                                  {"flow_sigma", 0.01},
                                                  {"mcmc", std::string(mcmc)},
                                                  {"lr", 1e-4},
                                                  {"lr_ratio", 0.1},
                                                  {"tau", 0.05},
                                                  {"momentum", 0.7},
                                                  {"as_published", true}};
    const Tensor z =
        make_method("latent-daps", options)->sample({latents, schedule, decoded, y, 0.1, noise, {}, &decoded}, silent);
    const Tensor x = make_method("daps", options)->sample({latents, schedule, op, y, 0.1, noise}, silent);
    EXPECT_TRUE(at::allclose(z, x, 1e-10, 1e-10)) << mcmc;
  }
}

/// Latent diffusion's betas have linear roots: the correct times are its own, the published those of DDPM's betas,
/// which at sigma 0.1 are off by 21 steps (27 for 6) and at 10 by 62 the other way.
TEST(LatentDaps, TellsTheNetworkTheTimesOfItsOwnSchedule) {
  const Sums sums(1);
  const NoiseSchedule latent = NoiseSchedule::scaled_linear(1000, 0.0015, 0.0195);
  for (const bool published : {false, true}) {
    const Told prior(sums.prior);
    SilentObserver silent;
    std::ignore = make_method("latent-daps", {{"steps", std::int64_t{5}}, {"as_published", published}})
                      ->sample({prior, latent, sums.decoded, sums.y, 0.1, sums.noise, {}, &sums.decoded}, silent);
    ASSERT_EQ(prior.times.size(), 10u);
    EXPECT_NEAR(prior.sigmas.front(), 10, 1e-9);
    EXPECT_NEAR(prior.times.front(), published ? 675 : 737, 1.5);
    for (std::size_t k = 0; k < prior.times.size(); ++k) {
      const double right = latent.level_of_sigma(prior.sigmas[k]).time;
      if (published) {
        EXPECT_GT(std::abs(prior.times[k] - right), 1) << prior.sigmas[k];
      } else {
        EXPECT_NEAR(prior.times[k], right, 1e-6);
      }
    }
  }
}

/// Chains with a clamp move by no more than it allows; a clamp that nothing reaches changes nothing.
TEST(LatentDaps, ClampsTheGradientOfTheLikelihood) {
  const Sums sums(2);
  std::map<std::string, OptionValue> options = {{"steps", std::int64_t{5}}, {"mcmc_steps", std::int64_t{5}}};
  const Tensor free = sums.sample("latent-daps", options);
  options["gradient_clamp"] = 1e9;
  EXPECT_TRUE(sums.sample("latent-daps", options).equal(free));
  options["gradient_clamp"] = 1e-12;
  const Tensor blind = sums.sample("latent-daps", options);
  options["gradient_clamp"] = 0.0;
  options["tau"] = 1e6;
  EXPECT_TRUE(at::allclose(blind, sums.sample("latent-daps", options), 0, 1e-6));
}

/// Whole runs of authors' code in double precision on this project's random numbers (tests/golden/README.md).
class AuthorsRunsOfLatents : public testing::Test {
 protected:
  AuthorsRunsOfLatents()
      : golden_(DPSBENCH_GOLDEN "/latent_methods_on_mixture.safetensors"),
        prior_(GaussianMixture::of_factors(of("prior.log_weights"), of("prior.means"),
                                           at::zeros({3, 4, 1}, in_double()), of("prior.variances")),
               {4, 1, 1}, in_double()),
        autoencoder_(of("mean"), of("basis"), in_double()),
        op_(of("matrix"), shape_of_sums),
        noise_(noise_of(1)),
        decoded_(autoencoder_, op_, 1, in_double()) {}

  [[nodiscard]] Tensor of(const std::string& name) const { return golden_.tensor(name); }

  /// Largest difference of any state from theirs.
  [[nodiscard]] double off(const std::string& method, const std::map<std::string, OptionValue>& options,
                           const std::string& run) const {
    class States final : public Observer {
     public:
      void on_step(const StepRecord& record) override { kept.push_back(record.state); }
      std::vector<Tensor> kept;
    } states;
    const NoiseSchedule schedule = NoiseSchedule::linear();
    std::ignore =
        make_method(method, options)
            ->sample({prior_, schedule, decoded_, decoded_.of_images(of("y")), 0.2, noise_, {}, &decoded_}, states);
    return (at::cat(states.kept) - of(run + ".states")).abs().max().item<double>();
  }

  const SafetensorsFile golden_;
  const GaussianMixturePrior prior_;
  const LinearAutoencoder autoencoder_;
  const MatrixOperator op_;
  const PhiloxNoise noise_;
  const DecodedOperator decoded_;
};

TEST_F(AuthorsRunsOfLatents, Psld) {
  std::map<std::string, OptionValue> options = {{"steps", std::int64_t{20}}, {"omega", 0.7}, {"gamma", 0.3}};
  EXPECT_LT(off("psld", options, "psld"), 1e-9);
  options["as_published"] = true;
  EXPECT_LT(off("psld", options, "psld_published"), 1e-9);
  EXPECT_GT(off("psld", options, "psld"), 1e-2);
}

TEST_F(AuthorsRunsOfLatents, ReSampleAsPublished) {
  std::map<std::string, OptionValue> options = {{"steps", std::int64_t{50}}, {"as_published", true}};
  EXPECT_LT(off("resample", options, "resample_published"), 1e-8);
  options["as_published"] = false;
  EXPECT_GT(off("resample", options, "resample_published"), 1e-2);
}

}  // namespace
}  // namespace dpsbench
