// Tables of samplers of latents: what their decoder costs and leaves out is told, and rows of images beside them are
// told apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/cells/cell_label.h"
#include "results/cells/frontier.h"
#include "results/tables/budgets.h"
#include "results/tables/summary.h"
#include "tests/results/synthetic_cells.h"

namespace dpsbench {
namespace {

using ::testing::HasSubstr;
using testing::synthetic_cell;

/// Of `decodings` a sampler of latents passed through their decoder and back.
CellResult latent_cell(const std::string& method, std::int64_t evaluations, double decodings, double psnr) {
  CellResult cell = synthetic_cell({.method = method, .steps = evaluations, .psnr = psnr});
  cell.attributes["passes_back"] = 0.0;
  cell.attributes["pass_back_cost"] = 1.5;
  cell.attributes["autoencoder"] = std::string("vq scale=1");
  cell.attributes["decoding_cost"] = 2.0;
  cell.attributes["encoding_cost"] = 1.0;
  cell.attributes["decodings"] = decodings;
  cell.attributes["decodings_back"] = decodings - 1;
  cell.attributes["encodings"] = 3.0;
  cell.attributes["encodings_back"] = 0.0;
  return cell;
}

CellResult control_cell() {
  CellResult cell = latent_cell("reconstruction", 0, 1, 60);
  cell.attributes["no_verdict"] = std::string("control: uses the original");
  cell.attributes["given_original"] = std::string("control: uses the original");
  return cell;
}

std::vector<CellResult> latent_cells() {
  return {latent_cell("dps", 100, 101, 28), latent_cell("psld", 100, 101, 25), control_cell()};
}

std::size_t column_of(const Table& table, const std::string& key) {
  for (std::size_t k = 0; k < table.columns.size(); ++k)
    if (table.columns[k].key == key) return k;
  return table.columns.size();
}

TEST(LatentRows, TellTheirPassesThroughTheDecoder) {
  const std::vector<CellResult> cells = latent_cells();
  const Table table = summary_table("latents", cells);
  const auto& dps = table.sections.at(0).rows.at(0);
  EXPECT_EQ(dps.at(column_of(table, "decodings")).value, 101);
  EXPECT_EQ(dps.at(column_of(table, "decodings_back")).value, 100);
  EXPECT_EQ(dps.at(column_of(table, "encodings")).value, 3);
  EXPECT_THAT(table.notes, ::testing::Contains(HasSubstr("All rows are samples of latents, decoded by vq scale=1")));
  EXPECT_EQ(evaluations_spent(cells[0]), 100 + 2 * (101 + 1.5 * 100) + 3);
  EXPECT_EQ(column_of(budget_table(cells), "decodings") + 3, column_of(budget_table(cells), "evaluations_spent"));
  const std::vector<CellResult> images = {synthetic_cell({.method = "dps"})};
  const Table without = summary_table("images", images);
  EXPECT_EQ(column_of(without, "decodings"), without.columns.size());
}

TEST(LatentRows, HaveAControlThatIsBestOfNothing) {
  const std::vector<CellResult> cells = latent_cells();
  const Table table = summary_table("latents", cells);
  const auto& rows = table.sections.at(0).rows;
  const std::size_t psnr = column_of(table, "psnr");
  EXPECT_EQ(rows.at(0).at(psnr).emphasis, Emphasis::best);
  EXPECT_EQ(rows.at(2).at(psnr).emphasis, Emphasis::none);
  EXPECT_EQ(rows.at(2).at(0).text, "reconstruction (control: uses the original)");
  std::vector<const CellResult*> pointers;
  for (const CellResult& cell : cells) pointers.push_back(&cell);
  for (const CellResult* cell : frontier(find_metric("psnr"), pointers)) EXPECT_EQ(cell->text("method"), "dps");
}

TEST(LatentRows, AreToldApartFromRowsOfImages) {
  std::vector<CellResult> cells = latent_cells();
  EXPECT_EQ(CellLabels(cells).method(cells[0]), "dps");
  cells.push_back(synthetic_cell({.method = "ddrm", .steps = 20}));
  EXPECT_EQ(CellLabels(cells).method(cells[0]), "dps (latents)");
  EXPECT_EQ(CellLabels(cells).method(cells[3]), "ddrm");
  EXPECT_THAT(summary_table("both", cells).notes, ::testing::Contains(HasSubstr("Rows labelled latents are samples")));
}

}  // namespace
}  // namespace dpsbench
