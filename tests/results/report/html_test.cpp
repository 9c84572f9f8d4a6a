#include "results/report/html.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "results/figures/figures.h"
#include "results/files/durable_file.h"
#include "results/report/picture_store.h"
#include "results/store/consolidate.h"
#include "results/store/unit_images.h"
#include "results/store/unit_store.h"
#include "results/tables/summary.h"
#include "tests/results/plain_png.h"
#include "tests/results/synthetic_output.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::PlainPng;
using testing::TemporaryFolder;

/// The data that a page holds.
nlohmann::json data_of(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"report\">";
  const std::size_t first = page.find(begin) + begin.size();
  return nlohmann::json::parse(page.substr(first, page.find("</script>", first) - first));
}

/// A page made of a small output folder, and its data.
struct Page {
  std::string text;
  nlohmann::json data;
};

ReportParts parts_of(const ResultsFile& file) {
  return {.results = file,
          .tables = {summary_table("Summary", file.cells())},
          .figures = {},
          .figures_folder = "no-figures",
          .encode_png = PlainPng::encode};
}

Page page_of(const fs::path& folder, std::int64_t images) {
  const ResultsFile file(consolidate(folder).file);
  ReportParts parts = parts_of(file);
  parts.images = images;
  const std::string text = html_report(parts);
  return {text, data_of(text)};
}

/// The tests share one output folder, which they only read.
class HtmlReport : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    fs::remove_all(folder());
    testing::write_synthetic_output(folder(), 5);
  }
  /// Left in the build folder for people to look at.
  static fs::path folder() { return fs::path(DPSBENCH_BINARY_DIR) / "demonstration"; }
};

TEST_F(HtmlReport, ADemonstrationIsDrawn) {
  const fs::path folder = HtmlReport::folder();
  const ResultsFile file(consolidate(folder).file);
  const std::vector<Figure> figures = all_figures(file);
  const fs::path figures_folder = folder / "figures";
  make_folder(figures_folder);
  std::vector<std::string> stems;
  for (const Figure& figure : figures) {
    write_figure(figure, figures_folder);
    stems.push_back(figure.stem);
  }
  ASSERT_EQ(draw_figures(figures_folder, stems), "");
  const ReportParts parts{.results = file,
                          .tables = {summary_table("Summary", file.cells())},
                          .figures = figures,
                          .figures_folder = figures_folder,
                          .encode_png = PlainPng::encode};

  const std::string page = html_report(parts);
  write_durably(folder / "report.html", as_bytes(page));

  const auto data = data_of(page);
  EXPECT_EQ(data["figures"].size(), figures.size());
  EXPECT_EQ(data["settings"].size(), 4U);
  EXPECT_EQ(data["films"].size(), 4U);
  ASSERT_EQ(data["runs"].size(), 2U);  // the one start, and the cost
  for (const auto& run : data["runs"])
    for (const auto& entry : run["entries"]) EXPECT_TRUE(entry.is_array() && entry.size() == 2) << entry;
}

TEST_F(HtmlReport, AsksTheNetworkForNothing) {
  const Page page = page_of(folder(), 2);

  for (const char* forbidden : {"http:", "https:", "src=\"//", "@import", "url(", "fetch(", "XMLHttpRequest"})
    EXPECT_THAT(page.text, Not(HasSubstr(forbidden)));
}

TEST_F(HtmlReport, ShowsAllImagesWhereTheyFitAndSaysWhatItLeavesOut) {
  const ResultsFile file(consolidate(folder()).file);
  const auto report_of = [&](std::int64_t images, std::size_t bytes) {
    ReportParts parts = parts_of(file);
    parts.images = images;
    parts.picture_bytes = bytes;
    return data_of(html_report(parts));
  };

  const auto all = report_of(0, std::size_t{24} << 20);
  const auto few = report_of(0, 1);
  const auto told = report_of(2, 1);

  for (const auto& setting : all["settings"]) EXPECT_EQ(setting["images"].size(), 5U);
  EXPECT_EQ(all["images_left_out"], "");
  EXPECT_FALSE(all["settings"][0]["extremes"][0]["images"][0]["sample"].is_null());
  for (const auto& setting : few["settings"]) EXPECT_EQ(setting["images"].size(), 1U);
  EXPECT_EQ(few["images_left_out"],
            "Of each setting the first 1 of 5 images; 'dpsbench report --images all' shows them all in a larger file.");
  EXPECT_TRUE(few["settings"][0]["extremes"][0]["images"][0]["sample"].is_null());
  for (const auto& setting : told["settings"]) EXPECT_EQ(setting["images"].size(), 2U);
}

TEST_F(HtmlReport, ShowsWhatAMeasurementScores) {
  const ResultsFile file(consolidate(folder()).file);
  ReportParts parts = parts_of(file);
  parts.measurement_psnr = [](const CellResult& cell, std::int64_t row) -> std::optional<double> {
    if (cell.text("task") != "inpainting") return std::nullopt;
    return 10.0 + static_cast<double>(row);
  };

  const auto settings = data_of(html_report(parts))["settings"];

  EXPECT_EQ(settings[0]["images"][1]["measurement_psnr"], 11.0);
  EXPECT_TRUE(settings[2]["images"][1]["measurement_psnr"].is_null());
}

TEST_F(HtmlReport, ShowsHowSeveralSamplesSpread) {
  const TemporaryFolder output;
  UnitRecord unit = testing::synthetic_unit("0a", "000-cell", 0, 1, 0);
  unit.attributes = {{"task", "denoising"}, {"method", "dps"}, {"sigma_y", "0.05"}};
  unit.samples = at::stack({at::zeros({1, 3, 4, 4}), at::full({1, 3, 4, 4}, 0.5)}, 1);  // deviation 0.5 / sqrt 2
  unit.metrics = {{"psnr", at::ones({1, 2}, at::kDouble)}};
  Manifest manifest;
  manifest.experiment = "spread";
  manifest.configuration = "x";
  manifest.cells = {{unit.cell_id, unit.attributes}};
  manifest.units = {{unit.unit_id, unit.cell_id, unit.image_ids, unit.positions}};
  open_output(output.path(), manifest);
  UnitStore(output.path()).write(unit);
  const ResultsFile file(consolidate(output.path()).file);
  std::vector<Tensor> drawn;
  ReportParts parts = parts_of(file);
  parts.encode_png = [&](const Tensor& picture) {
    drawn.push_back(picture.clone());
    return PlainPng::encode(picture);
  };

  const auto sample = data_of(html_report(parts))["settings"][0]["images"][0]["samples"][0];

  const Tensor& spread = drawn.at(sample["spread"].get<std::size_t>());
  EXPECT_EQ(spread.sizes(), (std::vector<std::int64_t>{1, 4, 4}));
  const double white = 2 * 0.5 / std::sqrt(2.0) / 0.5 - 1;
  EXPECT_NEAR(spread.min().item<double>(), std::min(1.0, white), 1e-6);
  EXPECT_NEAR(spread.max().item<double>(), std::min(1.0, white), 1e-6);
}

TEST_F(HtmlReport, HoldsEachPictureOnce) {
  const auto data = page_of(folder(), 2).data;

  const auto& settings = data["settings"];
  EXPECT_EQ(settings[0]["images"].size(), 2U);
  EXPECT_EQ(settings[0]["images"][0]["id"], "00000");
  EXPECT_EQ(settings[0]["methods"].size(), 6U);
  EXPECT_EQ(settings[0]["images"][0]["reference"], settings[3]["images"][0]["reference"]);
  EXPECT_NE(settings[0]["images"][0]["measurement"], settings[3]["images"][0]["measurement"]);
  for (const auto& sample : settings[1]["images"][1]["samples"])
    EXPECT_LT(sample["picture"].get<std::size_t>(), data["pictures"].size());
}

TEST_F(HtmlReport, ShowsTheBestAndTheWorstImageOfAMethod) {
  const ResultsFile file(consolidate(folder()).file);
  const std::vector<double> psnr = file.cells()[0].image_values("psnr");
  const auto worst = std::min_element(psnr.begin(), psnr.end()) - psnr.begin();
  const auto best = std::max_element(psnr.begin(), psnr.end()) - psnr.begin();

  const auto extremes = page_of(folder(), 1).data["settings"][0]["extremes"][0];

  EXPECT_EQ(extremes["images"][0]["which"], "best");
  EXPECT_EQ(extremes["images"][0]["id"], file.cells()[0].image_ids[static_cast<std::size_t>(best)]);
  EXPECT_EQ(extremes["images"][1]["id"], file.cells()[0].image_ids[static_cast<std::size_t>(worst)]);
  EXPECT_EQ(extremes["images"][1]["metrics"]["psnr"], psnr[static_cast<std::size_t>(worst)]);
}

TEST_F(HtmlReport, CannotBeBrokenByNames) {
  const TemporaryFolder output;
  UnitRecord unit = testing::synthetic_unit("0a", "000-cell", 0, 2, 0);
  unit.attributes = {{"task", "denoising"}, {"method", "</script><script>alert(1)</script>"}, {"sigma_y", "0.05"}};
  Manifest manifest;
  manifest.experiment = "</script><!--<script><b>bold";
  manifest.experiment_text = "not UTF-8: \xff";
  manifest.configuration = "x";
  manifest.cells = {{unit.cell_id, unit.attributes}};
  manifest.units = {{unit.unit_id, unit.cell_id, unit.image_ids, unit.positions}};
  open_output(output.path(), manifest);
  UnitStore(output.path()).write(unit);

  const Page page = page_of(output.path(), 2);

  EXPECT_EQ(page.data["title"], manifest.experiment);
  EXPECT_THAT(page.text, Not(HasSubstr("</script><b>")));
  EXPECT_THAT(page.text, Not(HasSubstr("</script><script>alert")));
  // within the data no "<" stands at all: "<!--<script" would hide the end of the script that holds them
  const std::string begin = "<script type=\"application/json\" id=\"report\">";
  const std::size_t first = page.text.find(begin) + begin.size();
  EXPECT_LT(page.text.find("</script>", first), page.text.find('<', first) + 1);
}

TEST_F(HtmlReport, WarnsOfWhatIsUnfinished) {
  const TemporaryFolder copy;
  fs::copy(folder(), copy.path(), fs::copy_options::recursive);
  const UnitStore store(copy.path());
  fs::remove(store.unit_path(store.present().front()));
  const UnitRecord unit = *store.read(store.present().front());
  ASSERT_GT(unit.image_ids.size(), 1U);
  store.write(select_images(unit, {0}), {{unit.image_ids[1], "not finite"}});

  const auto warnings = page_of(copy.path(), 1).data["warnings"];

  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0], "Unfinished: 111 of 120 images of all cells are done. Run the experiment again to go on.");
  EXPECT_EQ(warnings[1], fmt::format("{}: images that failed: {}", unit.cell_id, unit.image_ids[1]));
}

TEST(PictureStore, ShrinksLargePicturesAndKeepsSmallOnes) {
  std::vector<std::vector<std::int64_t>> shapes;
  PictureStore store([&](const Tensor& picture) {
    shapes.push_back(picture.sizes().vec());
    return Bytes(3, std::byte{1});
  });

  EXPECT_EQ(store.add(at::zeros({3, 100, 400}), 200), 0U);
  EXPECT_EQ(store.add(at::ones({1, 50, 20}), 200), 1U);
  EXPECT_EQ(store.add(at::zeros({3, 100, 400}), 200), 0U);
  EXPECT_EQ(store.add(at::zeros({4, 8, 8}), 200), 2U);

  EXPECT_THAT(shapes, ElementsAre(ElementsAre(3, 50, 200), ElementsAre(1, 50, 20), ElementsAre(1, 8, 8)));
  std::string text = "pictures: ";
  store.append_json(text);
  EXPECT_EQ(text, R"(pictures: [{"png":"AQEB","side":200},{"png":"AQEB","side":50},{"png":"AQEB","side":8}])");
}

TEST(Base64, MatchesTheStandardsExamples) {
  EXPECT_EQ(base64(as_bytes("")), "");
  EXPECT_EQ(base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(base64(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(base64(as_bytes("foo")), "Zm9v");
  EXPECT_EQ(base64(as_bytes("foobar")), "Zm9vYmFy");
}

}  // namespace
}  // namespace dpsbench
