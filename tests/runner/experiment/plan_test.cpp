#include "runner/experiment/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "results/paper/published.h"
#include "runner/experiment/attributes.h"
#include "runner/price/estimate.h"
#include "runner/station/digest_inputs.h"
#include "runner/work/provenance.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

/// The unit ids of the tiny experiment with some overrides.
std::vector<std::string> unit_ids(const TinyExperiment& tiny, const std::vector<std::string>& overrides = {}) {
  const Experiment experiment = read_experiment(tiny.file(), overrides);
  const InputDigests digests = digest_inputs(experiment, Dataset::open(experiment.dataset), map_weights(experiment));
  std::vector<std::string> ids;
  for (const Unit& unit : make_plan(experiment, tiny_shape, digests).units) ids.push_back(unit.id);
  return ids;
}

std::size_t in_common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::set<std::string> in_a(a.begin(), a.end());
  return static_cast<std::size_t>(
      std::count_if(b.begin(), b.end(), [&](const std::string& id) { return in_a.contains(id); }));
}

TEST(Plan, CutsCellsIntoBlocksInListOrder) {
  const TinyExperiment tiny(5);
  const Plan plan = make_plan(read_experiment(tiny.file()), tiny_shape, 5);

  ASSERT_EQ(plan.units.size(), 7U * 3U);
  EXPECT_EQ(plan.units[2].cell, 0U);
  EXPECT_EQ(plan.units[2].first, 4);
  EXPECT_EQ(plan.units[2].count, 1);
  EXPECT_EQ(plan.units[3].cell, 1U);
  // dps: as many passes back as evaluations
  EXPECT_EQ(plan.units[3].cost, 2 * (10 + 10));
}

TEST(UnitId, HasThirtyTwoDigitsAndIsUnique) {
  const TinyExperiment tiny;
  const std::vector<std::string> ids = unit_ids(tiny);

  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
  for (const std::string& id : ids) EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{32}"));
}

TEST(UnitId, DoesNotDependOnPathsNamesAndTitles) {
  const TinyExperiment here;
  const TinyExperiment there;
  const std::vector<std::string> renamed = {"name=other", "title=Another", "tables=[{layout: summary}]",
                                            "dataset.groups=\"picture(.)\""};

  EXPECT_EQ(unit_ids(here), unit_ids(there));
  EXPECT_EQ(unit_ids(here), unit_ids(here, renamed));
}

TEST(UnitId, DependsOnAllThatAffectsTheAnswer) {
  const TinyExperiment tiny;
  const std::vector<std::string> ids = unit_ids(tiny);
  for (const std::string change : {"seed=4", "sigma_y=0.2", "samples=2", "hidden_noise=true",
                                   "metrics=[psnr, consistency]", "dataset.name=other", "batch=3"})
    EXPECT_EQ(in_common(ids, unit_ids(tiny, {change})), 0U) << change;
}

TEST(UnitId, ChangesOnlyWhereTheAnswerDoes) {
  const TinyExperiment tiny;
  const std::vector<std::string> ids = unit_ids(tiny);

  EXPECT_EQ(in_common(ids, unit_ids(tiny, {"noise=gaussian"})), ids.size());
  // only the first block of each of 7 cells is filmed
  EXPECT_EQ(in_common(ids, unit_ids(tiny, {"trajectory.frames=3"})), 14U);
  // one of 7 cells changes
  EXPECT_EQ(in_common(ids, unit_ids(tiny, {"methods.0.steps=9"})), 18U);
  // another picture: the first block of each cell
  write_text(tiny.folder() / "images" / "picture0.png",
             testing_support::read_text(tiny.folder() / "images" / "picture5.png"));
  EXPECT_EQ(in_common(ids, unit_ids(tiny)), 14U);
}

TEST(InputDigests, SurviveBeingSent) {
  const InputDigests digests{{"a", "b"}, {"1", "2"}, "p", "", "t"};
  const InputDigests copy = digests_from_text(to_text(digests));

  EXPECT_EQ(copy.image_ids, digests.image_ids);
  EXPECT_EQ(copy.image_digests, digests.image_digests);
  EXPECT_EQ(copy.prior, "p");
  EXPECT_EQ(copy.lpips, "");
  EXPECT_EQ(copy.truth, "t");
}

TEST(CountImages, WithoutLookingAtThem) {
  DatasetSpec spec;
  spec.images = "0-199";
  EXPECT_EQ(count_images(spec), 200);
  spec.ids = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "experiments" / "imagenet_val_ids.txt";
  spec.images.clear();
  EXPECT_EQ(count_images(spec), 200);
  spec.images = "0-9";
  EXPECT_EQ(count_images(spec), 10);
  EXPECT_THROW(count_images(DatasetSpec{}), UserError);
}

TEST(PublishedTables, ArePlannedWithoutDataOrWeights) {
  const std::filesystem::path folder = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "experiments";
  const std::map<std::string, std::size_t> cells = {
      {"table1", 4},      {"table2-ffhq", 20},    {"table2-imagenet", 20}, {"table3-ffhq", 16}, {"table3-imagenet", 16},
      {"table4-ffhq", 8}, {"table4-imagenet", 8}, {"table5", 20},          {"table6", 20},      {"table7", 9}};
  for (const auto& [name, count] : cells) {
    const Experiment experiment = read_experiment(folder / (name + ".yaml"));
    const Plan plan = make_plan(experiment, {3, 256, 256}, count_images(experiment.dataset));
    const auto is_control = [](const Cell& cell) { return cell.method->name == "interpolation"; };
    const auto controls = static_cast<std::size_t>(std::ranges::count_if(plan.cells, is_control));
    EXPECT_EQ(plan.cells.size() - controls, count) << name;  // what the paper has
    std::set<std::string> settings;
    for (const Cell& cell : plan.cells) {
      const bool is_first = settings.insert(fmt::format("{} {}", to_text(cell.task_state()), cell.sigma_y)).second;
      EXPECT_EQ(is_control(cell), is_first) << name << " " << cell.id;  // what the measurement alone gives
    }
    EXPECT_EQ(settings.size(), controls) << name;
    EXPECT_EQ(plan.images, 200) << name;
    EXPECT_GT(estimate(experiment, {3, 256, 256}, plan).network_evaluations, 0) << name;
  }
}

TEST(ExperimentsOfOtherPapers, ArePlannedWithoutDataOrWeights) {
  const std::filesystem::path folder = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "experiments";
  const std::map<std::string, std::size_t> cells = {{"daps-ffhq", 37},     {"daps-ffhq-phase", 4},
                                                    {"diffpir-ffhq", 7},   {"ddnm-celebahq", 20},
                                                    {"ddnm-imagenet", 20}, {"inversebench-ffhq", 32}};
  for (const auto& [name, count] : cells) {
    const Experiment experiment = read_experiment(folder / (name + ".yaml"));
    const Plan plan = make_plan(experiment, {3, 256, 256}, count_images(experiment.dataset));
    EXPECT_EQ(plan.cells.size(), count) << name;
    EXPECT_GT(estimate(experiment, {3, 256, 256}, plan).network_evaluations, 0) << name;
  }
}

TEST(ExperimentsOfOtherPapers, HaveTheCellsThatPublishedNumbersAreOf) {
  // how many of a paper's numbers find a cell of the experiment; those that find none are of a method, a task or a data
  // set that it leaves out: dcdp, fps, nonlinear blur, red-diff's phase retrieval, ImageNet
  const std::filesystem::path folder = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "experiments";
  const std::map<std::string, std::pair<std::string, std::size_t>> met = {
      {"daps-ffhq", {"daps", 9}}, {"daps-ffhq-phase", {"daps", 2}}, {"diffpir-ffhq", {"diffpir", 5}}};
  for (const auto& [name, of] : met) {
    const Experiment experiment = read_experiment(folder / (name + ".yaml"));
    const std::vector<Cell> cells = expand_cells(experiment, {3, 256, 256});
    const auto found = std::ranges::count_if(published_rows(), [&](const PublishedRow& row) {
      return row.paper == of.first && std::ranges::any_of(cells, [&](const Cell& cell) {
               CellResult result;
               for (const auto& [key, value] : cell_attributes(experiment, cell)) result.attributes[key] = value;
               return is_of_setting(row, result) && row.method == cell.method->name;
             });
    });
    EXPECT_EQ(static_cast<std::size_t>(found), of.second) << name;
  }
}

/// Each with its control "reconstruction" in every setting.
TEST(ExperimentsOfASmallLatentPrior, ArePlanned) {
  const std::filesystem::path folder = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "experiments";
  for (const auto& [name, count] :
       std::map<std::string, std::size_t>{{"photo64-latent", 22}, {"tune-photo64-latent", 16}}) {
    const Experiment experiment = read_experiment(folder / (name + ".yaml"));
    const Plan plan = make_plan(experiment, {3, 64, 64}, count_images(experiment.dataset));
    EXPECT_EQ(plan.cells.size(), count) << name;
    EXPECT_EQ(std::ranges::count_if(plan.cells, [](const Cell& cell) { return cell.method->name == "reconstruction"; }),
              3)
        << name;
  }
}

TEST(Estimate, CountsActivationsOfThePublishedNetworks) {
  // at least what the inputs of convolutions, normalisations and activations alone take: 469 million and 1.37
  // thousand million numbers an image
  const double ffhq = unet_activations(unet_preset("ffhq256"), true);
  const double imagenet = unet_activations(unet_preset("imagenet256"), true);

  EXPECT_NEAR(ffhq, 469e6, 0.35 * 469e6);
  EXPECT_NEAR(imagenet, 1370e6, 0.35 * 1370e6);
  EXPECT_LT(unet_activations(unet_preset("ffhq256"), false), 0.4 * ffhq);
}

TEST(ResolvedText, IsReadableAndComplete) {
  const TinyExperiment tiny;
  const std::string text = resolved_text(read_experiment(tiny.file()));

  for (const char* part :
       {"name: tiny", "samples: 1", "batch: 2", "precision: fp32", "hidden_noise: false", "mask_fraction: [0.3, 0.5]"})
    EXPECT_THAT(text, testing::HasSubstr(part));
}

}  // namespace
}  // namespace dpsbench
