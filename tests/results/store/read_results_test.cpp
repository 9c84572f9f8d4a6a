// The example of docs/metrics.md, run as a reader would run it.
#include <gmock/gmock.h>

#include <cstdio>

#include "metrics/statistics/interval.h"
#include "results/files/durable_file.h"
#include "results/store/consolidate.h"
#include "results/store/reader.h"
#include "tests/results/synthetic_output.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using ::testing::HasSubstr;

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  return ::pclose(pipe) == 0 ? text : "the command failed: " + text;
}

std::string content_of(const std::string& file) {
  const Bytes bytes = read_bytes(std::string(DPSBENCH_SOURCE_DIR) + "/docs/" + file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ReadResults, TheDocumentedLinesPrintEveryCellsMeans) {
  const testing::TemporaryFolder folder;
  testing::write_synthetic_output(folder.path(), 3);
  const ResultsFile results(consolidate(folder.path()).file);

  const std::string text = output_of(std::string(DPSBENCH_PYTHON) + " " + DPSBENCH_SOURCE_DIR +
                                     "/docs/read_results.py " + results_path(folder.path()).string());

  for (const CellResult& cell : results.cells()) {
    EXPECT_THAT(text, HasSubstr(fmt::format("{} {} 3 (3, 64, 64)", cell.id, cell.text("method"))));
    const std::size_t psnr = text.find("'psnr': ", text.find(cell.id));
    ASSERT_NE(psnr, std::string::npos);
    EXPECT_NEAR(std::stod(text.substr(psnr + 8)), mean_of(cell.image_values("psnr")), 0.00051) << cell.id;
  }
}

TEST(ReadResults, ThePageShowsTheLinesThatAreTested) {
  const std::string script = content_of("read_results.py");
  EXPECT_THAT(content_of("metrics.md"), HasSubstr("```python\n" + script.substr(script.find("import sys")) + "```"));
}

}  // namespace
}  // namespace dpsbench
