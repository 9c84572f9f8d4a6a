#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <set>

#include "core/error.h"
#include "core/noise.h"
#include "datasets/image_file.h"
#include "metrics/statistics/interval.h"
#include "results/store/reader.h"
#include "runner/experiment/cell.h"
#include "runner/experiment/plan.h"
#include "runner/experiment/preset_file.h"
#include "tests/message_of.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The same, killed before its n-th finished unit gets its name (fault_points.cpp).
std::vector<std::string> killed_at_unit(int unit, const std::vector<std::string>& words) {
  std::vector<std::string> all = {"env", "LD_PRELOAD=" DPSBENCH_BINARY_DIR "/libfault_points.so",
                                  "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0",
                                  fmt::format("DPSBENCH_FAULT=before_rename:{}", unit)};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

/// The tiny experiment with four more images to tune dps and diffpir on.
class Tune : public testing::Test {
 protected:
  Tune() {
    std::filesystem::create_directory(tiny_.folder() / "other");
    for (int k = 0; k < 4; ++k) {
      const PhiloxNoise noise(11, {{"other", std::to_string(k), 0}});
      write_png(tiny_.folder() / "other" / ("photo" + std::to_string(k) + ".png"),
                noise.normal(Purpose::training, 0, {3, 8, 8}, at::kFloat)[0] * 0.4);
    }
    tiny_.edit("  - {name: exact, steps: 10, tasks: [denoising]}\n", "  - {name: diffpir, steps: 5}\n");
    tiny_.edit("  - {name: dps, steps: [10, 5]}\n", "  - {name: dps, steps: 5}\n");
    tiny_.edit("batch: 2\n",
               "batch: 2\ntune: {dataset: {name: other, path: other, size: 8}, budget: 400, pass_back: 1, seed: 1}\n");
  }

  [[nodiscard]] std::vector<std::string> words(const std::string& output,
                                               const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"tune", tiny_.file(), "--output", tiny_.output(output), "--device", "cpu"};
    all.insert(all.end(), more.begin(), more.end());
    return dpsbench_words(all);
  }

  [[nodiscard]] ResultsFile rung_results(const std::string& rung) const {
    return ResultsFile(tiny_.output() + "/rungs/" + rung + "/results.h5");
  }

  /// The presets of an output folder without the day they were made on.
  [[nodiscard]] std::string presets(const std::string& output) const {
    std::string text = read_text(tiny_.output(output) + "/tuned.yaml");
    const std::size_t date = text.find("  date:");
    return date == std::string::npos ? text : text.erase(date, text.find('\n', date) - date);
  }

  TinyExperiment tiny_;
};

TEST_F(Tune, ChoosesTheCandidateOfBestMeanOnTheImagesItIsTunedOn) {
  ASSERT_EQ(run_program(words("out")).code, 0);

  const PresetFile file = read_preset_file(tiny_.output() + "/tuned.yaml");
  EXPECT_EQ(file.presets.size(), 6U);  // two methods on denoising and two inpainting tasks
  EXPECT_EQ(file.image_digests.size(), 4U);
  const ResultsFile last = rung_results("3");
  const Preset chosen = file.find("dps", last.cells().front().state("task"), 0.1);
  // of those that ran on the last rung, over the images of all rungs
  std::map<std::string, std::vector<double>> values;
  for (const char* rung : {"1", "2", "3"}) {
    const ResultsFile results = rung_results(rung);
    for (const CellResult& cell : results.cells())
      if (cell.text("method") == "dps" && cell.state("task") == last.cells().front().state("task"))
        for (const double value : cell.image_values("psnr")) values[cell.text("method.scale")].push_back(value);
  }
  std::erase_if(values, [](const auto& of_scale) { return of_scale.second.size() < 4; });
  ASSERT_GT(values.size(), 1U);
  const auto best = std::ranges::max_element(values, {}, [](const auto& of) { return mean_of(of.second); });
  EXPECT_EQ(to_text(chosen.options.at("scale")), best->first);
  EXPECT_EQ(chosen.steps, 5);
}

TEST_F(Tune, RunsEveryPublishedConstantOnEveryImageAlsoAsScaledToTheSteps) {
  ASSERT_EQ(run_program(words("out", {"--set", "tune.dataset.groups=\"photo([0-9])\""})).code, 0);

  const ResultsFile last = rung_results("3");
  std::set<std::string> scales;
  for (const CellResult& cell : last.cells())
    if (cell.text("method") == "dps" && cell.text("task") == "inpainting") scales.insert(cell.text("method.scale"));
  for (const double scale : {0.5, 0.5 * 1000 / 5, 2.0, 2.0 * 1000 / 5})  // code and paper, as they are and scaled
    EXPECT_TRUE(scales.contains(to_text(OptionValue(scale)))) << scale;
  EXPECT_THAT(read_text(tiny_.output() + "/tables/candidates.md"), HasSubstr("preset paper, scaled with steps"));
}

TEST_F(Tune, SpendsNoMoreThanTheBudgetOnAnyMethod) {
  ASSERT_EQ(run_program(words("out")).code, 0);

  std::map<std::string, double> spent;
  for (const char* rung : {"1", "2", "3"}) {
    const ResultsFile results = rung_results(rung);
    for (const CellResult& cell : results.cells()) {
      const double passes_back = cell.text("method") == "dps" ? 5 : 0;
      spent[cell.text("method") + to_text(cell.state("task"))] +=
          static_cast<double>(cell.image_ids.size()) * (cell.number("network_evaluations") + passes_back);
    }
  }
  EXPECT_EQ(spent.size(), 6U);
  for (const auto& [what, evaluations] : spent) {
    EXPECT_LE(evaluations, 400) << what;
    EXPECT_GT(evaluations, 300) << what;
  }
}

TEST_F(Tune, GivesTheSamePresetsOnAnyNumberOfRanksAndAfterKills) {
  ASSERT_EQ(run_program(words("whole")).code, 0);
  ASSERT_EQ(run_program(under_mpirun(3, words("ranks"))).code, 0);
  for (const int unit : {5, 200, 90})  // in the first rung, the second and the third
    ASSERT_EQ(run_program(killed_at_unit(unit, words("killed"))).code, 128 + SIGKILL) << unit;
  ASSERT_FALSE(std::filesystem::exists(tiny_.output("killed") + "/tuned.yaml"));
  ASSERT_EQ(run_program(words("killed")).code, 0);

  EXPECT_EQ(presets("ranks"), presets("whole"));
  EXPECT_EQ(presets("killed"), presets("whole"));
}

TEST_F(Tune, NeverTriesAnAnswerThatIsChosenByTheOriginal) {
  const std::vector<std::string> own = {"--set", "methods=[{name: sitcom, steps: 3, inner_steps: 2}]"};
  ASSERT_EQ(run_program(words("out", own)).code, 0);
  const std::string tried = read_text(tiny_.output() + "/tables/candidates.md");
  EXPECT_THAT(tried, AllOf(HasSubstr("preset code"), Not(HasSubstr("oracle"))));

  const Ended ended = run_program(words(
      "asked", {"--set", "methods=[{name: sitcom, steps: 3, inner_steps: 2, as_published: true, select: oracle}]"}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("chooses its answer by the original"));
}

TEST_F(Tune, RefusesAnImageOfTheTablesWhateverItsName) {
  std::filesystem::copy_file(tiny_.folder() / "images" / "picture3.png", tiny_.folder() / "other" / "renamed.png");
  const Ended ended = run_program(words("out"));

  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("'renamed'"), HasSubstr("'picture3'"), HasSubstr("never tuned")));
  EXPECT_FALSE(std::filesystem::exists(tiny_.output()));
}

/// Tuning on images drawn from the prior, for samples near the exact posterior's.
class TuneOnDraws : public Tune {
 protected:
  TuneOnDraws() {
    tiny_.edit("dataset: {name: other, path: other, size: 8}, budget: 400,",
               "dataset: {name: other, kind: drawn, images: 0-3}, budget: 800, metric: sliced_wasserstein,");
    tiny_.edit("batch: 2\n", "batch: 2\nsamples: 2\n");
    tiny_.edit("  - {name: inpainting, mask_fraction: [0.3, 0.5]}\n", "");
    tiny_.edit("  - {name: diffpir, steps: 5}\n", "");
  }
};

TEST_F(TuneOnDraws, RefusesDrawsOfTheTables) {
  std::vector<std::string> all = words("out", {"--set", "dataset={name: other, kind: drawn, images: 2-9}"});
  const Ended ended = run_program(all);

  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("image '00002' of 'other'"), HasSubstr("never tuned")));
}

TEST_F(TuneOnDraws, ChoosesByAllSamplesOfAnImageAndItsPresetsAreRefusedOnThoseDraws) {
  ASSERT_EQ(run_program(words("tuned")).code, 0);
  EXPECT_EQ(read_preset_file(tiny_.output("tuned") + "/tuned.yaml").metric, "sliced_wasserstein");
  EXPECT_THAT(read_text(tiny_.output("tuned") + "/tables/candidates.md"), HasSubstr("Sliced W2"));
  tiny_.edit("batch: 2\n", "batch: 2\npresets: tuned/tuned.yaml\n");
  tiny_.edit("  - {name: dps, steps: 5}\n", "  - {name: dps, preset: tuned}\n");
  const auto run_on = [&](const std::string& images) {
    return run_program(dpsbench_words({"run", tiny_.file(), "--output", tiny_.output(images), "--device", "cpu",
                                       "--set", "dataset={name: other, kind: drawn, images: " + images + "}"}));
  };

  const Ended refused = run_on("3-4");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("chosen on image '00003'"));
  EXPECT_EQ(run_on("4-5").code, 0);
}

TEST_F(Tune, SaysWhatAMetricNeeds) {
  const Ended ended = run_program(words("out", {"--set", "tune.metric=sliced_wasserstein"}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("tune.metric"), HasSubstr("samples")));
}

TEST_F(Tune, ItsPresetsAreRefusedOnTheImagesTheyWereChosenOn) {
  ASSERT_EQ(run_program(words("tuned")).code, 0);
  tiny_.edit("batch: 2\n", "batch: 2\npresets: tuned/tuned.yaml\n");
  tiny_.edit("  - {name: dps, steps: 5}\n", "  - {name: dps, preset: tuned}\n");
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = {"run", tiny_.file(), "--output", tiny_.output(), "--device", "cpu"};
    all.insert(all.end(), more.begin(), more.end());
    return run_program(dpsbench_words(all));
  };

  const Ended refused = run({"--set", "dataset.path=other"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("chosen on image 'photo0'"));
  EXPECT_EQ(run({}).code, 0);
}

TEST_F(Tune, ItsPresetsStandBesideThePublishedOnesInTables) {
  ASSERT_EQ(run_program(words("tuned")).code, 0);
  tiny_.edit("batch: 2\n", "batch: 2\npresets: tuned/tuned.yaml\n");
  tiny_.edit("  - {name: dps, steps: 5}\n",
             "  - {name: dps, preset: code, steps: 5}\n  - {name: dps, preset: tuned}\n"
             "  - {name: dps, preset: code, steps: 5, scaled: steps}\n");
  const std::vector<Cell> cells = expand_cells(read_experiment(tiny_.file()), tiny_shape);

  std::vector<std::string> labels;
  for (const Cell& cell : cells)
    if (cell.method->name == "dps" && cell.task->name == "inpainting") labels.push_back(cell.preset_label);
  ASSERT_EQ(labels.size(), 6U);
  EXPECT_EQ(labels[0], "published for 1000 steps");
  EXPECT_EQ(labels[1], "tuned");
  EXPECT_EQ(labels[2], "published, scaled with steps");
  EXPECT_EQ(std::get<double>(cells.back().method_options.all().at("scale")), 0.5 * 1000 / 5);
}

TEST_F(Tune, ItsPresetsAreLabelledUnderOtherWeights) {
  ASSERT_EQ(run_program(words("tuned")).code, 0);
  tiny_.edit("batch: 2\n", "batch: 2\npresets: tuned/tuned.yaml\n");
  tiny_.edit("  - {name: dps, steps: 5}\n", "  - {name: dps, preset: tuned}\n");
  const Experiment experiment = read_experiment(tiny_.file());
  const auto label = [&](const std::string& weights) {
    InputDigests digests;
    digests.prior = weights;
    return make_plan(experiment, tiny_shape, digests).cells.back().preset_label;
  };
  EXPECT_EQ(label(experiment.presets->prior_sha256), "tuned");
  EXPECT_EQ(label(std::string(64, '0')), "tuned under another prior (other weights)");
}

TEST_F(Tune, NamesTheSettingsThereAreWhenOneWasNotTunedFor) {
  ASSERT_EQ(run_program(words("tuned")).code, 0);
  tiny_.edit("batch: 2\n", "batch: 2\npresets: tuned/tuned.yaml\n");
  tiny_.edit("  - {name: dps, steps: 5}\n", "  - {name: dps, preset: tuned}\n");
  tiny_.edit("mask_fraction: [0.3, 0.5]", "mask_fraction: [0.3, 0.6]");
  EXPECT_THAT(message_of([&] { expand_cells(read_experiment(tiny_.file()), tiny_shape); }),
              AllOf(HasSubstr("mask_fraction=0.6"), HasSubstr("mask_fraction=0.5")));
}

TEST_F(Tune, SaysWhatABudgetIsTooSmallFor) {
  const Ended ended = run_program(words("out", {"--set", "tune.budget=30"}));
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("tune.budget"), HasSubstr("at least")));
}

}  // namespace
}  // namespace dpsbench
