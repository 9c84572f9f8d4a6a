#include "priors/mixture/mixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "priors/mixture/file.h"
#include "priors/registry.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

const TensorOptions double_options = at::TensorOptions().dtype(at::kDouble);

Tensor row(std::initializer_list<double> numbers) { return at::tensor(at::ArrayRef<double>(numbers), double_options); }

/// Two components in the plane, one of them oblique.
GaussianMixture in_the_plane() {
  return GaussianMixture::of_covariances(row({std::log(0.3), std::log(0.7)}), row({-1, 0.5, 1, -0.25}).view({2, 2}),
                                         row({0.25, 0, 0, 1, 0.5, 0.3, 0.3, 0.4}).view({2, 2, 2}));
}

PhiloxNoise noise_of(std::int64_t images) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < images; ++i) streams.push_back({"test", std::to_string(i)});
  return {1, streams};
}

TEST(GaussianMixture, KeepsCovariancesThroughItsEigenvectors) {
  const Tensor covariances = row({0.25, 0, 0, 1, 0.5, 0.3, 0.3, 0.4}).view({2, 2, 2});
  EXPECT_TRUE(at::allclose(in_the_plane().covariances(), covariances, 1e-12, 1e-12));
  const Tensor factors = at::randn({2, 5, 3}, double_options);
  const Tensor noise = row({0.1, 0});
  const GaussianMixture mixture = GaussianMixture::of_factors(at::zeros({2}), at::zeros({2, 5}), factors, noise);
  const Tensor expected = at::matmul(factors, factors.mT()) + noise.view({2, 1, 1}) * at::eye(5, double_options);
  EXPECT_TRUE(at::allclose(mixture.covariances(), expected, 1e-12, 1e-12));
}

TEST(GaussianMixture, NormalisesItsWeights) {
  const GaussianMixture mixture = GaussianMixture::of_covariances(row({5, 5}), at::zeros({2, 1}), at::ones({2, 1, 1}));
  EXPECT_TRUE(at::allclose(mixture.log_weights.exp(), row({0.5, 0.5})));
}

TEST(GaussianMixture, RefusesWhatIsNoMixture) {
  const Tensor w = at::zeros({1});
  const Tensor m = at::zeros({1, 2});
  const auto with_covariance = [&](const Tensor& c) { return GaussianMixture::of_covariances(w, m, c); };
  EXPECT_THROW(with_covariance(row({1, 0.5, 0, 1}).view({1, 2, 2})), DataError);
  EXPECT_THROW(with_covariance(row({1, 2, 2, 1}).view({1, 2, 2})), DataError);
  EXPECT_THROW(with_covariance(row({1, NAN, NAN, 1}).view({1, 2, 2})), DataError);
  EXPECT_THROW(with_covariance(at::ones({1, 3, 3})), DataError);
  EXPECT_THROW(GaussianMixture::of_covariances(at::zeros({2}), m, at::eye(2).unsqueeze(0)), DataError);
  EXPECT_THROW(GaussianMixture::of_factors(w, m, at::ones({1, 2, 3}), at::zeros({1})), DataError);
  EXPECT_THROW(GaussianMixture::of_factors(w, m, at::ones({1, 2, 1}), at::full({1}, -1.0)), DataError);
  EXPECT_NO_THROW(with_covariance(row({1, 1, 1, 1}).view({1, 2, 2})));  // singular is allowed
}

TEST(GaussianMixture, SamplesHaveItsWeightsMeansAndCovariances) {
  const std::int64_t n = 40000;
  const double four_deviations = 4 / std::sqrt(static_cast<double>(n));
  for (const bool low_rank : {false, true}) {
    const GaussianMixture mixture =
        low_rank
            ? GaussianMixture::of_factors(row({std::log(0.3), std::log(0.7)}), row({-9, 0.5, 9, -0.25}).view({2, 2}),
                                          row({0.5, 1, 0.6, -0.3}).view({2, 2, 1}), row({0.1, 0.3}))
            : GaussianMixture::of_covariances(row({std::log(0.3), std::log(0.7)}),
                                              row({-9, 0.5, 9, -0.25}).view({2, 2}),
                                              row({0.25, 0, 0, 1, 0.5, 0.3, 0.3, 0.4}).view({2, 2, 2}));
    const Tensor samples = mixture.sample(noise_of(n), Purpose::initial);
    const Tensor second = samples.select(1, 0) > 0;  // the components lie far apart
    EXPECT_NEAR(second.to(at::kDouble).mean().item<double>(), 0.7, 0.46 * four_deviations);
    for (std::int64_t k = 0; k < 2; ++k) {
      const Tensor own = samples.index({k == 1 ? second : second.logical_not()});
      const double tolerance = 4 / std::sqrt(static_cast<double>(own.size(0)));
      EXPECT_LT((own.mean(0) - mixture.means[k]).abs().max().item<double>(), 1.1 * tolerance);
      EXPECT_LT((own.t().cov() - mixture.covariances()[k]).abs().max().item<double>(), 1.6 * tolerance);
    }
  }
}

TEST(GaussianMixture, SamplesOfAnImageDependOnNoOtherImageAndOnTheDraw) {
  const GaussianMixture mixture = in_the_plane();
  const Tensor four = mixture.sample(noise_of(4), Purpose::initial);
  EXPECT_TRUE(at::equal(mixture.sample(noise_of(2), Purpose::initial), four.narrow(0, 0, 2)));
  EXPECT_FALSE(at::equal(mixture.sample(noise_of(4), Purpose::initial, 1), four));
}

TEST(LinearPosterior, AgreesWithBayesRuleOnAGrid) {
  const GaussianMixture prior = in_the_plane();
  const Tensor a = row({1, 0.5}).view({1, 2});
  const double y = 0.4;
  const double sigma = 0.3;
  const GaussianMixture posterior = linear_posterior(prior, a, row({y}), sigma);

  const double step = 0.02;
  const Tensor axis = at::arange(-6, 6, step, double_options);
  const auto planes = at::meshgrid({axis, axis}, "ij");
  const Tensor x = at::stack({planes[0].flatten(), planes[1].flatten()}, 1);
  const auto density = [&](const GaussianMixture& mixture) {
    Tensor p = at::zeros({x.size(0)}, double_options);
    for (std::int64_t k = 0; k < 2; ++k) {
      const Tensor c = mixture.covariances()[k];
      const Tensor delta = x - mixture.means[k];
      p += (mixture.log_weights[k] - 0.5 * (at::matmul(delta, c.inverse()) * delta).sum(1) - 0.5 * at::logdet(c)).exp();
    }
    return p / p.sum();
  };
  const Tensor likelihood = (-0.5 * (at::matmul(x, a.t()).squeeze(1) - y).square() / (sigma * sigma)).exp();
  const Tensor product = density(prior) * likelihood;
  EXPECT_TRUE(at::allclose(density(posterior), product / product.sum(), 1e-8, 1e-14));
}

TEST(LinearPosterior, OfAnAlmostExactMeasurementIsWhatWasMeasured) {
  const GaussianMixture posterior =
      linear_posterior(in_the_plane(), at::eye(2, double_options), row({0.1, -0.2}), 1e-6);
  EXPECT_TRUE(at::allclose(posterior.means, row({0.1, -0.2}).expand({2, 2}), 0, 1e-10));
  EXPECT_TRUE(at::allclose(posterior.covariances(), 1e-12 * at::eye(2, double_options).expand({2, 2, 2}), 1e-3, 1e-18));
  EXPECT_THROW((void)linear_posterior(in_the_plane(), at::eye(3), row({1, 2, 3}), 1), Error);
}

class MixtureFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  std::string refusal() {
    try {
      (void)load_gaussian_mixture(SafetensorsFile(path_));
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path_));
      return error.what();
    }
    return "accepted";
  }
  std::string path_ = testing::TempDir() + fmt::format("mixture_{}.safetensors", ::getpid());
};

TEST_F(MixtureFile, ComesBackAsItWasWritten) {
  const GaussianMixture mixture = in_the_plane();
  save_gaussian_mixture(path_, mixture, {1, 1, 2});
  const ImageMixture loaded = load_gaussian_mixture(SafetensorsFile(path_));
  EXPECT_EQ(loaded.shape, (ImageShape{1, 1, 2}));
  EXPECT_TRUE(at::allclose(loaded.mixture.covariances(), mixture.covariances(), 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(loaded.mixture.means, mixture.means, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(loaded.mixture.log_weights, mixture.log_weights, 1e-12, 1e-12));
  EXPECT_THROW(save_gaussian_mixture(path_, mixture, {3, 1, 1}), Error);
}

TEST_F(MixtureFile, MakesAPriorByItsSpec) {
  save_gaussian_mixture(path_, in_the_plane(), {1, 1, 2});
  PriorSpec spec{.kind = "gaussian_mixture", .file = path_};
  const std::unique_ptr<Prior> prior = make_prior(spec, double_options);
  EXPECT_EQ(prior->shape(), (ImageShape{1, 1, 2}));
  EXPECT_FALSE(prior->clips_denoised());
  EXPECT_EQ(prior->smallest_sigma(), 0);
  EXPECT_EQ(prior->options().dtype(), at::kDouble);
  spec.kind = "mixture";
  EXPECT_THROW((void)make_prior(spec, double_options), UserError);
}

TEST_F(MixtureFile, SaysWhatIsWrongWithIt) {
  const std::map<std::string, Tensor> parts{{"log_weights", at::zeros({1})}, {"means", at::zeros({1, 2})}};
  const auto with = [&](std::map<std::string, Tensor> more, const std::map<std::string, std::string>& metadata) {
    more.insert(parts.begin(), parts.end());
    write_safetensors(path_, more, metadata);
    return refusal();
  };
  const Tensor c = at::eye(2).unsqueeze(0);
  EXPECT_EQ(with({{"covariances", c}}, {{"shape", "1,1,2"}}), "accepted");
  EXPECT_EQ(with({{"factors", c}}, {{"shape", "1,2,1"}}), "accepted");
  EXPECT_THAT(with({{"covariances", c}}, {}), HasSubstr("shape"));
  for (const char* shape : {"2", "1,1,2,", "1,1,x", "1,1,-2", "1,1,0", "99999999999,1,1"})
    EXPECT_THAT(with({{"covariances", c}}, {{"shape", shape}}), HasSubstr(shape));
  EXPECT_THAT(with({{"covariances", c}}, {{"shape", "3,1,1"}}), HasSubstr("3"));
  EXPECT_THAT(with({{"covariances", c}, {"factors", c}}, {{"shape", "1,1,2"}}), HasSubstr("either"));
  EXPECT_THAT(with({}, {{"shape", "1,1,2"}}), HasSubstr("either"));
  EXPECT_THAT(with({{"covariances", at::ones({1, 2})}}, {{"shape", "1,1,2"}}), HasSubstr("covariances"));
  write_safetensors(path_, {{"means", at::zeros({1, 2})}}, {{"shape", "1,1,2"}});
  EXPECT_THAT(refusal(), HasSubstr("log_weights"));
}

}  // namespace
}  // namespace dpsbench
