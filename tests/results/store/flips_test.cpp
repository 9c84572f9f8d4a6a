// Every byte of an output folder is altered once: readers refuse the file, verify names it, and it is mended. Of the
// two large files verify, which reads the whole folder each time, is asked at every eighth byte.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "core/error.h"
#include "results/files/descriptor.h"
#include "results/files/durable_file.h"
#include "results/store/consolidate.h"
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
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// One unit of two images, of which one failed.
class Flips : public ::testing::Test {
 protected:
  Flips() : store_(folder_.path()) {
    UnitRecord unit = testing::synthetic_unit("0a", "000-cell", 0, 2, 0);
    unit.trajectory = Tensor();
    unit.step_size = Tensor();
    plan_.experiment = "trial";
    plan_.experiment_text = "name: trial\n";
    plan_.configuration = "digest";
    plan_.cells = {{unit.cell_id, unit.attributes}};
    plan_.units = {{unit.unit_id, unit.cell_id, unit.image_ids, unit.positions}};
    plan_.runs = {{{"host", "first"}}};
    open_output(folder_.path(), plan_);
    store_.write(select_images(unit, {0}), {{unit.image_ids[1], "unreadable"}});
    consolidate(folder_.path());
  }

  /// Calls `check` with each byte of the file altered in turn, one bit of it, another one from byte to byte.
  void for_each_flip(const fs::path& file, const std::function<void(bool eighth)>& check) const {
    const Bytes whole = read_bytes(file);
    ASSERT_GT(whole.size(), 100U);
    const Descriptor open(::open(file.c_str(), O_WRONLY));
    for (std::size_t at = 0; at < whole.size() && !HasFatalFailure(); ++at) {
      const std::byte altered = whole[at] ^ std::byte(1U << (at / 3 % 8));
      SCOPED_TRACE(fmt::format("byte {} of {}", at, file.string()));
      ASSERT_EQ(::pwrite(open.number(), &altered, 1, static_cast<off_t>(at)), 1);
      check(at % 8 == 7);
      ASSERT_EQ(::pwrite(open.number(), &whole[at], 1, static_cast<off_t>(at)), 1);
    }
    EXPECT_TRUE(verify(folder_.path()).sound());
  }
  void expect_reported(const fs::path& file) const {
    const Verification found = verify(folder_.path());
    ASSERT_EQ(found.damages.size(), 1U);
    ASSERT_EQ(found.damages[0].file, file);
  }

  TemporaryFolder folder_;
  UnitStore store_;
  Manifest plan_;
};

TEST_F(Flips, OfResultsAreReportedAndNotRead) {
  const fs::path file = results_path(folder_.path());
  for_each_flip(file, [&](bool eighth) {
    if (eighth) expect_reported(file);
    ASSERT_THAT(message_of<DataError>([&] { ResultsFile{file}; }), HasSubstr(file.string()));
  });
}

TEST_F(Flips, OfUnitsAreReportedAndNotRead) {
  const fs::path file = store_.unit_path("0a");
  for_each_flip(file, [&](bool eighth) {
    if (eighth) expect_reported(file);
    ASSERT_FALSE(store_.summary_of("0a").has_value());
    ASSERT_THAT(message_of<DataError>([&] { (void)store_.read("0a"); }), HasSubstr(file.string()));
  });
}

TEST_F(Flips, OfNotesOfFailuresAreReportedAndNotRead) {
  const fs::path file = store_.failure_path("0a");
  for_each_flip(file, [&](bool) {
    const Verification found = verify(folder_.path());
    ASSERT_EQ(found.damages.size(), 2U);  // the note, and the unit that lacks an image without one
    ASSERT_EQ(found.damages[0].file, file);
    ASSERT_THAT(message_of<DataError>([&] { (void)store_.failures(); }), HasSubstr(file.string()));
    ASSERT_THAT(message_of<DataError>([&] { consolidate(folder_.path()); }), HasSubstr(file.string()));
  });
}

TEST_F(Flips, OfTheManifestAreReportedAndNotRead) {
  const fs::path file = manifest_path(folder_.path());
  for_each_flip(file, [&](bool) {
    expect_reported(file);
    ASSERT_THAT(message_of<DamagedManifest>([&] { (void)read_manifest(folder_.path()); }),
                HasSubstr("'dpsbench run' of the same experiment into this folder writes it anew"));
    ASSERT_THAT(message_of<DataError>([&] { consolidate(folder_.path()); }), HasSubstr(file.string()));
  });
}

TEST_F(Flips, OfTheManifestAreMendedByTheNextRun) {
  const fs::path file = manifest_path(folder_.path());
  const Bytes whole = read_bytes(file);
  for (std::size_t at = 0; at < whole.size(); at += 11) {
    SCOPED_TRACE(fmt::format("byte {}", at));
    Bytes altered = whole;
    altered[at] ^= std::byte{0x04};
    write_durably(file, altered);
    Manifest now = plan_;
    now.runs = {{{"host", "second"}}};

    const OpenedOutput opened = open_output(folder_.path(), now);

    ASSERT_THAT(opened.mended, HasSubstr(file.string() + ": was damaged and is written anew"));
    const Manifest read = read_manifest(folder_.path());
    ASSERT_EQ(read.experiment_text, plan_.experiment_text);
    ASSERT_EQ(read.cells[0].attributes, plan_.cells[0].attributes);
    ASSERT_EQ(read.units[0].image_ids, plan_.units[0].image_ids);
    ASSERT_EQ(read.runs.back().at("host"), "second");
    ASSERT_TRUE(read.runs.back().contains("note"));
  }
}

}  // namespace
}  // namespace dpsbench
