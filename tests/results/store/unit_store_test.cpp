#include "results/store/unit_store.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/files/temporary_file.h"
#include "tests/message_of.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::synthetic_unit;
using testing::TemporaryFolder;
using testing::wave;

void write_raw(const fs::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// Runs `action` in a child process; returns the child's wait status.
int in_child(const std::function<void()>& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    action();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(UnitStore, ReadsBackWhatWasWrittenBitForBit) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  const UnitRecord unit = synthetic_unit("0a", "001-cell", 0, 3, 0.1);

  store.write(unit);
  const auto read = store.read("0a");

  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->cell_id, unit.cell_id);
  EXPECT_EQ(read->attributes, unit.attributes);
  EXPECT_EQ(read->image_ids, unit.image_ids);
  EXPECT_EQ(read->positions, unit.positions);
  EXPECT_TRUE(at::equal(read->reference, unit.reference));
  EXPECT_TRUE(at::equal(read->measurement, unit.measurement));
  EXPECT_TRUE(at::equal(read->measurement_picture, unit.measurement_picture));
  EXPECT_TRUE(at::equal(read->samples, unit.samples));
  EXPECT_TRUE(at::equal(read->trajectory, unit.trajectory));
  EXPECT_TRUE(at::equal(read->step_size, unit.step_size));
  ASSERT_EQ(read->metrics.size(), 2U);
  EXPECT_TRUE(at::equal(read->metrics.at("psnr"), unit.metrics.at("psnr")));
  EXPECT_EQ(read->seconds, 1.5);
  EXPECT_EQ(read->network_evaluations, 200);
  EXPECT_EQ(read->passes_back, 100);
  EXPECT_EQ(read->peak_bytes, 5e6);
}

TEST(UnitStore, KeepsUndefinedTensorsUndefined) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  UnitRecord unit = synthetic_unit("0b", "cell", 3, 2, 0);
  unit.step_size = Tensor();

  store.write(unit);

  EXPECT_FALSE(store.read("0b")->step_size.defined());
  EXPECT_FALSE(store.read("0b")->trajectory.defined());
}

/// Photographs have few different numbers, and where the measurement is a picture it is its own.
TEST(UnitStore, TakesLessThanItsNumbersAndHoldsWhatIsThereTwiceOnce) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  UnitRecord unit = synthetic_unit("u", "c", 0, 4, 1);
  unit.trajectory = Tensor();
  unit.reference = (wave({4, 3, 32, 32}, 0) * 127.5 + 127.5).round() / 127.5 - 1;
  unit.samples = wave({4, 3, 32, 32}, 1);
  unit.measurement = wave({4, 3, 32, 32}, 2);
  unit.measurement_picture = unit.measurement.clone();
  const double raw = static_cast<double>(unit.reference.nbytes());

  store.write(unit);

  EXPECT_LT(static_cast<double>(fs::file_size(store.unit_path("u"))), 2.7 * raw);
  const UnitRecord read = *store.read("u");
  EXPECT_TRUE(at::equal(read.reference, unit.reference));
  EXPECT_TRUE(at::equal(read.samples, unit.samples));
  EXPECT_TRUE(at::equal(read.measurement_picture, unit.measurement));
}

TEST(UnitStore, KnowsWhichUnitsAreDone) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  EXPECT_THAT(store.done(), ElementsAre());

  store.write(synthetic_unit("0b", "cell", 2, 2, 0));
  store.write(synthetic_unit("0a", "cell", 0, 2, 0));

  EXPECT_TRUE(store.is_done("0a"));
  EXPECT_FALSE(store.is_done("0c"));
  EXPECT_FALSE(store.read("0c").has_value());
  EXPECT_THAT(store.done(), ElementsAre("0a", "0b"));
}

TEST(UnitStore, NoticesAnAlteredByteWhereverItIs) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(synthetic_unit("0a", "cell", 0, 2, 0));
  const fs::path path = store.unit_path("0a");
  const Bytes whole = read_bytes(path);
  ASSERT_GT(whole.size(), 5000U);

  for (std::size_t at = 0; at < whole.size(); at += 97) {
    Bytes altered = whole;
    altered[at] ^= std::byte{0x10};
    write_raw(path, altered);
    ASSERT_FALSE(store.is_done("0a")) << "byte " << at;
    ASSERT_THAT(message_of<Error>([&] { (void)store.read("0a"); }), HasSubstr(path.string())) << "byte " << at;
  }
  write_raw(path, whole);
  EXPECT_TRUE(store.is_done("0a"));
}

TEST(UnitStore, NoticesAFileThatWasCutOffOrGrew) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(synthetic_unit("0a", "cell", 0, 2, 0));
  const fs::path path = store.unit_path("0a");
  const Bytes whole = read_bytes(path);

  for (std::size_t length = 0; length < whole.size(); length += 193) {
    write_raw(path, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    ASSERT_FALSE(store.is_done("0a")) << length;
    ASSERT_THAT(message_of<Error>([&] { (void)store.read("0a"); }), HasSubstr("damaged")) << length;
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  write_raw(path, longer);
  EXPECT_FALSE(store.is_done("0a"));
}

TEST(UnitStore, RefusesAUnitUnderAnotherUnitsName) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(synthetic_unit("0a", "cell", 0, 2, 0));
  fs::rename(store.unit_path("0a"), store.unit_path("0b"));

  EXPECT_THAT(message_of<Error>([&] { (void)store.read("0b"); }), HasSubstr("holds unit 0a instead"));
}

TEST(UnitStore, RefusesTensorsOfDifferentNumbersOfImages) {
  const TemporaryFolder folder;
  UnitRecord unit = synthetic_unit("0a", "cell", 0, 2, 0);
  unit.metrics["psnr"] = at::zeros({3}, at::kDouble);

  EXPECT_THAT(message_of<Error>([&] { UnitStore(folder.path()).write(unit); }), HasSubstr("psnr is of 3 images"));
}

TEST(UnitStore, AKillBetweenWritingAndRenamingLeavesNoUnitAndIsSweptAway) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(synthetic_unit("0a", "cell", 0, 2, 0));
  // What a process leaves that is killed before the rename: a temporary file, whole or torn.
  const Bytes whole = read_bytes(store.unit_path("0a"));
  write_raw(temporary_name(store.unit_path("0b")), whole);
  const fs::path elsewhere = folder.path() / "units" / ".0c.h5.elsewhere.17.0123456789abcdef.tmp";
  write_raw(elsewhere, Bytes(100));
  fs::last_write_time(elsewhere, fs::file_time_type::clock::now() - std::chrono::hours(25));

  EXPECT_FALSE(store.is_done("0b"));
  EXPECT_THAT(store.present(), ElementsAre("0a"));
  store.sweep();

  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "units"), {}), 1);
  EXPECT_TRUE(store.is_done("0a"));
}

TEST(UnitStore, AProcessKilledAtAnyInstantLeavesOnlyWholeUnits) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  std::vector<UnitRecord> units;
  for (int i = 0; i < 50; ++i) units.push_back(synthetic_unit(fmt::format("{:02x}", i), "cell", i, 1, i));
  int killed = 0;

  for (int round = 0; round < 10; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (const UnitRecord& unit : units)
        if (!store.is_done(unit.unit_id)) store.write(unit);
      ::_exit(0);
    }
    ::usleep(1000 * (1 + round * 3));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    killed += WIFSIGNALED(status) ? 1 : 0;
    ASSERT_EQ(store.present(), store.done());
  }
  EXPECT_GT(killed, 0);
}

TEST(UnitStore, AFullDiskIsAClearErrorAndLeavesNothingBehind) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(synthetic_unit("0a", "cell", 0, 2, 0));
  const fs::path report = folder.path() / "message";

  const int status = in_child([&] {
    // A limit on the size of files stands in for a full disk: the write stops half way.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{2000, 2000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::ofstream(report) << message_of<Error>([&] { store.write(synthetic_unit("0b", "cell", 2, 2, 0)); });
  });

  ASSERT_EQ(status, 0);
  std::stringstream message;
  message << std::ifstream(report).rdbuf();
  EXPECT_THAT(message.str(), HasSubstr(store.unit_path("0b").string() + ": cannot write: File too large"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "units"), {}), 1);
  EXPECT_FALSE(store.is_done("0b"));
}

TEST(UnitStore, AFolderThatCannotBeWrittenIsAClearError) {
  // A file where the folder should be fails for root too, as a read-only folder fails for others.
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "units") << "in the way";

  EXPECT_THAT(message_of<Error>([&] { UnitStore(folder.path()).write(synthetic_unit("0a", "cell", 0, 1, 0)); }),
              HasSubstr((folder.path() / "units").string()));
}

UnitRecord without_images(const std::string& unit_id) {
  UnitRecord unit;
  unit.unit_id = unit_id;
  unit.cell_id = "cell";
  return unit;
}

TEST(UnitStore, RemembersFailedImagesUntilTheUnitSucceeds) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(without_images("0b"), {{"00003", "step 7: not finite \xff"}});
  store.write(synthetic_unit("0a", "cell", 0, 2, 0), {{"100002", "out of memory"}, {"100003", "unreadable"}});

  const auto failures = store.failures();
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].unit_id, "0a");
  ASSERT_EQ(failures[0].images.size(), 2U);
  EXPECT_EQ(failures[0].images[1].image_id, "100003");
  EXPECT_EQ(failures[0].images[1].reason, "unreadable");
  EXPECT_THAT(failures[1].images.at(0).reason, HasSubstr("step 7: not finite"));
  EXPECT_THAT(store.present(), ElementsAre("0a"));

  store.write(synthetic_unit("0a", "cell", 0, 4, 0));
  EXPECT_EQ(store.failures().size(), 1U);
}

TEST(UnitStore, ADamagedUnitWhoseImagesAllFailGoes) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(synthetic_unit("0a", "cell", 0, 2, 0));
  write_raw(store.unit_path("0a"), Bytes(100));

  store.write(without_images("0a"), {{"100000", "unreadable"}, {"100001", "unreadable"}});

  EXPECT_THAT(store.present(), ElementsAre());
}

TEST(UnitStore, NamesAFailureRecordThatCannotBeRead) {
  const TemporaryFolder folder;
  const UnitStore store(folder.path());
  store.write(without_images("0a"), {{"00001", "reason"}});
  std::ofstream(store.failure_path("0a")) << "{\"unit_id\": 3";

  EXPECT_THAT(message_of<Error>([&] { (void)store.failures(); }), HasSubstr(store.failure_path("0a").string()));
}

}  // namespace
}  // namespace dpsbench
