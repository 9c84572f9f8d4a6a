// The device itself: it must show what it is there to show.
#include "tests/second_device/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/noise.h"
#include "priors/passes/autograd.h"
#include "priors/unet/prior.h"
#include "priors/unet/structure.h"
#include "tests/message_of.h"
#include "tests/priors/networks.h"
#include "tests/second_device/ledger.h"

namespace dpsbench {
namespace {

using second_device::ledger;
using testing::HasSubstr;

class SecondDevice : public testing::Test {
 protected:
  SecondDevice() { ledger().clear(); }
  ~SecondDevice() override {
    ledger().clear();
    ledger().only_counts = false;
  }

  TensorOptions floats_ = TensorOptions().dtype(at::kFloat).device(second_device::device());
};

TEST_F(SecondDevice, RefusesTensorsOfBothDevices) {
  const Tensor here = at::ones({2, 2}, floats_);
  const Tensor there = at::ones({2, 2});

  EXPECT_THAT(message_of<c10::Error>([&] { (void)(here + there); }), HasSubstr("same device"));
  EXPECT_THAT(message_of<c10::Error>([&] { (void)at::mm(here, there); }), HasSubstr("same device"));
  EXPECT_THAT(message_of<c10::Error>([&] { (void)at::cat({here, there}); }), HasSubstr("same device"));
  EXPECT_THAT(ledger().mixtures, testing::ElementsAre(HasSubstr("aten::mm"), HasSubstr("aten::cat")));
}

TEST_F(SecondDevice, TakesASingleNumberOfTheHostBesideTensorsWhereCudaDoes) {
  const Tensor here = at::ones({2, 2}, floats_);
  const Tensor number = at::scalar_tensor(2.0, at::kFloat);

  EXPECT_EQ((here * number).sum().item<float>(), 8);
  EXPECT_THROW((void)at::dot(here.flatten(), number.expand({4})), c10::Error);
  EXPECT_THROW((void)at::stack({here[0][0], number}), c10::Error);
}

TEST_F(SecondDevice, CountsWhatAHostWaitsFor) {
  const Tensor here = at::ones({4}, floats_);
  EXPECT_EQ(ledger().all_waits(), 0);

  (void)here.sum().item<float>();
  (void)here.to(at::kCPU);
  (void)at::ones({4}).to(second_device::device());
  (void)here.index({here > 0});
  (void)here.masked_select(here > 0);

  const std::map<std::string, std::int64_t> expected = {
      {"item", 1}, {"to the host", 1}, {"to the device", 1}, {"aten::nonzero", 1}, {"aten::masked_select", 1}};
  EXPECT_EQ(ledger().waits, expected);
}

TEST_F(SecondDevice, SeesWhatIsWrittenBehindABlock) {
  {
    const Tensor block = at::zeros({3}, floats_);
    second_device::look_for_overruns();
    EXPECT_THAT(ledger().overruns, testing::IsEmpty());
    block.data_ptr<float>()[3] = 1;
    second_device::look_for_overruns();
  }
  EXPECT_THAT(ledger().overruns, testing::ElementsAre(HasSubstr("a block of 12"), HasSubstr("a block of 12")));
}

TEST_F(SecondDevice, GivesFreshMemoryThatHoldsNoNumbers) {
  EXPECT_TRUE(at::empty({5}, floats_).isnan().all().item<bool>());
}

TEST_F(SecondDevice, CountsTheOperationsOfProductsAndTheBytesOfEveryKernel) {
  const Tensor a = at::ones({3, 5}, floats_);
  const Tensor b = at::ones({5, 7}, floats_);
  ledger().clear();

  (void)at::mm(a, b);
  (void)at::conv2d(at::ones({2, 4, 8, 8}, floats_), at::ones({6, 4, 3, 3}, floats_), {}, 1, 1);

  EXPECT_EQ(ledger().accounts.at("mm").operations, 2 * 3 * 5 * 7);
  EXPECT_EQ(ledger().accounts.at("mm").bytes, 4 * (3 * 5 + 5 * 7 + 3 * 7));
  EXPECT_EQ(ledger().accounts.at("convolution").operations, 2.0 * 2 * 6 * 8 * 8 * 4 * 9);
  EXPECT_EQ(ledger().accounts.at("convolution").launches, 1);
}

TEST_F(SecondDevice, CountsTheSameWhereConvolutionsAreNotWorkedOut) {
  const auto counted = [&](bool only_counts) {
    ledger().clear();
    ledger().only_counts = only_counts;
    const UNetPrior prior(tiny_options(), tiny_parameters(), floats_);
    const Evaluation at_ones =
        prior.evaluate(at::ones(prior.shape().batch(1), floats_), NoiseSchedule::linear().level(300), Gradient::wanted);
    std::ignore = at_ones.pull_back({at_ones.eps});
    ledger().only_counts = false;
    return std::pair(ledger().accounts, at_ones.eps.abs().max().item<float>());
  };
  const auto [worked_out, of_network] = counted(false);
  const auto [alone, of_zeros] = counted(true);

  EXPECT_NE(of_network, of_zeros);
  ASSERT_EQ(alone.size(), worked_out.size());
  for (const auto& [name, account] : worked_out) {
    EXPECT_EQ(alone.at(name).launches, account.launches) << name;
    EXPECT_EQ(alone.at(name).bytes, account.bytes) << name;
    EXPECT_EQ(alone.at(name).operations, account.operations) << name;
  }
}

TEST_F(SecondDevice, DrawsTheHostsNoiseAndFetchesWhatItIsKeyedByOnce) {
  const PhiloxNoise noise(11, {{"d", "a", 0}, {"d", "b", 3}});
  const auto on_host = floats_.device(at::kCPU);
  for (std::int64_t step = 0; step < 5; ++step) {
    EXPECT_TRUE(at::equal(second_device::on_host(noise.normal(Purpose::step, step, {3, 7}, floats_)),
                          noise.normal(Purpose::step, step, {3, 7}, on_host)));
    EXPECT_TRUE(at::equal(second_device::on_host(noise.uniform(Purpose::step, step, {259}, floats_)),
                          noise.uniform(Purpose::step, step, {259}, on_host)));
  }
  EXPECT_EQ(ledger().all_waits(), 1);
}

/// The network takes the GPU's branches here: its own kernels of normalisation, fused attention, convolutions by
/// library.
TEST_F(SecondDevice, RunsTheNetworkAsTheHostDoesAndWithoutAWait) {
  const UNetPrior here(tiny_options(), tiny_parameters(), floats_);
  const UNetPrior there(tiny_options(), tiny_parameters(), floats_.device(at::kCPU));
  const Tensor x = PhiloxNoise(3, {{"d", "a", 0}, {"d", "b", 0}})
                       .normal(Purpose::initial, 0, {3, 32, 32}, TensorOptions().dtype(at::kFloat));
  const NoiseLevel level = NoiseSchedule::linear().level(300);
  const Tensor x_here = x.to(second_device::device());
  ledger().clear();

  const Evaluation evaluation = here.evaluate(x_here, level, Gradient::wanted);
  const auto gradients = evaluation.pull_back({evaluation.eps, x_here});

  EXPECT_EQ(ledger().all_waits(), 0);
  EXPECT_GT(ledger().accounts.at("group norm, back").launches, 0);
  EXPECT_GT(ledger().accounts.at("attention").calls, 0);
  const Evaluation expected = there.evaluate(x, level, Gradient::wanted);
  const auto expected_gradients = expected.pull_back({expected.eps, x});
  EXPECT_LT(relative_error(second_device::on_host(evaluation.eps), expected.eps), 1e-5);
  for (const std::size_t k : {0, 1})
    EXPECT_LT(relative_error(second_device::on_host(gradients[k]), expected_gradients[k]), 1e-5);
  EXPECT_THAT(ledger().overruns, testing::IsEmpty());
}

std::int64_t launches_of_all() {
  std::int64_t sum = 0;
  for (const auto& [name, account] : ledger().accounts) sum += account.launches;
  return sum;
}

using Kind = UNetLayer::Kind;

/// How many layers of such kinds the tiny network has.
std::int64_t layers_of(const std::set<Kind>& kinds) {
  const UNetStructure structure = unet_structure(tiny_options());
  std::int64_t count = 0;
  const auto add = [&](const UNetBlock& block) {
    count += std::ranges::count_if(block, [&](const UNetLayer& layer) { return kinds.contains(layer.kind); });
  };
  for (const UNetBlock& block : structure.input_blocks) add(block);
  add(structure.middle_block);
  for (const UNetBlock& block : structure.output_blocks) add(block);
  return count;
}

/// What the layers make of a time is there when the network is asked about that time again, until memory is short.
TEST_F(SecondDevice, IsAskedOnceForWhatLayersMakeOfATime) {
  const UNetPrior prior(tiny_options(), tiny_parameters(), floats_);
  const Tensor x = at::full({2, 3, 32, 32}, 0.3, floats_);
  const auto launches = [&](std::int64_t time, Tensor& eps) {
    ledger().clear();
    eps = prior.evaluate(x, NoiseSchedule::linear().level(time), Gradient::none).eps;
    return launches_of_all();
  };
  Tensor first, second, other, again;
  const std::int64_t of_first = launches(300, first);
  const std::int64_t of_second = launches(300, second);
  EXPECT_GE(of_first - of_second, 4 * layers_of({Kind::residual}));  // and what comes before them
  EXPECT_EQ(launches(301, other), of_first);
  prior.release_memory();
  EXPECT_EQ(launches(300, again), of_first);
  EXPECT_TRUE(at::equal(second_device::on_host(second), second_device::on_host(first)));
  EXPECT_TRUE(at::equal(second_device::on_host(again), second_device::on_host(first)));
  EXPECT_FALSE(at::equal(second_device::on_host(other), second_device::on_host(first)));
}

/// Biases are added by who reads the images next or with the residual; a library's own pass is left to the layers that
/// have neither behind them.
TEST_F(SecondDevice, AddsABlocksBiasesOnTheWay) {
  for (const Torso torso : {Torso::as_the_rest, Torso::bfloat16}) {
    const UNetPrior prior(tiny_options(), tiny_parameters(), floats_, torso);
    ledger().clear();
    (void)prior.evaluate(at::full({2, 3, 32, 32}, 0.3, floats_), NoiseSchedule::linear().level(300), Gradient::none);
    EXPECT_EQ(ledger().accounts.at("bias and residual").launches, layers_of({Kind::residual}));
    EXPECT_EQ(ledger().accounts.at("bias of a convolution").launches,
              layers_of({Kind::convolution, Kind::downsample, Kind::upsample}) + 1);  // and the last
  }
}

/// Whether any product may round to ten bits now.
bool tf32_allowed() { return at::globalContext().allowTF32CuBLAS() || at::globalContext().allowTF32CuDNN(); }

/// What each operator of an evaluation ("forward aten::mm") and of its pass back ("back aten::mm") may do, by its name;
/// true if any call might round to ten bits. "outside": between the two and behind.
std::map<std::string, bool> tf32_by_operator(const Prior& prior) {
  const Tensor x = at::ones(prior.shape().batch(1), prior.options());
  std::map<std::string, bool> allowed;
  std::string when = "forward ";
  ledger().on_operator = [&](const std::string& name) { allowed[when + name] |= tf32_allowed(); };
  const Evaluation evaluation = prior.evaluate(x, NoiseSchedule::linear().level(300), Gradient::wanted);
  allowed["outside"] = tf32_allowed();
  when = "back ";
  (void)evaluation.pull_back({evaluation.eps});
  ledger().on_operator = {};
  allowed["outside"] |= tf32_allowed();
  return allowed;
}

TEST_F(SecondDevice, LetsTheNetworkAloneRoundToTenBits) {
  at::globalContext().setAllowTF32CuBLAS(false);
  at::globalContext().setAllowTF32CuDNN(false);
  const auto allowed = [&](Torso torso) {
    return tf32_by_operator(UNetPrior(tiny_options(), tiny_parameters(), floats_, torso));
  };
  EXPECT_FALSE(allowed(Torso::as_the_rest).at("forward aten::convolution"));
  const auto tf32 = allowed(Torso::tf32);
  EXPECT_TRUE(tf32.at("forward aten::convolution"));
  EXPECT_TRUE(tf32.at("back aten::convolution_backward"));
  EXPECT_FALSE(tf32.at("back aten::_softmax")) << "the pass back's attention weights";
  EXPECT_FALSE(tf32.at("outside"));
  EXPECT_TRUE(allowed(Torso::bfloat16).at("forward aten::convolution")) << "the first and the last layer";
}

/// A prior whose noise is the product x_t x_t of each channel's matrix, by autograd.
class Products final : public Prior {
 public:
  Products(const TensorOptions& options, bool in_tf32) : options_(options), in_tf32_(in_tf32) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel&, Gradient gradient) const override {
    return evaluate_by_autograd(
        x_t, gradient, [](const Tensor& x) { return std::pair(at::matmul(x, x), Tensor()); }, in_tf32_);
  }
  [[nodiscard]] ImageShape shape() const override { return {3, 4, 4}; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

 private:
  TensorOptions options_;
  bool in_tf32_;
};

TEST_F(SecondDevice, LetsANetworkDifferentiatedByAutogradRoundOnlyInTf32) {
  for (const bool asked : {true, false}) {
    at::globalContext().setAllowTF32CuBLAS(!asked);  // as a plugin may have set it
    const auto allowed = tf32_by_operator(Products(floats_, asked));
    at::globalContext().setAllowTF32CuBLAS(false);
    EXPECT_EQ(allowed.at("forward aten::bmm"), asked);
    EXPECT_EQ(allowed.at("back aten::bmm"), asked);
    EXPECT_EQ(allowed.at("outside"), !asked);
  }
}

TEST_F(SecondDevice, TakesTf32BackWhenAnExceptionPasses) {
  const UNetPrior prior(tiny_options(), tiny_parameters(), floats_, Torso::tf32);
  const Tensor of_host = at::ones(prior.shape().batch(1));
  EXPECT_THROW((void)prior.evaluate(of_host, NoiseSchedule::linear().level(300), Gradient::none), c10::Error);
  EXPECT_FALSE(at::globalContext().allowTF32CuBLAS());
}

}  // namespace
}  // namespace dpsbench
