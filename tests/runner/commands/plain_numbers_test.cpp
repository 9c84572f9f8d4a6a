#include "runner/commands/plain_numbers.h"

#include <gmock/gmock.h>

#include "tests/runner/support/program.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

/// What the options of a command make of a word; empty: they take it.
std::string trouble(const std::string& option, const std::string& word) {
  CLI::App app;
  CLI::App* command = app.add_subcommand("do");
  double real = 0;
  int whole = 0;
  std::uint64_t seed = 0;
  std::vector<double> reals;
  command->add_option("--real", real)->check(CLI::PositiveNumber);
  command->add_option("--range", real)->check(CLI::Range(0.0, 1.0));
  command->add_option("--whole", whole);
  command->add_option("--seed", seed);
  command->add_option("--reals", reals);
  require_plain_numbers(app);
  try {
    app.parse("do " + option + "=" + word);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return {};
}

TEST(PlainNumbers, RealOptionsTakeFiniteNumbersOnly) {
  for (const char* option : {"--real", "--range", "--reals"}) {
    for (const char* word : {"nan", "NaN", "-nan", "inf", "1e999", "0x1p-2", "1,5", "half"})
      EXPECT_THAT(trouble(option, word), HasSubstr("finite number")) << option << " " << word;
    EXPECT_EQ(trouble(option, "0.5"), "");
    EXPECT_EQ(trouble(option, "5e-1"), "");
  }
  EXPECT_NE(trouble("--real", "-1"), "");
}

TEST(PlainNumbers, WholeOptionsTakePlainDigitsOnly) {
  for (const char* option : {"--whole", "--seed"})
    for (const char* word : {"010", "0x10", "1e2", "1.0", "99999999999999999999999", "ten"})
      EXPECT_THAT(trouble(option, word), HasSubstr("whole number")) << option << " " << word;
  EXPECT_THAT(trouble("--seed", "-1"), HasSubstr("whole number"));
  EXPECT_THAT(trouble("--seed", "18446744073709551616"), HasSubstr("18446744073709551615"));
  EXPECT_EQ(trouble("--seed", "18446744073709551615"), "");
  EXPECT_EQ(trouble("--whole", "-3"), "");
  EXPECT_EQ(trouble("--whole", "0"), "");
}

TEST(PlainNumbers, TheProgramsOwnOptionsAreAllAsked) {
  using namespace testing_support;
  const std::vector<std::vector<std::string>> commands = {
      {"run", "x", "--output", "y", "--grace", "nan"},
      {"run", "x", "--output", "y", "--wait", "inf"},
      {"restore", "--sigma-y", "nan"},
      {"restore", "--seed", "-1"},
      {"restore", "--seed", "010"},
      {"calibrate", "x", "--lambda", "nan"},
  };
  for (const auto& words : commands) {
    const Ended ended = run_program(dpsbench_words(words));
    EXPECT_EQ(ended.code, 2) << words.back();
    EXPECT_THAT(ended.err, HasSubstr("'" + words.back() + "' is not")) << words.back();
  }
}

}  // namespace
}  // namespace dpsbench
