// What units have in common lies once beside them, and a unit is whole when that is.
#include "results/store/input_store.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>

#include "results/files/durable_file.h"
#include "results/files/sealed_file.h"
#include "results/store/array_digest.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "tests/message_of.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::wave;

/// A unit whose reference and measurement are large enough to be shared; the samples differ by `salt`.
UnitRecord large_unit(const std::string& unit_id, double salt) {
  UnitRecord unit = testing::synthetic_unit(unit_id, "cell-" + unit_id, 0, 2, salt);
  unit.reference = wave({2, 3, 64, 64}, 1);
  unit.measurement = wave({2, 3, 64, 64}, 2);
  unit.measurement_picture = unit.measurement.clone();
  unit.samples = wave({2, 3, 64, 64}, 10 + salt);
  return unit;
}

class SharedInputs : public ::testing::Test {
 protected:
  SharedInputs() : store_(folder_.path()) {
    for (const UnitRecord& unit : units_) store_.write(unit);
    Manifest plan;
    plan.configuration = "digest";
    for (const UnitRecord& unit : units_) {
      plan.cells.push_back({unit.cell_id, unit.attributes});
      plan.units.push_back({unit.unit_id, unit.cell_id, unit.image_ids, unit.positions});
    }
    open_output(folder_.path(), plan);
  }
  [[nodiscard]] std::string damages() const {
    std::string all;
    for (const Damage& damage : verify(folder_.path()).damages) all += damage.file + ": " + damage.what + "\n";
    return all;
  }
  [[nodiscard]] fs::path measurement() const { return store_.inputs().path(array_digest(units_[0].measurement)); }

  TemporaryFolder folder_;
  UnitStore store_;
  std::vector<UnitRecord> units_ = {large_unit("0a", 1), large_unit("0b", 2), large_unit("0c", 3)};
};

TEST_F(SharedInputs, LieOnceAndAreReadBackBitByBit) {
  EXPECT_EQ(store_.inputs().present().size(), 2U);  // the measurement is its own picture
  for (const UnitRecord& unit : units_) {
    const UnitRecord read = *store_.read(unit.unit_id);
    EXPECT_TRUE(at::equal(read.reference, unit.reference));
    EXPECT_TRUE(at::equal(read.measurement, unit.measurement));
    EXPECT_TRUE(at::equal(read.measurement_picture, unit.measurement_picture));
    EXPECT_TRUE(at::equal(read.samples, unit.samples));
    EXPECT_LT(fs::file_size(store_.unit_path(unit.unit_id)), unit.samples.nbytes() + 40'000);
  }
  EXPECT_EQ(damages(), "");
}

/// As h5py and h5dump see a unit: its links lead to the inputs.
TEST_F(SharedInputs, AreFoundByOtherProgramsThroughTheUnitsFile) {
  const hdf5::File file = hdf5::File::open(store_.unit_path("0b"));
  EXPECT_TRUE(at::equal(file.root().read("reference"), units_[1].reference));
  EXPECT_TRUE(at::equal(file.root().read("measurement_picture"), units_[1].measurement));
}

TEST_F(SharedInputs, WhoseFileIsGoneLeaveNoUnitWhole) {
  fs::remove(measurement());
  const UnitStore fresh(folder_.path());

  for (const UnitStore* store :
       std::initializer_list<const UnitStore*>{&store_, &fresh}) {  // one has seen the file whole before
    EXPECT_FALSE(store->is_done("0a"));
    EXPECT_THAT(message_of<LostInput>([&] { (void)store->read("0a"); }), HasSubstr(measurement().string()));
  }
  EXPECT_THAT(damages(), HasSubstr(measurement().string() + ": " + measurement().string() + ": is gone"));
  EXPECT_EQ(verify(folder_.path()).damages.size(), 1U);
  EXPECT_EQ(verify(folder_.path()).units_whole, 0);

  store_.write(units_[2]);  // any unit that has it puts it back
  EXPECT_EQ(damages(), "");
}

TEST_F(SharedInputs, AreNotTakenWhereAByteIsAltered) {
  const Bytes whole = read_bytes(measurement());
  for (std::size_t at = 3; at < whole.size(); at += whole.size() / 40) {
    Bytes altered = whole;
    altered[at] ^= std::byte{0x20};
    write_durably(measurement(), altered);
    const UnitStore store(folder_.path());
    ASSERT_FALSE(store.is_done("0a")) << at;
    ASSERT_THAT(message_of<LostInput>([&] { (void)store.read("0a"); }), HasSubstr(measurement().string())) << at;
    ASSERT_EQ(verify(folder_.path()).damages.size(), 1U) << at;
  }
}

TEST_F(SharedInputs, UnderAnotherArraysNameAreNotTaken) {
  fs::copy_file(store_.inputs().path(array_digest(units_[0].reference)), measurement(),
                fs::copy_options::overwrite_existing);
  const UnitStore store(folder_.path());
  EXPECT_FALSE(store.is_done("0a"));
  EXPECT_THAT(message_of<LostInput>([&] { (void)store.read("0a"); }), HasSubstr("holds another array than its name"));
}

TEST_F(SharedInputs, ThatNoUnitHasAreDamageOnlyWhereTheyAreDamaged) {
  const std::string digest = store_.inputs().keep(wave({1, 3, 64, 64}, 9));
  EXPECT_EQ(damages(), "");
  fs::resize_file(store_.inputs().path(digest), 600);
  EXPECT_THAT(damages(), HasSubstr("no unit needs it: rm"));
}

TEST(InputStore, ManyProcessesAndThreadsMayKeepTheSameAtOnceAndBeKilled) {
  const TemporaryFolder folder;
  const Tensor rows = wave({2, 3, 64, 64}, 0);
  std::vector<pid_t> children;
  for (int k = 0; k < 6; ++k) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int salt = 0; salt < 20; ++salt) (void)InputStore(folder.path() / "inputs").keep(rows + salt);
      ::_exit(0);
    }
    children.push_back(child);
  }
  ::usleep(20'000);
  for (std::size_t k = 0; k < 3; ++k) ::kill(children[k], SIGKILL);
  int status = 0;
  for (const pid_t child : children) ::waitpid(child, &status, 0);
  const InputStore store(folder.path() / "inputs");
  EXPECT_EQ(store.present().size(), 20U);
  for (const std::string& digest : store.present()) EXPECT_TRUE(store.holds(digest));
}

TEST(UnitStore, ReadsUnitsOfEarlierVersionsThatHaveAllInOneFile) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  const UnitRecord unit = large_unit("0a", 1);
  make_folder(folder.path() / "units");
  write_sealed(store.unit_path("0a"), encode_unit(unit));
  ASSERT_TRUE(store.is_done("0a"));
  EXPECT_TRUE(at::equal(store.read("0a")->reference, unit.reference));
  EXPECT_TRUE(at::equal(store.read("0a")->measurement_picture, unit.measurement));
}

}  // namespace
}  // namespace dpsbench
