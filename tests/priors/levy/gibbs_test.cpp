#include "priors/levy/gibbs.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <functional>

namespace dpsbench {
namespace {

const LevyLaw gaussian_law{IncrementLaw::gaussian, 0.7};
const LevyLaw laplace_law{IncrementLaw::laplace, 0.8};
const LevyLaw student_law{IncrementLaw::student, 0.5, 3};
const LevyLaw cauchy_law{IncrementLaw::student, 0.3, 1};
const LevyLaw sparse_law{IncrementLaw::bernoulli_laplace, 1.5, 3, 0.3};

double density(const LevyLaw& law, double u) {
  const double v = u / law.scale;
  switch (law.increments) {
    case IncrementLaw::gaussian:
      return std::exp(-v * v / 2) / std::sqrt(2 * M_PI) / law.scale;
    case IncrementLaw::student:
      return boost::math::pdf(boost::math::students_t(law.freedom), v) / law.scale;
    default:
      return std::exp(-std::abs(v)) / (2 * law.scale);
  }
}

/// The law as weighted points: the midpoint rule, and the atom at 0 of a sparse law.
std::vector<std::pair<double, double>> points_of(const LevyLaw& law) {
  constexpr double step = 0.01;
  const bool sparse = law.increments == IncrementLaw::bernoulli_laplace;
  std::vector<std::pair<double, double>> points;
  if (sparse) points.emplace_back(0, 1 - law.jumps);
  for (int k = -1000; k < 1000; ++k)
    points.emplace_back((k + 0.5) * step, (sparse ? law.jumps : 1) * density(law, (k + 0.5) * step) * step);
  return points;
}

using Statistic = std::function<double(double, double)>;  ///< of x_0 and x_1

/// E[statistic | evidence] of a signal of two numbers, by brute force.
std::vector<double> by_quadrature(const LevyLaw& law, const std::vector<double>& lambda, const std::vector<double>& h,
                                  const std::vector<Statistic>& statistics) {
  const auto points = points_of(law);
  std::vector<double> sums(statistics.size(), 0.0);
  double total = 0;
  for (const auto& [u0, w0] : points)
    for (const auto& [u1, w1] : points) {
      const double x0 = u0;
      const double x1 = u0 + u1;
      const double square = lambda[0] * x0 * x0 + 2 * lambda[1] * x0 * x1 + lambda[2] * x1 * x1;
      const double weight = w0 * w1 * std::exp(h[0] * x0 + h[1] * x1 - square / 2);
      total += weight;
      for (std::size_t s = 0; s < statistics.size(); ++s) sums[s] += weight * statistics[s](x0, x1);
    }
  for (double& sum : sums) sum /= total;
  return sums;
}

/// Means over a chain lie within 4.5 of their standard errors, as 50 batches of it tell.
void expect_chain_near(const LevyLaw& law, const SignalEvidence& evidence, const std::vector<double>& expected,
                       const std::vector<Statistic>& statistics, void (LevyGibbs::*sweep)() = &LevyGibbs::sweep) {
  constexpr int batches = 50;
  constexpr int sweeps = 4000;
  LevyGibbs gibbs(law, evidence, ChainStream(7, 1));
  for (int k = 0; k < 200; ++k) (gibbs.*sweep)();
  std::vector<std::vector<double>> means(statistics.size());
  for (int batch = 0; batch < batches; ++batch) {
    std::vector<double> sums(statistics.size(), 0.0);
    for (int k = 0; k < sweeps; ++k) {
      (gibbs.*sweep)();
      for (std::size_t s = 0; s < statistics.size(); ++s)
        sums[s] += statistics[s](gibbs.signal()[0], gibbs.signal()[1]);
    }
    for (std::size_t s = 0; s < statistics.size(); ++s) means[s].push_back(sums[s] / sweeps);
  }
  for (std::size_t s = 0; s < statistics.size(); ++s) {
    const Tensor of_batches = at::tensor(means[s], at::kDouble);
    const double error = of_batches.std().item<double>() / std::sqrt(static_cast<double>(batches));
    EXPECT_NEAR(of_batches.mean().item<double>(), expected[s], 4.5 * error) << "statistic " << s;
    EXPECT_LT(error, 0.02);
  }
}

const std::vector<Statistic> statistics = {[](double x0, double) { return x0; },
                                           [](double, double x1) { return x1; },
                                           [](double x0, double) { return x0 * x0; },
                                           [](double x0, double x1) { return x0 * x1; },
                                           [](double x0, double x1) { return std::abs(x1 - x0); },
                                           [](double x0, double x1) { return x1 == x0 ? 1.0 : 0.0; },
                                           [](double x0, double) { return x0 == 0 ? 1.0 : 0.0; }};

class LevyLaws : public testing::TestWithParam<LevyLaw> {};
INSTANTIATE_TEST_SUITE_P(Laws, LevyLaws,
                         testing::Values(gaussian_law, laplace_law, student_law, cauchy_law, sparse_law));

TEST_P(LevyLaws, OfTwoNumbersSeenAloneHaveThePosteriorOfQuadrature) {
  const std::vector<double> h = {2.5, -1};
  expect_chain_near(GetParam(), {{3, 0.8}, h}, by_quadrature(GetParam(), {3, 0, 0.8}, h, statistics), statistics);
}

TEST_P(LevyLaws, OfTwoNumbersSeenTogetherHaveThePosteriorOfQuadrature) {
  const std::vector<double> h = {2.5, -1};
  const std::vector<double> expected = by_quadrature(GetParam(), {3, 1, 0.8}, h, statistics);
  expect_chain_near(GetParam(), {{3, 1, 1, 0.8}, h}, expected, statistics);
  expect_chain_near(GetParam(), {{3, 1, 1, 0.8}, h}, expected, statistics, &LevyGibbs::exchanging_sweep);
}

TEST_P(LevyLaws, WithoutEvidenceAreTheirPrior) {
  expect_chain_near(GetParam(), {{0, 4}, {0, 2}}, by_quadrature(GetParam(), {0, 0, 4}, {0, 2}, statistics), statistics);
}

/// Precision and mean of the posterior under the gaussian law, [L, L] and [L].
std::pair<Tensor, Tensor> closed_form(const SignalEvidence& evidence, double variance) {
  const std::int64_t n = evidence.length();
  const Tensor d = at::eye(n, at::kDouble) - at::eye(n, at::kDouble).roll(1, 0).tril();
  const Tensor given = at::tensor(evidence.precision, at::kDouble);
  const Tensor lambda = evidence.is_diagonal() ? given.diag() : given.view({n, n});
  const Tensor precision = lambda + at::matmul(d.t(), d) / variance;
  const Tensor covariance = at::linalg_inv(precision);
  return {covariance, at::mv(covariance, at::tensor(evidence.information, at::kDouble))};
}

SignalEvidence evidence_of_64(bool diagonal) {
  const PhiloxNoise noise(3, {{"test", "a"}});
  const Tensor y = noise.normal(Purpose::measurement, 0, {40}, at::kDouble)[0];
  const Tensor a = diagonal ? at::eye(64, at::kDouble).narrow(0, 10, 40)
                            : noise.normal(Purpose::mask, 0, {40, 64}, at::kDouble)[0] / 8;
  return SignalEvidence::of_matrix(a, y, 0.3);
}

TEST(LevyGibbs, HasTheMomentsOfTheClosedFormForTheGaussianLaw) {
  for (const bool diagonal : {true, false}) {
    const SignalEvidence evidence = evidence_of_64(diagonal);
    ASSERT_EQ(evidence.is_diagonal(), diagonal);
    const auto [covariance, mean] = closed_form(evidence, 0.49);
    const SignalMoments found = levy_moments(gaussian_law, evidence, {2, 3}, ChainStream(1, 1), true);
    EXPECT_LT((at::tensor(found.mean, at::kDouble) - mean).abs().max().item<double>(), 1e-12);
    const Tensor of_chain = at::tensor(found.covariance, at::kDouble).view({64, 64});
    EXPECT_LT((of_chain - covariance).abs().max().item<double>(), 1e-12);
  }
}

TEST(LevyGibbs, DrawsSignalsWithTheCovarianceOfTheClosedForm) {
  constexpr std::int64_t draws = 20000;  // independent: the gaussian law has no latent variables
  for (const bool diagonal : {true, false}) {
    const SignalEvidence evidence = evidence_of_64(diagonal);
    const auto [covariance, mean] = closed_form(evidence, 0.49);
    const Tensor white = at::linalg_inv(at::linalg_cholesky(covariance));
    LevyGibbs gibbs(gaussian_law, evidence, ChainStream(1, 2));
    const Tensor signals = at::empty({draws, 64}, at::kDouble);
    for (std::int64_t k = 0; k < draws; ++k) {
      gibbs.sweep();
      signals[k].copy_(at::tensor(gibbs.signal(), at::kDouble));
    }
    const Tensor z = at::matmul(signals - mean, white.t());
    const double error = 1 / std::sqrt(static_cast<double>(draws));
    EXPECT_LT(z.mean(0).abs().max().item<double>(), 4.5 * error);
    const Tensor gram = at::matmul(z.t(), z) / draws - at::eye(64, at::kDouble);
    EXPECT_LT(gram.tril(-1).abs().max().item<double>(), 5 * error);  // of 2016
    EXPECT_LT(gram.diagonal().abs().max().item<double>(), 4.5 * std::sqrt(2.0) * error);
  }
}

TEST(LevyGibbs, GivesTheSameSignalsAlways) {
  LevyGibbs gibbs(laplace_law, {{3, 0, 0.8}, {2.5, 0, -1}}, ChainStream(11, 5));
  for (int k = 0; k < 10; ++k) gibbs.sweep();
  EXPECT_NEAR(gibbs.signal()[0], 0.80745967161206644, 1e-12);
  EXPECT_NEAR(gibbs.signal()[2], 0.77047624864609565, 1e-12);
}

TEST(LevyGibbs, DrawsSignalsOfTheLawWithoutEvidence) {
  ChainStream stream(5, 5);
  constexpr int signals = 4000;
  double zeros = 0;
  double absolute = 0;
  double last_square = 0;
  for (int k = 0; k < signals; ++k) {
    const std::vector<double> x = sparse_law.draw_signal(10, stream);
    zeros += x[0] == 0 ? 1 : 0;
    absolute += std::abs(x[0]);
    last_square += x[9] * x[9];
  }
  const double n = signals;
  EXPECT_NEAR(zeros / n, 0.7, 4.5 * std::sqrt(0.21 / n));
  EXPECT_NEAR(absolute / n, 0.3 * 1.5, 4.5 * std::sqrt((0.3 * 4.5 - 0.2025) / n));
  const double variance = 10 * 0.3 * 2 * 2.25;
  EXPECT_NEAR(last_square / n, variance, 4.5 * variance * std::sqrt(3 / n));
}

}  // namespace
}  // namespace dpsbench
