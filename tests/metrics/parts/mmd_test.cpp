#include "metrics/parts/mmd.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/noise.h"
#include "tests/metrics/point_sets.h"

namespace dpsbench {
namespace {

Tensor normal(const std::string& id, std::int64_t n) {
  const PhiloxNoise noise(3, {{"test", id}});
  return noise.normal(Purpose::bootstrap, 0, {n, 2}, at::kDouble)[0];
}

// scikit-learn's rbf_kernel(gamma=1/(2 0.8^2)) and polynomial_kernel(degree=3, gamma=1/D, coef0=1), means without the
// diagonals
TEST(Mmd, AgreesWithScikitLearnsKernels) {
  EXPECT_NEAR(gaussian_mmd2(sine_points(7), cosine_points(5), 0.8), -0.017051389425579933, 1e-12);
  EXPECT_NEAR(kernel_distance(sine_points(7), cosine_points(5)), 0.4060240628430054, 1e-12);
}

TEST(Mmd, IsTheSumOverPairsAcrossBlocksOfRows) {
  const Tensor a = normal("a", 700);  // more than one block
  const Tensor b = normal("b", 530) + 0.5;
  const auto mean_kernel = [](const Tensor& x, const Tensor& y) {
    const Tensor square = (x.unsqueeze(1) - y.unsqueeze(0)).square().sum(2);
    return (-square / (2 * 1.1 * 1.1)).exp();
  };
  const double within_a = (mean_kernel(a, a).sum().item<double>() - 700) / (700.0 * 699);
  const double within_b = (mean_kernel(b, b).sum().item<double>() - 530) / (530.0 * 529);
  const double expected = within_a + within_b - 2 * mean_kernel(a, b).mean().item<double>();
  EXPECT_NEAR(gaussian_mmd2(a, b, 1.1), expected, 1e-12);
}

/// E k(x, y) of N(0, I) and N(m, I) in D = 2: (1 + 2 / h^2)^(-1) exp(-|m|^2 / (2 (h^2 + 2))).
TEST(Mmd, ApproachesTheClosedFormOfTwoGaussians) {
  const double h = 1.5;
  const Tensor shift = at::tensor({1.0, 0.0}, at::kDouble);
  const double scale = 1 / (1 + 2 / (h * h));
  const double expected = 2 * scale * (1 - std::exp(-1 / (2 * (h * h + 2))));
  EXPECT_NEAR(gaussian_mmd2(normal("a", 1500), normal("b", 1500) + shift, h), expected, 0.015);
  EXPECT_NEAR(gaussian_mmd2(normal("a", 1500), normal("b", 1500), h), 0, 0.003);
}

// numpy.median(scipy.spatial.distance.pdist(points)): 21 and 10 distances
TEST(Mmd, TakesTheMedianDistanceAsBandwidth) {
  EXPECT_NEAR(median_distance(sine_points(7)), 1.2156268057964088, 1e-12);
  EXPECT_NEAR(median_distance(cosine_points(5)), 1.3528593467297227, 1e-12);
  // of two-dimensional normal points: sqrt(4 log 2)
  EXPECT_NEAR(median_distance(normal("many", 5000)), std::sqrt(4 * std::log(2.0)), 0.03);
}

TEST(Mmd, RefusesEqualPointsOtherShapesAndNoBandwidth) {
  EXPECT_THROW((void)median_distance(at::ones({5, 2})), NumericError);
  EXPECT_THROW((void)gaussian_mmd2(at::ones({5, 2}), at::ones({5, 3}), 1), Error);
  EXPECT_THROW((void)gaussian_mmd2(at::ones({5, 2}), at::ones({1, 2}), 1), Error);
  EXPECT_THROW((void)gaussian_mmd2(at::ones({5, 2}), at::ones({5, 2}), 0), Error);
}

}  // namespace
}  // namespace dpsbench
