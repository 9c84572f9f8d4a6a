#include "runner/work/along_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "tests/message_of.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;
using testing_support::TinyExperiment;

std::vector<ScoreCurves> curves_of(const TinyExperiment& tiny, const AlongTimeOptions& options) {
  RunOptions run;
  run.experiment = tiny.file();
  run.device = "cpu";
  return scores_along_time(set_up_station(run, 0), options, [](std::size_t, std::size_t) {});
}

TEST(AlongTime, FindsNoErrorInTheExactMethodAndSomeInDps) {
  const TinyExperiment tiny(3);
  tiny.edit("{name: exact, steps: 10,", "{name: exact, steps: 10, reference: naive,");
  std::set<std::string> methods;
  for (const ScoreCurves& curves : curves_of(tiny, {.levels = 4, .probes = 3})) {
    const std::string method = curves.cell.text("method");
    methods.insert(method);
    EXPECT_EQ(curves.cell.image_ids.size(), 3U);
    EXPECT_EQ(curves.values.at("error").sizes(), at::IntArrayRef({3, static_cast<std::int64_t>(curves.time.size())}));
    EXPECT_TRUE(std::is_sorted(curves.time.begin(), curves.time.end()));
    const double error = curves.values.at("error").max().item<double>();
    if (method != "exact") {
      EXPECT_GT(error, 0.01);
      continue;
    }
    EXPECT_LT(error, 1e-6) << curves.cell.id;
    EXPECT_NEAR(curves.values.at("cosine").min().item<double>(), 1, 1e-9);
    EXPECT_NEAR(curves.values.at("guidance_ratio").max().item<double>(), 1, 1e-3);
    EXPECT_LT((curves.values.at("spread") - 1).abs().max().item<double>(), 1e-3) << curves.cell.id;
  }
  EXPECT_EQ(methods, (std::set<std::string>{"exact", "dps"}));
}

TEST(AlongTime, LeavesTheSpreadOutWithoutProbesAndDrawsAFigureAQuantity) {
  const TinyExperiment tiny(2);
  const auto curves = curves_of(tiny, {.levels = 3, .probes = 0});
  EXPECT_FALSE(curves.front().values.contains("spread"));
  EXPECT_EQ(score_curve_figures(curves).size(), 5 * 3U);  // denoising, and inpainting with two masks
}

TEST(AlongTime, RefusesAnExperimentWithoutAMethodThatFollowsAScore) {
  const TinyExperiment tiny(1);
  tiny.edit("{name: exact, steps: 10, tasks: [denoising]}", "{name: pseudo-inverse}");
  tiny.edit("{name: dps, steps: [10, 5]}", "{name: ddrm}");
  EXPECT_THAT(message_of<UserError>([&] { (void)curves_of(tiny, {}); }), HasSubstr("follows a score"));
}

}  // namespace
}  // namespace dpsbench
