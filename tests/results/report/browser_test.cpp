// The report as a reader's browser shows it: headless Chromium loads it from disk.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "results/figures/figures.h"
#include "results/files/durable_file.h"
#include "results/report/html.h"
#include "results/store/consolidate.h"
#include "results/tables/summary.h"
#include "tests/results/plain_png.h"
#include "tests/results/synthetic_output.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

std::string file_text(const fs::path& file) {
  const Bytes bytes = read_bytes(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What a page became once its scripts had run, and what they said.
struct Loaded {
  std::string dom;
  std::string log;
};

class Browser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v chromium >/dev/null") != 0)
      GTEST_SKIP() << "chromium is not installed (Debian: chromium)";
    testing::write_synthetic_output(folder_.path(), 3);
    const ResultsFile file(consolidate(folder_.path()).file);
    tables_ = {summary_table("<!--<script>Trial</script>", file.cells())};
    page_ = html_report({.results = file,
                         .tables = tables_,
                         .figures = {},
                         .figures_folder = folder_.path(),
                         .encode_png = testing::PlainPng::encode,
                         .images = 2});
  }

  /// `script` runs after the page's own.
  [[nodiscard]] Loaded load(const std::string& script = "") const {
    const fs::path folder = folder_.path();
    std::string page = page_;
    page.insert(page.rfind("</body>"), "<script>" + script + "</script>");
    write_durably(folder / "page.html", as_bytes(page));
    const std::string command = fmt::format(
        "timeout 60 chromium --headless --no-sandbox --disable-gpu --virtual-time-budget=3000 "
        "--user-data-dir={0}/profile "
        "--enable-logging=stderr --dump-dom file://{0}/page.html >{0}/dom 2>{0}/log",
        folder.string());
    EXPECT_EQ(std::system(command.c_str()), 0) << file_text(folder / "log");
    return {file_text(folder / "dom"), file_text(folder / "log")};
  }

  testing::TemporaryFolder folder_;
  std::vector<Table> tables_;
  std::string page_;
};

TEST_F(Browser, ShowsEveryNumberOfTheTablesAndNoError) {
  const Loaded loaded = load();

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
  const Loaded loaded = load(R"(
    const say = (name, value) => document.body.setAttribute("data-" + name, value);
    document.querySelectorAll("#tables th.number")[0].click();
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

}  // namespace
}  // namespace dpsbench
