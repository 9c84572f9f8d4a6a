#include "methods/parts/state_projection.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/state.h"
#include "methods/parts/annealing.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"

namespace dpsbench {
namespace {

/// [2, 2, 6, 8]: of each image two channels with the singular values 1, 1/2, 1/4, ... and the same to the power 1.5.
Tensor state_of_known_values(const Tensor& numbers) {
  const auto [u, s, vh] = at::linalg_svd(numbers, false);
  const Tensor falling = at::pow(2.0, -at::arange(6, in_double()));
  const Tensor values = at::stack({falling, falling.pow(1.5)}).unsqueeze(0).expand({2, 2, 6});
  return (u * values.unsqueeze(2)).matmul(vh);
}

TEST(StateProjection, KeepsTheDirectionsThatExplainTheShareOnAverage) {
  const PhiloxNoise noise = noise_of(2);
  const Tensor state = state_of_known_values(noise.normal(Purpose::initial, 0, {2, 6, 8}, in_double()));
  const Tensor gradient = noise.normal(Purpose::inner, 0, {2, 6, 8}, in_double());
  // squares 4^-k explain 0.75, 0.938, 0.985, 0.997, ...; squares 8^-k explain 0.875, 0.984, 0.998: ranks 4 and 3 at
  // 0.99
  const Tensor kept = StateProjection(state, 0.99).of(gradient);
  const auto [u, s, vh] = at::linalg_svd(state, false);
  const std::int64_t r = 3;  // (4 + 3) / 2, rounded down
  const Tensor u_r = u.narrow(3, 0, r);
  const Tensor v_r = vh.narrow(2, 0, r);
  const Tensor by_hand = u_r.matmul(u_r.transpose(2, 3)).matmul(gradient).matmul(v_r.transpose(2, 3)).matmul(v_r);
  EXPECT_TRUE(at::allclose(kept, by_hand, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(StateProjection(state, 0.99).of(kept), kept, 1e-12, 1e-12));  // a projection
  EXPECT_LT(image_norm(kept).max().item<double>(), image_norm(gradient).min().item<double>());
}

TEST(StateProjection, LeavesTheStateItselfAlmostWhole) {
  const PhiloxNoise noise = noise_of(2);
  const Tensor state = state_of_known_values(noise.normal(Purpose::initial, 0, {2, 6, 8}, in_double()));
  const Tensor lost = state - StateProjection(state, 0.99).of(state);
  const Tensor share = image_dot(lost, lost) / image_dot(state, state);
  EXPECT_GT(share.min().item<double>(), 0);
  EXPECT_LT(share.max().item<double>(), 0.015);  // ranks are averaged over the channels
}

TEST(StateProjection, OfDpsDoesNotCoupleImagesAndIsOffByDefault) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const MatrixOperator op = wide_operator();
  const PhiloxNoise noise = noise_of(3);
  const Tensor y = noise.normal(Purpose::measurement, 0, {2}, in_double());
  SilentObserver silent;
  const auto sample = [&](const std::map<std::string, OptionValue>& given, std::int64_t first, std::int64_t count) {
    std::map<std::string, OptionValue> options = given;
    options["steps"] = std::int64_t{20};
    const PhiloxNoise of_these = noise_of(count, 1, first);
    return make_method("dps", options)
        ->sample({prior, schedule, op, y.slice(0, first, first + count), 0.1, of_these}, silent);
  };
  EXPECT_TRUE(sample({}, 0, 3).equal(sample({{"state_share", 1.0}}, 0, 3)));
  const Tensor together = sample({{"state_share", 0.6}}, 0, 3);
  EXPECT_FALSE(at::allclose(together, sample({}, 0, 3), 1e-3, 1e-3));
  EXPECT_LT((sample({{"state_share", 0.6}}, 1, 1)[0] - together[1]).abs().max().item<double>(), 1e-10);
}

TEST(StateProjection, OfDapsKeepsTheDataSideOfTheChainAlone) {
  const MatrixOperator op = wide_operator();
  const PhiloxNoise noise = noise_of(2);
  const auto draw = [&](std::int64_t k) { return noise.normal(Purpose::inner, k, {1, 2, 2}, in_double()); };
  const Tensor y = noise.normal(Purpose::measurement, 0, {2}, in_double());
  InnerTarget free{op, y, 0.3, draw(1), 0.7};
  InnerTarget kept = free;
  const Tensor state = draw(2).mul(at::tensor({1.0, 0.1}, in_double()));  // one direction has nearly all
  kept.kept.emplace(state, 0.5);
  const Tensor x = draw(3);
  const Tensor of_prior = (free.center - x) / 0.49;
  const Tensor of_data = adjoint(op, y - op.forward(x)) / 0.3;
  EXPECT_TRUE(at::allclose(free.score(x), of_prior + of_data, 1e-12, 1e-12));
  const Tensor left = kept.score(x) - of_prior;
  EXPECT_TRUE(at::allclose(left, StateProjection(state, 0.5).of(of_data), 1e-12, 1e-12));
  EXPECT_LT(image_norm(left).max().item<double>(), image_norm(of_data).max().item<double>());
  EXPECT_LT(std::get<1>(at::linalg_svd(left, false)).select(2, 1).max().item<double>(), 1e-12);  // of rank one
}

TEST(StateProjection, OfDapsIsOffByDefaultAndNeedsGradients) {
  const MethodEntry& daps = find_method("daps");
  const auto options = [&](const std::map<std::string, OptionValue>& given) {
    return OptionValues(daps.options, given);
  };
  // results of before keep their names
  EXPECT_EQ(to_text(state_of("daps", options({}))).find("state_share"), std::string::npos);
  EXPECT_NE(to_text(state_of("daps", options({{"state_share", 0.99}}))).find("state_share=0.99"), std::string::npos);
  EXPECT_NO_THROW(check_options(daps, options({{"state_share", 0.99}, {"mcmc", std::string("hmc")}})));
  EXPECT_NO_THROW(check_options(daps, options({{"mcmc", std::string("mh")}})));
  EXPECT_THROW(check_options(daps, options({{"state_share", 0.99}, {"mcmc", std::string("mh")}})), UserError);
}

}  // namespace
}  // namespace dpsbench
