#include "runner/experiment/input_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(InputPath, PutsEnvironmentVariablesIn) {
  setenv("DPSBENCH_TEST_FOLDER", "/data", 1);

  EXPECT_EQ(input_path("${DPSBENCH_TEST_FOLDER}/ffhq", "/home"), "/data/ffhq");
  EXPECT_EQ(missing_variable(input_path("${DPSBENCH_TEST_FOLDER}/ffhq", "/home")), "");
}

TEST(InputPath, LeavesUnsetVariablesAsTheyAre) {
  unsetenv("DPSBENCH_TEST_UNSET");

  EXPECT_EQ(input_path("${DPSBENCH_TEST_UNSET}/ffhq", "/home"), "${DPSBENCH_TEST_UNSET}/ffhq");
  EXPECT_EQ(missing_variable("${DPSBENCH_TEST_UNSET}/ffhq"), "DPSBENCH_TEST_UNSET");
}

TEST(InputPath, TakesTheHomeFolderAndVariablesAsAShellDoes) {
  const std::string before = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  setenv("HOME", "/home/me", 1);
  setenv("DPSBENCH_TEST_FOLDER", "/data", 1);
  unsetenv("DPSBENCH_TEST_UNSET");

  EXPECT_EQ(input_path("~/ffhq", "/e"), "/home/me/ffhq");
  EXPECT_EQ(input_path("~", "/e"), "/home/me");
  EXPECT_EQ(input_path("$DPSBENCH_TEST_FOLDER/ffhq", "/e"), "/data/ffhq");
  EXPECT_EQ(input_path("a/~b/c~", "/e"), "/e/a/~b/c~");
  EXPECT_EQ(input_path("cost$5/x$", "/e"), "/e/cost$5/x$");
  EXPECT_EQ(missing_variable(input_path("$DPSBENCH_TEST_UNSET/x", "/e")), "DPSBENCH_TEST_UNSET");
  setenv("HOME", before.c_str(), 1);
}

TEST(InputPath, DoesNotExpandWhatAVariableHolds) {
  setenv("DPSBENCH_TEST_FOLDER", "/${DPSBENCH_TEST_FOLDER}", 1);

  EXPECT_EQ(input_path("${DPSBENCH_TEST_FOLDER}/x", "/home"), "/${DPSBENCH_TEST_FOLDER}/x");
}

TEST(InputPath, TakesRelativePathsFromTheFolder) { EXPECT_EQ(input_path("images", "/home/a"), "/home/a/images"); }

TEST(InputPath, RejectsAnOpenBrace) { EXPECT_THROW(input_path("${HOME", "/"), UserError); }

TEST(RequirePath, SaysWhichVariableToSetOrWhatToPutWhere) {
  const auto message = [](const std::filesystem::path& path) -> std::string {
    try {
      require_path(path, "prior.weights", "the weights");
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message("${DPSBENCH_TEST_UNSET}/w"),
              testing::HasSubstr("set the environment variable DPSBENCH_TEST_UNSET"));
  EXPECT_EQ(message("/dev/null/w"), "prior.weights: /dev/null/w is not there: put the weights there");
  EXPECT_EQ(message("/"), "");
}

}  // namespace
}  // namespace dpsbench
