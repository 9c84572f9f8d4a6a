#include "runner/work/execute_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "runner/ranks/signals.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/station.h"
#include "tests/message_of.h"
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
                        digest_inputs(station_.experiment, station_.dataset, map_weights(station_.experiment)))) {}

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const Prior& prior() const { return *station_.prior; }
  [[nodiscard]] UnitRecord execute(std::size_t unit) const { return execute(unit, *station_.prior); }
  [[nodiscard]] UnitRecord execute(std::size_t unit, const Prior& prior) const {
    const UnitResult result = try_unit(unit, prior);
    EXPECT_TRUE(result.failures.empty());
    return result.record;
  }
  [[nodiscard]] UnitResult try_unit(std::size_t unit, const Prior& prior) const {
    const Unit& planned = plan_.units.at(unit);
    std::vector<std::int64_t> positions;
    for (std::int64_t i = planned.first; i < planned.first + planned.count; ++i) positions.push_back(i);
    return execute_unit(workbench(prior), planned, positions, [](double) {});
  }
  [[nodiscard]] UnitResult execute_at(std::size_t unit, const std::vector<std::int64_t>& positions) const {
    return execute_unit(workbench(*station_.prior), plan_.units.at(unit), positions, [](double) {});
  }
  [[nodiscard]] Outcome do_unit(std::size_t unit, const UnitStore& store, const Prior& prior) const {
    MetricMeans means({"psnr"});
    UnitWriter writer([&](const UnitResult& result) { store.write(result.record, result.failures); });
    const Outcome outcome =
        dpsbench::do_unit(workbench(prior), store, writer, plan_.units.at(unit), "", means, first_, [](double) {});
    writer.finish();
    return outcome;
  }
  void remove_image(const std::string& id) const { std::filesystem::remove(image_path(id)); }
  [[nodiscard]] std::filesystem::path image_path(const std::string& id) const {
    return tiny_.folder() / "images" / (id + ".png");
  }
  [[nodiscard]] std::string output() const { return tiny_.output(); }

 private:
  [[nodiscard]] Workbench workbench(const Prior& prior) const {
    return {station_.experiment, plan_, station_.dataset, prior, station_.law(), station_.metrics};
  }
  TinyExperiment tiny_;
  Station station_;
  Plan plan_;
  mutable FirstUnit first_;
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
  EXPECT_EQ(record.passes_back, 10);
  EXPECT_GT(record.peak_bytes, 2 * 3 * 8 * 8 * 4);  // more than its samples
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

TEST(ExecuteUnit, TellsTheOriginalsToAnOracleOnly) {
  const auto psnr = [](const std::string& select) {
    const Bench bench(
        {"tasks=[{name: inpainting, mask_fraction: 0.5}]",
         "methods=[{name: sitcom, steps: 6, inner_steps: 4, lr: 0.3, as_published: true, select: " + select + "}]"});
    return bench.execute(0).metrics.at("psnr");
  };
  const Tensor last = psnr("last");
  const Tensor chosen = psnr("oracle");
  EXPECT_TRUE((chosen >= last).all().item<bool>());
  EXPECT_TRUE((chosen > last).any().item<bool>());
}

TEST(ExecuteUnit, MeasuresWithoutNoise) {
  const Bench bench(
      {"sigma_y=0", "tasks=[{name: inpainting, mask_fraction: 0.5}]", "methods=[{name: ddnm, steps: 5}]"});
  const UnitRecord record = bench.execute(0);
  const Tensor hidden = record.measurement == 0;
  EXPECT_TRUE(at::allclose(at::where(hidden, 0.0, record.samples), record.measurement, 1e-5, 1e-5));
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
  EXPECT_EQ(bench.execute(2, ScarcePrior(bench.prior(), 1)).image_ids, whole.image_ids);
  const UnitResult none = bench.try_unit(2, ScarcePrior(bench.prior(), 0));
  EXPECT_TRUE(none.record.image_ids.empty());
  ASSERT_EQ(none.failures.size(), 3U);
  EXPECT_EQ(none.failures[2].image_id, "picture2");
  EXPECT_EQ(none.failures[2].reason, "out of memory");
}

/// A prior that cannot do with one image, told by its noise at the first step: it answers with numbers that are not
/// finite, or throws.
class PoisonedPrior final : public Prior {
 public:
  enum class Answer { nan, exception };
  PoisonedPrior(const Prior& prior, Answer answer) : prior_(prior), answer_(answer) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    Evaluation evaluation = prior_.evaluate(x_t, level, gradient);
    if (!victim_.defined()) victim_ = x_t[1].clone();  // the second image of the first batch
    for (std::int64_t i = 0; i < x_t.size(0); ++i) {
      if (!at::equal(x_t[i], victim_)) continue;
      if (answer_ == Answer::exception) throw NumericError("the second image is poison");
      evaluation.eps = evaluation.eps.clone();
      evaluation.eps[i].fill_(std::numeric_limits<float>::quiet_NaN());
    }
    return evaluation;
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 private:
  const Prior& prior_;
  Answer answer_;
  mutable Tensor victim_;
};

TEST(ExecuteUnit, FailsTheImageAloneThatLeavesTheFiniteNumbers) {
  const Bench bench({"batch=3"});
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
  const Bench bench({"batch=3"});

  const UnitResult result = bench.try_unit(2, PoisonedPrior(bench.prior(), PoisonedPrior::Answer::exception));

  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].image_id, "picture1");
  EXPECT_EQ(result.failures[0].reason, "the second image is poison");
  EXPECT_EQ(result.record.image_ids, (std::vector<std::string>{"picture0", "picture2"}));
  EXPECT_LT((result.record.samples[1] - bench.execute(2).samples[2]).abs().max().item<double>(), 1e-5);
}

TEST(ExecuteUnit, FailsTheImageAloneThatCannotBeRead) {
  const Bench bench({"batch=3"});
  const UnitRecord whole = bench.execute(2);
  bench.remove_image("picture1");

  const UnitResult result = bench.try_unit(2, bench.prior());

  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_NE(result.failures[0].reason.find(bench.image_path("picture1").string()), std::string::npos);
  EXPECT_TRUE(at::equal(result.record.samples, at::stack({whole.samples[0], whole.samples[2]})));
}

/// Counts the images that a prior is asked about.
class CountedPrior final : public Prior {
 public:
  explicit CountedPrior(const Prior& prior) : prior_(prior) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    images += x_t.size(0);
    return prior_.evaluate(x_t, level, gradient);
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }
  mutable std::int64_t images = 0;

 private:
  const Prior& prior_;
};

TEST(DoUnit, KeepsTheGoodImagesAndDoesOnlyTheFailedOneAgain) {
  const Bench bench({"batch=3"});
  const UnitStore store(bench.output());
  const UnitRecord whole = bench.execute(2);

  const Outcome poisoned = bench.do_unit(2, store, PoisonedPrior(bench.prior(), PoisonedPrior::Answer::nan));

  EXPECT_EQ(poisoned.failures, 1U);
  ASSERT_EQ(store.failures().size(), 1U);
  EXPECT_EQ(store.failures()[0].images.at(0).image_id, "picture1");
  EXPECT_EQ(store.read(whole.unit_id)->image_ids, (std::vector<std::string>{"picture0", "picture2"}));

  const CountedPrior counted(bench.prior());
  EXPECT_EQ(bench.do_unit(2, store, counted).failures, 0U);

  EXPECT_EQ(counted.images, 10);  // ten steps of one image
  EXPECT_TRUE(store.failures().empty());
  const UnitRecord mended = *store.read(whole.unit_id);
  EXPECT_EQ(mended.image_ids, whole.image_ids);
  EXPECT_EQ(mended.positions, whole.positions);
  EXPECT_TRUE(at::equal(mended.reference, whole.reference));
  EXPECT_TRUE(at::equal(mended.measurement, whole.measurement));
  EXPECT_LT((mended.samples - whole.samples).abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(at::equal(mended.trajectory, whole.trajectory));
  EXPECT_EQ(mended.step_size.sizes(), whole.step_size.sizes());
}

TEST(DoUnit, LeavesAUnitAloneThatIsDoneBeforeItsTurn) {
  const Bench bench({"batch=3"});
  const UnitStore store(bench.output());
  const UnitRecord whole = bench.execute(2);
  store.write(whole, {{"picture1", "what an earlier try noted"}});
  const CountedPrior counted(bench.prior());

  const Outcome outcome = bench.do_unit(2, store, counted);

  EXPECT_EQ(outcome.failures, 0U);
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_EQ(counted.images, 0);
  EXPECT_TRUE(store.failures().empty());
  EXPECT_TRUE(at::equal(store.read(whole.unit_id)->samples, whole.samples));
}

/// A prior that answers every question with an error.
template <typename Failure>
class FailingPrior final : public Prior {
 public:
  explicit FailingPrior(const Prior& prior) : prior_(prior) {}
  [[nodiscard]] Evaluation evaluate(const Tensor&, const NoiseLevel&, Gradient) const override {
    throw Failure("no kernel image is available for execution on the device");
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 private:
  const Prior& prior_;
};

TEST(DoUnit, EndsTheRunWhereOneErrorFailsAllOfARanksFirstUnitAndAnotherCell) {
  const Bench bench({"batch=3"});
  const UnitStore store(bench.output());
  const FailingPrior<std::runtime_error> broken(bench.prior());

  EXPECT_THAT(message_of<Error>([&] { (void)bench.do_unit(2, store, broken); }),
              testing::AllOf(testing::HasSubstr("first unit (cell 001-denoising-s0.1-dps-10)"),
                             testing::HasSubstr("an image of cell 000-denoising-s0.1-exact-10 failed too"),
                             testing::HasSubstr("no kernel image")));
  EXPECT_TRUE(store.failures().empty());
}

TEST(DoUnit, RecordsAnErrorOfOneCellsOwnAndGoesOn) {
  const Bench bench({"methods=[{name: dps, steps: 10, scale: 1e308}, {name: dps, steps: 20}]"});
  const UnitStore store(bench.output());

  EXPECT_EQ(bench.do_unit(0, store, bench.prior()).failures, 2U);

  const auto failures = store.failures();
  ASSERT_EQ(failures.size(), 1U);
  ASSERT_EQ(failures[0].images.size(), 2U);
  EXPECT_THAT(failures[0].images[0].reason, testing::HasSubstr("overflow"));
  for (const Unit& unit : bench.plan().units)
    EXPECT_FALSE(store.read(unit.id)) << unit.id;  // what was tried is not kept
}

TEST(DoUnit, RecordsErrorsOfLaterUnitsAndNumbersThatDiverge) {
  const Bench later({"batch=3"});
  const UnitStore store(later.output());
  EXPECT_EQ(later.do_unit(2, store, later.prior()).failures, 0U);
  EXPECT_EQ(later.do_unit(3, store, FailingPrior<std::runtime_error>(later.prior())).failures, 3U);

  const Bench diverging({"batch=3"});
  const UnitStore others(diverging.output());
  EXPECT_EQ(diverging.do_unit(2, others, FailingPrior<NumericError>(diverging.prior())).failures, 3U);
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
  const Bench bench({"batch=3"});
  const UnitResult result = bench.try_unit(2, RecordingPrior(bench.prior()));
  EXPECT_TRUE(result.failures.empty());
  EXPECT_EQ(result.record.image_ids.size(), 3U);
}

TEST(ExecuteUnit, DoesNothingWithNoImages) {
  const Bench bench;
  const UnitResult result = bench.execute_at(0, {});
  EXPECT_TRUE(result.record.image_ids.empty());
  EXPECT_TRUE(result.failures.empty());
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
