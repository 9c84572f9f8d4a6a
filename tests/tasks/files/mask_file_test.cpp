#include "tasks/files/mask_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/state.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::write_file;
using testing::AllOf;
using testing::HasSubstr;

std::string text_refusal(const std::string& text, const ImageShape& shape) {
  const Folder folder;
  const std::string path = folder / "mask.txt";
  write_file(path, text);
  return message_of<Error>([&] { (void)read_masks({path, ""}, shape); });
}

TEST(MaskFiles, HideTheDarkHalfOfAPicture) {
  const Tensor mask = read_masks({data_file("stroke.png"), ""}, {3, 32, 32});
  EXPECT_EQ(mask.sizes(), at::IntArrayRef({1, 1, 32, 32}));
  EXPECT_EQ(mask[0][0][16][16].item<double>(), 0);
  EXPECT_EQ(mask[0][0][0][0].item<double>(), 1);
  const Tensor rows = at::arange(32, at::kDouble).unsqueeze(1) - 16;
  const Tensor columns = at::arange(32, at::kDouble).unsqueeze(0) - 16;
  EXPECT_TRUE(at::equal(mask[0][0], ((rows + columns * 0.5).abs() >= 4).to(at::kDouble)));
}

TEST(MaskFiles, AreRefusedWithSizesAndNumbers) {
  EXPECT_THAT(text_refusal("1 0 1\n", {3, 1, 2}),
              HasSubstr("the mask is 1 x 3 (height, width), but the images are 1 x 2"));
  EXPECT_THAT(text_refusal("1 0.25\n", {3, 1, 2}), HasSubstr("and this holds 0.25 too"));
  EXPECT_THAT(text_refusal("0 0\n", {3, 1, 2}), HasSubstr("mask 0 (from 0) hides every pixel"));
}

TEST(MaskFiles, OfSeveralGiveEachImageOneOfThemInEqualShares) {
  std::vector<std::string> ids(2000);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = std::to_string(i);
  const OperatorCase item{.task = "inpainting", .options = {{"mask_file", data_file("masks.npy")}}, .shape = {1, 6, 5}};
  const Tensor drawn = item.bind(noise_of(ids), at::kDouble)->measured();
  const Tensor masks = read_masks({data_file("masks.npy"), ""}, item.shape);
  EXPECT_EQ(masks.size(0), 2);
  const Tensor is_first = (drawn == masks[0]).flatten(1).all(1);
  const Tensor is_second = (drawn == masks[1]).flatten(1).all(1);
  EXPECT_TRUE((is_first != is_second).all().item<bool>());
  EXPECT_NEAR(is_first.to(at::kDouble).mean().item<double>(), 0.5, 4.5 * 0.5 / std::sqrt(2000.0));
  EXPECT_TRUE(at::equal(item.bind(noise_of({ids[7]}), at::kDouble)->measured()[0], drawn[7]));
}

TEST(MaskFiles, LeaveOperatorsWithoutOneAsTheyWere) {
  const TaskEntry& task = find_task("inpainting");
  EXPECT_EQ(to_text(state_of(task.name, OptionValues(task.options, {}))), "inpainting mask_fraction=0.7");
}

}  // namespace
}  // namespace dpsbench
