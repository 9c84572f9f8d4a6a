#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "tasks/registry.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

TEST(TaskRegistry, NamesEveryTaskOnce) {
  std::set<std::string> names;
  for (const TaskEntry& task : tasks()) {
    EXPECT_TRUE(names.insert(task.name).second) << task.name;
    EXPECT_FALSE(task.title.empty()) << task.name;
    EXPECT_FALSE(task.source.empty()) << task.name;
    EXPECT_EQ(&find_task(task.name), &task);
  }
}

TEST(TaskRegistry, SuggestsTheNearestName) {
  try {
    (void)find_task("inpaintign");
    FAIL();
  } catch (const UserError& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with("task 'inpaintign' is unknown (did you mean 'inpainting'?); allowed: denoising, "))
        << message;
  }
}

TEST(TaskRegistry, HasDefaultsThatItsOwnRangesAllow) {
  for (const TaskEntry& task : tasks())
    for (const OptionSpec& spec : task.options) {
      EXPECT_NO_THROW((void)checked(spec, spec.default_value)) << task.name;
      EXPECT_FALSE(spec.description.empty()) << task.name << " " << spec.name;
    }
}

TEST(TaskRegistry, ChecksBeforeItBinds) {
  const TaskEntry& task = find_task("super_resolution");
  const PhiloxNoise noise(0, {{"test", "a"}});
  EXPECT_THROW((void)task.bind(OptionValues(task.options, {}), {3, 30, 32}, noise, at::kFloat), UserError);
}

TEST(TaskRegistry, ServesTheBenchmarksImagesByDefault) {
  for (const TaskEntry& task : tasks()) {
    if (!task.required_file.empty()) continue;
    const ImageShape shape = task.of_signals ? ImageShape{1, 1, 64} : ImageShape{3, 256, 256};
    EXPECT_NO_THROW(task.check(OptionValues(task.options, {}), shape)) << task.name;
  }
}

TEST(TaskRegistry, ServesSignalsOrSaysWhatDoesNotFit) {
  const ImageShape signal{1, 1, 64};
  const PhiloxNoise noise(0, {{"test", "a"}});
  std::set<std::string> refused;
  for (const TaskEntry& task : tasks()) {
    const OptionValues values(task.options, {});
    const std::string reason = message_of<UserError>([&] { task.check(values, signal); });
    if (!reason.empty()) {
      refused.insert(task.name);
      continue;
    }
    const Tensor x = noise.normal(Purpose::training, 1, {1, 1, 64}, at::kDouble);
    EXPECT_TRUE(task.bind(values, signal, noise, at::kDouble)->forward(x).isfinite().all().item<bool>()) << task.name;
  }
  EXPECT_EQ(refused,
            (std::set<std::string>{"box_inpainting", "colorization", "gaussian_blur", "jpeg", "motion_blur",
                                   "nonlinear_blur", "super_resolution", "super_resolution_pooling", "uniform_blur"}));
}

TEST(TaskRegistry, RefusesImagesWhereSignalsAreMeasured) {
  const TaskEntry& task = find_task("imputation");
  const PhiloxNoise noise(0, {{"test", "a"}});
  EXPECT_EQ(message_of<UserError>([&] {
              (void)task.bind(OptionValues(task.options, {}), {3, 32, 64}, noise, at::kFloat);
            }),
            "task 'imputation' measures signals, of height 1; the images have height 32");
}

}  // namespace
}  // namespace dpsbench
