#include "runner/station/graphed_prior.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/unet/prior.h"
#include "tests/message_of.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

std::unique_ptr<Prior> tiny_network(const at::Device& device) {
  return std::make_unique<UNetPrior>(tiny_options(), tiny_parameters(),
                                     TensorOptions().dtype(at::kFloat).device(device));
}

TEST(GraphedPrior, NeedsAGpu) {
  EXPECT_THAT(message_of<UserError>([] { (void)make_graphed(tiny_network(at::kCPU)); }), HasSubstr("needs a GPU"));
}

TEST(GraphedPrior, GivesTheBitsOfThePlainNetworkForAnyBatchAndInAnyOrder) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no GPU is visible";
  const auto plain = tiny_network(at::kCUDA);
  const auto graphed = make_graphed(tiny_network(at::kCUDA));
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const auto pulled = [](const Evaluation& evaluation, std::size_t count) {
    std::vector<Tensor> cotangents;
    for (std::size_t k = 0; k < count; ++k) cotangents.push_back(at::roll(evaluation.eps, k + 1));
    return at::stack(evaluation.pull_back(cotangents));
  };
  for (const std::int64_t images : {4, 1, 4}) {
    const Tensor x = at::randn({images, 3, 32, 32}, plain->options());
    const Tensor other = at::randn_like(x);
    for (const std::size_t count : {1, 2}) {
      const Evaluation first = graphed->evaluate(x, schedule.level(700), Gradient::wanted);
      const Evaluation second = graphed->evaluate(other, schedule.level(20), Gradient::wanted);
      const Evaluation expected_first = plain->evaluate(x, schedule.level(700), Gradient::wanted);
      const Evaluation expected_second = plain->evaluate(other, schedule.level(20), Gradient::wanted);
      EXPECT_TRUE(at::equal(first.eps, expected_first.eps));
      EXPECT_TRUE(at::equal(first.variance_fraction, expected_first.variance_fraction));
      EXPECT_TRUE(at::equal(second.eps, expected_second.eps));
      EXPECT_TRUE(at::equal(pulled(first, count), pulled(expected_first, count)));  // the later one overwrote its tape
      EXPECT_TRUE(at::equal(pulled(second, count), pulled(expected_second, count)));
    }
    const Evaluation alone = graphed->evaluate(x, schedule.level(300), Gradient::none);
    EXPECT_FALSE(alone.pull_back);
    EXPECT_TRUE(at::equal(alone.eps, plain->evaluate(x, schedule.level(300), Gradient::none).eps));
  }
}

}  // namespace
}  // namespace dpsbench
