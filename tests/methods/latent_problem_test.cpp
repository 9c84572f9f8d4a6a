#include <gtest/gtest.h>

#include "core/error.h"
#include "core/latent/counting_autoencoder.h"
#include "core/latent/decoded_operator.h"
#include "core/latent/scaled_autoencoder.h"
#include "methods/parts/problem_posterior.h"
#include "priors/autoencoder/linear_autoencoder.h"
#include "priors/autoencoder/network_autoencoder.h"
#include "tasks/parts/mask_operator.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"

namespace dpsbench {
namespace {

const ImageShape photographs{1, 3, 4};
constexpr double latent_sigma = 0.2;

/// Four principal components of forty images of correlated pixels.
std::unique_ptr<LinearAutoencoder> small_autoencoder() {
  const Tensor mixing = noise_of(1, 3).normal(Purpose::training, 1, {12, 12}, at::kDouble)[0];
  const Tensor images = noise_of(40, 3).normal(Purpose::training, 0, {12}, at::kDouble).matmul(mixing) * 0.3 + 0.1;
  return LinearAutoencoder::of_images(images.view(photographs.batch(40)), 4, in_double());
}

/// Of those images' latents.
GaussianMixturePrior latent_mixture() {
  const GaussianMixturePrior prior = small_mixture();
  return {prior.mixture(), {4, 1, 1}, in_double()};
}

MatrixOperator three_sums() {
  const Tensor matrix = noise_of(1, 5).normal(Purpose::training, 2, {3, 12}, at::kDouble)[0] * 0.4;
  return {matrix, photographs};
}

std::unique_ptr<NetworkAutoencoder> golden_vq_autoencoder() {
  AutoencoderOptions options;
  options.image_size = 32;
  options.num_channels = 32;
  options.channel_mult = {1, 2, 1};
  options.num_res_blocks = 1;
  options.codes = 64;
  const SafetensorsFile file(DPSBENCH_GOLDEN "/ldm_vq_f4_tiny.safetensors");
  return std::make_unique<NetworkAutoencoder>(options, autoencoder_parameters(options, file), at::kFloat);
}

/// Measurements of decoded latents.
struct LatentProblem {
  explicit LatentProblem(std::int64_t images)
      : noise(noise_of(images)),
        decoded(*autoencoder, op, images, in_double()),
        truth(prior.sample(noise, Purpose::training)),
        y(measure(op, autoencoder->decode(truth, Gradient::none).value, latent_sigma, noise, false)) {}

  std::unique_ptr<LinearAutoencoder> autoencoder = small_autoencoder();
  GaussianMixturePrior prior = latent_mixture();
  MatrixOperator op = three_sums();
  PhiloxNoise noise;
  DecodedOperator decoded;
  Tensor truth;
  Tensor y;
};

TEST(LinearAutoencoder, KeepsWhatItsComponentsSpan) {
  const auto autoencoder = small_autoencoder();
  const Tensor z = noise_of(3).normal(Purpose::training, 0, {4, 1, 1}, at::kDouble);
  const Tensor x = autoencoder->decode(z, Gradient::none).value;
  EXPECT_TRUE(at::allclose(autoencoder->encode(x, Gradient::none).value, z, 0, 1e-12));
  const Tensor v = noise_of(3).normal(Purpose::training, 1, {1, 3, 4}, at::kDouble);
  const CodingPass pass = autoencoder->decode(z, Gradient::wanted);
  const Tensor zero = at::zeros_like(z);
  EXPECT_TRUE(at::allclose(image_dot(pass.value - autoencoder->decode(zero, Gradient::none).value, v),
                           image_dot(z, pass.pull_back({v})[0]), 0, 1e-12));
  const CodingPass back = autoencoder->encode(v, Gradient::wanted);
  EXPECT_TRUE(at::allclose(back.pull_back({z})[0], pass.value - autoencoder->mean(), 0, 1e-12));
}

TEST(LinearAutoencoder, HasTheComponentsOfGreatestVariance) {
  const Tensor numbers = noise_of(200, 7).normal(Purpose::training, 0, {3}, at::kDouble);
  const Tensor images = numbers * at::tensor({0.1, 2.0, 0.5}, in_double()) + 1;
  const auto autoencoder = LinearAutoencoder::of_images(images.view({200, 1, 1, 3}), 2, in_double());
  EXPECT_GT(autoencoder->basis()[0][1].abs().item<double>(), 0.99);
  EXPECT_GT(autoencoder->basis()[1][2].abs().item<double>(), 0.99);
  EXPECT_THROW((void)LinearAutoencoder::of_images(images.view({200, 1, 1, 3}), 4, in_double()), Error);
}

TEST(DecodedOperator, IsLinearWhereBothPartsAre) {
  const LatentProblem problem(2);
  EXPECT_TRUE(problem.decoded.is_linear());
  const Tensor z = noise_of(2).normal(Purpose::training, 3, {4, 1, 1}, at::kDouble);
  const Tensor v = noise_of(2).normal(Purpose::training, 4, {3}, at::kDouble);
  EXPECT_TRUE(
      at::allclose(image_dot(problem.decoded.forward(z), v), image_dot(z, adjoint(problem.decoded, v)), 0, 1e-12));
  EXPECT_TRUE(at::allclose(problem.decoded.forward(z * 2), problem.decoded.forward(z) * 2, 0, 1e-12));
  EXPECT_TRUE(
      at::allclose(problem.decoded.of_images(problem.op.forward(problem.autoencoder->decode(z, Gradient::none).value)),
                   problem.decoded.forward(z), 0, 1e-12));
}

/// A linear decoder's latents have a posterior in closed form: that of the matrix A V^T.
TEST(DecodedOperator, LeavesThePosteriorOfLatentsKnown) {
  const LatentProblem problem(3);
  const Tensor y = problem.decoded.of_images(problem.y);
  const auto posterior = exact_posterior(problem.prior, problem.decoded, y, latent_sigma);
  const Tensor matrix = problem.op.matrix().matmul(problem.autoencoder->basis().t());
  for (std::int64_t image = 0; image < 3; ++image) {
    const auto [mean, variance] = posterior_prior(problem.prior, matrix, y[image], latent_sigma).mixture().moments();
    EXPECT_TRUE(at::allclose(posterior->mean()[image].flatten(), mean, 0, 1e-10));
    EXPECT_TRUE(at::allclose(posterior->deviation()[image].flatten().square(), variance, 0, 1e-10));
  }
}

/// (A D)(A D)^T + c I is solved in latents.
TEST(DecodedOperator, SolvesItsGramSystemInLatents) {
  const LatentProblem problem(2);
  const Tensor matrix = problem.op.matrix().matmul(problem.autoencoder->basis().t());
  const Tensor r = noise_of(2).normal(Purpose::training, 5, {3}, at::kDouble);
  for (const double c : {1e-4, 0.3}) {
    const Tensor gram = at::mm(matrix, matrix.t()) + at::eye(3, in_double()) * c;
    EXPECT_TRUE(at::allclose(problem.decoded.solve_gram(r, c), at::linalg_solve(gram, r.t()).t(), 1e-8, 1e-8));
  }
}

/// DPS knows of no decoder: it does what it does with the matrix A V^T, and the decoder is passed once a step each way.
TEST(DecodedOperator, IsSampledByMethodsOfPixelsAtOneDecodingAStep) {
  const LatentProblem problem(3);
  CodingUse use;
  const CountingAutoencoder counted(*problem.autoencoder, use);
  const DecodedOperator decoded(counted, problem.op, 3, in_double());
  use = {};
  const MatrixOperator direct(problem.op.matrix().matmul(problem.autoencoder->basis().t()), {4, 1, 1});
  const Tensor y = decoded.of_images(problem.y);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  SilentObserver silent;
  const auto sampled = [&](const Operator& op) {
    const Problem latent{problem.prior, schedule, op, y, latent_sigma, problem.noise};
    return make_method("dps", {{"steps", std::int64_t{20}}})->sample(latent, silent);
  };
  const Tensor z = sampled(decoded);
  EXPECT_TRUE(at::allclose(z, sampled(direct), 1e-9, 1e-9));
  EXPECT_EQ(use.decodings, 3 * 20);  // image by image
  EXPECT_EQ(use.decodings_back, 3 * 20);
  EXPECT_EQ(use.encodings, 0);
}

/// Denoising of images of latents scaled by `scale`, by the decoder and as the denoising of latents that it is.
struct LatentDenoising {
  explicit LatentDenoising(double by)
      : scale(by),
        prior(latent_mixture()),
        autoencoder(small_autoencoder(), by),
        noise(noise_of(3)),
        of_images(bound(photographs)),
        of_latents(bound(prior.shape())),
        decoded(autoencoder, *of_images, 3, in_double()),
        y(measure(*of_images, autoencoder.decode(prior.sample(noise, Purpose::training), Gradient::none).value,
                  latent_sigma, noise, false)) {}

  [[nodiscard]] std::unique_ptr<Operator> bound(const ImageShape& shape) const {
    const TaskEntry& denoising = find_task("denoising");
    return denoising.bind(OptionValues(denoising.options, {}), shape, noise, in_double());
  }
  [[nodiscard]] Tensor through_decoder(const std::string& method, const Autoencoder* other = nullptr) const {
    const DecodedOperator by_other(other == nullptr ? autoencoder : *other, *of_images, 3, in_double());
    return sampled(method, by_other, by_other.of_images(y), latent_sigma, &by_other);
  }
  [[nodiscard]] Tensor of_noisy_latents(const std::string& method) const {
    return sampled(method, *of_latents, autoencoder.encode(y, Gradient::none).value, latent_sigma * scale, nullptr);
  }
  [[nodiscard]] Tensor sampled(const std::string& method, const Operator& op, const Tensor& measurement, double sigma_y,
                               const DecodedOperator* through) const {
    const NoiseSchedule schedule = NoiseSchedule::linear();
    SilentObserver silent;
    const Problem latent{prior, schedule, op, measurement, sigma_y, noise, {}, through};
    return make_method(method, {{"steps", std::int64_t{20}}})->sample(latent, silent);
  }

  double scale;
  GaussianMixturePrior prior;
  ScaledAutoencoder autoencoder;
  PhiloxNoise noise;
  std::unique_ptr<Operator> of_images;
  std::unique_ptr<Operator> of_latents;
  DecodedOperator decoded;
  Tensor y;
};

/// Of an isometry times any factor the approach extends exactly: with the noise divided by the gain, and the weight of
/// the residual times the square of it.
TEST(DecodedOperator, KeepsTheReferenceExactUnderAGain) {
  for (const double scale : {0.5, 1.0, 3.0}) {
    const LatentDenoising at(scale);
    const auto reference = at.decoded.denoising_reference(at.decoded.of_images(at.y));
    ASSERT_TRUE(reference.has_value());
    EXPECT_EQ(reference->noise.defined(), scale != 1);
    if (scale != 1) {
      EXPECT_TRUE(at::allclose(reference->noise, at::full({3}, scale, at::kDouble), 0, 1e-12));
    }
    for (const char* method : {"dps-w", "exact"})
      EXPECT_TRUE(at::allclose(at.through_decoder(method), at.of_noisy_latents(method), 1e-9, 1e-9))
          << method << " at scale " << scale;
  }
}

/// A decoder that does not say that it is an isometry.
class Reticent final : public Autoencoder {
 public:
  explicit Reticent(const Autoencoder& autoencoder) : autoencoder_(autoencoder) {}
  [[nodiscard]] CodingPass encode(const Tensor& x, Gradient gradient) const override {
    return autoencoder_.encode(x, gradient);
  }
  [[nodiscard]] CodingPass decode(const Tensor& z, Gradient gradient) const override {
    return autoencoder_.decode(z, gradient);
  }
  [[nodiscard]] ImageShape image_shape() const override { return autoencoder_.image_shape(); }
  [[nodiscard]] ImageShape latent_shape() const override { return autoencoder_.latent_shape(); }

 private:
  const Autoencoder& autoencoder_;
};

/// Of 400 latents one direction tells the gain to a few hundredths; the noise is its inverse. No image enters
/// another's.
TEST(DecodedOperator, FindsTheGainOfADecoderThatDoesNotTellIt) {
  const ImageShape wide{1, 20, 20};
  for (const double scale : {1.0, 0.18215}) {
    const ScaledAutoencoder known(std::make_unique<LinearAutoencoder>(at::zeros({1, 20, 20}, in_double()),
                                                                      at::eye(400, in_double()), in_double()),
                                  scale);
    const Reticent autoencoder(known);
    const TaskEntry& denoising = find_task("denoising");
    const PhiloxNoise noise = noise_of(2);
    const auto op = denoising.bind(OptionValues(denoising.options, {}), wide, noise, in_double());
    const Tensor y = noise.normal(Purpose::training, 0, {1, 20, 20}, at::kDouble);
    const DecodedOperator decoded(autoencoder, *op, 2, in_double());
    EXPECT_FALSE(decoded.is_linear());
    const auto reference = decoded.denoising_reference(y);
    ASSERT_TRUE(reference && reference->noise.defined());
    EXPECT_NEAR(reference->noise[0].item<double>() / scale, 1, 0.1);
    const DecodedOperator alone(autoencoder, *op, 1, in_double());
    EXPECT_TRUE(alone.denoising_reference(y.narrow(0, 1, 1))->noise.equal(reference->noise.narrow(0, 1, 1)));
  }
}

/// Images whose references have noise of their own are denoised one by one: the same as together where it is one noise.
TEST(DecodedOperator, SamplesImagesOfUnequalGainsEachByItsOwn) {
  const LatentDenoising at(1);
  const Reticent reticent(at.autoencoder);
  const Tensor together = at.through_decoder("dps-w", &reticent);
  EXPECT_TRUE(together.isfinite().all().item<bool>());
  EXPECT_TRUE(at::allclose(together, at.through_decoder("dps-w", &reticent), 0, 0));
}

/// What the paper leaves open, where it is exact: noisy images of a linear decoder are noisy latents, of the same
/// noise.
TEST(DecodedOperator, HasTheExactReferenceOfDpsWWhereNoiseOfImagesIsNoiseOfLatents) {
  const auto autoencoder = small_autoencoder();
  const GaussianMixturePrior prior = latent_mixture();
  const PhiloxNoise noise = noise_of(3);
  const TaskEntry& denoising = find_task("denoising");
  const auto bound = [&](const ImageShape& shape) {
    return denoising.bind(OptionValues(denoising.options, {}), shape, noise, in_double());
  };
  const auto of_images = bound(photographs);
  const auto of_latents = bound(prior.shape());
  const DecodedOperator decoded(*autoencoder, *of_images, 3, in_double());
  const Tensor clean = autoencoder->decode(prior.sample(noise, Purpose::training), Gradient::none).value;
  const Tensor y = measure(*of_images, clean, latent_sigma, noise, false);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  SilentObserver silent;
  const auto sampled = [&](const Operator& op, const Tensor& measurement) {
    const Problem latent{prior, schedule, op, measurement, latent_sigma, noise};
    return make_method("dps-w", {{"steps", std::int64_t{20}}})->sample(latent, silent);
  };
  EXPECT_TRUE(at::allclose(sampled(decoded, decoded.of_images(y)),
                           sampled(*of_latents, autoencoder->encode(y, Gradient::none).value), 1e-9, 1e-9));
  const MaskOperator hides(at::ones({3, 1, 3, 4}, in_double()), photographs);
  const DecodedOperator of_hidden(*autoencoder, hides, 3, in_double());
  EXPECT_FALSE(of_hidden.denoising_reference(of_hidden.of_images(y)).has_value());
}

TEST(DecodedOperator, TakesAPassAnewWhereLatentsChanged) {
  const PhiloxNoise noise = noise_of(1);
  const auto vq = golden_vq_autoencoder();
  const Tensor mask = at::ones({1, 1, 32, 32});
  const MaskOperator op(mask, vq->image_shape());
  const DecodedOperator decoded(*vq, op, 1, at::kFloat);
  EXPECT_FALSE(decoded.is_linear());
  const Tensor z = noise.normal(Purpose::training, 0, {3, 8, 8}, at::kFloat);
  const Tensor v = noise.normal(Purpose::training, 1, {3, 32, 32}, at::kFloat);
  const Tensor at_z = decoded.vjp(z, v);
  EXPECT_TRUE(at::equal(at_z, vq->decode(z, Gradient::wanted).pull_back({v})[0]));
  const Tensor moving = z.clone() + 1;
  std::ignore = decoded.forward(moving);
  moving.copy_(z);
  EXPECT_TRUE(at::equal(decoded.vjp(moving, v), at_z));
  std::ignore = decoded.forward(z + 1);
  EXPECT_TRUE(at::equal(decoded.vjp(z, v), at_z));
  std::ignore = decoded.forward(z);
  for (int twice = 0; twice < 2; ++twice) EXPECT_TRUE(at::equal(decoded.vjp(z, v), at_z));
}

TEST(ScaledAutoencoder, HasScaledLatentsAndTheSameImages) {
  const auto plain = small_autoencoder();
  const ScaledAutoencoder scaled(small_autoencoder(), 0.18215);
  const Tensor z = noise_of(2).normal(Purpose::training, 0, {4, 1, 1}, at::kDouble);
  const Tensor v = noise_of(2).normal(Purpose::training, 1, {1, 3, 4}, at::kDouble);
  const CodingPass pass = scaled.decode(z * 0.18215, Gradient::wanted);
  const CodingPass unscaled = plain->decode(z, Gradient::wanted);
  EXPECT_TRUE(at::allclose(pass.value, unscaled.value, 0, 1e-12));
  EXPECT_TRUE(at::allclose(pass.pull_back({v})[0] * 0.18215, unscaled.pull_back({v})[0], 0, 1e-12));
  const CodingPass coded = scaled.encode(v, Gradient::wanted);
  EXPECT_TRUE(at::allclose(coded.value, plain->encode(v, Gradient::none).value * 0.18215, 0, 1e-12));
  EXPECT_TRUE(at::allclose(coded.pull_back({z})[0], (unscaled.value - plain->mean()) * 0.18215, 0, 1e-12));
}

}  // namespace
}  // namespace dpsbench
