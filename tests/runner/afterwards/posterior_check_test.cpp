#include "runner/afterwards/posterior_check.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/noise.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"
#include "runner/afterwards/stored_operator.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using ::testing::HasSubstr;

/// A finished run of the tiny experiment, which the tests only read.
class PosteriorCheck : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    tiny_ = new TinyExperiment();
    tiny_->edit("batch: 2", "batch: 2\nsamples: 3");
    const Ended ended = run_program(dpsbench_words({"run", tiny_->file(), "--output", tiny_->output()}));
    ASSERT_EQ(ended.code, 0) << ended.err;
  }
  static void TearDownTestSuite() {
    delete tiny_;
    tiny_ = nullptr;
  }
  static ResultsFile results() { return ResultsFile(results_path(tiny_->output())); }
  static TinyExperiment* tiny_;
};

TinyExperiment* PosteriorCheck::tiny_ = nullptr;

TEST_F(PosteriorCheck, OperatorsAreDrawnAsTheRunDrewThem) {
  const ResultsFile file = results();
  for (const CellResult& cell : file.cells()) {
    const Tensor reference = file.read_rows(cell, "reference", 1, 4);
    const Tensor y = file.read_rows(cell, "measurement", 1, 4);
    const auto op = stored_operator(cell, 1, 4, tiny_shape);
    const Tensor measured = op->measured().defined() ? op->measured().expand_as(y) : at::ones_like(y);
    EXPECT_TRUE(at::equal(y != 0, measured > 0)) << cell.id;  // noise on hidden pixels was not asked for
    const Tensor noise = (y - op->forward(reference)).masked_select(measured > 0);
    EXPECT_NEAR(noise.square().mean().sqrt().item<double>(), 0.1, 0.02) << cell.id;
  }
}

TEST_F(PosteriorCheck, WritesATableOfEveryCell) {
  const Ended ended = run_program(dpsbench_words({"posterior-check", tiny_->output()}));

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("2 / (1 + 1 / (S - 1)) = 1.333"));
  const std::filesystem::path tables = tiny_->folder() / "out" / "tables";
  EXPECT_THAT(read_text(tables / "posterior-check.md"), HasSubstr("| Method | S |"));
  EXPECT_THAT(read_text(tables / "posterior-check.tex"), HasSubstr("\\toprule"));
  const std::string csv = read_text(tables / "posterior-check.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 7);
}

TEST_F(PosteriorCheck, ComputesBothConditionsFromTheStoredSamples) {
  const ResultsFile file = results();
  const CellResult& cell = file.cells().front();
  ASSERT_EQ(cell.text("task"), "denoising");
  const Tensor samples = file.read(cell, "samples").to(at::kDouble);
  const Tensor reference = file.read(cell, "reference").to(at::kDouble);
  const double mse = (samples.select(1, 0) - reference).square().mean().item<double>();
  const double mmse = (samples.narrow(1, 1, 2).mean(1) - reference).square().mean().item<double>();
  const Tensor residual = file.read(cell, "measurement").to(at::kDouble) - samples.select(1, 0);

  const std::vector<TableEntry> row = posterior_check(file, "tiny").sections.at(0).rows.at(0);

  EXPECT_EQ(row[0].text, "exact");
  EXPECT_EQ(row[1].value, 3);
  EXPECT_NEAR(row[2].value, mse, 1e-9);
  EXPECT_NEAR(row[3].value, mmse, 1e-9);
  EXPECT_NEAR(row[5].value, 1.5 * mse / mmse, 1e-9);
  EXPECT_NEAR(row[6].value, samples.std(1, true).mean().item<double>(), 1e-9);
  EXPECT_NEAR(row[7].value, residual.square().mean().sqrt().item<double>() / 0.1, 1e-6);
}

TEST_F(PosteriorCheck, TellsTrueNoiseFromAnOverfittedOne) {
  // a cell whose samples are the truth: what they leave is the measurement noise itself
  UnitRecord unit;
  unit.unit_id = "0a";
  unit.cell_id = "000-denoising";
  unit.attributes = {{"dataset", "d"}, {"task", "denoising"}, {"sigma_y", "0.1"}, {"seed", "0"}, {"method", "truth"}};
  unit.image_ids = {"a", "b"};
  unit.positions = {0, 1};
  const PhiloxNoise noise(1, {{"d", "a"}, {"d", "b"}});
  const TensorOptions options = TensorOptions().dtype(at::kFloat);
  unit.reference = noise.uniform(Purpose::training, 0, {3, 24, 24}, options) - 0.5;
  unit.measurement = unit.reference + 0.1 * noise.normal(Purpose::measurement, 0, {3, 24, 24}, options);
  unit.samples = unit.reference;
  UnitRecord fitted = unit;
  fitted.unit_id = "0b";
  fitted.cell_id = "001-denoising";
  fitted.attributes["method"] = "overfit";
  fitted.samples = unit.measurement * 0.5 + unit.reference * 0.5;
  const std::filesystem::path folder = new_folder();
  Manifest manifest;
  manifest.experiment = "noise";
  manifest.experiment_text = "name: noise\n";
  manifest.configuration = "x";
  for (const UnitRecord* record : {&unit, &fitted}) {
    manifest.cells.push_back({record->cell_id, record->attributes});
    manifest.units.push_back({record->unit_id, record->cell_id, record->image_ids, record->positions});
  }
  open_output(folder, manifest);
  for (const UnitRecord* record : {&unit, &fitted}) UnitStore(folder).write(*record);

  const Table table = posterior_check(ResultsFile(consolidate(folder).file), "noise");
  std::filesystem::remove_all(folder);

  const auto& truth = table.sections.at(0).rows.at(0);
  EXPECT_TRUE(std::isnan(truth[5].value));  // one sample an image: no ratio
  EXPECT_NEAR(truth[7].value, 1, 0.05);
  EXPECT_LT(std::abs(truth[8].value), 0.06);
  EXPECT_GT(truth[11].value, 0.01);
  const auto& overfit = table.sections.at(0).rows.at(1);
  EXPECT_NEAR(overfit[7].value, 0.5, 0.05);
  EXPECT_GT(overfit[8].value, 0.1);
  EXPECT_LT(overfit[11].value, 1e-6);
}

}  // namespace
}  // namespace dpsbench
