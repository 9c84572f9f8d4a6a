#include "results/figures/figures.h"

#include <gmock/gmock.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "core/error.h"
#include "results/cells/cell_label.h"
#include "results/files/durable_file.h"
#include "results/files/file_stem.h"
#include "results/store/consolidate.h"
#include "tests/results/synthetic_cells.h"
#include "tests/results/synthetic_output.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::synthetic_cell;
using testing::TemporaryFolder;

std::string text_of(const fs::path& path) {
  const Bytes bytes = read_bytes(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Figure small_figure() {
  Figure figure;
  figure.stem = "small";
  figure.title = "It's a title_with ^signs";
  figure.x_label = "σ_y";
  figure.y_label = "PSNR (dB) ↑";
  figure.series = {{.title = "dps-w", .x = {1, 2}, .y = {3, 4.5}, .lower = {2, 4}, .upper = {4, 5}}};
  figure.mark = Mark{2, 4.5, "best"};
  return figure;
}

TEST(Figures, AreTallerForALongKey) {
  const TemporaryFolder folder;
  Figure figure = small_figure();
  figure.series.clear();
  for (int k = 0; k < 12; ++k)
    figure.series.push_back({fmt::format("a method of a long name ({})", k), {1, 2}, {3, 4}, {}, {}});
  write_figure(figure, folder.path());
  EXPECT_THAT(text_of(folder.path() / "small.gp"), HasSubstr("svg size 700,591"));  // nine rows beyond the third
  figure.series.resize(2);
  write_figure(figure, folder.path());
  EXPECT_THAT(text_of(folder.path() / "small.gp"), HasSubstr("svg size 700,420"));
}

TEST(Figures, TheNumbersLieBesideTheScript) {
  const TemporaryFolder folder;

  write_figure(small_figure(), folder.path());

  EXPECT_EQ(text_of(folder.path() / "small.dat"),
            "# It's a title_with ^signs\n# x: σ_y\n# y: PSNR (dB) ↑\n"
            "\n\n# dps-w\n# x y lower upper\n1 3 2 4\n2 4.5 4 5\n");
  EXPECT_THAT(text_of(folder.path() / "small.gp"), HasSubstr("set title 'It''s a title_with ^signs' noenhanced"));
}

TEST(Figures, TheMarksTextStandsWhereThereIsRoom) {
  const TemporaryFolder folder;
  Figure figure = small_figure();
  write_figure(figure, folder.path());
  EXPECT_THAT(text_of(folder.path() / "small.gp"), HasSubstr("at 2,4.5 right point"));
  figure.mark->x = 1;
  write_figure(figure, folder.path());
  EXPECT_THAT(text_of(folder.path() / "small.gp"), HasSubstr("at 1,4.5 left point"));
}

TEST(Figures, GnuplotDrawsEveryKind) {
  const TemporaryFolder folder;
  std::vector<std::string> stems;
  for (const FigureKind kind : {FigureKind::bands, FigureKind::points, FigureKind::scatter}) {
    Figure figure = small_figure();
    figure.stem = fmt::format("kind{}", static_cast<int>(kind));
    figure.kind = kind;
    write_figure(figure, folder.path());
    stems.push_back(figure.stem);
  }

  EXPECT_EQ(draw_figures(folder.path(), stems), "");

  for (const std::string& stem : stems) {
    EXPECT_THAT(text_of(folder.path() / (stem + ".svg")), HasSubstr("</svg>"));
    EXPECT_EQ(text_of(folder.path() / (stem + ".png")).substr(1, 3), "PNG");
    EXPECT_EQ(text_of(folder.path() / (stem + ".pdf")).substr(0, 5), "%PDF-");
  }
}

TEST(Figures, GnuplotDrawsAHeatMapWithSeriesInEveryStyle) {
  const TemporaryFolder folder;
  Figure figure = small_figure();
  figure.kind = FigureKind::bands;
  figure.mark = {};
  figure.grid = Grid{.x = {0, 1, 2},
                     .y = {0, 1},
                     .values = {0, -1, -2, -3, -4, -5},
                     .contours = {-2.5},
                     .label = "log p",
                     .least = -5,
                     .greatest = 0};
  for (const SeriesStyle style : {SeriesStyle::line, SeriesStyle::dashes, SeriesStyle::area, SeriesStyle::dots})
    figure.series.push_back(
        {.title = "", .x = {0, 2}, .y = {0, 1}, .lower = {}, .upper = {}, .style = style, .colour = "#123456"});

  write_figure(figure, folder.path());

  EXPECT_EQ(draw_figures(folder.path(), {"small"}), "");
  EXPECT_THAT(text_of(folder.path() / "small.dat"),
              HasSubstr("\n\n# log p\n# x y value\n0 0 0\n1 0 -1\n2 0 -2\n\n0 1 -3\n1 1 -4\n2 1 -5\n"));
  const std::string script = text_of(folder.path() / "small.gp");
  EXPECT_THAT(script, HasSubstr("index 5 using 1:2:3 with image"));
  EXPECT_THAT(script, HasSubstr("with lines lw 1.2 lc rgb '#123456'"));
  EXPECT_THAT(script, HasSubstr("$contours using 1:2 with lines"));
  EXPECT_THAT(text_of(folder.path() / "small.svg"), HasSubstr("<image"));
}

TEST(Figures, ShowThePartOfTheAxisAskedFor) {
  const TemporaryFolder folder;
  Figure figure = small_figure();
  figure.y_range = {-0.5, 8};
  write_figure(figure, folder.path());
  EXPECT_THAT(text_of(folder.path() / "small.gp"), HasSubstr("set yrange [-0.5:8]\n"));
}

TEST(Figures, GnuplotsOwnMessageIsPassedOn) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "bad.gp") << "plot nonsense(\n";

  EXPECT_THAT(draw_figures(folder.path(), {"bad"}), HasSubstr("gnuplot failed"));
}

TEST(Figures, AreDrawnByManyAtTheSameTime) {
  const TemporaryFolder folder;
  write_figure(small_figure(), folder.path());
  std::array<std::string, 8> troubles;
  std::vector<std::thread> drawing;
  for (std::string& trouble : troubles)
    drawing.emplace_back([&] {
      for (int k = 0; k < 3 && trouble.empty(); ++k) {
        trouble = draw_figures(folder.path(), {"small"});
        // whole at every moment: it gets its name when it is done
        if (text_of(folder.path() / "small.svg").find("</svg>") == std::string::npos) trouble += "half a figure";
      }
    });
  for (std::thread& thread : drawing) thread.join();

  EXPECT_THAT(troubles, ::testing::Each(""));
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) names.insert(entry.path().filename());
  EXPECT_THAT(names, ::testing::ElementsAre("small.dat", "small.gp", "small.pdf", "small.png", "small.svg"));
}

TEST(Figures, ThatFailLeaveNothingEmptyBehind) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "bad.gp") << "set terminal svg\nset output 'bad.svg'\nplot nonsense(\n";

  EXPECT_THAT(draw_figures(folder.path(), {"bad"}), HasSubstr("gnuplot failed"));

  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    EXPECT_EQ(entry.path().filename(), "bad.gp");
}

TEST(Figures, StayWholeWhateverTheirTextsHold) {
  const TemporaryFolder folder;
  Figure figure = small_figure();
  figure.title = figure.x_label = figure.series[0].title =
      "it's\n9 9 9 9\n'; system('touch PWNED')\x1b[2J\r\"`x` $x @x \\ {/x";
  write_figure(figure, folder.path());

  EXPECT_EQ(draw_figures(folder.path(), {"small"}), "");

  EXPECT_FALSE(std::filesystem::exists(folder.path() / "PWNED"));
  EXPECT_THAT(text_of(folder.path() / "small.svg"), HasSubstr("</svg>"));
  for (const char* ending : {".gp", ".dat"})
    EXPECT_EQ(text_of(folder.path() / (std::string("small") + ending)).find("\n9 9"), std::string::npos) << ending;
}

TEST(Figures, WithoutGnuplotThereIsAClearMessage) {
  const TemporaryFolder folder;
  write_figure(small_figure(), folder.path());
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);

  const std::string message = draw_figures(folder.path(), {"small"});
  ::setenv("PATH", path.c_str(), 1);

  EXPECT_THAT(message, HasSubstr("gnuplot is not installed"));
}

TEST(Figures, ShowAMetricAgainstStepsAndNoise) {
  std::vector<CellResult> cells;
  for (const double sigma_y : {0.1, 0.01})
    for (const std::int64_t steps : {1000, 100})
      cells.push_back(synthetic_cell({.sigma_y = sigma_y, .steps = steps, .psnr = 30 - 50 * sigma_y}));

  const std::vector<Figure> steps = steps_figures(cells);
  const std::vector<Figure> noise = noise_figures(cells);

  ASSERT_EQ(steps.size(), 4U);  // two settings, two metrics
  EXPECT_EQ(steps[0].stem, "steps-psnr-inpainting-70-sigma-0.1");
  ASSERT_EQ(steps[0].series.size(), 1U);
  EXPECT_THAT(steps[0].series[0].x, ElementsAre(100, 1000));
  ASSERT_EQ(noise.size(), 2U);
  ASSERT_EQ(noise[0].series.size(), 2U);
  EXPECT_EQ(noise[0].series[0].title, "dps-w, 1000 steps");
  EXPECT_THAT(noise[0].series[0].x, ElementsAre(0.01, 0.1));
  EXPECT_NEAR(noise[0].series[0].y[0], 29.5, 1e-9);
  EXPECT_LT(noise[0].series[0].lower[0], 29.5);
}

TEST(Figures, MarkTheBestOfAScan) {
  std::vector<CellResult> cells;
  for (const double scale : {0.3, 0.5, 1.0}) {
    cells.push_back(
        synthetic_cell({.method = "dps", .psnr = 30 - 4 * std::abs(scale - 0.5), .lpips = 0.3 - 0.1 * scale}));
    cells.back().attributes["method.scale"] = scale;
  }
  cells.push_back(synthetic_cell({.method = "dps-w"}));

  const std::vector<Figure> figures = scan_figures(cells);

  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[0].stem, "scan-dps-scale-psnr-inpainting-70-sigma-0.05");
  EXPECT_THAT(figures[0].series.at(0).x, ElementsAre(0.3, 0.5, 1.0));
  EXPECT_EQ(figures[0].mark->x, 0.5);
  EXPECT_EQ(figures[1].mark->x, 1.0);  // LPIPS: smaller is better
  EXPECT_THAT(figures[0].mark->text, HasSubstr("0.5: 30"));
}

TEST(Figures, SetTheTwoBestMethodsSideBySide) {
  const std::vector<CellResult> cells = {synthetic_cell({.method = "dps", .psnr = 25}),
                                         synthetic_cell({.method = "dsg", .psnr = 31}),
                                         synthetic_cell({.method = "dps-w", .psnr = 30})};

  const std::vector<Figure> figures = scatter_figures(cells);

  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[0].x_label, "dps-w");
  EXPECT_EQ(figures[0].y_label, "dsg");
  EXPECT_EQ(figures[0].series[0].x.size(), 20U);
}

TEST(Figures, HaveNothingToShowForASingleCell) {
  const std::vector<CellResult> cells = {synthetic_cell({})};
  EXPECT_THAT(steps_figures(cells), IsEmpty());
  EXPECT_THAT(noise_figures(cells), IsEmpty());
  EXPECT_THAT(scan_figures(cells), IsEmpty());
  EXPECT_THAT(scatter_figures(cells), IsEmpty());
}

TEST(Figures, ShowStepSizesFromNoiseToImage) {
  const TemporaryFolder folder;
  testing::write_synthetic_output(folder.path(), 2);
  const ResultsFile file(consolidate(folder.path()).file);

  const std::vector<Figure> figures = step_size_figures(file);

  ASSERT_EQ(figures.size(), 4U);
  ASSERT_EQ(figures[0].series.size(), 5U);  // dsg has none
  const Series& series = figures[0].series.back();
  EXPECT_EQ(series.title, "dps-w, 100 steps");
  EXPECT_EQ(figures[0].series[0].title, "dps (scale 0.3)");
  EXPECT_EQ(series.x.size(), 100U);
  EXPECT_EQ(series.x.front(), 1);
  EXPECT_LT(series.y.front(), series.y.back());
  EXPECT_LE(series.lower[50], series.y[50]);
}

TEST(Figures, ShowThePriorsShareOfTheExactScore) {
  const TemporaryFolder folder;
  UnitRecord unit = testing::synthetic_unit("0a", "000-cell", 0, 3, 0);
  unit.attributes = {{"task", "denoising"}, {"method", "exact"}, {"method.steps", "10"}, {"sigma_y", "0.05"}};
  unit.prior_share = at::linspace(0.1, 0.8, 8, at::kDouble).expand({3, 8}).clone();
  Manifest manifest;
  manifest.experiment = "shares";
  manifest.configuration = "x";
  manifest.cells = {{unit.cell_id, unit.attributes}};
  manifest.units = {{unit.unit_id, unit.cell_id, unit.image_ids, unit.positions}};
  open_output(folder.path(), manifest);
  UnitStore(folder.path()).write(unit);
  const ResultsFile file(consolidate(folder.path()).file);

  const std::vector<Figure> figures = score_share_figures(file);

  ASSERT_EQ(figures.size(), 1U);
  ASSERT_EQ(figures[0].series.size(), 1U);
  EXPECT_EQ(figures[0].series[0].title, "exact, σ_y = 0.05");
  EXPECT_NEAR(figures[0].series[0].y.back(), 0.8, 1e-12);
}

TEST(FileStem, KeepsOnlyWhatEveryFileSystemTakes) {
  EXPECT_EQ(file_stem("Inpainting 70 %, σ_y = 0.05"), "inpainting-70-sigma-0.05");
  EXPECT_EQ(file_stem("../a/b."), "a-b");
}

/// Two seeds beside each other are two settings: neither's figures are written over the other's.
TEST(AllFigures, HaveNamesOfTheirOwn) {
  std::vector<TemporaryFolder> folders(2);
  std::vector<ResultsFile> files;
  for (const TemporaryFolder& folder : folders) {
    testing::write_synthetic_output(folder.path(), 4);
    files.emplace_back(consolidate(folder.path()).file);
  }
  for (CellResult& cell : files[1].cells()) cell.attributes["seed"] = std::int64_t{1};
  const ResultsFile results = ResultsFile::joined(std::move(files), {"a", "b"});

  std::set<std::string> stems;
  const std::vector<Figure> figures = all_figures(results);
  for (const Figure& figure : figures) EXPECT_TRUE(stems.insert(figure.stem).second) << figure.stem;
  std::set<std::string> titles;
  for (const Setting& setting : settings_of(results.cells())) EXPECT_TRUE(titles.insert(setting.title).second);
}

}  // namespace
}  // namespace dpsbench
