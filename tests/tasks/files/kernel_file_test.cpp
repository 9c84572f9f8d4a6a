#include "tasks/files/kernel_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::write_file;
using testing::HasSubstr;

TEST(KernelFiles, AreDividedByTheirSumAndCorrelatedWith) {
  const Folder folder;
  const std::string path = folder / "kernel.txt";
  write_file(path, "0 0 0\n0 0 3\n0 1 0\n");  // looks right and down
  EXPECT_EQ(read_kernels({path, ""})[0][1][2].item<double>(), 0.75);
  const OperatorCase item{.task = "motion_blur", .options = {{"kernel_file", path}}, .shape = {1, 8, 9}};
  const Tensor x = trial(noise_of({"a"}), 1, {1, 8, 9}, at::kDouble);
  const Tensor y = item.bind(noise_of({"a"}), at::kDouble)->forward(x);
  const Tensor expected = x[0][0][4][6] * 0.75 + x[0][0][5][5] * 0.25;
  EXPECT_NEAR(y[0][0][4][5].item<double>(), expected.item<double>(), 1e-14);
}

TEST(KernelFiles, AreRefusedWhereTheyAreNone) {
  const Folder folder;
  const std::string path = folder / "kernel.txt";
  const auto refusal = [&](const std::string& text) {
    write_file(path, text);
    return message_of<DataError>([&] { (void)read_kernels({path, ""}); });
  };
  EXPECT_EQ(refusal("1 2\n3 4\n"), path + ": an array of 2 x 2; a kernel is S x S with S odd, several are K x S x S");
  EXPECT_THAT(refusal("1 2 3\n"), HasSubstr("an array of 1 x 3"));
  EXPECT_THAT(refusal("-1\n"), HasSubstr("add up to -1; allowed: above 0"));
}

TEST(KernelFiles, ThatReachTooFarAreNamed) {
  const OperatorCase item{
      .task = "motion_blur", .options = {{"kernel_file", data_file("kernels.npy")}}, .shape = {1, 3, 9}};
  EXPECT_THAT(message_of<UserError>([&] { (void)item.bind(noise_of({"a"}), at::kDouble); }),
              HasSubstr("kernels.npy: the blur reaches 3 pixels, too far for an image of 3 x 9"));
}

}  // namespace
}  // namespace dpsbench
