#include "runner/afterwards/result_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/afterwards/finished_results.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::HasSubstr;

TEST(Sheets, OfManyMethodsStayDrawableAndSayHowManyAreLeftOut) {
  const TinyExperiment tiny(2);
  std::vector<std::string> scales;
  for (int k = 1; k <= 50; ++k) scales.push_back(fmt::format("{}", 0.01 * k));
  tiny.edit("{name: dps, steps: [10, 5]}",
            fmt::format("{{name: dps, steps: 1, scale: [{}]}}", fmt::join(scales, ", ")));
  tiny.edit("  - {name: exact, steps: 10, tasks: [denoising]}\n", "");
  tiny.edit("  - {name: inpainting, mask_fraction: [0.3, 0.5]}\n", "");
  ASSERT_EQ(run_program(dpsbench_words({"run", tiny.file(), "--output", tiny.output(), "--quiet"})).code, 0);
  const ResultsFile results = finished_results(tiny.output(), "test");

  const ContactSheet overview = result_sheet(results, 0);
  const std::vector<NamedSheet> samples = sample_sheets(results, 10);
  const std::vector<NamedSheet> films = film_sheets(results, 10);

  ASSERT_EQ(samples.size(), 1U);
  ASSERT_EQ(films.size(), 1U);
  for (const ContactSheet& sheet : {overview, samples[0].sheet}) {
    EXPECT_EQ(sheet.columns.size(), 40U);
    EXPECT_THAT(sheet.columns.back(), HasSubstr(", and 12 more"));  // original and measurement are two of them
    for (const ContactRow& row : sheet.rows) EXPECT_LE(row.cells.size(), 40U);
  }
  EXPECT_EQ(films[0].sheet.rows.size(), 50U);  // of two frames each: they fit
}

}  // namespace
}  // namespace dpsbench
