#include "runner/slurm/scripts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* date_script = "#!/bin/sh\n#SBATCH --nodes=1\n#SBATCH --time=10\ndate\n";

TEST(SlurmDirective, IsChangedWhereItIsAndElseAddedAfterTheLast) {
  EXPECT_EQ(with_directive(date_script, "nodes", "4"), "#!/bin/sh\n#SBATCH --nodes=4\n#SBATCH --time=10\ndate\n");
  EXPECT_EQ(with_directive(date_script, "array", "1-3"),
            "#!/bin/sh\n#SBATCH --nodes=1\n#SBATCH --time=10\n#SBATCH --array=1-3\ndate\n");
}

TEST(SlurmTime, IsWhatSlurmTakes) {
  for (const char* time : {"30", "90:00", "12:00:00", "2-0", "2-12:30", "2-12:30:00"})
    EXPECT_NO_THROW(check_slurm_time(time)) << time;
  for (const char* time : {"", "12h", "1:2:3:4", "1-", "-5", "10 --uid=0"})
    EXPECT_THROW(check_slurm_time(time), UserError) << time;
}

TEST(SlurmScripts, AreFilledIn) {
  const auto scripts = slurm_scripts(
      {.experiment = "/e/x.yaml", .output = "/o", .overrides = {}, .nodes = 4, .parts = 8, .time = "2-0", .site = {}},
      "/bin/dpsbench");

  EXPECT_THAT(scripts.at("run.sbatch"),
              AllOf(HasSubstr("\n#SBATCH --nodes=4\n"), HasSubstr("\n#SBATCH --time=2-0\n"),
                    HasSubstr("\n#SBATCH --array=1-8\n"), HasSubstr("\n#SBATCH --output=/o/slurm/%x-%j.log\n"),
                    HasSubstr("\n#SBATCH --open-mode=append\n"), HasSubstr("\n. '/o/slurm/site.sh'")));
  EXPECT_THAT(scripts.at("site.sh"), HasSubstr("export DPSBENCH=${DPSBENCH:-'/bin/dpsbench'}\n"));
  EXPECT_THAT(scripts.at("report.sbatch"), HasSubstr(". '/o/slurm/site.sh'"));
}

TEST(Submit, DryRunPrintsScriptsAndCommandAndWritesNothing) {
  const TinyExperiment tiny;

  const Ended ended = run_program(
      dpsbench_words({"submit", tiny.file(), "--output", tiny.output(), "--nodes", "2", "--time", "30", "--dry-run"}));

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("#SBATCH --nodes=2"), HasSubstr("#SBATCH --time=30\n"),
                               HasSubstr("chain.sh " + tiny.file()), Not(HasSubstr("#SBATCH --array"))));
  EXPECT_FALSE(std::filesystem::exists(tiny.output()));
}

TEST(Submit, RefusesABadExperimentBeforeAnythingIsQueued) {
  const TinyExperiment tiny;
  tiny.edit("seed: 3", "sed: 3");

  const Ended ended = run_program(dpsbench_words({"submit", tiny.file(), "--output", tiny.output()}));

  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("sed: unknown key"));
}

}  // namespace
}  // namespace dpsbench
