// The report as a reader's browser shows it: headless Chromium loads it from disk.
#include "tests/results/report/browser.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/figures/figures.h"
#include "results/files/durable_file.h"
#include "results/report/html.h"
#include "results/store/consolidate.h"
#include "results/tables/board.h"
#include "results/tables/board_differences.h"
#include "results/tables/summary.h"
#include "tests/results/plain_png.h"
#include "tests/results/synthetic_output.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class Browser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::has_browser()) GTEST_SKIP() << "chromium is not installed (Debian: chromium)";
    testing::write_synthetic_output(folder_.path(), 3);
    const ResultsFile file(consolidate(folder_.path()).file);
    tables_ = {summary_table("<!--<script>Trial</script>", file.cells())};
    tables_[0].stem = "summary";
    page_ = html_report({.results = file,
                         .tables = tables_,
                         .figures = {},
                         .figures_folder = folder_.path(),
                         .encode_png = testing::PlainPng::encode,
                         .images = 2});
  }

  /// `script` runs after the page's own.
  [[nodiscard]] testing::Loaded load(const std::string& script = "", const std::string& hash = "") const {
    const testing::Loaded loaded = testing::load_page(
        folder_.path(), page_,
        "const say = (name, value) => document.body.setAttribute(\"data-\" + name, value);" + script, hash);
    EXPECT_EQ(loaded.status, 0) << loaded.log;
    return loaded;
  }

  testing::TemporaryFolder folder_;
  std::vector<Table> tables_;
  std::string page_;
};

TEST_F(Browser, ShowsEveryNumberOfTheTablesAndNoError) {
  const testing::Loaded loaded = load();

  EXPECT_THAT(loaded.log, Not(HasSubstr("CONSOLE")));
  for (const TableSection& section : tables_[0].sections)
    for (const auto& row : section.rows)
      for (const TableEntry& entry : row) {
        const std::string text = plain_text(entry);
        EXPECT_THAT(loaded.dom, HasSubstr("<span>" + text.substr(0, text.find(" ± ")) + "</span>"));
        if (!std::isnan(entry.half_width)) {
          EXPECT_THAT(loaded.dom, HasSubstr("<span class=\"pm\">" + text.substr(text.find(" ± ")) + "</span>"));
        }
      }
  for (const char* part : {"id=\"summary\"", "id=\"tables\"", "id=\"images\"", "id=\"extremes\"", "id=\"trajectories\"",
                           "id=\"provenance\""})
    EXPECT_THAT(loaded.dom, HasSubstr(part));
}

TEST_F(Browser, WouldSeeAnError) { EXPECT_THAT(load("notThere();").log, HasSubstr("notThere is not defined")); }

TEST_F(Browser, SortsMovesTheCutAndShowsTheReferenceUnderThePointer) {
  const testing::Loaded loaded = load(R"(
    document.querySelector("#tables th.number button").click();
    say("order", [...document.querySelector("#tables tbody").rows].slice(1).map((row) => row.entries[2].text).join("|"));
    const range = document.querySelector(".viewer input");
    range.value = 25;
    range.dispatchEvent(new Event("input"));
    say("cut", document.querySelector(".stage .cut").style.left);
    const shown = document.querySelectorAll(".sheet tbody tr")[0].querySelectorAll("img");
    const before = shown[2].src;
    shown[2].dispatchEvent(new Event("pointerenter"));
    say("hover", before !== shown[0].src && shown[2].src === shown[0].src);
    shown[2].dispatchEvent(new Event("pointerleave"));
    say("leave", shown[2].src === before);)");

  std::vector<TableEntry> column;
  for (const auto& row : tables_[0].sections[0].rows) column.push_back(row[2]);
  std::ranges::stable_sort(column, std::ranges::greater(), &TableEntry::value);
  std::vector<std::string> texts;
  for (const TableEntry& entry : column) texts.push_back(plain_text(entry));
  EXPECT_THAT(loaded.log, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(loaded.dom, HasSubstr(fmt::format("data-order=\"{}\"", fmt::join(texts, "|"))));
  EXPECT_THAT(loaded.dom, HasSubstr("data-cut=\"25%\""));
  EXPECT_THAT(loaded.dom, HasSubstr("data-hover=\"true\""));
  EXPECT_THAT(loaded.dom, HasSubstr("data-leave=\"true\""));
}

TEST_F(Browser, BeginsWithTheBoardByMetricAndByWhatIsShown) {
  const ResultsFile file(folder_.path() / "results.h5");
  std::vector<Table> tables = {tables_[0], board_table(file.cells()), board_differences(file.cells())};
  tables[1].stem = "board";
  tables[2].stem = "board-differences";
  const std::size_t methods = tables[1].sections.at(0).rows.size();
  const std::string page = html_report({.results = file,
                                        .tables = tables,
                                        .figures = {},
                                        .figures_folder = folder_.path(),
                                        .encode_png = testing::PlainPng::encode,
                                        .images = 1});
  const std::string script = R"(
    const say = (name, value) => document.body.setAttribute("data-" + name, value);
    const rows = () => [...document.querySelectorAll("#board tbody tr")].filter((row) => row.entries);
    const choose = (title, value) => {
      const select = document.querySelector(`#board [title="${title}"]`);
      select.value = value;
      select.dispatchEvent(new Event("input"));
    };
    say("first", document.querySelector("main section").id);
    say("order", rows().map((row) => row.entries[0].text).join("|"));
    choose("What is shown of each setting", 1);
    say("again", rows().map((row) => row.entries[0].text).join("|"));
    say("best", document.querySelectorAll("#board td.best").length);
    choose("Metric", 1);
    say("metric", document.querySelector("#board tbody tr").textContent);
    say("hash", location.hash);)";
  const testing::Loaded loaded = testing::load_page(folder_.path(), page, script);
  EXPECT_THAT(loaded.log, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(loaded.dom, HasSubstr("data-first=\"board\""));
  std::vector<std::string> order;
  for (const auto& row : tables[1].sections[0].rows) order.push_back(row[0].text);
  EXPECT_GE(methods, 3U);
  EXPECT_THAT(loaded.dom, HasSubstr(fmt::format("data-order=\"{}\"", fmt::join(order, "|"))));
  EXPECT_THAT(loaded.dom, HasSubstr(fmt::format("data-again=\"{}\"", fmt::join(order, "|"))));
  EXPECT_THAT(loaded.dom, HasSubstr(fmt::format("data-best=\"{}\"", tables[2].columns.size() - 1)));
  EXPECT_THAT(loaded.dom, HasSubstr(fmt::format("data-metric=\"{}\"", tables[1].sections.at(1).title)));
  EXPECT_THAT(loaded.dom, HasSubstr("data-hash=\"#?board=1&amp;board-metric=1\""));
}

TEST_F(Browser, CopiesWhatTheFilesOfATableSay) {
  const std::string latex = to_latex(tables_[0]);
  const std::string body =
      latex.substr(latex.find("\\toprule"), latex.find("\\end{tabular}") - latex.find("\\toprule"));
  const std::string markdown = to_markdown(tables_[0]);
  const nlohmann::json expected = {to_csv(tables_[0]), markdown.substr(0, markdown.find("\n\n- ") + 1), body};
  std::string texts = expected.dump();
  for (std::size_t at = 0; (at = texts.find('<', at)) != std::string::npos;) texts.replace(at, 1, "\\u003c");
  const testing::Loaded loaded = load("const expected = " + texts + R"(;
    const data = report.tables[0], table = document.querySelector("#tables table");
    const seen = seenOf(data, table, data.columns.map((column, k) => k));
    say("csv", asCsv(seen) === expected[0]);
    say("markdown", asMarkdown(seen) === expected[1]);
    say("latex", asLatex(seen).includes(expected[2]));
    for (const text of ["=1+1", "-A1:B2", "+cmd", "@sum"]) if (csvField(text)[0] !== "'") say("csv", text);
    for (const text of ["-0.5", "--help", "+3", "-1e-3", "plain"]) if (csvField(text) !== text) say("csv", text);)");

  EXPECT_THAT(loaded.log, Not(HasSubstr("CONSOLE")));
  for (const char* said : {"data-csv=\"true\"", "data-markdown=\"true\"", "data-latex=\"true\""})
    EXPECT_THAT(loaded.dom, HasSubstr(said));
}

TEST_F(Browser, KeepsFiltersAndChoicesInTheAddress) {
  const testing::Loaded chosen = load(R"(
    const filter = document.querySelector("#tables input[type=search]");
    filter.value = "dps-w inpainting";
    filter.dispatchEvent(new Event("input"));
    const box = document.querySelectorAll("#tables .ticks input")[1];  // the column behind Method and Steps
    box.click();
    document.querySelectorAll(".sheet tbody tr")[1].querySelectorAll("button")[0].click();
    say("hash", location.hash);
    say("rows", [...document.querySelectorAll("#tables tbody tr")].filter((row) => row.entries && row.offsetHeight > 0).length);)");
  const std::string begin = "data-hash=\"";
  const std::size_t first = chosen.dom.find(begin) + begin.size();
  std::string hash = chosen.dom.substr(first, chosen.dom.find('"', first) - first);
  for (std::size_t at = 0; (at = hash.find("&amp;", at)) != std::string::npos;) hash.replace(at, 5, "&");
  EXPECT_THAT(hash, HasSubstr("rows-summary=dps-w+inpainting"));
  EXPECT_THAT(hash, HasSubstr("image=00001"));

  const testing::Loaded loaded = load(R"(
    say("filter", document.querySelector("#tables input[type=search]").value);
    say("rows", [...document.querySelectorAll("#tables tbody tr")].filter((row) => row.entries && row.offsetHeight > 0).length);
    say("heads", [...document.querySelectorAll("#tables thead tr:last-child th")].filter((head) => head.offsetParent).map((head) => head.textContent).join("|"));
    say("image", document.querySelector(".said").textContent.split(" ")[1].slice(0, 5));)",
                                      hash);

  EXPECT_THAT(loaded.log, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(loaded.dom, HasSubstr("data-filter=\"dps-w inpainting\""));
  EXPECT_THAT(chosen.dom, HasSubstr("data-rows=\"4\""));  // dps-w of 1000 and of 100 steps, at two noise levels
  EXPECT_THAT(loaded.dom, HasSubstr("data-rows=\"4\""));
  EXPECT_THAT(loaded.dom, HasSubstr("data-heads=\"Method|Steps|SSIM"));
  EXPECT_THAT(loaded.dom, HasSubstr("data-image=\"00001\""));
}

TEST_F(Browser, ShowsTheCommandOfARowAndTheErrorsOfSamples) {
  const testing::Loaded loaded = load(R"(
    document.querySelector("#tables button.repeat").click();
    say("command", document.querySelector("tr.command pre").textContent);
    const kind = document.querySelector("[title='What is shown of them']");
    kind.value = 1;
    kind.dispatchEvent(new Event("input"));
    setTimeout(async () => {
      const image = report.settings[0].images[0];
      const [sample, original] = [await pixelsOf(image.samples[0].picture), await pixelsOf(image.reference)];
      const map = document.querySelectorAll(".pane canvas:first-child")[2], at = 4 * (64 * 10 + 20);
      const error = [0, 1, 2].reduce((sum, c) => sum + Math.abs(sample.data[at + c] - original.data[at + c]), 0) / 3 / 127.5;
      const drawn = map.getContext("2d").getImageData(20, 10, 1, 1).data;
      say("red", Math.abs(drawn[0] - Math.min(255, 255 * 3 * error / report.spread_scale)) <= 1);
      const box = map.getBoundingClientRect();
      map.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + 3, clientY: box.top + 3}));
      const lenses = [...document.querySelectorAll(".pane .lens")];
      const under = lenses.filter((lens) => !lens.hidden && lens.style.translate === lenses[2].style.translate).length;
      map.dispatchEvent(new PointerEvent("pointerleave"));
      say("lens", `${under === lenses.length} ${lenses.every((lens) => lens.hidden)}`);
      say("whole", [...document.querySelectorAll(".pane canvas:first-child")].every((canvas) => canvas.clientWidth % canvas.width === 0));
    }, 1000);)");

  EXPECT_THAT(loaded.log, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(loaded.dom,
              HasSubstr("data-command=\"dpsbench run demonstration.yaml --output again --set 'tasks=[{name: "
                        "inpainting, mask_fraction: 0.7}]'"));
  EXPECT_THAT(loaded.dom, HasSubstr("data-red=\"true\""));
  EXPECT_THAT(loaded.dom, HasSubstr("data-lens=\"true true\""));
  EXPECT_THAT(loaded.dom, HasSubstr("data-whole=\"true\""));
}

}  // namespace
}  // namespace dpsbench
