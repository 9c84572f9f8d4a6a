#include "results/report/html.h"

#include <gmock/gmock.h>

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

Page page_of(const fs::path& folder, std::int64_t images) {
  const ResultsFile file(consolidate(folder).file);
  const ReportParts parts{.results = file,
                          .tables = {summary_table("Summary", file.cells())},
                          .figures = {},
                          .figures_folder = folder,
                          .encode_png = PlainPng::encode,
                          .images = images};
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
  EXPECT_EQ(store.to_json()[0]["png"], "AQEB");
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
