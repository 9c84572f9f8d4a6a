#include "core/tunable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "methods/registry.h"

namespace dpsbench {
namespace {

const OptionSpec& option_of(const MethodEntry& method, const std::string& name) {
  const auto found = std::ranges::find(method.options, name, &OptionSpec::name);
  if (found == method.options.end()) throw std::runtime_error(method.name + " has no option " + name);
  return *found;
}

TEST(Tunable, RunsThroughItsRangeOnItsScale) {
  const OptionSpec real = {"scale", 0.5, ""};
  EXPECT_EQ(tunable_value(Tunable::log("scale", 0.1, 10), real, 0.5), OptionValue(1.0));
  EXPECT_EQ(tunable_value(Tunable::linear("scale", 0, 3), real, 0.5), OptionValue(1.5));
  EXPECT_EQ(tunable_value(Tunable::log("scale", 0.1, 20), real, 1.0 / 3), OptionValue(0.585));  // three digits
  EXPECT_EQ(tunable_value(Tunable::linear("scale", 1, 4), {"scale", std::int64_t{1}, ""}, 0.6),
            OptionValue(std::int64_t{3}));
  const Tunable words = Tunable::choice("scale", {std::string("a"), std::string("b")});
  EXPECT_EQ(tunable_value(words, real, 0.49), OptionValue(std::string("a")));
  EXPECT_EQ(tunable_value(words, real, 0.5), OptionValue(std::string("b")));
}

TEST(Tunable, OfEveryMethodIsAnOptionThatTakesItsValues) {
  for (const MethodEntry& method : methods())
    for (const Tunable& tunable : method.tunable)
      for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const OptionSpec& spec = option_of(method, tunable.option);
        EXPECT_NO_THROW(static_cast<void>(checked(spec, tunable_value(tunable, spec, share))))
            << method.name << " " << tunable.option << " " << share;
        EXPECT_NE(tunable.option, "steps") << method.name << ": the cost is the experiment's to say";
      }
}

TEST(Tunable, IsSomethingOfEveryMethodWithConstantsOfItsOwn) {
  std::vector<std::string> without;
  for (const MethodEntry& method : methods())
    if (method.tunable.empty()) without.push_back(method.name);
  for (const char* name : {"dps", "dsg", "diffpir", "pigdm", "daps", "ddrm", "mpgd", "red-diff", "pnp-dm"})
    EXPECT_THAT(without, testing::Not(testing::Contains(name)));
}

}  // namespace
}  // namespace dpsbench
