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
  const auto scripts = slurm_scripts({.experiment = "/e/x.yaml",
                                      .output = "/o",
                                      .overrides = {},
                                      .nodes = 4,
                                      .parts = 8,
                                      .time = "2-0",
                                      .site = {},
                                      .program = {"/bin/dpsbench"}});

  EXPECT_THAT(scripts.at("run.sbatch"),
              AllOf(HasSubstr("\n#SBATCH --nodes=4\n"), HasSubstr("\n#SBATCH --time=2-0\n"),
                    HasSubstr("\n#SBATCH --array=1-8\n"), HasSubstr("\n#SBATCH --open-mode=append\n"),
                    HasSubstr("\n. /o/slurm/site.sh")));
  EXPECT_THAT(scripts.at("site.sh"), HasSubstr("export DPSBENCH=${DPSBENCH:-/bin/dpsbench}\n"));
  EXPECT_THAT(scripts.at("report.sbatch"), HasSubstr(". /o/slurm/site.sh"));
}

TEST(SlurmScripts, StartAProgramOfSeveralWordsByAScript) {
  const auto scripts = slurm_scripts({.experiment = "/e/x.yaml",
                                      .output = "/o",
                                      .overrides = {},
                                      .site = {},
                                      .program = {"python", "-m", "dpsbench", "--plugin", "/my parts.py"}});

  EXPECT_EQ(scripts.at(launcher_name), "#!/bin/sh\nexec python -m dpsbench --plugin '/my parts.py' \"$@\"\n");
  EXPECT_THAT(scripts.at("site.sh"), HasSubstr("export DPSBENCH=${DPSBENCH:-/o/slurm/dpsbench}\n"));
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

/// Submits with an sbatch that writes its words, one a line, to a file. Returns those of every call.
std::string words_of_sbatch(const TinyExperiment& tiny, const std::string& output) {
  const std::filesystem::path bin = tiny.folder() / "bin";
  std::filesystem::create_directories(bin);
  write_text(bin / "sbatch", "#!/bin/sh\nprintf '%s\\n' \"$@\" >>" + (tiny.folder() / "words").string() + "\necho 7\n");
  std::filesystem::permissions(bin / "sbatch", std::filesystem::perms::owner_all);
  const Ended ended = run_program({"env", "PATH=" + bin.string() + ":" + std::getenv("PATH"), dpsbench_words({})[0],
                                   "submit", tiny.file(), "--output", output, "--set", "seed=5"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "run: job 7, then report: job 7\n");
  return read_text(tiny.folder() / "words");
}

TEST(Submit, HandsAnyOutputPathToSbatchAsItIs) {
  for (const std::string name : {"plain", "with blank", "quote's", "dq\"x", "percent%j", "hash #x", "$(touch PWNED)",
                                 "back\\slash", "both\\%j", "semi;colon", "`x`", "{a}", "état 漢"}) {
    const TinyExperiment tiny;
    const bool literal = name.find('\\') != std::string::npos;  // turns sbatch's patterns off
    std::string pattern = tiny.output(name);
    const std::string sign = literal ? "\\" : "%";  // what sbatch reads as its own
    for (std::size_t at = pattern.find(sign); at != std::string::npos; at = pattern.find(sign, at + 2))
      pattern.insert(at, sign);

    const std::string words = words_of_sbatch(tiny, tiny.output(name));

    EXPECT_THAT(words, HasSubstr("--output=" + pattern + "/slurm/" + (literal ? "dpsbench.log" : "%x-%j.log") + "\n"))
        << name;
    EXPECT_THAT(words, HasSubstr("\n" + tiny.output(name) + "/slurm/run.sbatch\n" + tiny.file() + "\n" +
                                 tiny.output(name) + "\n--no-consolidate\n--set\nseed=5\n"))
        << name;
    const std::string script = read_text(tiny.folder() / name / "slurm" / "run.sbatch");
    EXPECT_THAT(script, testing::Not(HasSubstr("#SBATCH --output=/"))) << name;
  }
}

TEST(Submit, RefusesControlCharactersInThePath) {
  const TinyExperiment tiny;
  for (const std::string name : {"line\nend", "tab\tx", "esc\x1bx"}) {
    const Ended ended = run_program(dpsbench_words({"submit", tiny.file(), "--output", tiny.output(name)}));
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, HasSubstr("control character"));
    EXPECT_FALSE(std::filesystem::exists(tiny.output(name)));
  }
}

TEST(Submit, PrintsACommandThatCanBePasted) {
  const TinyExperiment tiny;

  const Ended ended = run_program(dpsbench_words({"submit", tiny.file(), "--output", tiny.output("a b"), "--dry-run"}));

  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("bash '" + tiny.output("a b") + "/slurm/chain.sh' " + tiny.file() + " '" +
                                   tiny.output("a b") + "'\n"));
}

TEST(Submit, RefusesABadExperimentBeforeAnythingIsQueued) {
  const TinyExperiment tiny;
  tiny.edit("seed: 3", "sed: 3");

  const Ended ended = run_program(dpsbench_words({"submit", tiny.file(), "--output", tiny.output()}));

  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("sed: unknown key"));
}

/// The large networks of 256 x 256 never end up on CPUs unasked.
TEST(Submit, OfALargeNetworkAsksForGpusOrIsRefused) {
  const TinyExperiment tiny;
  const std::string experiment = DPSBENCH_SOURCE_DIR "/experiments/table2-ffhq.yaml";
  const auto submitted = [&](const std::string& site, std::vector<std::string> more) {
    write_text(tiny.folder() / "site.sh", site);
    const std::string file = (tiny.folder() / "site.sh").string();
    std::vector<std::string> words = {"submit", experiment, "--output", tiny.output(), "--site", file, "--dry-run"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(dpsbench_words(words));
  };
  const std::string without = "RUN_OPTIONS=()  # e.g. (--gpus-per-node=4)\nRANKS=${SLURM_GPUS_ON_NODE:-1}\n";

  const Ended refused = submitted(without, {});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("table2-ffhq.yaml"), HasSubstr("194 billion"), HasSubstr("--gpus N"),
                                 HasSubstr("RUN_OPTIONS"), HasSubstr("--gpus 0")));
  const Ended asked = submitted(without, {"--gpus", "4", "--set", "seed=1"});
  EXPECT_EQ(asked.code, 0) << asked.err;
  EXPECT_THAT(asked.out, HasSubstr("--gpus-per-node=4 -- --set seed=1\n"));
  const Ended forced = submitted(without, {"--gpus", "0"});
  EXPECT_EQ(forced.code, 0) << forced.err;
  EXPECT_THAT(forced.out, Not(HasSubstr("--gpus-per-node=0")));
  EXPECT_EQ(submitted("RUN_OPTIONS=(--gres=gpu:a100:4)\n", {}).code, 0);
  EXPECT_EQ(submitted("export SBATCH_PARTITION=gpu\n", {}).code, 0);
}

}  // namespace
}  // namespace dpsbench
