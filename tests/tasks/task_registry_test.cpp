#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "tasks/registry.h"

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
  for (const TaskEntry& task : tasks())
    EXPECT_NO_THROW(task.check(OptionValues(task.options, {}), {3, 256, 256})) << task.name;
}

}  // namespace
}  // namespace dpsbench
