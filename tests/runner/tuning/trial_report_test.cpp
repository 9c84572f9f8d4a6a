#include "runner/tuning/trial_report.h"

#include <gtest/gtest.h>

#include "methods/registry.h"
#include "metrics/registry.h"

namespace dpsbench {
namespace {

/// A choice of dps's scale among three; the losses are of two images.
Trial scales_tried(const std::vector<bool>& failed) {
  const MethodEntry& dps = find_method("dps");
  Trial trial{.cell = {.id = "000-denoising-s0.05-dps",
                       .task = nullptr,
                       .task_options = OptionValues({}, {}),
                       .sigma_y = 0.05,
                       .method = &dps,
                       .method_options = OptionValues(dps.options, {}),
                       .method_label = "dps",
                       .preset = ""},
              .candidates = {}};
  for (const double scale : {0.5, 1.0, 2.0})
    trial.candidates.push_back({OptionValues(dps.options, {{"scale", scale}}).all(), "drawn"});
  trial.left = {1, 0, 2};
  trial.losses = {{-20, -21}, {-22, -23}, {-18, -19}};
  trial.failed = failed;
  trial.title = "Denoising";
  return trial;
}

TEST(TrialReport, DrawsACurveOfEveryCandidateThatWorked) {
  const std::vector<Figure> curves = option_curves({scales_tried({false, false, true})}, find_metric("psnr"));
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_EQ(curves[0].series.at(0).x, (std::vector<double>{0.5, 1}));
  EXPECT_EQ(curves[0].series.at(0).y, (std::vector<double>{-2, 0}));
}

TEST(TrialReport, SaysThatNoCandidateWorkedAndDrawsNoCurveOfNothing) {
  const Trial hopeless = scales_tried({true, true, true});
  EXPECT_TRUE(option_curves({hopeless}, find_metric("psnr")).empty());
  const Table choices = choice_table({hopeless}, find_metric("psnr"));
  EXPECT_EQ(choices.sections.at(0).rows.at(0).at(1).text, "none: every candidate failed");
}

}  // namespace
}  // namespace dpsbench
