#include "runner/work/execute_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "tests/runner/support/poisoned_prior.h"
#include "tests/runner/support/unit_bench.h"

namespace dpsbench {
namespace {

using namespace testing_support;

TEST(ExecuteUnit, FillsTheWholeRecord) {
  const UnitBench bench;

  const UnitRecord record = bench.execute(3);  // denoising by dps with 10 steps, first block

  EXPECT_EQ(record.cell_id, "001-denoising-s0.1-dps-10");
  EXPECT_EQ(record.image_ids, (std::vector<std::string>{"picture0", "picture1"}));
  EXPECT_EQ(record.positions, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(record.samples.sizes(), (std::vector<std::int64_t>{2, 3, 8, 8}));
  EXPECT_EQ(record.trajectory.sizes(), (std::vector<std::int64_t>{1, 2, 3, 8, 8}));
  EXPECT_EQ(record.step_size.sizes(), (std::vector<std::int64_t>{2, 10}));
  EXPECT_EQ(record.metrics.at("psnr").sizes(), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(record.network_evaluations, 10);
  EXPECT_EQ(record.passes_back, 10);
  EXPECT_GT(record.peak_bytes, 2 * 3 * 8 * 8 * 4);  // more than its samples
  EXPECT_EQ(record.attributes.at("method.steps"), "10");
  EXPECT_EQ(record.attributes.at("sigma_y"), "0.1");
}

TEST(ExecuteUnit, GivesAllMethodsTheSameMeasurement) {
  const UnitBench bench;

  const UnitRecord by_exact = bench.execute(0);
  const UnitRecord by_dps = bench.execute(3);

  EXPECT_TRUE(at::equal(by_exact.measurement, by_dps.measurement));
  const Tensor noise = (by_exact.measurement - by_exact.reference) / 0.1;
  EXPECT_NEAR(noise.std().item<double>(), 1, 0.15);  // of 384 numbers: four standard errors
}

TEST(ExecuteUnit, TellsTheOriginalsToAnOracleOnly) {
  const auto psnr = [](const std::string& select) {
    const UnitBench bench({"tasks=[{name: inpainting, mask_fraction: 0.5}]",
                           "methods=[{name: dmplug, steps: 8, lr: 1, as_published: true, select: " + select + "}]"});
    return bench.execute(0).metrics.at("psnr");
  };
  const Tensor last = psnr("last");
  const Tensor chosen = psnr("oracle");
  EXPECT_TRUE((chosen >= last).all().item<bool>());
  EXPECT_TRUE((chosen > last).any().item<bool>());
}

TEST(ExecuteUnit, MeasuresWithoutNoise) {
  const UnitBench bench(
      {"sigma_y=0", "tasks=[{name: inpainting, mask_fraction: 0.5}]", "methods=[{name: ddnm, steps: 5}]"});
  const UnitRecord record = bench.execute(0);
  const Tensor hidden = record.measurement == 0;
  EXPECT_TRUE(at::allclose(at::where(hidden, 0.0, record.samples), record.measurement, 1e-5, 1e-5));
}

TEST(ExecuteUnit, GivesAnImageTheSameSampleInAnyBatch) {
  const UnitBench in_twos;
  const UnitBench in_threes({"batch=3"});

  const Tensor second_of_two = in_twos.execute(3).samples[1];
  const Tensor second_of_three = in_threes.execute(2).samples[1];

  EXPECT_LT((second_of_two - second_of_three).abs().max().item<double>(), 1e-5);
}

TEST(ExecuteUnit, DrawsIndependentChainsThatDoNotDependOnTheirNumber) {
  const UnitBench one;
  const UnitBench three({"samples=3"});

  const UnitRecord record = three.execute(3);

  EXPECT_EQ(record.samples.sizes(), (std::vector<std::int64_t>{2, 3, 3, 8, 8}));
  EXPECT_EQ(record.metrics.at("psnr").sizes(), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(record.network_evaluations, 30);
  EXPECT_TRUE(at::equal(record.samples.select(1, 0), one.execute(3).samples));
  EXPECT_GT((record.samples.select(1, 0) - record.samples.select(1, 1)).abs().mean().item<double>(), 0.01);
}

TEST(ExecuteUnit, CountsWhatTheMethodSaysItCosts) {
  const UnitBench bench;
  for (std::size_t unit = 0; unit < bench.plan().units.size(); unit += 3) {
    const Cell& cell = bench.plan().cells[bench.plan().units[unit].cell];
    const UnitRecord record = bench.execute(unit);
    EXPECT_EQ(record.network_evaluations, cell.cost(1).forward) << cell.id;
    EXPECT_EQ(record.passes_back, cell.cost(1).backward) << cell.id;
  }
}

/// A prior on a device that holds so many images.
class ScarcePrior final : public Prior {
 public:
  ScarcePrior(const Prior& prior, std::int64_t images) : prior_(prior), images_(images) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    TORCH_CHECK_WITH(OutOfMemoryError, x_t.size(0) <= images_, "out of memory");
    return prior_.evaluate(x_t, level, gradient);
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 private:
  const Prior& prior_;
  std::int64_t images_;
};

TEST(ExecuteUnit, HalvesABatchThatDoesNotFitIntoMemory) {
  const UnitBench bench({"batch=3"});
  const UnitRecord whole = bench.execute(2);  // denoising by dps with 10 steps

  const UnitRecord halved = bench.execute(2, ScarcePrior(bench.prior(), 2));

  EXPECT_EQ(halved.image_ids, whole.image_ids);
  EXPECT_EQ(halved.positions, whole.positions);
  EXPECT_EQ(halved.network_evaluations, whole.network_evaluations);
  EXPECT_TRUE(at::equal(halved.measurement, whole.measurement));
  EXPECT_LT((halved.samples - whole.samples).abs().max().item<double>(), 1e-5);
  EXPECT_EQ(halved.trajectory.sizes(), whole.trajectory.sizes());
  EXPECT_EQ(halved.step_size.sizes(), whole.step_size.sizes());
  EXPECT_LT((halved.metrics.at("psnr") - whole.metrics.at("psnr")).abs().max().item<double>(), 1e-3);
  EXPECT_EQ(bench.execute(2, ScarcePrior(bench.prior(), 1)).image_ids, whole.image_ids);
  const UnitResult none = bench.try_unit(2, ScarcePrior(bench.prior(), 0));
  EXPECT_TRUE(none.record.image_ids.empty());
  ASSERT_EQ(none.failures.size(), 3U);
  EXPECT_EQ(none.failures[2].image_id, "picture2");
  EXPECT_EQ(none.failures[2].reason, "out of memory");
}

TEST(ExecuteUnit, FailsTheImageAloneThatLeavesTheFiniteNumbers) {
  const UnitBench bench({"batch=3"});
  const UnitRecord whole = bench.execute(2);

  const UnitResult result = bench.try_unit(2, PoisonedPrior(bench.prior(), PoisonedPrior::Answer::nan));

  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].image_id, "picture1");
  EXPECT_EQ(result.failures[0].reason, "the sampler left the finite numbers at step 10 of 10");
  EXPECT_EQ(result.record.image_ids, (std::vector<std::string>{"picture0", "picture2"}));
  EXPECT_EQ(result.record.positions, (std::vector<std::int64_t>{0, 2}));
  EXPECT_TRUE(at::equal(result.record.samples, at::stack({whole.samples[0], whole.samples[2]})));
  EXPECT_TRUE(at::equal(result.record.metrics.at("psnr")[1], whole.metrics.at("psnr")[2]));
  EXPECT_TRUE(at::equal(result.record.trajectory, whole.trajectory));  // of the first image
}

TEST(ExecuteUnit, FailsTheImageAloneForWhichTheSamplerGivesUp) {
  const UnitBench bench({"batch=3"});

  const UnitResult result = bench.try_unit(2, PoisonedPrior(bench.prior(), PoisonedPrior::Answer::exception));

  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].image_id, "picture1");
  EXPECT_EQ(result.failures[0].reason, "the second image is poison");
  EXPECT_EQ(result.record.image_ids, (std::vector<std::string>{"picture0", "picture2"}));
  EXPECT_LT((result.record.samples[1] - bench.execute(2).samples[2]).abs().max().item<double>(), 1e-5);
}

TEST(ExecuteUnit, FailsTheImageAloneThatCannotBeRead) {
  const UnitBench bench({"batch=3"});
  const UnitRecord whole = bench.execute(2);
  bench.remove_image("picture1");

  const UnitResult result = bench.try_unit(2, bench.prior());

  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_NE(result.failures[0].reason.find(bench.image_path("picture1").string()), std::string::npos);
  EXPECT_TRUE(at::equal(result.record.samples, at::stack({whole.samples[0], whole.samples[2]})));
}

/// A prior that holds recordings of each size of batch and has memory for one of them.
class RecordingPrior final : public Prior {
 public:
  explicit RecordingPrior(const Prior& prior) : prior_(prior) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    recorded_.insert(x_t.size(0));
    TORCH_CHECK_WITH(OutOfMemoryError, x_t.size(0) <= 2 && recorded_.size() == 1, "out of memory");
    return prior_.evaluate(x_t, level, gradient);
  }
  void release_memory() const override { recorded_.clear(); }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 private:
  const Prior& prior_;
  mutable std::set<std::int64_t> recorded_;
};

TEST(ExecuteUnit, LetsRecordingsGoBeforeItHalvesABatch) {
  const UnitBench bench({"batch=3"});
  const UnitResult result = bench.try_unit(2, RecordingPrior(bench.prior()));
  EXPECT_TRUE(result.failures.empty());
  EXPECT_EQ(result.record.image_ids.size(), 3U);
}

TEST(ExecuteUnit, DoesNothingWithNoImages) {
  const UnitBench bench;
  const UnitResult result = bench.execute_at(0, {});
  EXPECT_TRUE(result.record.image_ids.empty());
  EXPECT_TRUE(result.failures.empty());
}

TEST(ExecuteUnit, AddsNoiseToHiddenPixelsOnlyIfAsked) {
  const auto hidden_values = [](const std::vector<std::string>& overrides) {
    const UnitBench bench(overrides);
    const UnitRecord record = bench.execute(9);  // inpainting
    return at::count_nonzero(record.measurement == 0).item<std::int64_t>();
  };
  EXPECT_GT(hidden_values({}), 0);
  EXPECT_EQ(hidden_values({"hidden_noise=true"}), 0);
}

TEST(ExecuteUnit, CountsPhotonsWhereAsked) {
  const UnitBench bench({"noise=poisson", "methods=[{name: dps, steps: 5}]", "tasks=[{name: denoising}]"});
  const UnitRecord record = bench.execute(0);
  EXPECT_EQ(record.attributes.at("noise"), "poisson");
  const Tensor counts = (record.measurement.to(at::kDouble) + 1) * (2 / (0.1 * 0.1));
  EXPECT_LT((counts - counts.round()).abs().max().item<double>(), 1e-3);  // of 400 for white, in single precision
  EXPECT_FALSE(UnitBench({"methods=[{name: dps, steps: 5}]"}).execute(0).attributes.contains("noise"));
}

TEST(ExecuteUnit, SpecklesWhereAsked) {
  const std::vector<std::string> denoised = {"methods=[{name: dps, steps: 5}]", "tasks=[{name: denoising}]"};
  const UnitBench gaussian(denoised);
  const UnitBench speckled({denoised[0], denoised[1], "noise=speckle"});
  const UnitRecord plain = gaussian.execute(0);
  const UnitRecord record = speckled.execute(0);
  EXPECT_EQ(record.attributes.at("noise"), "speckle");
  EXPECT_NE(record.unit_id, plain.unit_id);
  const Tensor brightness = (record.reference + 1) / 2;  // the same n, times brightness
  EXPECT_TRUE(
      at::allclose(record.measurement - record.reference, (plain.measurement - plain.reference) * brightness, 0, 1e-6));
}

}  // namespace
}  // namespace dpsbench
