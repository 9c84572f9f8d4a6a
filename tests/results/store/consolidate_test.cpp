#include "results/store/consolidate.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/hdf5/new_file.h"
#include "results/store/manifest.h"
#include "results/store/reader.h"
#include "results/store/unit_images.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "tests/message_of.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::synthetic_unit;
using testing::TemporaryFolder;

/// Two cells of five images each, in blocks of two, two and one: the same measurements, different samples.
std::vector<UnitRecord> synthetic_units() {
  std::vector<UnitRecord> units;
  for (const int cell : {0, 1})
    for (const int block : {0, 1, 2}) {
      UnitRecord unit = synthetic_unit(fmt::format("{}{}", cell, block), fmt::format("00{}-cell", cell), 2 * block,
                                       block == 2 ? 1 : 2, 10.0 * cell);
      unit.attributes = {{"method", cell == 0 ? "dps" : "dps-w"},
                         {"method.steps", "100"},
                         {"task.mask_fraction", cell == 0 ? "1" : "0.5"},
                         {"hidden_noise", "false"}};
      units.push_back(unit);
    }
  return units;
}

Manifest manifest_of(const std::vector<UnitRecord>& units) {
  Manifest manifest;
  manifest.experiment = "trial";
  manifest.experiment_text = "name: trial\n";
  manifest.configuration = "digest";
  manifest.runs = {{{"host", "first"}}, {{"host", "last"}, {"git_revision", "abc"}}};
  for (const UnitRecord& unit : units) {
    if (manifest.cells.empty() || manifest.cells.back().id != unit.cell_id)
      manifest.cells.push_back({unit.cell_id, unit.attributes});
    manifest.units.push_back({unit.unit_id, unit.cell_id, unit.image_ids, unit.positions});
  }
  return manifest;
}

/// Writes the units in the given order into a folder with a manifest.
void write_output(const fs::path& folder, const std::vector<UnitRecord>& units, const std::vector<std::size_t>& order) {
  open_output(folder, manifest_of(units));
  for (const std::size_t index : order) UnitStore(folder).write(units[index]);
}

const std::vector<std::string> arrays = {"reference", "measurement", "measurement_picture",
                                         "samples",   "trajectory",  "step_size"};

TEST(Consolidate, OrdersImagesByPositionWhateverTheOrderOfUnits) {
  const TemporaryFolder one;
  const TemporaryFolder other;
  std::vector<UnitRecord> units = synthetic_units();
  write_output(one.path(), units, {0, 1, 2, 3, 4, 5});
  std::reverse(units.begin(), units.end());  // planned and done in another order, at another speed
  for (UnitRecord& unit : units) unit.seconds *= 3;
  write_output(other.path(), units, {3, 1, 5, 0, 2, 4});

  consolidate(one.path());
  consolidate(other.path());

  const ResultsFile first(results_path(one.path()));
  const ResultsFile second(results_path(other.path()));
  ASSERT_EQ(first.cells().size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const CellResult& cell = first.cells()[i];
    EXPECT_EQ(cell.id, second.cells()[i].id);
    EXPECT_THAT(cell.image_ids, ElementsAre("100000", "100001", "100002", "100003", "100004"));
    EXPECT_EQ(cell.image_ids, second.cells()[i].image_ids);
    for (const std::string& name : arrays)
      EXPECT_TRUE(at::equal(first.read(cell, name), second.read(second.cells()[i], name))) << name;
    for (const auto& [name, values] : cell.metrics)
      EXPECT_TRUE(at::equal(values, second.cells()[i].metrics.at(name))) << name;
  }
}

TEST(Consolidate, KeepsEveryNumberOfTheUnits) {
  const TemporaryFolder folder;
  const std::vector<UnitRecord> units = synthetic_units();
  write_output(folder.path(), units, {0, 1, 2, 3, 4, 5});

  const Consolidation counts = consolidate(folder.path(), 4);

  EXPECT_EQ(counts.units_written, 6);
  const ResultsFile file(counts.file);
  const CellResult& cell = file.cells()[1];
  EXPECT_TRUE(at::equal(file.read(cell, "samples"), at::cat({units[3].samples, units[4].samples, units[5].samples})));
  EXPECT_TRUE(at::equal(file.read_rows(cell, "reference", 2, 2), units[4].reference));
  EXPECT_TRUE(at::equal(file.read(cell, "trajectory"), units[3].trajectory));
  EXPECT_THAT(cell.trajectory_image_ids, ElementsAre("100000"));
  EXPECT_TRUE(at::equal(cell.metrics.at("psnr").slice(0, 4, 5), units[5].metrics.at("psnr")));
  EXPECT_EQ(file.shape(cell, "step_size"), (std::vector<std::int64_t>{5, 10}));
}

TEST(Consolidate, GivesEveryParameterATypeAndTheFileItsProvenance) {
  const TemporaryFolder folder;
  write_output(folder.path(), synthetic_units(), {0, 1, 2, 3, 4, 5});

  const ResultsFile file(consolidate(folder.path()).file);

  const auto& attributes = file.cells()[0].attributes;
  EXPECT_EQ(attributes.at("method"), hdf5::AttributeValue(std::string("dps")));
  EXPECT_EQ(attributes.at("method.steps"), hdf5::AttributeValue(std::int64_t{100}));
  EXPECT_EQ(attributes.at("task.mask_fraction"), hdf5::AttributeValue(1.0));
  EXPECT_EQ(attributes.at("hidden_noise"), hdf5::AttributeValue(false));
  EXPECT_EQ(attributes.at("images_done"), hdf5::AttributeValue(std::int64_t{5}));
  EXPECT_EQ(attributes.at("seconds"), hdf5::AttributeValue(4.5));
  EXPECT_EQ(file.text("experiment"), "trial");
  EXPECT_EQ(file.text("host"), "last");
  EXPECT_EQ(file.text("complete"), "true");
  EXPECT_THAT(file.text("runs"), HasSubstr("first"));
}

TEST(Consolidate, TakesWhatIsDoneAndSaysWhatIsMissing) {
  const TemporaryFolder folder;
  const std::vector<UnitRecord> units = synthetic_units();
  write_output(folder.path(), units, {0, 2});
  UnitRecord failed;
  failed.unit_id = "01";
  failed.cell_id = "000-cell";
  UnitStore(folder.path()).write(failed, {{"100002", "not finite"}, {"100003", "not finite"}});

  const ResultsFile file(consolidate(folder.path()).file);

  ASSERT_EQ(file.cells().size(), 1U);
  const CellResult& cell = file.cells()[0];
  EXPECT_THAT(cell.image_ids, ElementsAre("100000", "100001", "100004"));
  EXPECT_EQ(cell.number("images_planned"), 5);
  EXPECT_EQ(cell.text("failed_images"), "100002 100003");
  EXPECT_EQ(file.text("complete"), "false");
}

TEST(Consolidate, TakesAUnitWithoutTheImagesThatFailed) {
  const TemporaryFolder folder;
  const std::vector<UnitRecord> units = synthetic_units();
  write_output(folder.path(), units, {0, 1, 2, 3, 4, 5});
  const UnitStore store(folder.path());
  store.write(select_images(units[1], {1}), {{"100002", "not finite"}});

  const Consolidation counts = consolidate(folder.path());

  EXPECT_EQ(counts.images_planned, 10);
  EXPECT_EQ(counts.images_written, 9);
  const ResultsFile file(counts.file);
  const CellResult& cell = file.cells()[0];
  EXPECT_THAT(cell.image_ids, ElementsAre("100000", "100001", "100003", "100004"));
  EXPECT_TRUE(at::equal(file.read_rows(cell, "samples", 2, 1), units[1].samples.narrow(0, 1, 1)));
  EXPECT_EQ(cell.text("failed_images"), "100002");
  EXPECT_EQ(file.text("complete"), "false");

  // the same file without the note: nothing says why the image is absent
  store.clear_failures(units[1].unit_id);
  EXPECT_THAT(message_of<DataError>([&] { consolidate(folder.path()); }), HasSubstr("not the unit"));
}

TEST(Consolidate, StoresWhatCellsShareOnlyOnce) {
  // One pair of outputs in which the second cell's measurements equal the first's, one in which a late image differs.
  const TemporaryFolder same;
  const TemporaryFolder different;
  std::vector<UnitRecord> units = synthetic_units();
  for (UnitRecord& unit : units) {
    const auto count = static_cast<std::int64_t>(unit.image_ids.size());
    unit.measurement = testing::wave({count, 3, 64, 64}, static_cast<double>(unit.positions[0]));
  }
  write_output(same.path(), units, {0, 1, 2, 3, 4, 5});
  units[5].measurement[0][0][0][0] = 7;
  write_output(different.path(), units, {0, 1, 2, 3, 4, 5});

  const fs::path shared = consolidate(same.path(), 0).file;
  const fs::path separate = consolidate(different.path(), 0).file;

  const std::int64_t bytes = 5 * 3 * 64 * 64 * 4;
  EXPECT_GT(fs::file_size(separate), fs::file_size(shared) + bytes * 9 / 10);
  const ResultsFile file(separate);
  EXPECT_TRUE(at::equal(file.read(file.cells()[1], "measurement"),
                        at::cat({units[3].measurement, units[4].measurement, units[5].measurement})));
  const ResultsFile linked(shared);
  EXPECT_TRUE(at::equal(linked.read(linked.cells()[0], "measurement"), linked.read(linked.cells()[1], "measurement")));
}

TEST(Consolidate, EndsBetweenTwoCellsWhereItIsToldToAndLeavesTheFileThatWasThere) {
  const TemporaryFolder folder;
  write_output(folder.path(), synthetic_units(), {0, 1, 2, 3, 4, 5});
  consolidate(folder.path());
  const Bytes before = read_bytes(results_path(folder.path()));
  int cells = 0;

  EXPECT_THROW(consolidate(folder.path(), 0,
                           [&] {
                             if (++cells == 2) throw Error("time is up");
                           }),
               Error);

  EXPECT_EQ(read_bytes(results_path(folder.path())), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 3);  // units, manifest.json, results.h5
}

TEST(Consolidate, NamesADamagedUnitAndLeavesNoFile) {
  const TemporaryFolder folder;
  write_output(folder.path(), synthetic_units(), {0, 1, 2, 3, 4, 5});
  const fs::path damaged = UnitStore(folder.path()).unit_path("11");
  fs::resize_file(damaged, fs::file_size(damaged) - 1);

  EXPECT_THAT(message_of<Error>([&] { consolidate(folder.path()); }), HasSubstr(damaged.string()));
  EXPECT_FALSE(fs::exists(results_path(folder.path())));
  EXPECT_EQ(std::count_if(fs::directory_iterator(folder.path()), {}, [](const auto& e) { return e.is_regular_file(); }),
            1);
}

TEST(Consolidate, AFullDiskIsAClearErrorAndLeavesNoFile) {
  const TemporaryFolder folder;
  write_output(folder.path(), synthetic_units(), {0, 1, 2, 3, 4, 5});
  const fs::path report = fs::path(folder.path().string() + "-message");

  const pid_t child = ::fork();
  if (child == 0) {  // a limit on the size of files stands in for a full disk
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{8192, 8192};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::ofstream(report) << message_of<Error>([&] { consolidate(folder.path()); });
    std::exit(0);  // HDF5's own end of the program must not hang or crash either
  }
  int status = 0;
  ::waitpid(child, &status, 0);

  EXPECT_EQ(status, 0);
  std::stringstream message;
  message << std::ifstream(report).rdbuf();
  fs::remove(report);
  EXPECT_THAT(message.str(), HasSubstr("results.h5"));
  EXPECT_THAT(message.str(), HasSubstr("File too large"));
  EXPECT_EQ(std::count_if(fs::directory_iterator(folder.path()), {}, [](const auto& e) { return e.is_regular_file(); }),
            1);
}

TEST(Consolidate, H5pyReadsTheFileWithoutThisProject) {
  const TemporaryFolder folder;
  write_output(folder.path(), synthetic_units(), {0, 1, 2, 3, 4, 5});
  consolidate(folder.path());

  const std::string command = fmt::format("{} {}/tests/results/read_with_h5py.py {}", DPSBENCH_PYTHON,
                                          DPSBENCH_SOURCE_DIR, folder.path().string());

  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

TEST(Verify, FindsNothingWrongWithASoundFolder) {
  const TemporaryFolder folder;
  write_output(folder.path(), synthetic_units(), {0, 1, 2, 3, 4});
  consolidate(folder.path());

  const Verification found = verify(folder.path());

  EXPECT_TRUE(found.sound());
  EXPECT_EQ(found.units_planned, 6);
  EXPECT_EQ(found.units_whole, 5);
  EXPECT_EQ(found.units_absent, 1);
  EXPECT_EQ(found.images_whole, 9);
}

TEST(Verify, NamesWhatIsDamaged) {
  const TemporaryFolder folder;
  std::vector<UnitRecord> units = synthetic_units();
  units[1].samples[0][0][0][0] = std::numeric_limits<float>::quiet_NaN();
  write_output(folder.path(), units, {0, 1, 2, 3, 4, 5});
  consolidate(folder.path());
  const UnitStore store(folder.path());
  fs::resize_file(store.unit_path("00"), 700);
  fs::remove(store.unit_path("02"));
  store.write(synthetic_unit("ff", "000-cell", 0, 1, 0));
  UnitRecord other = units[4];
  other.image_ids[0] = "somebody else";
  store.write(other);
  fs::resize_file(results_path(folder.path()), fs::file_size(results_path(folder.path())) / 2);

  const Verification found = verify(folder.path());

  EXPECT_EQ(found.units_whole, 2);
  EXPECT_EQ(found.units_absent, 1);
  std::string all;
  for (const Damage& damage : found.damages) all += damage.file + ": " + damage.what + "\n";
  EXPECT_EQ(found.damages.size(), 5U) << all;
  EXPECT_THAT(all, HasSubstr("00.h5"));
  EXPECT_THAT(all, HasSubstr("01.h5: samples holds numbers that are not finite"));
  EXPECT_THAT(all, HasSubstr("11.h5: is of other images"));
  EXPECT_THAT(all, HasSubstr("ff.h5: no plan asks for this unit"));
  EXPECT_THAT(all, HasSubstr("results.h5"));
}

TEST(Reader, RefusesOtherFiles) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "results.h5";
  EXPECT_THAT(message_of<Error>([&] { ResultsFile{path}; }), HasSubstr("no such file"));
  (void)hdf5::File::create(path).root().create_group("cells");
  EXPECT_THAT(message_of<Error>([&] { ResultsFile{path}; }), HasSubstr("has no seal"));
  hdf5::NewFile other(path, hdf5::NewFile::Seal::all_bytes);
  (void)other.root().create_group("cells");
  other.publish();
  EXPECT_THAT(message_of<Error>([&] { ResultsFile{path}; }), HasSubstr("not one of dpsbench's results"));
}

TEST(Reader, AveragesTheSamplesOfAnImage) {
  CellResult cell;
  cell.image_ids = {"a", "b"};
  cell.metrics["psnr"] = at::tensor({1.0, 2.0, 3.0, 5.0}, at::kDouble).reshape({2, 2});

  EXPECT_THAT(cell.image_values("psnr"), ElementsAre(1.5, 4.0));
  EXPECT_THAT(cell.image_values("ssim"), ElementsAre());
}

TEST(Consolidate, KeepsWhichImagesBelongTogether) {
  const TemporaryFolder folder;
  const std::vector<UnitRecord> units = synthetic_units();
  Manifest manifest = manifest_of(units);
  open_output(folder.path(), manifest);
  for (const UnitRecord& unit : units) UnitStore(folder.path()).write(unit);
  EXPECT_TRUE(ResultsFile(consolidate(folder.path()).file).cells()[0].image_groups.empty());

  for (int i = 0; i < 5; ++i) manifest.groups[std::to_string(100000 + i)] = i < 3 ? "a" : "b";
  open_output(folder.path(), manifest);  // groups may be named later: no answer depends on them

  const ResultsFile results(consolidate(folder.path()).file);
  for (const CellResult& cell : results.cells()) EXPECT_THAT(cell.image_groups, ElementsAre("a", "a", "a", "b", "b"));
  EXPECT_TRUE(verify(folder.path()).damages.empty());
}

/// A method whose every image failed stays in the results, with the names of its images.
TEST(Consolidate, KeepsACellWhoseEveryImageFailed) {
  const TemporaryFolder folder;
  const std::vector<UnitRecord> units = synthetic_units();
  write_output(folder.path(), units, {0, 1, 2});
  for (const std::size_t unit : {3, 4, 5}) {
    UnitRecord nothing;
    nothing.unit_id = units[unit].unit_id;
    nothing.cell_id = units[unit].cell_id;
    std::vector<ImageFailure> failures;
    for (const std::string& image : units[unit].image_ids) failures.push_back({image, "not finite"});
    UnitStore(folder.path()).write(nothing, failures);
  }

  const ResultsFile results(consolidate(folder.path()).file);

  EXPECT_EQ(results.cells().size(), 1U);
  ASSERT_EQ(results.failed_cells().size(), 1U);
  EXPECT_EQ(results.failed_cells()[0].text("method"), "dps-w");
  EXPECT_TRUE(results.failed_cells()[0].image_ids.empty());
  EXPECT_THAT(results.failed_cells()[0].failed_images(), ElementsAre("100000", "100001", "100002", "100003", "100004"));
}

}  // namespace
}  // namespace dpsbench
