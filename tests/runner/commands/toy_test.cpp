// `dpsbench toy` as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/error.h"
#include "runner/experiment/toy_file.h"
#include "tests/message_of.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;

/// The built-in double well with little to do.
std::vector<std::string> short_toy(const std::filesystem::path& output) {
  return dpsbench_words({"toy", "double-well", "--output", output.string(), "--quiet", "--set", "steps=40", "--set",
                         "batch=48", "--set", "resamples=10", "--set", "cells=2", "--set",
                         "methods=[{name: exact, windows: 9, samples: 100}, {name: dps-w, windows: 9, samples: 60}]"});
}

ToyExperiment read_with(const std::vector<std::string>& overrides) {
  return read_toy(find_toy("double-well"), overrides);
}

std::string refusal(const std::vector<std::string>& overrides) {
  return message_of<UserError>([&] { (void)read_with(overrides); });
}

TEST(ToyFileTest, BuiltInToysAreValid) {
  for (const std::string& name : toy_names()) {
    const ToyExperiment toy = read_toy(find_toy(name), {});
    EXPECT_EQ(toy.name, name);
    EXPECT_EQ(toy.methods.front().entry->name, "exact");
  }
  EXPECT_EQ(read_toy(find_toy("double-well-8d"), {}).dimension(), 8);
}

TEST(ToyFileTest, TakesMoreStepsThanTraining) {
  const ToyExperiment toy = read_with({"methods.0.steps=4000"});
  EXPECT_EQ(toy.methods[0].steps, 4000);
  EXPECT_EQ(toy.methods[0].options.integer("steps"), 4000);
  EXPECT_EQ(toy.methods[1].steps, 1000);
}

TEST(ToyFileTest, NamesWhatIsWrong) {
  EXPECT_THAT(refusal({"widht=1"}), AllOf(HasSubstr("unknown key"), HasSubstr("did you mean 'width'?")));
  EXPECT_THAT(refusal({"width=0"}), AllOf(HasSubstr("width"), HasSubstr("'0' is not allowed")));
  EXPECT_THAT(refusal({"range=[3, -3]"}), HasSubstr("the smaller first"));
  EXPECT_THAT(refusal({"range=[0.5, 3]"}), HasSubstr("minima"));
  EXPECT_THAT(refusal({"coordinate=3"}), HasSubstr("coordinate"));
  EXPECT_THAT(refusal({"mixture.1.mean=[1, 2, 3]"}), HasSubstr("3 numbers, the first component has 2"));
  EXPECT_THAT(refusal({"mixture.0.deviation=[1, 2, 3]"}), HasSubstr("one, or 2 as the mean has"));
  EXPECT_THAT(refusal({"mixture.0.correlation=1"}), HasSubstr("below 1"));
  EXPECT_THAT(refusal({"methods.0.name=exakt"}), HasSubstr("unknown method 'exakt'"));
  EXPECT_THAT(refusal({"methods.0.scale=1"}), HasSubstr("methods.0.scale: unknown key"));
  EXPECT_THAT(refusal({"methods.1.scale=-1"}), HasSubstr("scale"));
  EXPECT_THAT(refusal({"methods.1.scale=[1, 2]"}), HasSubstr("several values"));
  EXPECT_THAT(refusal({"methods.0.steps=30000"}), HasSubstr("steps"));
  EXPECT_THAT(refusal({"methods.1.label=exact"}), HasSubstr("two methods are called 'exact'"));
  EXPECT_THAT(refusal({"methods.1.label=a/b"}), HasSubstr("label"));
}

TEST(ToyCommand, TeachesAndRefuses) {
  const Ended help = run_program(dpsbench_words({"toy", "--help"}));
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("double-well-8d"), HasSubstr("mpirun -n 2 dpsbench toy double-well")));

  const Ended unknown = run_program(dpsbench_words({"toy", "triple-well"}));
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, AllOf(HasSubstr("triple-well"), HasSubstr("double-well, double-well-8d")));

  const std::filesystem::path folder = new_folder();
  const Ended bad = run_program(dpsbench_words(
      {"toy", "double-well", "--output", (folder / "never").string(), "--set", "methods.0.windows=one"}));
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("methods.0.windows"), HasSubstr("'one' is not allowed")));
  EXPECT_FALSE(std::filesystem::exists(folder / "never"));
  std::filesystem::remove_all(folder);
}

TEST(ToyCommand, WritesTheSameBytesOnAnyNumberOfRanks) {
  const std::filesystem::path folder = new_folder();
  const Ended alone = run_program(short_toy(folder / "alone"));
  ASSERT_EQ(alone.code, 0) << alone.err;
  EXPECT_THAT(alone.out, AllOf(HasSubstr("closed form"), HasSubstr("dps-w"), HasSubstr("Kolmogorov-Smirnov")));
  const Ended two = run_program(under_mpirun(2, short_toy(folder / "two")));
  ASSERT_EQ(two.code, 0) << two.err;
  EXPECT_EQ(two.out, alone.out);
  for (const char* file :
       {"samples.h5", "tables/errors.csv", "tables/errors.md", "tables/errors.tex", "tables/windows.csv",
        "figures/density.dat", "figures/profile.dat", "figures/profile-error.dat", "figures/windows-exact.dat",
        "figures/windows-dps-w.svg", "figures/profile.png"}) {
    ASSERT_TRUE(std::filesystem::exists(folder / "alone" / file)) << file;
    EXPECT_EQ(read_text(folder / "alone" / file), read_text(folder / "two" / file)) << file;
  }
  std::filesystem::remove_all(folder);
}

TEST(ToyCommand, ReadsAFileAndEndsWhenNumbersOverflow) {
  const std::filesystem::path folder = new_folder();
  const std::filesystem::path file = folder / "mine.yaml";
  write_text(file, find_toy("double-well").text);
  std::vector<std::string> words = short_toy(folder / "out");
  words[2] = file.string();
  words.insert(words.end(), {"--set", "methods=[{name: dps, scale: 1.0e+300, windows: 3, samples: 10}]"});
  const Ended ended = run_program(words);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("dps: the samples of window"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dpsbench
