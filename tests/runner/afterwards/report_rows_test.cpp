// Rows of a report's summary that no finished cell has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "metrics/psnr.h"
#include "results/store/consolidate.h"
#include "results/store/reader.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;

Ended dpsbench_ended(const std::vector<std::string>& arguments) { return run_program(dpsbench_words(arguments)); }

/// Lines of a file that hold a text.
std::vector<std::string> lines_with(const std::filesystem::path& file, const std::string& text) {
  std::istringstream stream(read_text(file));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    if (line.find(text) != std::string::npos) lines.push_back(line);
  return lines;
}

TEST(ReportRows, KeepAMethodThatFailedOnEveryImage) {
  const TinyExperiment tiny;
  const Ended run =
      dpsbench_ended({"run", tiny.file(), "--output", tiny.output(), "--set",
                      "methods=[{name: exact, steps: 5, tasks: [denoising]}, {name: dps, steps: 5, scale: 1e38}]"});
  ASSERT_EQ(run.code, 3) << run.err;

  const Ended report = dpsbench_ended({"report", tiny.output()});

  EXPECT_EQ(report.code, 0) << report.err;
  EXPECT_THAT(report.out, AllOf(HasSubstr("dps"), HasSubstr("Failed")));
  const auto rows = lines_with(tiny.folder() / "out" / "tables" / "summary.md", "| dps ");
  ASSERT_EQ(rows.size(), 3U);  // of denoising and two inpaintings
  EXPECT_THAT(rows, Each(HasSubstr("| 0 | 6 |")));
}

TEST(ReportRows, HaveTheMeanOfSeveralSamples) {
  const TinyExperiment tiny;
  tiny.edit("metrics: [psnr]", "metrics: [psnr]\nsamples: 3");
  ASSERT_EQ(dpsbench_ended({"run", tiny.file(), "--output", tiny.output()}).code, 0);

  const Ended report = dpsbench_ended({"report", tiny.output(), "--device", "cpu"});

  EXPECT_EQ(report.code, 0) << report.err;
  EXPECT_THAT(report.out, HasSubstr("3.01 dB"));
  const ResultsFile results(results_path(tiny.output()));
  const CellResult& cell = results.cells().front();
  const Tensor mean = results.read(cell, "samples").mean(1);
  const auto unit = [](const Tensor& x) { return ((x + 1) / 2).clamp(0, 1); };
  const double expected = psnr(unit(mean), unit(results.read(cell, "reference"))).to(at::kDouble).mean().item<double>();
  const auto rows = lines_with(tiny.folder() / "out" / "tables" / "summary.csv", "exact (mean of 3 samples)");
  ASSERT_EQ(rows.size(), 1U);
  const std::string printed = fmt::format("{:.6f}", expected);
  EXPECT_THAT(rows[0], HasSubstr("," + printed.substr(0, printed.size() - 2))) << expected;
  EXPECT_TRUE(lines_with(tiny.folder() / "out" / "tables" / "paired.csv", "mean of").empty());
}

TEST(ReportRows, CountGroupsOfImages) {
  const TinyExperiment tiny;
  ASSERT_EQ(dpsbench_ended({"run", tiny.file(), "--output", tiny.output()}).code, 0);
  write_text(tiny.folder() / "groups.csv", "picture0,a\npicture1,a\npicture2,b\npicture3,b\npicture4,c\npicture5,c\n");

  // named afterwards: nothing is sampled again
  const Ended again = dpsbench_ended({"run", tiny.file(), "--output", tiny.output(), "--set",
                                      "dataset.groups=" + (tiny.folder() / "groups.csv").string()});
  const Ended report = dpsbench_ended({"report", tiny.output()});

  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(report.out, HasSubstr("6 images in 3 groups"));
  const Ended refused = dpsbench_ended(
      {"run", tiny.file(), "--output", tiny.output("other"), "--set", "dataset.groups=\"picture([0-4])\""});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("finds no group in the image id 'picture5'"));
}

}  // namespace
}  // namespace dpsbench
