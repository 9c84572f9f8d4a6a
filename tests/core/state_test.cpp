#include "core/state.h"

#include <gtest/gtest.h>

namespace dpsbench {
namespace {

const std::vector<OptionSpec> state_options = {{"steps", std::int64_t{1000}, "", 1, 1000},
                                               {"scale", 0.5, "", 0},
                                               {"as_published", false, ""},
                                               {"fit", std::string("exact"), "", -1, 1, {"exact", "adjoint"}}};

State with(const std::map<std::string, OptionValue>& given) {
  return state_of("dps", OptionValues(state_options, given));
}

TEST(State, HoldsEveryOptionAndPrintsThemInAlphabeticalOrder) {
  EXPECT_EQ(to_text(with({{"scale", 2.0}})), "dps as_published=false fit=exact scale=2 steps=1000");
}

TEST(State, IsTheSameWhereEveryOptionIs) {
  EXPECT_EQ(with({{"scale", 0.5}}), with({}));
  EXPECT_NE(with({{"scale", 0.25}}), with({}));
  EXPECT_NE(state_of("dsg", OptionValues(state_options, {})), with({}));
}

TEST(State, AttributesAreByRole) {
  const auto attributes = to_attributes("method", with({}));
  EXPECT_EQ(attributes.at("method"), "dps");
  EXPECT_EQ(attributes.at("method.scale"), "0.5");
  EXPECT_EQ(attributes.size(), 1 + state_options.size());
}

TEST(State, LabelsShowWhatIsAskedFor) {
  EXPECT_EQ(label(with({}), {}), "dps");
  EXPECT_EQ(label(with({{"as_published", true}}), {"scale", "as_published", "steps"}),
            "dps (as published, scale 0.5), 1000 steps");
  EXPECT_EQ(label(with({}), {"as_published"}, {"code"}), "dps (code, not as published)");
}

TEST(State, KnowsFilesByTheirContentAndCallsThemByTheirName) {
  const std::vector<OptionSpec> options = {{"mask_file", std::string(), ""}, {"share", 0.5, ""}};
  const auto with_mask = [&](const std::string& word) {
    return state_of("inpainting", OptionValues(options, {{"mask_file", word}}));
  };
  const std::string digest(64, 'c');
  EXPECT_EQ(to_text(state_of("inpainting", OptionValues(options, {}))), "inpainting share=0.5");
  EXPECT_EQ(to_text(with_mask("/a/brush.png#sha256=" + digest)),
            "inpainting mask_file=sha256:" + digest + " share=0.5");
  EXPECT_EQ(label(with_mask("/a/brush.png#sha256=" + digest), {"mask_file"}), "inpainting (mask file brush.png)");
}

TEST(State, VaryingOptionsAreThoseOfOneName) {
  const State other = state_of("dsg", OptionValues(state_options, {{"scale", 9.0}}));
  const auto varying = varying_options({with({}), other, with({{"scale", 1.0}, {"steps", std::int64_t{5}}})});
  EXPECT_EQ(varying, (std::map<std::string, std::set<std::string>>{{"dps", {"scale", "steps"}}}));
}

}  // namespace
}  // namespace dpsbench
