// What the command line says of itself: help, versions, nearest names, completion, doctor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Ended answer(const std::vector<std::string>& words) { return run_program(dpsbench_words(words)); }

TEST(Help, IsShortWhereNothingIsAsked) {
  const Ended ended = answer({});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, AllOf(HasSubstr("dpsbench run EXPERIMENT"), HasSubstr("'dpsbench help' lists all commands")));
  EXPECT_LT(ended.err.size(), 1000U);
}

TEST(Help, OfACommandIsItsOwnHelp) {
  EXPECT_EQ(answer({"help", "run"}).out, answer({"run", "--help"}).out);
  EXPECT_EQ(answer({"help"}).out, answer({"--help"}).out);
  const Ended unknown = answer({"help", "reprot"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("there is no command 'reprot' (did you mean 'report'?)"));
}

TEST(Help, TellsVersions) {
  const Ended ended = answer({"--version"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, StartsWith("dpsbench  0."));
  for (const char* of : {", revision ", "\nLibTorch  2.", "\nCUDA ", "\nMPI ", "\nHDF5      1."})
    EXPECT_THAT(ended.out, HasSubstr(of));
}

TEST(Options, AreSpeltInOneWayAndTakenInTheOther) {
  const Ended help = answer({"train", "--help"});
  EXPECT_THAT(help.out,
              AllOf(HasSubstr("--learning-rate"), HasSubstr("--image-size"), Not(HasSubstr("--learning_rate"))));
  const Ended both = answer({"train", "--learning_rate", "fast", "--output", "x"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, AllOf(HasSubstr("--learning-rate"), HasSubstr("'fast' is not a number")));
}

TEST(UnknownWords, NameTheNearestCommand) {
  const Ended ended = answer({"reprot", "out"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.err, "dpsbench: there is no command 'reprot' (did you mean 'report'?); 'dpsbench help' lists all\n");
}

TEST(UnknownWords, NameTheNearestOption) {
  const Ended ended = answer({"run", "x.yaml", "--outptu=out"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.err,
            "dpsbench run has no option --outptu (did you mean '--output'?); 'dpsbench run --help' lists those it "
            "has\n");
  EXPECT_THAT(answer({"weights", "inspect", "--fly", "x"}).err,
              StartsWith("dpsbench weights inspect has no option --fly;"));
  EXPECT_THAT(answer({"--versoin"}).err, StartsWith("dpsbench has no option --versoin (did you mean '--version'?)"));
}

/// What bash offers for the last of these words.
std::string completed(const std::string& words) {
  const std::string script = "eval \"$(\"$0\" completion)\"; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _dpsbench; echo ${COMPREPLY[*]}";
  return run_program({"bash", "-c", script, dpsbench_words({})[0]}).out;
}

TEST(Completion, KnowsCommandsAndOptions) {
  EXPECT_EQ(completed("dpsbench rep"), "report\n");
  EXPECT_EQ(completed("dpsbench help wei"), "weights\n");
  EXPECT_EQ(completed("dpsbench weights ins"), "inspect\n");
  EXPECT_EQ(completed("dpsbench run x.yaml --outp"), "--output\n");
  EXPECT_EQ(completed("dpsbench --vers"), "--version\n");
  EXPECT_EQ(completed("dpsbench run exp"), "\n");  // bash itself offers files
  EXPECT_EQ(completed("dpsbench doctor --laun"), "\n");
}

TEST(Doctor, SaysWhatIsThereAndWhatLacks) {
  const TinyExperiment tiny;
  const Ended ended = run_program({"env", "DPSBENCH_WEIGHTS=" + (tiny.folder() / "nowhere").string(),
                                   "DPSBENCH_DATA=" + tiny.folder().string(), "OMPI_ALLOW_RUN_AS_ROOT=1",
                                   "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", dpsbench_words({})[0], "doctor", tiny.file(),
                                   "/nowhere.yaml", "--output", tiny.folder().string()});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("LibTorch"), HasSubstr("ok     MPI launch: mpirun starts 2 ranks"),
                               HasSubstr("ok     locks: "), HasSubstr("ok     HDF5: "), HasSubstr("ok     disk: "),
                               HasSubstr("lacks  DPSBENCH_WEIGHTS: "), HasSubstr("ok     DPSBENCH_DATA: "),
                               HasSubstr("ok     " + tiny.file() + ": its weights and images are there"),
                               HasSubstr("lacks  /nowhere.yaml: ")));
  for (const auto& entry : std::filesystem::directory_iterator(tiny.folder()))
    EXPECT_THAT(entry.path().filename().string(), Not(StartsWith(".dpsbench-doctor")));
}

TEST(Doctor, NamesAFolderThatCannotBeWritten) {
  EXPECT_THAT(answer({"doctor", "--output", "/proc"}).out,
              HasSubstr("lacks  output: /proc: cannot make a folder in it"));
}

}  // namespace
}  // namespace dpsbench
