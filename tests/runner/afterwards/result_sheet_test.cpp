#include "runner/afterwards/result_sheet.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "metrics/psnr.h"
#include "results/store/consolidate.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

TEST(ResultSheet, SaysWhatTheMeasurementsOwnPictureScoresWhereItIsOne) {
  const TinyExperiment tiny;
  tiny.edit("  - {name: inpainting, mask_fraction: [0.3, 0.5]}",
            "  - {name: inpainting, mask_fraction: 0.5}\n  - {name: phase_retrieval}");
  tiny.edit("  - {name: exact, steps: 10, tasks: [denoising]}", "  - {name: interpolation}");
  const Ended ended = run_program(dpsbench_words({"run", tiny.file(), "--output", tiny.output()}));
  ASSERT_EQ(ended.code, 0) << ended.err;
  const ResultsFile results(results_path(tiny.output()));

  const ContactSheet sheet = result_sheet(results, 1);

  ASSERT_EQ(sheet.columns[1], "measurement");
  ASSERT_EQ(sheet.columns[2], "interpolation");
  ASSERT_EQ(sheet.rows.size(), 3U);
  for (std::size_t row = 0; row < 2; ++row) {  // denoising, inpainting: the pictures as they are drawn
    const auto unit = [&](std::size_t column) {
      return ((sheet.rows[row].cells[column].image.to(at::kDouble).clamp(-1, 1) + 1) / 2).unsqueeze(0);
    };
    EXPECT_EQ(sheet.rows[row].cells[1].caption, fmt::format("{:.1f} dB", psnr(unit(1), unit(0)).item<double>())) << row;
  }
  // the control is the measurement itself on denoising
  EXPECT_EQ(sheet.rows[0].cells[1].caption, sheet.rows[0].cells[2].caption);
  EXPECT_EQ(sheet.rows[2].cells[1].caption, "");  // magnitudes of a transform
}

}  // namespace
}  // namespace dpsbench
