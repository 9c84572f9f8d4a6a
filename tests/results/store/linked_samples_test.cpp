// Samples may stay in their units' files: results.h5 links them, and is read as if it had them.
#include <gmock/gmock.h>

#include <cstdlib>

#include "core/error.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/reader.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "tests/message_of.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::wave;

/// One cell of five images, in blocks of two, two and one, whose last run asked for links.
class LinkedSamples : public ::testing::Test {
 protected:
  LinkedSamples() {
    for (const int block : {0, 1, 2}) {
      const std::int64_t count = block == 2 ? 1 : 2;
      UnitRecord unit = testing::synthetic_unit(fmt::format("0{}", block), "000-cell", 2 * block, count, 0);
      unit.trajectory = Tensor();
      unit.samples = wave({count, 3, 80, 80}, 10 + block);
      units_.push_back(unit);
    }
    plan_.configuration = "digest";
    plan_.cells = {{"000-cell", units_.front().attributes}};
    for (const UnitRecord& unit : units_)
      plan_.units.push_back({unit.unit_id, unit.cell_id, unit.image_ids, unit.positions});
    plan_.runs = {{{samples_in_results, "linked"}}};
    open_output(out(), plan_);
    for (const UnitRecord& unit : units_) UnitStore(out()).write(unit);
    consolidate(out());
  }
  [[nodiscard]] fs::path out() const { return folder_.path() / "out"; }
  [[nodiscard]] Tensor samples() const { return at::cat({units_[0].samples, units_[1].samples, units_[2].samples}); }

  TemporaryFolder folder_;
  std::vector<UnitRecord> units_;
  Manifest plan_;
};

TEST_F(LinkedSamples, AreReadThroughTheResultsAndStoredOnce) {
  const ResultsFile results(results_path(out()));
  EXPECT_TRUE(at::equal(results.read(results.cells()[0], "samples"), samples()));
  EXPECT_TRUE(at::equal(results.read_rows(results.cells()[0], "samples", 3, 2), samples().narrow(0, 3, 2)));
  EXPECT_LT(fs::file_size(results_path(out())), samples().nbytes() / 4);
  EXPECT_TRUE(verify(out()).sound());
}

TEST_F(LinkedSamples, AreFoundWhereverTheFolderIs) {
  fs::rename(out(), folder_.path() / "moved");
  const ResultsFile results(results_path(folder_.path() / "moved"));
  EXPECT_TRUE(at::equal(results.read(results.cells()[0], "samples"), samples()));
}

TEST_F(LinkedSamples, AreReadByH5pyFromAnyFolder) {
  const std::string script = fmt::format(
      "import h5py; s = h5py.File('{}')['cells/000-cell/samples']; "
      "assert s.is_virtual and s.shape == (5, 3, 80, 80); assert abs(float(s[4, 2, 79, 79]) - {}) < 1e-6",
      results_path(out()).string(), samples()[4][2][79][79].item<float>());
  EXPECT_EQ(std::system(fmt::format("cd / && {} -c \"{}\"", DPSBENCH_PYTHON, script).c_str()), 0);
}

TEST_F(LinkedSamples, WhoseUnitIsGoneAreNotReadAsIfTheyWereThere) {
  const fs::path gone = UnitStore(out()).unit_path("01");
  fs::rename(gone, folder_.path() / "aside");
  const ResultsFile results(results_path(out()));
  EXPECT_THAT(message_of<DataError>([&] { (void)results.read(results.cells()[0], "samples"); }),
              AllOf(HasSubstr("samples"), HasSubstr(gone.string()), HasSubstr("gone")));
  const Verification found = verify(out());
  ASSERT_EQ(found.damages.size(), 1U);
  EXPECT_EQ(found.damages[0].file, results_path(out()));
  EXPECT_EQ(found.units_absent, 1);

  fs::create_symlink(folder_.path() / "aside", gone);
  EXPECT_THAT(message_of<DataError>([&] { (void)results.read(results.cells()[0], "samples"); }), HasSubstr("a link"));
}

TEST_F(LinkedSamples, AreCopiedOnceTheLastRunAsksForNoLinks) {
  plan_.runs = {{{"host", "second"}}};
  open_output(out(), plan_);
  consolidate(out());
  fs::remove_all(out() / "units");
  const ResultsFile results(results_path(out()));
  EXPECT_TRUE(at::equal(results.read(results.cells()[0], "samples"), samples()));
}

TEST_F(LinkedSamples, OfSeveralChainsAreLinkedWhole) {
  for (UnitRecord& unit : units_) {
    unit.samples = at::stack({unit.samples, unit.samples + 1}, 1);
    UnitStore(out()).write(unit);
  }
  consolidate(out());
  const ResultsFile results(results_path(out()));
  EXPECT_TRUE(at::equal(results.read(results.cells()[0], "samples"), samples()));
}

TEST_F(LinkedSamples, OfDifferentShapesAreRefused) {
  units_[1].samples = wave({2, 3, 40, 40}, 1);
  UnitStore(out()).write(units_[1]);
  EXPECT_THAT(message_of<DataError>([&] { consolidate(out()); }),
              HasSubstr("units/01.h5: its samples are [3, 40, 40]"));
}

/// A file of strangers cannot make a reader open what lies elsewhere.
TEST(LinkedRows, LeadNowhereOutsideOfTheFilesFolder) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "inside");
  {
    hdf5::File outside = hdf5::File::create(folder.path() / "outside.h5");
    outside.root().write("rows", wave({2, 3}, 0));
    outside.close();
  }
  const std::string absolute = (folder.path() / "outside.h5").string();
  for (const std::string& name : {std::string("../outside.h5"), absolute, std::string("units/../../outside.h5")}) {
    const fs::path path = folder.path() / "inside" / "links.h5";
    fs::remove(path);
    hdf5::File file = hdf5::File::create(path);
    file.root().link_rows("rows", {3}, {{name, "/rows", 2}});
    file.close();
    EXPECT_THAT(message_of<DataError>([&] { (void)hdf5::File::open(path).root().read("rows"); }),
                HasSubstr("not below the folder of this file"))
        << name;
  }
  const hdf5::File memory = hdf5::File::in_memory();
  memory.root().link_rows("rows", {3}, {{absolute, "/rows", 2}});
  EXPECT_THAT(
      message_of<DataError>([&] { (void)hdf5::File::from_image(memory.image(), "a unit").root().read("rows"); }),
      HasSubstr("its rows are not in this file"));
}

/// Nor one that claims much more than there is ask for the memory.
TEST(LinkedRows, AreNoMoreThanTheirFilesCanHold) {
  const TemporaryFolder folder;
  for (const char* name : {"rows.h5", "links.h5"}) {
    hdf5::File file = hdf5::File::create(folder.path() / name);
    if (std::string(name) == "rows.h5")
      file.root().write("rows", wave({2, 3}, 0));
    else
      file.root().link_rows("rows", {3}, {{"rows.h5", "/rows", std::int64_t{1} << 40}});
    file.close();
  }
  EXPECT_THAT(message_of<DataError>([&] { (void)hdf5::File::open(folder.path() / "links.h5").root().read("rows"); }),
              HasSubstr("which are [2, 3]"));
}

/// HDF5 itself ends in a segmentation fault there.
TEST(LinkedRows, ThatLinkThemselvesAreRefused) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "links.h5";
  hdf5::File file = hdf5::File::create(path);
  file.root().link_rows("rows", {3}, {{"links.h5", "/rows", 2}});
  file.close();
  EXPECT_THAT(message_of<DataError>([&] { (void)hdf5::File::open(path).root().read("rows"); }),
              HasSubstr("are links again"));
}

}  // namespace
}  // namespace dpsbench
