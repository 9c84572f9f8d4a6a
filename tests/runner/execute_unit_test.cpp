#include "runner/execute_unit.h"

#include <gtest/gtest.h>

#include "runner/signals.h"
#include "runner/station.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

/// The tiny experiment, ready to do units.
class Bench {
 public:
  explicit Bench(const std::vector<std::string>& overrides = {})
      : station_(set_up_station({.experiment = tiny_.file(), .output = {}, .overrides = overrides, .part = {}}, 0)),
        plan_(make_plan(station_.experiment, station_.prior->shape(),
                        digest_inputs(station_.experiment, station_.dataset))) {}

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const Prior& prior() const { return *station_.prior; }
  [[nodiscard]] UnitRecord execute(std::size_t unit) const { return execute(unit, *station_.prior); }
  [[nodiscard]] UnitRecord execute(std::size_t unit, const Prior& prior) const {
    const Workbench bench{station_.experiment, plan_, station_.dataset, prior, station_.metrics};
    return execute_unit(bench, plan_.units.at(unit), [](double) {});
  }

 private:
  TinyExperiment tiny_;
  Station station_;
  Plan plan_;
};

TEST(ExecuteUnit, FillsTheWholeRecord) {
  const Bench bench;

  const UnitRecord record = bench.execute(3);  // denoising by dps with 10 steps, first block

  EXPECT_EQ(record.cell_id, "001-denoising-s0.1-dps-10");
  EXPECT_EQ(record.image_ids, (std::vector<std::string>{"picture0", "picture1"}));
  EXPECT_EQ(record.positions, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(record.samples.sizes(), (std::vector<std::int64_t>{2, 3, 8, 8}));
  EXPECT_EQ(record.trajectory.sizes(), (std::vector<std::int64_t>{1, 2, 3, 8, 8}));
  EXPECT_EQ(record.step_size.sizes(), (std::vector<std::int64_t>{2, 10}));
  EXPECT_EQ(record.metrics.at("psnr").sizes(), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(record.network_evaluations, 10);
  EXPECT_EQ(record.attributes.at("method.steps"), "10");
  EXPECT_EQ(record.attributes.at("sigma_y"), "0.1");
}

TEST(ExecuteUnit, GivesAllMethodsTheSameMeasurement) {
  const Bench bench;

  const UnitRecord by_exact = bench.execute(0);
  const UnitRecord by_dps = bench.execute(3);

  EXPECT_TRUE(at::equal(by_exact.measurement, by_dps.measurement));
  const Tensor noise = (by_exact.measurement - by_exact.reference) / 0.1;
  EXPECT_NEAR(noise.std().item<double>(), 1, 0.15);  // of 384 numbers: four standard errors
}

TEST(ExecuteUnit, GivesAnImageTheSameSampleInAnyBatch) {
  const Bench in_twos;
  const Bench in_threes({"batch=3"});

  const Tensor second_of_two = in_twos.execute(3).samples[1];
  const Tensor second_of_three = in_threes.execute(2).samples[1];

  EXPECT_LT((second_of_two - second_of_three).abs().max().item<double>(), 1e-5);
}

TEST(ExecuteUnit, DrawsIndependentChainsThatDoNotDependOnTheirNumber) {
  const Bench one;
  const Bench three({"samples=3"});

  const UnitRecord record = three.execute(3);

  EXPECT_EQ(record.samples.sizes(), (std::vector<std::int64_t>{2, 3, 3, 8, 8}));
  EXPECT_EQ(record.metrics.at("psnr").sizes(), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(record.network_evaluations, 30);
  EXPECT_TRUE(at::equal(record.samples.select(1, 0), one.execute(3).samples));
  EXPECT_GT((record.samples.select(1, 0) - record.samples.select(1, 1)).abs().mean().item<double>(), 0.01);
}

TEST(ExecuteUnit, CountsWhatTheMethodSaysItCosts) {
  const Bench bench;
  for (std::size_t unit = 0; unit < bench.plan().units.size(); unit += 3) {
    const Cell& cell = bench.plan().cells[bench.plan().units[unit].cell];
    EXPECT_EQ(bench.execute(unit).network_evaluations, cell.cost(1).forward) << cell.id;
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
  const Bench bench({"batch=3"});
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
  EXPECT_THROW(static_cast<void>(bench.execute(2, ScarcePrior(bench.prior(), 1))), c10::OutOfMemoryError);
}

TEST(ExecuteUnit, AddsNoiseToHiddenPixelsOnlyIfAsked) {
  const auto hidden_values = [](const std::vector<std::string>& overrides) {
    const Bench bench(overrides);
    const UnitRecord record = bench.execute(9);  // inpainting
    return at::count_nonzero(record.measurement == 0).item<std::int64_t>();
  };
  EXPECT_GT(hidden_values({}), 0);
  EXPECT_EQ(hidden_values({"hidden_noise=true"}), 0);
}

}  // namespace
}  // namespace dpsbench
