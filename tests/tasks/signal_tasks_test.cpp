#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "tasks/parts/reflections.h"
#include "tests/message_of.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

constexpr ImageShape signal_shape{1, 1, 64};

std::unique_ptr<Operator> bind_signal(const std::string& task, const std::map<std::string, OptionValue>& options = {}) {
  return OperatorCase{.task = task, .options = options, .shape = signal_shape}.bind(noise_of({"a", "b"}), at::kDouble);
}

std::string refusal(const std::string& task, const std::map<std::string, OptionValue>& options) {
  return message_of<UserError>([&] { (void)bind_signal(task, options); });
}

TEST(Imputation, SeesThe33PlacesOfTheBenchmark) {
  const Tensor mask = bind_signal("imputation")->measured().flatten();
  EXPECT_EQ(mask.sum().item<double>(), 33);
  for (const int place : {0, 3, 6, 31, 32, 33, 63}) EXPECT_EQ(mask[place].item<double>(), 1) << place;
  for (const int place : {1, 2, 34, 61}) EXPECT_EQ(mask[place].item<double>(), 0) << place;
}

TEST(Imputation, RefusesListsThatCannotBe) {
  const std::string allowed = "' is not allowed; allowed: ascending whole numbers from 0 to 63";
  EXPECT_EQ(refusal("imputation", {{"kept", "1 64"}}), "kept: '64" + allowed);
  EXPECT_EQ(refusal("imputation", {{"kept", "1 1"}}), "kept: '1" + allowed);
  EXPECT_EQ(refusal("imputation", {{"kept", "1 x"}}), "kept: 'x" + allowed);
  EXPECT_EQ(refusal("imputation", {{"kept", " "}}), "kept: the list is empty; allowed: numbers from 0 to 63");
}

TEST(CircularBlur, ConvolvesWithThirteenTapsAroundTheCircle) {
  const auto op = bind_signal("circular_blur");
  double sum = 0;
  for (int k = -6; k <= 6; ++k) sum += std::exp(-k * k / 8.0);
  Tensor impulse = at::zeros({2, 1, 1, 64}, at::kDouble);
  impulse.select(3, 2).fill_(1);
  const Tensor response = op->forward(impulse)[1].flatten();
  for (int k = 0; k < 64; ++k) {
    const int offset = std::min(std::abs(k - 2), 64 - std::abs(k - 2));
    EXPECT_NEAR(response[k].item<double>(), offset <= 6 ? std::exp(-offset * offset / 8.0) / sum : 0, 1e-15) << k;
  }
  EXPECT_EQ(refusal("circular_blur", {{"taps", std::int64_t{12}}}),
            "taps: 12 is not allowed; allowed: odd numbers up to the signal's length 64");
}

TEST(PartialFourier, MeasuresThe36NumbersOfTheBenchmark) {
  const auto op = bind_signal("partial_fourier");
  EXPECT_EQ(op->measurement_shape(), (std::vector<std::int64_t>{1, 1, 36}));
  const Tensor y = trial(noise_of({"a", "b"}), 1, {1, 1, 36}, at::kDouble);
  EXPECT_LT(relative_distance(op->forward(adjoint(*op, y)), y), 1e-13);  // orthonormal rows
}

TEST(PartialFourier, AgreesWithTheFastTransform) {
  const auto op = bind_signal("partial_fourier", {{"frequencies", "0 5 32"}});
  const Tensor x = trial(noise_of({"a", "b"}), 1, {1, 1, 64}, at::kDouble);
  const Tensor spectrum = at::view_as_real(at::fft_rfft(x, c10::nullopt, -1, "ortho"))[1].reshape({33, 2});
  const double root = std::sqrt(2.0);
  const Tensor expected = at::stack({spectrum[0][0], spectrum[5][0] * root, spectrum[32][0], spectrum[5][1] * root});
  EXPECT_LT(relative_distance(op->forward(x)[1].flatten(), expected), 1e-13);
}

TEST(RandomMatrix, HasAMatrixAnImageWithSingularValuesBelowOneInOrder) {
  const OperatorCase item{.task = "random_matrix", .options = {{"measurements", std::int64_t{4}}}, .shape = {1, 1, 80}};
  const auto op = item.bind(noise_of({"a", "b"}), at::kDouble);
  const Tensor s = op->spectral()->singular_values().narrow(1, 0, 4);
  EXPECT_TRUE((s.slice(1, 0, 3) >= s.slice(1, 1, 4)).all().item<bool>());
  EXPECT_TRUE(((s > 0) * (s < 1)).all().item<bool>());
  EXPECT_FALSE(at::equal(s[0], s[1]));
}

TEST(Reflections, PointTheirFirstVectorsEverywhereAlike) {
  std::vector<std::string> ids(4000);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = std::to_string(i);
  const Reflections basis(2, 3, noise_of(ids), 0, at::kDouble);
  const auto count = static_cast<double>(ids.size());
  for (const std::int64_t k : {0, 1}) {
    Tensor unit = at::zeros({4000, 3}, at::kDouble);
    unit.select(1, k).fill_(1);
    const Tensor direction = basis.apply(unit);
    // uniform on the sphere: each coordinate has mean 0 and variance 1/3, and is uniform on [-1, 1]
    EXPECT_LT(direction.mean(0).abs().max().item<double>(), 4.5 * std::sqrt(1 / (3 * count)));
    const Tensor second = at::matmul(direction.t(), direction) / count - at::eye(3, at::kDouble) / 3;
    EXPECT_LT(second.abs().max().item<double>(), 4.5 * std::sqrt(4 / (45 * count)));
  }
}

}  // namespace
}  // namespace dpsbench
