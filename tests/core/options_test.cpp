#include "core/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

const std::vector<OptionSpec> specs = {{"steps", std::int64_t{1000}, "", 1, 1000},
                                       {"scale", 0.5, "", 0},
                                       {"mode", std::string("cached"), "", -1, 1, {"cached", "naive"}},
                                       {"enhanced", false, ""}};

std::string complaint(const std::map<std::string, OptionValue>& given) {
  try {
    const OptionValues values(specs, given);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no complaint";
}

TEST(OptionValues, FillsDefaultsAndTakesWholeNumbersForRealOnes) {
  const OptionValues values(specs, {{"scale", std::int64_t{2}}});
  EXPECT_EQ(values.real("scale"), 2.0);
  EXPECT_EQ(values.integer("steps"), 1000);
  EXPECT_EQ(values.word("mode"), "cached");
  EXPECT_FALSE(values.flag("enhanced"));
}

TEST(OptionValues, NamesTheKeyTheValueAndWhatIsAllowed) {
  EXPECT_EQ(complaint({{"steps", std::int64_t{0}}}), "steps: 0 is out of range; allowed: 1 to 1000");
  EXPECT_EQ(complaint({{"scale", -1.0}}), "scale: -1 is out of range; allowed: 0 or more");
  EXPECT_EQ(complaint({{"steps", 2.5}}), "steps: '2.5' is not a whole number, like 100 or 1e2");
  EXPECT_EQ(complaint({{"scale", std::string("0,5")}}), "scale: '0,5' is not a number, like 0.05 or 5e-2");
  EXPECT_EQ(complaint({{"steps", 100.0}}), "no complaint");
  EXPECT_EQ(complaint({{"enhanced", std::string("maybe")}}), "enhanced: 'maybe' is not true or false");
  EXPECT_EQ(complaint({{"mode", std::string("cash")}}), "mode: 'cash' is not one of: cached, naive");
  EXPECT_EQ(complaint({{"scael", 1.0}}),
            "scael: unknown option (did you mean 'scale'?); allowed: steps, scale, mode, enhanced");
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    EXPECT_THAT(complaint({{"scale", number}}), testing::HasSubstr("not a finite number"));
}

}  // namespace
}  // namespace dpsbench
