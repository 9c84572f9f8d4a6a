#include "tasks/parts/harmonic_interpolation.h"

#include <gtest/gtest.h>

#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

TEST(HarmonicInterpolation, OfASignalIsLinearBetweenItsSeenPlacesAndConstantBeyond) {
  const Tensor seen = at::tensor({0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0}, at::kDouble).view({1, 1, 1, 7});
  const Tensor y = at::tensor({9.0, 1.0, 9.0, 9.0, 4.0, 2.0, 9.0}, at::kDouble).view({1, 1, 1, 7}) * seen;
  const Tensor expected = at::tensor({1.0, 1.0, 2.0, 3.0, 4.0, 2.0, 2.0}, at::kDouble).view({1, 1, 1, 7});
  EXPECT_LT((harmonic_interpolation(y, seen) - expected).abs().max().item<double>(), 1e-7);
}

TEST(HarmonicInterpolation, ContinuesAPlaneAcrossAHole) {
  const Tensor plane =
      (at::arange(12, at::kDouble).view({12, 1}) * 0.3 - at::arange(9, at::kDouble) * 0.7).view({1, 1, 12, 9});
  const Tensor seen = at::ones_like(plane);
  seen.narrow(2, 3, 5).narrow(3, 1, 6).fill_(0);
  EXPECT_LT((harmonic_interpolation(plane * seen, seen) - plane).abs().max().item<double>(), 1e-6);
}

TEST(HarmonicInterpolation, KeepsSeenPixelsAndMakesHiddenOnesTheMeanOfTheirNeighbours) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor seen = (noise.uniform(Purpose::mask, 0, {1, 10, 8}, at::kFloat) > 0.8).to(at::kDouble);
  const Tensor y = trial(noise, 1, {3, 10, 8}, at::kDouble) * seen;
  const Tensor x = harmonic_interpolation(y, seen);
  EXPECT_TRUE(at::equal(x * seen, y));
  // edges replicated: a neighbour beyond the edge differs by nothing, as one that is left out
  const Tensor wide = at::replication_pad2d(x, {1, 1, 1, 1});
  const Tensor neighbours = wide.slice(2, 0, 10).slice(3, 1, 9) + wide.slice(2, 2, 12).slice(3, 1, 9) +
                            wide.slice(2, 1, 11).slice(3, 0, 8) + wide.slice(2, 1, 11).slice(3, 2, 10);
  EXPECT_LT(((neighbours / 4 - x) * (1 - seen)).abs().max().item<double>(), 1e-7);
}

TEST(HarmonicInterpolation, OfNothingIsGrey) {
  const Tensor y = at::zeros({1, 3, 4, 4}, at::kFloat);
  EXPECT_TRUE(at::equal(harmonic_interpolation(y, at::zeros({1, 1, 4, 4})), y));
}

}  // namespace
}  // namespace dpsbench
