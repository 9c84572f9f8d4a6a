// What a run finds damaged, exchanged or foreign in its output folder it does anew; what it cannot, verify says.
#include <gmock/gmock.h>

#include <map>

#include "core/error.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "runner/work/complete_results.h"
#include "runner/work/run.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace testing_support;

/// Two finished outputs of one small experiment: `sound`, which stays as it is, and `out`, to be damaged.
class MendedOutput : public ::testing::Test {
 protected:
  MendedOutput() {
    tiny_.edit("  - {name: dps, steps: [10, 5]}", "  - {name: dps, steps: 5}");
    tiny_.edit("mask_fraction: [0.3, 0.5]", "mask_fraction: 0.3");
    for (const char* output : {"sound", "out"}) EXPECT_EQ(run(output), 0);
    for (const PlannedUnit& unit : read_manifest(out()).units) units_.push_back(unit.id);
  }
  [[nodiscard]] fs::path out() const { return tiny_.output("out"); }
  [[nodiscard]] fs::path unit(std::size_t k) const { return UnitStore(out()).unit_path(units_.at(k)); }

  /// `dpsbench run` within this process.
  int run(const std::string& output) const {
    RunOptions options;
    options.experiment = tiny_.file();
    options.output = tiny_.output(output);
    options.threads = 1;
    options.quiet = true;
    const auto alone = make_single_process();
    return run_experiment(options, *alone);
  }
  void expect_mended_by_run() const {
    EXPECT_FALSE(verify(out()).sound());
    EXPECT_EQ(run("out"), 0);
    for (const Damage& damage : verify(out()).damages) ADD_FAILURE() << damage.file << ": " << damage.what;
    expect_same_results(tiny_.output("sound"), out());
  }
  [[nodiscard]] std::string damages() const {
    std::string all;
    for (const Damage& damage : verify(out()).damages) all += fmt::format("{}: {}\n", damage.file, damage.what);
    return all;
  }

  TinyExperiment tiny_{2};
  std::vector<std::string> units_;
};

TEST_F(MendedOutput, HasItsAlteredBytesMended) {
  for (const fs::path& file : {unit(0), results_path(out()), manifest_path(out())}) {
    const std::string whole = read_text(file);
    for (std::size_t at = 0; at < whole.size(); at += whole.size() / 9) {
      SCOPED_TRACE(fmt::format("byte {} of {}", at, file.string()));
      std::string altered = read_text(file);
      char& byte = altered.at(at % altered.size());
      byte = static_cast<char>(byte ^ 0x01);
      write_text(file, altered);
      expect_mended_by_run();
    }
  }
}

TEST_F(MendedOutput, HasFilesMendedThatAreCutOffOrEmpty) {
  for (const fs::path& file : {unit(0), results_path(out()), manifest_path(out())})
    for (const bool empty : {true, false}) {
      SCOPED_TRACE(file.string());
      write_text(file, empty ? "" : read_text(file).substr(0, 700));
      expect_mended_by_run();
    }
}

TEST_F(MendedOutput, HasExchangedUnitsMended) {
  fs::rename(unit(0), out() / "kept");
  fs::rename(unit(1), unit(0));
  fs::rename(out() / "kept", unit(1));
  EXPECT_THAT(damages(), AllOf(HasSubstr(fmt::format("holds unit {} instead", units_[0])),
                               HasSubstr(fmt::format("holds unit {} instead", units_[1]))));
  expect_mended_by_run();
}

TEST_F(MendedOutput, HasAUnitOfAnotherOutputMendedThatTookItsPlace) {
  ASSERT_EQ(run_program(
                dpsbench_words({"run", tiny_.file(), "--output", tiny_.output("other"), "--quiet", "--set", "seed=4"}))
                .code,
            0);
  const UnitStore other(tiny_.output("other"));
  fs::copy_file(other.unit_path(other.present().front()), unit(0), fs::copy_options::overwrite_existing);
  expect_mended_by_run();
}

TEST_F(MendedOutput, KeepsAUnitWhoseCellHadAnotherName) {
  const UnitStore store(out());
  UnitRecord record = *store.read(units_[0]);
  record.cell_id = "as an experiment with fewer methods counted its cells";
  store.write(record);
  EXPECT_EQ(damages(), "");
  const std::string bytes = read_text(unit(0));
  EXPECT_EQ(run("out"), 0);
  EXPECT_EQ(read_text(unit(0)), bytes);
  expect_same_results(tiny_.output("sound"), out());
}

TEST_F(MendedOutput, HasResultsOfAnotherExperimentMended) {
  ASSERT_EQ(run_program(
                dpsbench_words({"run", tiny_.file(), "--output", tiny_.output("other"), "--quiet", "--set", "seed=4"}))
                .code,
            0);
  fs::copy_file(results_path(tiny_.output("other")), results_path(out()), fs::copy_options::overwrite_existing);
  EXPECT_THAT(damages(), HasSubstr("holds results of another experiment"));
  EXPECT_FALSE(complete_results(out(), read_manifest(out()).configuration).has_value());
  expect_mended_by_run();
}

TEST_F(MendedOutput, HasADamagedNoteOfFailuresMended) {
  const UnitStore store(out());
  UnitRecord none;
  none.unit_id = units_[1];
  none.cell_id = store.read(units_[1])->cell_id;
  store.write(none, {{"picture0", "unreadable"}, {"picture1", "unreadable"}});
  const fs::path note = store.failure_path(units_[1]);
  write_text(note, read_text(note).substr(0, 90));
  expect_mended_by_run();
}

TEST_F(MendedOutput, OfAnEarlierVersionWithoutSealsIsSealed) {
  // As earlier versions wrote them: the manifest without its second line, results.h5 without what comes before HDF5.
  const std::string manifest = read_text(manifest_path(out()));
  write_text(manifest_path(out()), "{\n" + manifest.substr(manifest.find(" \"cells\"")));
  write_text(results_path(out()), read_text(results_path(out())).substr(512));
  EXPECT_THAT(damages(), AllOf(HasSubstr("manifest.json: has no seal"), HasSubstr("results of earlier versions")));
  const Ended reported = run_program(dpsbench_words({"report", out().string()}));
  EXPECT_EQ(reported.code, 0) << reported.err;
  expect_same_results(tiny_.output("sound"), out());
  expect_mended_by_run();
}

TEST_F(MendedOutput, KeepsFilesOfStrangersAndSaysHowToRemoveThem) {
  fs::copy_file(unit(0), out() / "units" / "backup.h5");
  write_text(out() / "units" / "picture.h5", "something else");
  EXPECT_EQ(run("out"), 0);
  const std::string all = damages();
  EXPECT_THAT(all, HasSubstr(fmt::format("is a copy of unit {}; nothing needs it: rm '{}'", units_[0],
                                         (out() / "units" / "backup.h5").string())));
  EXPECT_THAT(all, HasSubstr("picture.h5: is no unit"));
  fs::remove(out() / "units" / "backup.h5");
  fs::remove(out() / "units" / "picture.h5");
  EXPECT_EQ(damages(), "");
}

TEST_F(MendedOutput, IsNotTakenOverByAnotherExperimentWhenItsManifestIsDamaged) {
  write_text(manifest_path(out()), "{");
  const Ended refused =
      run_program(dpsbench_words({"run", tiny_.file(), "--output", out().string(), "--quiet", "--set", "seed=4"}));
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("manifest.json: damaged"), HasSubstr("is of no unit of this experiment")));
  expect_mended_by_run();
}

TEST_F(MendedOutput, ResultsStayThatNoUnitsAreThereToMakeAnewOf) {
  fs::remove_all(out() / "units");
  const Ended reported = run_program(dpsbench_words({"report", out().string(), "--output", tiny_.output("report")}));
  EXPECT_EQ(reported.code, 0) << reported.err;
  std::string altered = read_text(results_path(out()));
  altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 0x01);
  write_text(results_path(out()), altered);
  const Ended refused = run_program(dpsbench_words({"report", out().string()}));
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("results.h5: damaged"));
  EXPECT_EQ(read_text(results_path(out())), altered);
}

/// What units have in common is measured again, and no sampling is done for it.
TEST(MendedInputs, ArePutBackWithoutDoingTheUnitsAnew) {
  const TinyExperiment tiny(90);
  tiny.edit("  - {name: dps, steps: [10, 5]}", "  - {name: dps, steps: 2}");
  tiny.edit("mask_fraction: [0.3, 0.5]", "mask_fraction: 0.3");
  tiny.edit("batch: 2", "batch: 90");  // 69 kB a unit's images: enough for files of their own
  const auto run = [&] {
    return run_program(dpsbench_words({"run", tiny.file(), "--output", tiny.output(), "--quiet"}));
  };
  ASSERT_EQ(run().code, 0);
  const UnitStore store(tiny.output());
  const std::vector<std::string> inputs = store.inputs().present();
  ASSERT_EQ(inputs.size(), 5U);  // the images, and of each task measurements and their pictures
  std::map<std::string, std::string> units;
  for (const std::string& id : store.present()) units[id] = read_text(store.unit_path(id));
  std::map<std::string, std::string> before;
  for (const std::string& digest : inputs) before[digest] = read_text(store.inputs().path(digest));

  fs::remove(store.inputs().path(inputs[0]));
  write_text(store.inputs().path(inputs[1]), before[inputs[1]].substr(0, 900));
  fs::copy_file(store.inputs().path(inputs[1]), store.inputs().path(inputs[2]), fs::copy_options::overwrite_existing);
  EXPECT_EQ(verify(tiny.output()).damages.size(), 3U);
  ASSERT_EQ(run().code, 0);

  EXPECT_TRUE(verify(tiny.output()).sound());
  for (const std::string& digest : inputs) EXPECT_EQ(read_text(store.inputs().path(digest)), before[digest]);
  for (const std::string& id : store.present()) EXPECT_EQ(read_text(store.unit_path(id)), units[id]);  // seconds, too
}

}  // namespace
}  // namespace dpsbench
