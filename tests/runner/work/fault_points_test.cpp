// What goes wrong between two instructions of the store, one point at a time, and what the next run makes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "results/store/reader.h"
#include "results/store/unit_store.h"
#include "results/store/verify.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/same_results.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> run_tiny_words(const TinyExperiment& tiny, const std::string& output) {
  return dpsbench_words({"run", tiny.file(), "--output", tiny.output(output), "--quiet"});
}

/// The same with a fault (fault_points.cpp).
std::vector<std::string> with_fault(const std::string& fault, const std::vector<std::string>& words) {
  std::vector<std::string> all = {"env", "LD_PRELOAD=" DPSBENCH_BINARY_DIR "/libfault_points.so",
                                  "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0", "DPSBENCH_FAULT=" + fault};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

void expect_sound_and_resumable(const TinyExperiment& tiny, const std::string& output) {
  EXPECT_TRUE(verify(tiny.output(output)).sound());
  const Ended resumed = run_program(run_tiny_words(tiny, output));
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  expect_same_results(tiny.output("alone"), tiny.output(output));
}

class FaultPoint : public testing::TestWithParam<std::string> {};

TEST_P(FaultPoint, KillsLeaveOnlyWholeUnitsAndAResumeEndsTheRun) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_tiny_words(tiny, "alone")).code, 0);

  const Ended killed = run_program(with_fault(GetParam() + ":5", run_tiny_words(tiny, "out")));

  EXPECT_EQ(killed.code, 128 + SIGKILL) << killed.err;
  const UnitStore store(tiny.output());
  EXPECT_EQ(store.present().size(), GetParam() == "after_rename" ? 5U : 4U);
  EXPECT_EQ(store.present(), store.done());
  expect_sound_and_resumable(tiny, "out");
}

INSTANTIATE_TEST_SUITE_P(Of, FaultPoint, testing::Values("before_rename", "after_rename", "torn_write"));

TEST(FullDisk, IsNamedAndLosesNothing) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_tiny_words(tiny, "alone")).code, 0);

  const Ended ended = run_program(with_fault("full_disk:5", run_tiny_words(tiny, "out")));

  EXPECT_EQ(ended.code, 2);  // as good as bad input: the same again at once would end the same
  EXPECT_THAT(ended.err, AllOf(HasSubstr("out/units/"), HasSubstr("cannot write: No space left on device")));
  EXPECT_EQ(UnitStore(tiny.output()).done().size(), 4U);
  expect_sound_and_resumable(tiny, "out");
}

TEST(FullDisk, OfARealFileSystemIsTheSame) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_tiny_words(tiny, "alone")).code, 0);
  const std::string output = tiny.output("out");
  std::filesystem::create_directory(output);
  // a file system of its own that ends with the command; what it holds is copied out before
  const std::string script = "mount -t tmpfs -o size=160k none " + output + " || exit 77; \"$@\"; code=$?; cp -r " +
                             output + " " + output + "-kept; exit $code";
  std::vector<std::string> words = {"unshare", "--mount", "sh", "-c", script, "sh"};
  const std::vector<std::string> run = run_tiny_words(tiny, "out");
  words.insert(words.end(), run.begin(), run.end());

  const Ended ended = run_program(words);

  if (!std::filesystem::exists(output + "-kept"))
    GTEST_SKIP() << "a small file system cannot be mounted: " << ended.err;
  EXPECT_NE(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("No space left on device"));
  EXPECT_GT(UnitStore(output + "-kept").done().size(), 0U);
  expect_sound_and_resumable(tiny, "out-kept");
}

/// A run in which a file system never answers, ended by the watchdog (or, if that sleeps, after two minutes).
Ended hung(const TinyExperiment& tiny, const std::string& fault) {
  std::vector<std::string> words = with_fault(fault, run_tiny_words(tiny, "out"));
  words.insert(words.begin(), {"timeout", "120"});
  words.insert(words.end(), {"--step-timeout", "3"});
  return run_program(words);
}

TEST(HungFileSystem, IsNamedWhateverIsBeingWritten) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_tiny_words(tiny, "alone")).code, 0);
  const std::size_t units = UnitStore(tiny.output("alone")).present().size();
  for (const auto& [fault, what] : std::vector<std::pair<std::string, std::string>>{
           {"hang:1:manifest.json", "getting ready: nothing has moved for 3 s"},
           {fmt::format("hang:{}:/units/", units), "writing unit "},
           {"hang:1:results.h5", "putting the results together: nothing has moved for 3 s"}}) {
    const Ended ended = hung(tiny, fault);
    EXPECT_EQ(ended.code, 1) << fault << ": " << ended.err;
    EXPECT_THAT(ended.err, AllOf(HasSubstr("dpsbench: rank 0: "), HasSubstr(what), HasSubstr("--step-timeout")))
        << fault;
  }
  expect_sound_and_resumable(tiny, "out");
}

TEST(LostRank, EndsTheJobAndLosesNothing) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_tiny_words(tiny, "alone")).code, 0);
  std::vector<std::string> words = with_fault("exit:2", run_tiny_words(tiny, "out"));
  words.insert(words.begin() + 1, "DPSBENCH_FAULT_RANK=1");

  const Ended ended = run_program(under_mpirun(2, words));

  EXPECT_NE(ended.code, 0);
  EXPECT_EQ(UnitStore(tiny.output()).present(), UnitStore(tiny.output()).done());
  expect_sound_and_resumable(tiny, "out");
}

TEST(UnreadableImage, FailsAloneAndIsDoneByTheNextRun) {
  const TinyExperiment tiny;
  ASSERT_EQ(run_program(run_tiny_words(tiny, "alone")).code, 0);

  // the first readings look whether the data set is fit to use
  const Ended ended = run_program(with_fault("unreadable:3:picture3", run_tiny_words(tiny, "out")));

  EXPECT_EQ(ended.code, 3) << ended.err;
  EXPECT_THAT(ended.err, AllOf(HasSubstr("image picture3: "), Not(HasSubstr("picture2"))));
  const ResultsFile results(tiny.folder() / "out" / "results.h5");
  ASSERT_FALSE(results.cells().empty());
  EXPECT_THAT(results.cells().back().image_ids,
              testing::ElementsAre("picture0", "picture1", "picture2", "picture4", "picture5"));
  EXPECT_EQ(results.cells().back().text("failed_images"), "picture3");
  EXPECT_TRUE(verify(tiny.output()).sound());

  const Ended resumed = run_program(run_tiny_words(tiny, "out"));

  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_TRUE(UnitStore(tiny.output()).failures().empty());
  const ResultsFile mended(tiny.folder() / "out" / "results.h5");
  const ResultsFile whole(tiny.folder() / "alone" / "results.h5");
  EXPECT_EQ(mended.text("complete"), "true");
  const Tensor difference = mended.read(mended.cells().back(), "samples") - whole.read(whole.cells().back(), "samples");
  EXPECT_LT(difference.abs().max().item<double>(), 1e-5);  // done alone, not in its batch
  for (const std::int64_t other : {0, 1, 2, 4, 5}) EXPECT_EQ(difference[other].abs().max().item<double>(), 0) << other;
}

/// Flips a byte of a file, or cuts it off there; `whole` is its content.
void damage(const std::filesystem::path& file, std::string whole, std::size_t at, bool cut) {
  if (cut)
    whole.resize(at);
  else
    whole[at] = static_cast<char>(whole[at] ^ 0x20);
  std::ofstream(file, std::ios::binary) << whole;
}

TEST(DamagedUnit, IsReportedByVerifyWhateverByteItIsAndMendedByAResume) {
  const TinyExperiment tiny(2);
  tiny.edit("  - {name: inpainting, mask_fraction: [0.3, 0.5]}\n", "");
  tiny.edit("  - {name: dps, steps: [10, 5]}\n", "");
  for (const char* output : {"alone", "out"}) ASSERT_EQ(run_program(run_tiny_words(tiny, output)).code, 0);
  const UnitStore store(tiny.output());
  ASSERT_EQ(store.present().size(), 1U);
  const std::filesystem::path file = store.unit_path(store.present().front());
  const std::string whole = read_text(file);

  for (const bool cut : {false, true})
    for (std::size_t at = 0; at < whole.size(); at += 97) {
      damage(file, whole, at, cut);
      const Verification found = verify(tiny.output());
      ASSERT_EQ(found.damages.size(), 1U) << at;
      ASSERT_EQ(found.damages[0].file, file) << at;
    }
  for (const bool cut : {false, true})
    for (const std::size_t at : {std::size_t{40}, whole.size() / 2}) {
      damage(file, whole, at, cut);
      expect_same_results(tiny.output("alone"), tiny.output("out"));
      EXPECT_EQ(run_program(run_tiny_words(tiny, "out")).code, 0);
      EXPECT_TRUE(verify(tiny.output()).sound());
      expect_same_results(tiny.output("alone"), tiny.output("out"));
    }
}

}  // namespace
}  // namespace dpsbench
