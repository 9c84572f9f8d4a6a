// Images so large that each is a chunk of its own go from units to results.h5 as they are stored.
#include <gmock/gmock.h>

#include "core/error.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/reader.h"
#include "results/store/unit_store.h"
#include "tests/message_of.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::wave;

/// Two cells of five images each, in blocks of two, two and one: the same measurements, different samples.
std::vector<UnitRecord> large_units() {
  std::vector<UnitRecord> units;
  for (const int cell : {0, 1})
    for (const int block : {0, 1, 2}) {
      const std::int64_t count = block == 2 ? 1 : 2;
      const double first = 2 * block;
      UnitRecord unit = testing::synthetic_unit(fmt::format("{}{}", cell, block), fmt::format("00{}-cell", cell),
                                                2 * block, count, 10.0 * cell);
      unit.trajectory = Tensor();
      unit.reference = wave({count, 3, 80, 80}, first);
      unit.measurement = wave({count, 3, 80, 80}, first + 0.5);
      unit.measurement_picture = unit.measurement.clone();
      unit.samples = wave({count, 3, 80, 80}, first + 10 * (cell + 1));
      units.push_back(unit);
    }
  return units;
}

void write_output(const fs::path& folder, const std::vector<UnitRecord>& units) {
  Manifest manifest;
  manifest.configuration = "digest";
  for (const UnitRecord& unit : units) {
    if (manifest.cells.empty() || manifest.cells.back().id != unit.cell_id)
      manifest.cells.push_back({unit.cell_id, unit.attributes});
    manifest.units.push_back({unit.unit_id, unit.cell_id, unit.image_ids, unit.positions});
  }
  open_output(folder, manifest);
  for (const UnitRecord& unit : units) UnitStore(folder).write(unit);
}

TEST(ConsolidateLarge, TakesLargeImagesAsTheUnitsStoreThem) {
  const TemporaryFolder folder;
  const std::vector<UnitRecord> units = large_units();
  write_output(folder.path(), units);

  const ResultsFile file(consolidate(folder.path()).file);

  for (const std::size_t cell : {0, 1}) {
    std::map<std::string, std::vector<Tensor>> parts;
    for (std::size_t k = 3 * cell; k < 3 * cell + 3; ++k) {
      parts["reference"].push_back(units[k].reference);
      parts["measurement"].push_back(units[k].measurement);
      parts["measurement_picture"].push_back(units[k].measurement);
      parts["samples"].push_back(units[k].samples);
    }
    for (const auto& [name, tensors] : parts)
      EXPECT_TRUE(at::equal(file.read(file.cells()[cell], name), at::cat(tensors))) << cell << " " << name;
  }
  const hdf5::File results = hdf5::File::open(results_path(folder.path()));
  const auto stored = results.root().group("cells").group("001-cell").dataset("samples").stored_rows();
  const auto of_unit = UnitStore(folder.path()).open("11")->array("samples")->stored_rows();
  ASSERT_TRUE(stored && of_unit);
  EXPECT_EQ(stored->chunks.at(2).bytes, of_unit->chunks.at(0).bytes);
  // each cell's samples, and once the references and the measurements, which are their own pictures
  std::uintmax_t needed = 100'000;  // 56 kB of groups, attributes and metrics; one array more would be 220 kB
  for (const auto& [cell, name] : std::vector<std::pair<std::string, std::string>>{
           {"000-cell", "samples"}, {"001-cell", "samples"}, {"000-cell", "reference"}, {"000-cell", "measurement"}}) {
    const auto rows = results.root().group("cells").group(cell).dataset(name).stored_rows();
    ASSERT_TRUE(rows.has_value()) << cell << " " << name;
    for (const auto& chunk : rows->chunks) needed += chunk.bytes.size();
  }
  EXPECT_LT(fs::file_size(results_path(folder.path())), needed);
}

TEST(ConsolidateLarge, LargeImagesThatDifferLateAreOfEachCellItsOwn) {
  const TemporaryFolder folder;
  std::vector<UnitRecord> units = large_units();
  units[4].measurement[1][0][0][0] = 7;
  write_output(folder.path(), units);

  const ResultsFile file(consolidate(folder.path()).file);

  for (const std::size_t cell : {0, 1})
    EXPECT_TRUE(at::equal(
        file.read(file.cells()[cell], "measurement"),
        at::cat({units[3 * cell].measurement, units[3 * cell + 1].measurement, units[3 * cell + 2].measurement})));
}

TEST(ConsolidateLarge, PicturesThatAreTheMeasurementsAtFirstOnlyAreTheirOwn) {
  const TemporaryFolder folder;
  std::vector<UnitRecord> units = large_units();
  units[2].measurement_picture[0][1][2][3] = 5;
  write_output(folder.path(), units);

  const ResultsFile file(consolidate(folder.path()).file);

  for (const std::size_t cell : {0, 1})
    for (const bool picture : {false, true}) {
      std::vector<Tensor> parts;
      for (std::size_t k = 3 * cell; k < 3 * cell + 3; ++k)
        parts.push_back(picture ? units[k].measurement_picture : units[k].measurement);
      EXPECT_TRUE(
          at::equal(file.read(file.cells()[cell], picture ? "measurement_picture" : "measurement"), at::cat(parts)));
    }
}

TEST(ConsolidateLarge, NamesAnInputThatIsGone) {
  const TemporaryFolder folder;
  write_output(folder.path(), large_units());
  const UnitStore store(folder.path());
  const fs::path gone = store.inputs().path(*store.open("02")->input("reference"));
  fs::remove(gone);
  EXPECT_THAT(message_of<Error>([&] { consolidate(folder.path()); }), HasSubstr(gone.string()));
}

}  // namespace
}  // namespace dpsbench
