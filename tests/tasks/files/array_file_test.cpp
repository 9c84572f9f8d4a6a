#include "tasks/files/array_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sha256.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::write_file;
using testing::AllOf;
using testing::HasSubstr;

TEST(ArrayFiles, ReadTextRowByRow) {
  const Folder folder;
  const std::string path = folder / "k.txt";
  write_file(path, "# a kernel\n1, 2 3\n\n.5\t-4 5e-1 # its last row\n");
  const Tensor expected = at::tensor(std::vector<double>{1, 2, 3, 0.5, -4, 0.5}, at::kDouble).reshape({2, 3});
  EXPECT_TRUE(at::equal(read_array({path, ""}, "kernel"), expected));
}

TEST(ArrayFiles, SayWhereATextIsWrong) {
  const Folder folder;
  const std::string path = folder / "k.txt";
  const auto refusal = [&](const std::string& text) {
    write_file(path, text);
    return message_of<DataError>([&] { (void)read_array({path, ""}, "kernel"); });
  };
  EXPECT_EQ(refusal("1 2\n\n3\n"), path + ", line 3: 1 numbers, but 2 in the rows before");
  EXPECT_EQ(refusal("1 x\n"), path + ", line 1: 'x' is no number");
  EXPECT_EQ(refusal("# nothing\n"), path + ": holds no numbers");
}

TEST(ArrayFiles, ReadPicturesAsGreyBetweenBlackAndWhite) {
  const Tensor levels = read_array({data_file("stroke.png"), ""}, "mask");
  EXPECT_EQ(levels.sizes(), at::IntArrayRef({32, 32}));
  EXPECT_NEAR(levels.min().item<double>(), 40 / 255.0, 1e-6);
  EXPECT_NEAR(levels.max().item<double>(), 215 / 255.0, 1e-6);
}

TEST(ArrayFiles, AreHeldAgainstTheirDigest) {
  const Folder folder;
  const std::string path = folder / "k.txt";
  write_file(path, "1\n");
  EXPECT_EQ(digest_of_file(path), sha256("1\n"));
  const GivenFile file{path, sha256("1\n")};
  EXPECT_EQ(read_array(file, "kernel").item<double>(), 1);
  write_file(path, "2\n");
  EXPECT_THAT(message_of<UserError>([&] { (void)read_array(file, "kernel"); }),
              AllOf(HasSubstr(path), HasSubstr("changed")));
}

TEST(ArrayFiles, SayWhichKindsThereAre) {
  const Folder folder;
  const std::string path = folder / "k.mat";
  write_file(path, "1\n");
  EXPECT_THAT(message_of<UserError>([&] {
                (void)read_array({path, ""}, "kernel");
              }),
              AllOf(HasSubstr(path), HasSubstr(".npy, .h5, .hdf5, .png, .jpg, .txt, .csv")));
}

}  // namespace
}  // namespace dpsbench
