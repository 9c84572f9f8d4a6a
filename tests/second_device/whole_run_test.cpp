// What is around the methods, on a device that is not the host: units of an experiment, metrics, scores along time, and
// the commands that sample by themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "datasets/image_file.h"
#include "runner/commands/commands.h"
#include "runner/station/device.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/station.h"
#include "runner/work/along_time.h"
#include "runner/work/execute_unit.h"
#include "tests/methods/problems.h"
#include "tests/runner/support/tiny_experiment.h"
#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench {
namespace {

using second_device::ledger;
using testing_support::TinyExperiment;

class OnASecondDevice : public testing::Test {
 protected:
  OnASecondDevice() { ledger().clear(); }
  ~OnASecondDevice() override {
    second_device::look_for_overruns();
    EXPECT_THAT(ledger().mixtures, testing::IsEmpty());
    EXPECT_THAT(ledger().overruns, testing::IsEmpty());
    ledger().clear();
    bring_device(std::nullopt);
  }

  [[nodiscard]] Station station(const at::Device& where, const std::vector<std::string>& overrides = {}) const {
    RunOptions options;
    options.experiment = tiny_.file();
    options.overrides = overrides;
    Experiment experiment = experiment_of(options);
    const WeightFiles weights = map_weights(experiment);
    return set_up_station(std::move(experiment), where, options, weights);
  }
  /// The first units of the experiment, or all.
  static std::vector<UnitRecord> execute(const Station& at, std::size_t count = 1000) {
    const Plan plan = make_plan(at.experiment, at.prior->shape(),
                                digest_inputs(at.experiment, at.dataset, map_weights(at.experiment)));
    const Workbench bench{at.experiment, plan, at.dataset, *at.prior, at.law(), at.metrics};
    std::vector<UnitRecord> records;
    for (const Unit& unit : plan.units) {
      if (records.size() == count) break;
      std::vector<std::int64_t> positions;
      for (std::int64_t i = unit.first; i < unit.first + unit.count; ++i) positions.push_back(i);
      UnitResult result = execute_unit(bench, unit, positions, [](double) {});
      EXPECT_THAT(result.failures, testing::IsEmpty());
      records.push_back(std::move(result.record));
    }
    return records;
  }
  static void run_command(void (*add)(CLI::App&), const std::vector<std::string>& words) {
    bring_device(second_device::device());
    CLI::App app;
    add(app);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(std::move(reversed));
  }

  TinyExperiment tiny_{4};
};

TEST_F(OnASecondDevice, UnitsOfAnExperimentAreTheHosts) {
  const std::vector<UnitRecord> here = execute(station(second_device::device()));
  const std::vector<UnitRecord> there = execute(station(at::kCPU));
  ASSERT_EQ(here.size(), there.size());
  for (std::size_t k = 0; k < here.size(); ++k) {
    EXPECT_EQ(here[k].unit_id, there[k].unit_id);
    EXPECT_TRUE(at::equal(here[k].measurement, there[k].measurement)) << here[k].cell_id;
    EXPECT_TRUE(at::allclose(here[k].samples, there[k].samples, 1e-4, 1e-4)) << here[k].cell_id;
    EXPECT_TRUE(at::allclose(here[k].metrics.at("psnr"), there[k].metrics.at("psnr"), 0, 1e-3)) << here[k].cell_id;
    EXPECT_EQ(here[k].trajectory.defined(), there[k].trajectory.defined());
    EXPECT_TRUE(here[k].samples.is_cpu() && here[k].reference.is_cpu() && here[k].measurement_picture.is_cpu());
    EXPECT_GT(here[k].peak_bytes, 2 * 3 * 8 * 8 * 4);
  }
}

/// A unit may wait when it begins and ends, and where finite numbers are looked for, every 50 steps; but not for a
/// step.
TEST_F(OnASecondDevice, AUnitWaitsAsOftenWhateverItsSteps) {
  tiny_.edit("{name: dps, steps: [10, 5]}", "{name: dps, steps: [40, 20]}");
  tiny_.edit("  - {name: exact, steps: 10, tasks: [denoising]}\n", "");
  tiny_.edit("trajectory: {images: 1, frames: 2}\n", "");
  const Station at = station(second_device::device());
  const Plan plan =
      make_plan(at.experiment, at.prior->shape(), digest_inputs(at.experiment, at.dataset, map_weights(at.experiment)));
  const Workbench bench{at.experiment, plan, at.dataset, *at.prior, at.law(), at.metrics};
  const auto waits_of = [&](std::size_t unit) {
    ledger().clear();
    (void)execute_unit(bench, plan.units.at(unit), {0, 1}, [](double) {});
    return ledger().waits;
  };
  const auto of_forty = waits_of(0);
  const auto of_twenty = waits_of(2);
  ASSERT_NE(plan.units[0].cell, plan.units[2].cell);
  EXPECT_EQ(of_forty, of_twenty);
  EXPECT_FALSE(of_twenty.empty());
}

TEST_F(OnASecondDevice, MetricsOfWholePosteriorsAreTheHosts) {
  tiny_.edit("dataset: {name: noise, path: images, size: 8}", "dataset: {name: drawn, kind: drawn, images: 0-3}");
  tiny_.edit("  - {name: exact, steps: 10, tasks: [denoising]}", "  - {name: posterior-draw}");
  std::string names = "psnr,consistency";
  for (const MetricEntry& metric : metrics())
    if (metric.is_of_all_samples()) names += "," + metric.name;
  const std::vector<std::string> overrides = {"samples=20", "metrics=[" + names + "]", "batch=2"};
  const UnitRecord here = execute(station(second_device::device(), overrides), 1).front();
  const UnitRecord there = execute(station(at::kCPU, overrides), 1).front();
  ASSERT_EQ(here.metrics.size(), there.metrics.size());
  for (const auto& [name, values] : there.metrics)
    EXPECT_TRUE(at::allclose(here.metrics.at(name), values, 1e-3, 1e-3)) << name;
}

/// LPIPS weights of a network, all of them made up.
WeightMap made_up_weights(LpipsNetwork network) {
  const bool vgg = network == LpipsNetwork::vgg16;
  const std::vector<std::vector<std::int64_t>> layers =  // place, in, out, kernel
      vgg ? std::vector<std::vector<std::int64_t>>{{0, 3, 64, 3},     {2, 64, 64, 3},    {5, 64, 128, 3},
                                                   {7, 128, 128, 3},  {10, 128, 256, 3}, {12, 256, 256, 3},
                                                   {14, 256, 256, 3}, {17, 256, 512, 3}, {19, 512, 512, 3},
                                                   {21, 512, 512, 3}, {24, 512, 512, 3}, {26, 512, 512, 3},
                                                   {28, 512, 512, 3}}
          : std::vector<std::vector<std::int64_t>>{
                {0, 3, 64, 11}, {3, 64, 192, 5}, {6, 192, 384, 3}, {8, 384, 256, 3}, {10, 256, 256, 3}};
  const std::vector<std::int64_t> heads =
      vgg ? std::vector<std::int64_t>{64, 128, 256, 512, 512} : std::vector<std::int64_t>{64, 192, 384, 256, 256};
  WeightMap weights;
  const PhiloxNoise noise(5, {{"lpips", "weights", 0}});
  for (const auto& layer : layers) {
    const double fan_in = static_cast<double>(layer[1] * layer[3] * layer[3]);
    weights[fmt::format("features.{}.weight", layer[0])] =
        noise.normal(Purpose::training, layer[0], {layer[2], layer[1], layer[3], layer[3]}, at::kFloat)[0] /
        std::sqrt(fan_in);
    weights[fmt::format("features.{}.bias", layer[0])] = at::zeros({layer[2]});
  }
  for (std::size_t k = 0; k < heads.size(); ++k) weights[fmt::format("lin{}", k)] = at::ones({heads[k]});
  return weights;
}

TEST_F(OnASecondDevice, MetricsOfSamplesAreTheHosts) {
  const auto pictures = [](std::int64_t draw) {
    return noise_of(1).uniform(Purpose::training, draw, {3, 176, 176}, TensorOptions().dtype(at::kFloat));
  };
  for (const LpipsNetwork network : {LpipsNetwork::vgg16, LpipsNetwork::alexnet}) {
    const WeightMap weights = made_up_weights(network);
    std::vector<std::string> names;
    for (const MetricEntry& metric : metrics()) {
      const bool first = network == LpipsNetwork::vgg16;
      if (!metric.is_of_all_samples() && (metric.weights ? *metric.weights == network : first))
        names.push_back(metric.name);
    }
    const auto values = [&](const at::Device& where) {
      const MetricSet set(names, &weights, where);
      const Tensor sample = pictures(0).to(where);
      const Tensor reference = pictures(1).to(where);
      return set.evaluate({sample, reference, sample - reference, {}, 0.5});
    };
    const auto here = values(second_device::device());
    const auto there = values(at::kCPU);
    ASSERT_EQ(here.size(), names.size());
    for (const auto& [name, of_host] : there) EXPECT_TRUE(at::allclose(here.at(name), of_host, 1e-4, 1e-5)) << name;
  }
}

TEST_F(OnASecondDevice, ScoresAlongTimeAreTheHosts) {
  const auto curves = [&](const at::Device& where) {
    return scores_along_time(station(where), {.levels = 3, .probes = 2}, [](std::size_t, std::size_t) {});
  };
  const auto here = curves(second_device::device());
  const auto there = curves(at::kCPU);
  ASSERT_EQ(here.size(), there.size());
  for (std::size_t k = 0; k < here.size(); ++k)
    for (const auto& [name, values] : there[k].values)
      EXPECT_TRUE(at::allclose(here[k].values.at(name), values, 1e-6, 1e-6, /*equal_nan=*/true)) << name;
}

TEST_F(OnASecondDevice, RestoreTakesAPicture) {
  write_png(tiny_.folder() / "picture.png", noise_of(1).uniform(Purpose::training, 0, {3, 8, 8}, at::kFloat)[0]);
  for (const std::string method : {"dps", "ddrm"}) {
    run_command(add_restore_command,
                {"restore", "--task", "denoising", "--measurement", (tiny_.folder() / "picture.png").string(),
                 "--prior", tiny_.file(), "--method", method, "--set", "steps=6", "--samples", "3", "--batch", "2",
                 "--output", tiny_.output(method)});
    EXPECT_TRUE(std::filesystem::exists(tiny_.folder() / method / "mean.png"));
  }
}

TEST_F(OnASecondDevice, CalibrateFindsACap) {
  tiny_.edit("  - {name: denoising}", "  - {name: super_resolution, scale: 2}");
  tiny_.edit("  - {name: exact, steps: 10, tasks: [denoising]}\n", "");
  EXPECT_NO_THROW(
      run_command(add_calibrate_command, {"calibrate", tiny_.file(), "--steps", "5", "--lambda", "0.1,0.2"}));
}

}  // namespace
}  // namespace dpsbench
