#include "tests/runner/support/same_results.h"

#include <gtest/gtest.h>

#include "results/store/reader.h"

namespace dpsbench::testing_support {

void expect_same_results(const std::filesystem::path& a, const std::filesystem::path& b) {
  const ResultsFile of_a(a / "results.h5");
  const ResultsFile of_b(b / "results.h5");
  ASSERT_EQ(of_a.cells().size(), of_b.cells().size());
  for (std::size_t k = 0; k < of_a.cells().size(); ++k) {
    const CellResult& cell_a = of_a.cells()[k];
    const CellResult& cell_b = of_b.cells()[k];
    EXPECT_EQ(cell_a.id, cell_b.id);
    EXPECT_EQ(cell_a.image_ids, cell_b.image_ids);
    for (const char* name :
         {"reference", "measurement", "measurement_picture", "samples", "trajectory", "step_size", "prior_share"}) {
      ASSERT_EQ(of_a.has(cell_a, name), of_b.has(cell_b, name)) << name;
      if (!of_a.has(cell_a, name)) continue;
      EXPECT_TRUE(at::equal(of_a.read(cell_a, name), of_b.read(cell_b, name))) << cell_a.id << " " << name;
    }
    for (const auto& [name, values] : cell_a.metrics) EXPECT_TRUE(at::equal(values, cell_b.metrics.at(name))) << name;
  }
}

}  // namespace dpsbench::testing_support
