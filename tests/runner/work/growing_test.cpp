// An experiment that grows continues its output: what is new is done, and what comes of it are the bits of a run at
// once.
#include <gmock/gmock.h>

#include "core/error.h"
#include "results/files/sealed_file.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/reader.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "runner/work/own_units.h"
#include "runner/work/run.h"
#include "tests/message_of.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using namespace testing_support;
using Overrides = std::vector<std::string>;

/// What the tests begin with: one cell, four images in two blocks, of which the first image is filmed.
const Overrides small = {"tasks=[{name: inpainting, mask_fraction: 0.3}]", "methods=[{name: dps, steps: 5}]",
                         "dataset.images=0-3"};

Overrides operator+(Overrides a, const Overrides& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

class Growing : public ::testing::Test {
 protected:
  explicit Growing(int images = 7) : tiny_(images) {}
  [[nodiscard]] fs::path out() const { return tiny_.output("out"); }

  /// `dpsbench run` within this process, and what it says.
  int run(const std::string& output, const Overrides& overrides, const std::vector<std::string>& only = {}) {
    RunOptions options;
    options.experiment = tiny_.file();
    options.output = tiny_.output(output);
    options.overrides = overrides;
    options.threads = 1;
    options.quiet = true;
    options.only = only;
    options.links_samples = links_samples_;
    const auto alone = make_single_process();
    ::testing::internal::CaptureStderr();
    const int code = run_experiment(options, *alone);
    said_ = ::testing::internal::GetCapturedStderr();
    return code;
  }
  /// Each unit's file and when it was written.
  [[nodiscard]] std::vector<std::pair<std::string, fs::file_time_type>> units() const {
    std::vector<std::pair<std::string, fs::file_time_type>> found;
    const UnitStore store(out());
    for (const std::string& id : store.present()) found.emplace_back(id, fs::last_write_time(store.unit_path(id)));
    return found;
  }
  void expect_as_done_at_once(const Overrides& overrides) {
    ASSERT_EQ(run("out", overrides), 0) << said_;
    ASSERT_EQ(run("at-once", overrides), 0) << said_;
    expect_same_results(tiny_.output("at-once"), out());
    for (const Damage& damage : verify(out()).damages) ADD_FAILURE() << damage.file << ": " << damage.what;
  }

  TinyExperiment tiny_;
  bool links_samples_ = false;
  std::string said_;
};

TEST_F(Growing, ByAMethodBeforeThoseThatAreThere) {
  ASSERT_EQ(run("out", small), 0) << said_;
  const auto before = units();
  expect_as_done_at_once(small + Overrides{"methods=[{name: interpolation}, {name: dps, steps: 5}]"});
  EXPECT_THAT(units(), IsSupersetOf(before));
  EXPECT_EQ(units().size(), 4U);
}

TEST_F(Growing, ByATask) {
  ASSERT_EQ(run("out", small), 0) << said_;
  const auto before = units();
  expect_as_done_at_once(small + Overrides{"tasks=[{name: denoising}, {name: inpainting, mask_fraction: [0.5, 0.3]}]"});
  EXPECT_THAT(units(), IsSupersetOf(before));
}

TEST_F(Growing, ByANoiseLevel) {
  ASSERT_EQ(run("out", small), 0) << said_;
  const auto before = units();
  expect_as_done_at_once(small + Overrides{"sigma_y=[0.05, 0.1]"});
  EXPECT_THAT(units(), IsSupersetOf(before));
}

TEST_F(Growing, ByImagesAtTheEndDoesAnewOnlyABlockThatWasNotFull) {
  ASSERT_EQ(run("out", small + Overrides{"dataset.images=0-2"}), 0) << said_;
  const auto before = units();
  expect_as_done_at_once(small + Overrides{"dataset.images=0-6"});
  EXPECT_THAT(units(), IsSupersetOf(before));
  EXPECT_EQ(units().size(), 5U);
  EXPECT_EQ(verify(out()).units_earlier, 1);  // the block of one image
}

TEST_F(Growing, ByAMetricComputesItFromTheSamplesThatAreThere) {
  ASSERT_EQ(run("out", small), 0) << said_;
  const auto before = units();
  expect_as_done_at_once(small + Overrides{"metrics=[consistency, psnr]"});
  EXPECT_EQ(units().size(), before.size());  // the smaller units are gone
  EXPECT_EQ(verify(out()).units_earlier, 0);
}

TEST_F(Growing, ByAMetricTakesSamplesAndOldMetricsAsTheyAre) {
  ASSERT_EQ(run("out", small), 0) << said_;
  const UnitStore store(out());
  UnitRecord unit = *store.read(store.present().front());
  unit.samples = unit.samples + 0.25;
  unit.metrics.at("psnr").fill_(11.0);
  unit.batches = {1, 1};
  store.write(unit);
  const std::int64_t position = unit.positions.front();
  ASSERT_EQ(run("out", small + Overrides{"metrics=[psnr, consistency]"}), 0) << said_;
  const ResultsFile results(results_path(out()));
  const CellResult& cell = results.cells().front();
  EXPECT_TRUE(at::equal(results.read_rows(cell, "samples", position, 1), unit.samples.narrow(0, 0, 1)));
  EXPECT_EQ(cell.image_values("psnr").at(static_cast<std::size_t>(position)), 11.0);
  EXPECT_THAT(std::get<std::vector<std::string>>(cell.attributes.at("split_batches")),
              ElementsAre(fmt::format("images {} to {}: 1+1", position, position + 1)));
}

TEST_F(Growing, BySamplesAddsThoseThatLack) {
  ASSERT_EQ(run("out", small), 0) << said_;
  expect_as_done_at_once(small + Overrides{"samples=3"});
  EXPECT_EQ(units().size(), 2U);
  const ResultsFile results(results_path(out()));
  EXPECT_EQ(results.cells().front().number("network_evaluations"), 15);
}

TEST_F(Growing, BySamplesAndMetricsOfPosteriorsThatJudgeAllOfThem) {
  ASSERT_EQ(run("out", small + Overrides{"samples=2", "metrics=[psnr, mean_error]"}), 0) << said_;
  expect_as_done_at_once(small + Overrides{"samples=3", "metrics=[psnr, mean_error, consistency]"});
}

TEST_F(Growing, InEveryWayAtOnceAndInterrupted) {
  ASSERT_EQ(run("out", small), 0) << said_;
  const Overrides grown = {"tasks=[{name: denoising}, {name: inpainting, mask_fraction: 0.3}]",
                           "methods=[{name: interpolation}, {name: dps, steps: [5, 6]}]",
                           "sigma_y=[0.1, 0.2]",
                           "metrics=[psnr, consistency]",
                           "samples=2",
                           "dataset.images=0-6"};
  ASSERT_EQ(run("out", grown, {"inpainting*dps-5"}), 0) << said_;
  EXPECT_THAT(said_, HasSubstr("without --only does them"));
  const Verification half = verify(out());
  EXPECT_TRUE(half.sound());
  EXPECT_EQ(half.units_whole, 8);
  EXPECT_EQ(half.units_absent, 40);
  expect_as_done_at_once(grown);
}

TEST_F(Growing, WithLinkedSamplesHasTheResultsOfOneThatCopiesThem) {
  const Overrides grown = small + Overrides{"methods=[{name: interpolation}, {name: dps, steps: 5}]", "samples=2",
                                            "metrics=[psnr, consistency]", "dataset.images=0-6"};
  links_samples_ = true;
  ASSERT_EQ(run("out", small), 0) << said_;
  EXPECT_TRUE(verify(out()).sound());
  ASSERT_EQ(run("out", grown), 0) << said_;
  EXPECT_TRUE(verify(out()).sound());
  const auto file = hdf5::File::open(results_path(out()));
  const hdf5::Group cells = file.root().group("cells");
  for (const std::string& cell : cells.names()) EXPECT_TRUE(cells.group(cell).dataset("samples").is_linked()) << cell;
  links_samples_ = false;
  ASSERT_EQ(run("at-once", grown), 0) << said_;
  expect_same_results(tiny_.output("at-once"), out());
}

TEST_F(Growing, LeavesCellsOutOfTablesThatAreNotAskedForAndFindsThemAgain) {
  const Overrides two = small + Overrides{"methods=[{name: interpolation}, {name: dps, steps: 5}]"};
  ASSERT_EQ(run("out", two), 0) << said_;
  const auto before = units();
  expect_as_done_at_once(small);
  EXPECT_EQ(units(), before);
  EXPECT_EQ(verify(out()).units_earlier, 2);
  ASSERT_EQ(run("out", small + Overrides{"seed=9"}), 2);
  ASSERT_EQ(run("out", two), 0) << said_;
  EXPECT_EQ(units(), before);
  EXPECT_EQ(verify(out()).units_earlier, 0);
  EXPECT_EQ(ResultsFile(results_path(out())).cells().size(), 2U);
}

TEST_F(Growing, SaysWhatIsNewAndWhatIsLeftOut) {
  ASSERT_EQ(run("out", small), 0) << said_;
  ASSERT_EQ(run("out", small + Overrides{"methods=[{name: interpolation}]", "dataset.images=0-5", "samples=2"}), 2);
  EXPECT_THAT(said_, HasSubstr("none of its cells is asked for any more"));
  ASSERT_EQ(run("out", small + Overrides{"methods=[{name: dps, steps: 5}, {name: interpolation}]", "dataset.images=0-5",
                                         "samples=2", "metrics=[psnr, consistency]"}),
            0)
      << said_;
  EXPECT_THAT(said_,
              AllOf(HasSubstr("this output: 1 cell new: 001-inpainting-0.3-s0.1-interpolation"),
                    HasSubstr("this output: 6 images, were 4"), HasSubstr("this output: metrics new: consistency"),
                    HasSubstr("this output: 2 samples of each image, were 1")));
}

TEST_F(Growing, RefusesWhatIsChangedAndNamesItsKey) {
  const Overrides begun = small + Overrides{"samples=2", "metrics=[psnr, consistency]"};
  ASSERT_EQ(run("out", begun), 0) << said_;
  const std::string manifest = read_text(manifest_path(out()));
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"seed=4", "seed was 3, now 4"},
      {"methods.0.steps=6", "methods: dps: steps was 5, now 6"},
      {"methods.0.steps=[6, 7]", "methods: dps: steps was 5, now 6"},
      {"tasks.0.mask_fraction=0.4", "tasks: inpainting: mask_fraction was 0.3, now 0.4"},
      {"sigma_y=0.2", "sigma_y was 0.1, now 0.2"},
      {"samples=1", "samples was 2, now 1: they are only ever added"},
      {"metrics=[psnr]", "metrics: consistency was there, now it is not"},
      {"dataset.images=1-4", "dataset: image 0 of the list was picture0, now picture1"},
      {"dataset.name=other", "dataset.name was noise, now other"},
      {"batch=4", "batch was 2, now 4"},
      {"trajectory.frames=1", "trajectory was {images: 1, frames: 2}, now {images: 1, frames: 1}"},
      {"hidden_noise=true", "hidden_noise was false, now true"}};
  for (const auto& [override, message] : changes) {
    EXPECT_EQ(run("out", begun + Overrides{override}), 2) << override;
    EXPECT_THAT(said_, AllOf(HasSubstr(message), HasSubstr("different configuration"))) << override;
    EXPECT_EQ(read_text(manifest_path(out())), manifest) << override;
  }
  fs::copy_file(tiny_.folder() / "images" / "picture5.png", tiny_.folder() / "images" / "picture0.png",
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(run("out", begun), 2);
  EXPECT_THAT(said_, HasSubstr("the content of images or weights, or this program's numerics, changed"));
}

TEST_F(Growing, RefusesAnotherExperimentByItsName) {
  ASSERT_EQ(run("out", small), 0) << said_;
  EXPECT_EQ(run("out", small + Overrides{"name=other", "sigma_y=[0.1, 0.2]"}), 2);
  EXPECT_THAT(said_, HasSubstr("name was tiny, now other"));
}

TEST_F(Growing, DoesImagesThatHadFailedBefore) {
  ASSERT_EQ(run("out", small), 0) << said_;
  const UnitStore store(out());
  const Manifest begun = read_manifest(out());
  UnitRecord unit = *store.read(begun.units.front().id);
  UnitRecord none;
  none.unit_id = unit.unit_id;
  none.cell_id = "as it was called";
  store.write(none, {{unit.image_ids[0], "unreadable"}, {unit.image_ids[1], "unreadable"}});
  expect_as_done_at_once(small + Overrides{"samples=2"});
  EXPECT_TRUE(store.failures().empty());
}

/// Blocks so large that their images and measurements are files of their own (InputStore): 90 images a unit.
class GrowingInputs : public Growing {
 protected:
  GrowingInputs() : Growing(90) {}
  [[nodiscard]] Overrides begun() const { return small + Overrides{"dataset.images=0-89", "batch=90"}; }
  /// Writes every unit as earlier versions did, all its arrays in its file.
  void put_inputs_into_units() {
    const UnitStore store(out());
    for (const std::string& id : store.present()) write_sealed(store.unit_path(id), encode_unit(*store.read(id)));
    fs::remove_all(out() / "inputs");
  }
  void remove_inputs() {
    const InputStore inputs(out() / "inputs");
    ASSERT_FALSE(inputs.present().empty());
    for (const std::string& digest : inputs.present()) fs::remove(inputs.path(digest));
  }
};

TEST_F(GrowingInputs, OfABegunUnitThatAreLostAreMeasuredAgainAndItsSamplesTaken) {
  ASSERT_EQ(run("out", begun()), 0) << said_;
  const UnitStore store(out());
  UnitRecord unit = *store.read(store.present().at(0));
  unit.samples = unit.samples + 0.25;  // as no method would give them
  store.write(unit);
  remove_inputs();
  ASSERT_EQ(run("out", begun() + Overrides{"metrics=[psnr, consistency]"}), 0) << said_;
  EXPECT_TRUE(verify(out()).sound());
  const UnitRecord grown = *store.read(store.present().at(0));
  EXPECT_TRUE(at::equal(grown.samples, unit.samples));
  EXPECT_TRUE(at::equal(grown.reference, unit.reference));
  EXPECT_TRUE(at::equal(grown.measurement, unit.measurement));
}

TEST_F(GrowingInputs, OfCellsThatAreNotAskedForAnyMoreAreNamedWhereLostAndPutBackWhenTheyAre) {
  const Overrides two = begun() + Overrides{"tasks=[{name: denoising}, {name: inpainting, mask_fraction: 0.3}]"};
  ASSERT_EQ(run("out", two), 0) << said_;
  const auto before = units();
  const UnitStore store(out());
  const std::string id = read_manifest(out()).units.front().id;
  ASSERT_EQ(run("out", begun()), 0) << said_;
  EXPECT_TRUE(verify(out()).sound());
  const fs::path measurement = store.inputs().path(store.open(id)->input("measurement").value());
  fs::remove(measurement);
  const Verification found = verify(out());
  EXPECT_EQ(found.units_earlier, 0);
  ASSERT_EQ(found.damages.size(), 1U);
  EXPECT_EQ(found.damages.front().file, measurement);
  EXPECT_THAT(found.damages.front().what,
              HasSubstr("once the units of earlier experiments that have it are asked for"));
  expect_as_done_at_once(two);
  EXPECT_EQ(units(), before);  // none was sampled again
}

TEST_F(GrowingInputs, OfOutputsOfEarlierVersionsStayInTheirUnits) {
  const Overrides grown = begun() + Overrides{"methods=[{name: interpolation}, {name: dps, steps: 5}]",
                                              "tasks=[{name: denoising}, {name: inpainting, mask_fraction: 0.3}]"};
  ASSERT_EQ(run("out", begun()), 0) << said_;
  put_inputs_into_units();
  const auto before = units();
  EXPECT_TRUE(verify(out()).sound());
  ASSERT_EQ(run("out", begun()), 0) << said_;
  EXPECT_EQ(units(), before);
  EXPECT_FALSE(fs::exists(out() / "inputs"));
  expect_as_done_at_once(grown);
  EXPECT_THAT(units(), IsSupersetOf(before));
}

TEST_F(GrowingInputs, OfOutputsOfEarlierVersionsAreKeptApartOnceAUnitGrows) {
  ASSERT_EQ(run("out", begun() + Overrides{"dataset.images=0-80"}), 0) << said_;  // a unit of 62 kB: below the limit
  EXPECT_FALSE(fs::exists(out() / "inputs"));
  ASSERT_EQ(run("out", begun()), 0) << said_;
  put_inputs_into_units();
  expect_as_done_at_once(begun() + Overrides{"metrics=[psnr, consistency]", "samples=2"});
  EXPECT_EQ(InputStore(out() / "inputs").present().size(), 3U);  // images, measurements, their pictures
}

TEST(ChosenCells, AreNamedWholeOrInPart) {
  const TinyExperiment tiny;
  const std::vector<Cell> cells = expand_cells(read_experiment(tiny.file()), tiny_shape);
  ASSERT_EQ(cells.size(), 7U);
  EXPECT_THAT(chosen_cells(cells, {}), ElementsAre());
  EXPECT_THAT(chosen_cells(cells, {"exact"}), ElementsAre(0));
  EXPECT_THAT(chosen_cells(cells, {"denoising"}), ElementsAre(0, 1, 2));
  EXPECT_THAT(chosen_cells(cells, {cells[4].id, cells[2].id}), ElementsAre(2, 4));
  EXPECT_THAT(chosen_cells(cells, {cells[3].id.substr(4)}), ElementsAre(3));
  EXPECT_THAT(chosen_cells(cells, {"inpainting*dps-5"}), ElementsAre(4, 6));
  EXPECT_THAT(chosen_cells(cells, {"dps, 5 steps"}), ElementsAre(2, 4, 6));
  EXPECT_THAT(chosen_cells(cells, {"exac"}), ElementsAre(0));
  EXPECT_THAT(message_of<UserError>([&] {
                (void)chosen_cells(cells, {"denoising", "daps"});
              }),
              AllOf(HasSubstr("--only daps"), HasSubstr(cells[0].id)));
}

}  // namespace
}  // namespace dpsbench
