#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/exact_posterior.h"
#include "priors/weights/safetensors.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/station.h"
#include "runner/work/execute_unit.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;
using testing_support::TinyExperiment;

/// The tiny experiment with truths drawn from its mixture.
class DrawnTruth : public testing::Test {
 protected:
  DrawnTruth() {
    tiny_.edit("dataset: {name: noise, path: images, size: 8}", "dataset: {name: drawn, kind: drawn, images: 0-5}");
    tiny_.edit("  - {name: exact, steps: 10, tasks: [denoising]}", "  - {name: posterior-draw}");
  }

  [[nodiscard]] Station station(const std::vector<std::string>& overrides = {}) const {
    return set_up_station({.experiment = tiny_.file(), .output = {}, .overrides = overrides, .part = {}}, 0);
  }
  [[nodiscard]] static Plan plan_of(const Station& at) {
    return make_plan(at.experiment, at.prior->shape(),
                     digest_inputs(at.experiment, at.dataset, map_weights(at.experiment)));
  }
  /// Why an experiment with these overrides cannot be.
  [[nodiscard]] std::string refusal(const std::vector<std::string>& overrides) const {
    return message_of<UserError>([&] { static_cast<void>(plan_of(station(overrides))); });
  }

  TinyExperiment tiny_;
};

TEST_F(DrawnTruth, ImagesAreThePriorsAndDependOnTheirPositionAlone) {
  const Station all = station();
  const Station some = station({"dataset.images=4"});
  EXPECT_EQ(all.dataset.size(), 6);
  EXPECT_EQ(all.dataset.id(4), "00004");
  EXPECT_TRUE(all.dataset.load(4).equal(some.dataset.load(0)));
  EXPECT_FALSE(all.dataset.load(4).equal(station({"seed=4"}).dataset.load(4)));
  EXPECT_FALSE(all.dataset.load(4).equal(all.dataset.load(3)));
  EXPECT_EQ(all.dataset.shape(), testing_support::tiny_shape);
}

TEST_F(DrawnTruth, MetricsJudgeAllSamplesOfAnImageByItsExactPosterior) {
  const Station at = station({"samples=20", "metrics=[psnr, mmse_gap, mean_error, coverage_90, mode_weight_distance]"});
  const Plan plan = plan_of(at);
  const Workbench bench{at.experiment, plan, at.dataset, *at.prior, at.law(), at.metrics};
  const UnitRecord exact = execute_unit(bench, plan.units.at(0), {0, 1}, [](double) {}).record;
  ASSERT_EQ(exact.cell_id, "000-denoising-s0.1-posterior-draw");
  EXPECT_EQ(exact.metrics.at("psnr").sizes(), (std::vector<std::int64_t>{2, 20}));
  for (const char* name : {"mmse_gap", "mean_error", "coverage_90", "mode_weight_distance"})
    EXPECT_EQ(exact.metrics.at(name).sizes(), (std::vector<std::int64_t>{2})) << name;
  // 192 pixels of nearly independent noise: what 20 exact samples leave, within a few standard errors
  EXPECT_LT((exact.metrics.at("mean_error") - 1 / std::sqrt(20.0)).abs().max().item<double>(), 0.05);
  EXPECT_LT(exact.metrics.at("mmse_gap").abs().max().item<double>(), 0.5);
  EXPECT_LT((exact.metrics.at("coverage_90") - 0.9).abs().max().item<double>(), 0.1);
  EXPECT_LT(exact.metrics.at("mode_weight_distance").max().item<double>(), 0.01);
  const UnitRecord dps = execute_unit(bench, plan.units.at(3), {0, 1}, [](double) {}).record;
  EXPECT_GT(dps.metrics.at("mean_error").min().item<double>(), 1);
  EXPECT_TRUE(dps.measurement.equal(exact.measurement));
}

TEST_F(DrawnTruth, TheSteinDiscrepancyJudgesAllSamplesByPriorAndLikelihood) {
  const Station at = station({"samples=20", "metrics=[psnr, stein]"});
  const Plan plan = plan_of(at);
  const Workbench bench{at.experiment, plan, at.dataset, *at.prior, at.law(), at.metrics};
  const UnitRecord exact = execute_unit(bench, plan.units.at(0), {0, 1}, [](double) {}).record;
  const UnitRecord dps = execute_unit(bench, plan.units.at(3), {0, 1}, [](double) {}).record;
  ASSERT_EQ(exact.metrics.at("stein").sizes(), (std::vector<std::int64_t>{2}));
  EXPECT_LT(exact.metrics.at("stein").abs().max().item<double>(), 1e-3);
  EXPECT_GT(dps.metrics.at("stein").min().item<double>(), 0.01);
  EXPECT_EQ(exact.network_evaluations, 0);  // what a metric asks of the prior is no method's cost
}

TEST_F(DrawnTruth, TheSteinDiscrepancyNeedsNoTruthThatIsKnown) {
  tiny_.edit("  - {name: inpainting, mask_fraction: [0.3, 0.5]}", "  - {name: jpeg}");
  tiny_.edit("  - {name: posterior-draw}", "  - {name: posterior-draw, tasks: [denoising]}");
  EXPECT_NO_THROW(static_cast<void>(plan_of(station({"metrics=[stein]", "samples=2"}))));
  EXPECT_THAT(refusal({"metrics=[stein]"}), HasSubstr("'stein' needs at least 2 samples an image"));
  EXPECT_THAT(refusal({"metrics=[stein]", "samples=2", "sigma_y=0", "methods=[{name: dps}]"}),
              HasSubstr("'stein' needs measurement noise"));
}

TEST_F(DrawnTruth, MetricsThatCannotJudgeAreRefusedBeforeAnyWork) {
  EXPECT_THAT(refusal({"metrics=[mmse_gap]"}), HasSubstr("'mmse_gap' needs at least 2 samples an image"));
  EXPECT_THAT(refusal({"metrics=[coverage_90]", "samples=10"}), HasSubstr("at least 19 samples"));
  EXPECT_THAT(refusal({"metrics=[mmse_gap]", "samples=2", "tasks.1.name=jpeg"}), HasSubstr("mask_fraction"));
  tiny_.edit("  - {name: inpainting, mask_fraction: [0.3, 0.5]}", "  - {name: jpeg}");
  tiny_.edit("  - {name: posterior-draw}", "  - {name: posterior-draw, tasks: [denoising]}");
  EXPECT_THAT(refusal({"metrics=[mmse_gap]", "samples=2"}),
              HasSubstr("which a prior of kind gaussian_mixture does not know of 'jpeg'"));
}

TEST_F(DrawnTruth, MayBeOfAnotherLawThanTheSamplersPrior) {
  const Station own = station();
  tiny_.edit("prior: {kind: gaussian_mixture, file: mixture.safetensors}",
             "prior: {kind: gaussian_mixture, file: other.safetensors}\n"
             "truth: {kind: gaussian_mixture, file: mixture.safetensors}");
  const SafetensorsFile file((tiny_.folder() / "mixture.safetensors").string());
  write_safetensors((tiny_.folder() / "other.safetensors").string(),
                    {{"log_weights", file.tensor("log_weights")},
                     {"means", file.tensor("means") + 0.2},
                     {"covariances", file.tensor("covariances")}},
                    file.metadata());
  const Station other = station();
  EXPECT_TRUE(other.dataset.load(2).equal(own.dataset.load(2)));
  EXPECT_NE(&other.law(), other.prior.get());
  EXPECT_NE(plan_of(other).units[0].id, plan_of(own).units[0].id);
}

TEST_F(DrawnTruth, TakesPositionsAndNoPath) {
  EXPECT_THAT(refusal({"dataset.images=all"}), HasSubstr("all"));
  EXPECT_THAT(refusal({"dataset.path=images"}), HasSubstr("path"));
}

}  // namespace
}  // namespace dpsbench
