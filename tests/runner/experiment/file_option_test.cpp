#include "runner/experiment/file_option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sha256.h"
#include "core/words/given_file.h"
#include "runner/experiment/cell.h"
#include "runner/experiment/experiment.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class FileOptions : public testing::Test {
 protected:
  ~FileOptions() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) { testing_support::write_text(folder_ / name, text); }
  /// The experiment with one inpainting task of these keys, images 2 x 3.
  std::vector<Cell> cells(const std::string& task) {
    write("mine.yaml",
          "{name: mine, dataset: {name: x, kind: drawn, images: 0-1}, prior: {kind: gaussian_modes, dimension: 6}, "
          "sigma_y: 0.1, tasks: [{" +
              task + "}], methods: [{name: interpolation}]}");
    return expand_cells(read_experiment(folder_ / "mine.yaml"), {1, 2, 3});
  }
  std::string refusal(const std::string& task) {
    return message_of<UserError>([&] { (void)cells(task); });
  }
  const std::filesystem::path folder_ = testing_support::new_folder();
};

TEST_F(FileOptions, IdentifyByContentAndAreCalledByName) {
  write("one.txt", "1 0 1\n1 1 1\n");
  std::filesystem::create_directories(folder_ / "masks");
  write("masks/other.txt", "1 0 1\n1 1 1\n");
  write("third.txt", "1 1 1\n1 1 0\n");
  const Cell one = cells("name: inpainting, mask_file: one.txt")[0];
  EXPECT_EQ(one.content(), cells("name: inpainting, mask_file: masks/other.txt")[0].content());
  EXPECT_NE(one.content(), cells("name: inpainting, mask_file: third.txt")[0].content());
  EXPECT_THAT(one.content(), HasSubstr("mask_file=sha256:" + sha256("1 0 1\n1 1 1\n")));
  EXPECT_THAT(one.id, AllOf(HasSubstr("inpainting-one.txt-s0.1"), Not(HasSubstr("sha256"))));
  const GivenFile file = given_file(one.task_options.word("mask_file"));
  EXPECT_EQ(file.path, (folder_ / "one.txt").string());
  EXPECT_EQ(file.digest, sha256("1 0 1\n1 1 1\n"));
}

TEST_F(FileOptions, ThatAreNotGivenAreNoPartOfAnIdentity) {
  EXPECT_EQ(setting_content(cells("name: inpainting, mask_fraction: 0.5")[0].task_state(), 0.1),
            "task inpainting mask_fraction=0.5\nsigma_y 0.1\n");
}

TEST_F(FileOptions, MayBeAList) {
  write("one.txt", "1 0 1\n1 1 1\n");
  write("two.txt", "1 1 1\n1 1 0\n");
  EXPECT_EQ(cells("name: inpainting, mask_file: [one.txt, two.txt]").size(), 2U);
}

TEST_F(FileOptions, AreRefusedBeforeAnyWork) {
  EXPECT_THAT(refusal("name: inpainting, mask_file: none.txt"),
              AllOf(HasSubstr("mine.yaml:1"), HasSubstr("mask_file"), HasSubstr("none.txt is not there")));
  write("wide.txt", "1 0 1 1\n1 1 1 1\n");
  EXPECT_THAT(refusal("name: inpainting, mask_file: wide.txt"),
              AllOf(HasSubstr("mine.yaml:1"),
                    HasSubstr("wide.txt: the mask is 2 x 4 (height, width), but the images are 2 x 3")));
  EXPECT_THAT(refusal("name: inpainting, mask_file: \"wide.txt#sha256=" + std::string(64, '0') + "\""),
              HasSubstr("its content is not the one it had"));
}

}  // namespace
}  // namespace dpsbench
