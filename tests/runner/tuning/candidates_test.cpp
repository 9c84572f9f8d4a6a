#include "runner/tuning/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace dpsbench {
namespace {

std::map<std::string, OptionValue> every_default(const MethodEntry& method) {
  return OptionValues(method.options, {}).all();
}

std::vector<double> tried_values(const std::vector<Candidate>& candidates, const std::string& option) {
  std::vector<double> values;
  for (const Candidate& candidate : candidates) values.push_back(std::get<double>(candidate.options.at(option)));
  return values;
}

TEST(Candidates, OfOneOptionAreAGridOnItsScale) {
  const MethodEntry& dps = find_method("dps");
  const std::vector<double> scales = tried_values(drawn_candidates(dps, every_default(dps), {}, 4, 0), "scale");

  ASSERT_EQ(scales.size(), 4U);
  for (std::size_t k = 1; k < 4; ++k) EXPECT_NEAR(scales[k] / scales[k - 1], std::pow(200.0, 0.25), 0.02);
}

TEST(Candidates, HaveEveryOptionAtAsManyValuesAsThereAreCandidates) {
  const MethodEntry& daps = find_method("daps");
  const std::vector<Candidate> drawn = drawn_candidates(daps, every_default(daps), {}, 9, 0);

  for (const char* option : {"sigma_max", "lr", "lr_ratio", "tau"}) {
    const std::vector<double> values = tried_values(drawn, option);
    EXPECT_EQ(std::set<double>(values.begin(), values.end()).size(), 9U) << option;
  }
  EXPECT_FALSE(std::ranges::is_sorted(tried_values(drawn, "lr")));  // paired with the first option by chance
}

TEST(Candidates, AreTheSameForTheSameSeedAlone) {
  const MethodEntry& daps = find_method("daps");
  const auto with_seed = [&](std::uint64_t seed) {
    return tried_values(drawn_candidates(daps, every_default(daps), {}, 9, seed), "lr");
  };
  EXPECT_EQ(with_seed(3), with_seed(3));
  EXPECT_NE(with_seed(3), with_seed(4));
}

TEST(Candidates, KeepWhatTheExperimentGives) {
  const MethodEntry& daps = find_method("daps");
  std::map<std::string, OptionValue> base = every_default(daps);
  base["tau"] = 0.07;
  for (const Candidate& candidate : drawn_candidates(daps, base, {{"tau", 0.07}}, 5, 0))
    EXPECT_EQ(candidate.options.at("tau"), OptionValue(0.07));
}

}  // namespace
}  // namespace dpsbench
