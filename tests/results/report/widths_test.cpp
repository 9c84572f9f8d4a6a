// Nothing of a report is cut, on a telephone or with many methods: widths as Chromium measures them.
#include <gmock/gmock.h>

#include "results/report/html.h"
#include "results/store/consolidate.h"
#include "results/tables/summary.h"
#include "tests/results/plain_png.h"
#include "tests/results/report/browser.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// One setting with that many methods and images, their names long.
std::string wide_page(const std::filesystem::path& folder, int methods, std::int64_t images) {
  Manifest manifest;
  manifest.experiment = "an-experiment-with-a-name-of-one-very-long-word-as-people-have-them";
  manifest.experiment_text = "name: wide\n" + std::string(300, 'x') + "\n";
  manifest.configuration = "x";
  std::vector<UnitRecord> units;
  for (int k = 0; k < methods; ++k) {
    UnitRecord unit =
        testing::synthetic_unit(fmt::format("{:032x}", k + 1), fmt::format("{:03}-cell", k), 0, images, k);
    for (std::int64_t i = 0; i < images; ++i)
      unit.image_ids[static_cast<std::size_t>(i)] = fmt::format("a-photograph-of-a-balloon-{:04}", i);
    unit.attributes = {{"task", "super_resolution"}, {"task.scale", "4"},
                       {"sigma_y", "0.05"},          {"method", fmt::format("method-of-somebody-{}", k)},
                       {"method.steps", "1000"},     {"dataset", "photographs"}};
    manifest.cells.push_back({unit.cell_id, unit.attributes});
    manifest.units.push_back({unit.unit_id, unit.cell_id, unit.image_ids, unit.positions});
    units.push_back(std::move(unit));
  }
  open_output(folder, manifest);
  for (const UnitRecord& unit : units) UnitStore(folder).write(unit);
  const ResultsFile file(consolidate(folder).file);
  std::vector<Table> tables = {summary_table("Summary", file.cells())};
  tables[0].stem = "summary";
  return html_report({.results = file,
                      .tables = tables,
                      .figures = {},
                      .figures_folder = folder,
                      .encode_png = testing::PlainPng::encode});
}

/// What stands out of the window, apart from what is scrolled in a box of its own; then what the boxes keep in place.
const std::string measures = R"(
  setTimeout(() => {
    const said = [];
    const boxed = ".scroll, .sheet, .strip, .window, .menu, pre, .unseen";
    if (document.documentElement.scrollWidth > innerWidth) said.push(`page ${document.documentElement.scrollWidth} of ${innerWidth}`);
    for (const element of document.querySelectorAll("body *")) {
      if (element.parentElement.closest(boxed)) continue;
      const box = element.getBoundingClientRect();
      if (box.width && (box.right > innerWidth + 0.5 || box.left < -0.5)) said.push(`${element.tagName}.${element.className} ${box.left} to ${box.right}`);
    }
    for (const [name, body] of [[".scroll", "tbody tr:nth-child(4) > :first-child"], [".sheet", "tbody tr:nth-child(3) > :first-child"]]) {
      const box = document.querySelector(name), edge = box.getBoundingClientRect();
      box.scrollTo(250, 120);
      const [first, head] = [box.querySelector(body).getBoundingClientRect(), box.querySelector("thead").getBoundingClientRect()];
      if (box.scrollWidth > box.clientWidth + 250 && Math.abs(first.left - edge.left) > 2) said.push(`${name}: first column at ${first.left - edge.left}`);
      if (box.scrollHeight > box.clientHeight + 120 && Math.abs(head.top - edge.top) > 2) said.push(`${name}: head at ${head.top - edge.top}`);
      if (first.width > edge.width / 2) said.push(`${name}: first column of ${first.width} leaves no room`);
    }
    const id = document.querySelector(".sheet tbody th").getBoundingClientRect();
    if (id.width < 80 || id.height > 160) said.push(`image id ${id.width} x ${id.height}`);
    const rows = document.querySelectorAll(".sheet tbody tr").length, pages = document.querySelector(".pager span").textContent;
    document.querySelectorAll(".pager button")[1].click();
    tell(`${said.join("; ") || "nothing"} | ${rows} rows, ${pages}, then ${document.querySelector(".pager span").textContent}`);
  }, 1500);)";

class Widths : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(Widths, CutNothing) {
  if (!testing::has_browser()) GTEST_SKIP() << "chromium is not installed (Debian: chromium)";
  const auto [width, methods] = GetParam();
  const testing::TemporaryFolder folder;
  const testing::Loaded loaded =
      testing::load_framed(folder.path(), wide_page(folder.path(), methods, 40), measures, width);
  EXPECT_THAT(loaded.log, Not(HasSubstr("CONSOLE")));
  EXPECT_THAT(loaded.dom, HasSubstr("data-told=\"nothing | 10 rows, 1 to 10 of 40, then 11 to 20 of 40\""));
}

INSTANTIATE_TEST_SUITE_P(Screens, Widths,
                         ::testing::Values(std::tuple(390, 3), std::tuple(390, 14), std::tuple(1440, 14),
                                           std::tuple(1440, 23)));

}  // namespace
}  // namespace dpsbench
