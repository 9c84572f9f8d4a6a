#include "results/site/site.h"

#include <gmock/gmock.h>

#include "results/formats/html.h"
#include "results/site/told_of_methods.h"
#include "results/store/consolidate.h"
#include "results/tables/registry.h"
#include "tests/results/synthetic_output.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Html, ShowsTextsAsTheyAreAndHeadsWithScopes) {
  Table table;
  table.title = "<b> & \"c\"";
  table.columns = {{"m", "Method", ""}, {"p", "PSNR", "σ_y"}};
  table.sections = {{"<i>", {{TableEntry::words("a<script>"), TableEntry::number(1.25, 2, 0.5, Emphasis::best)}}}};
  table.notes = {"<note>"};
  const std::string text = to_html(table, [](const std::string& label) { return label + "\".html"; });
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  for (const char* part :
       {"aria-label=\"&lt;b&gt; &amp; &quot;c&quot;\"",
        "scope=\"colgroup\" colspan=\"1\" class=\"group\">σ<sub>y</sub>",
        "<th scope=\"row\"><a href=\"a&lt;script&gt;&quot;.html\"><span>a&lt;script&gt;</span></a></th>",
        "<td class=\"number best\"><span>1.25 ± 0.50</span></td>", "<th scope=\"col\" class=\"number\">PSNR</th>",
        "<li>&lt;note&gt;</li>"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(ToldOfMethod, IsWhatTheDocumentationSays) {
  const ToldOfMethod dps = told_of_method("dps");
  EXPECT_THAT(dps.deviations, ::testing::StartsWith("theirs takes one norm of the whole batch"));
  EXPECT_THAT(dps.held_against, HasSubstr("golden, 20 steps"));
  EXPECT_THAT(dps.tests, HasSubstr("GoldenDps.*"));
  EXPECT_EQ(told_of_method("no such method").deviations, "");
}

TEST(Site, HasAPageForEachMethodAndSetting) {
  const testing::TemporaryFolder folder;
  testing::write_synthetic_output(folder.path(), 6);
  const ResultsFile file(consolidate(folder.path()).file);
  SiteParts parts{.title = "A <board>", .results = file, .tables = {}, .methods = {}, .downloads = {}, .reports = {}};
  for (auto& [stem, table] : general_tables("Trial", file.cells(), file.cells())) {
    table.stem = stem;
    parts.tables.push_back(table);
  }
  parts.methods["dps"] = {"Posterior sampling", "Chung 2023", "gradients"};
  parts.downloads = {{"downloads/tidy.csv", "Every number"}};

  const auto pages = site_pages(parts);

  std::vector<std::string> names;
  for (const auto& [name, text] : pages) names.push_back(name);
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("index.html", "methods/dps-w.html", "methods/dps.html",
                                                     "methods/dsg.html", "settings/inpainting-70-sigma-0.01.html",
                                                     "settings/inpainting-70-sigma-0.05.html",
                                                     "settings/super-resolution-4-sigma-0.01.html",
                                                     "settings/super-resolution-4-sigma-0.05.html", "style.css"));
  const std::string& index = pages.at("index.html");
  for (const char* part : {"A &lt;board&gt;", "Board: all settings at a glance", "href=\"methods/dps-w.html\"",
                           "href=\"settings/inpainting-70-sigma-0.05.html\"", "href=\"downloads/tidy.csv\"", "By PSNR"})
    EXPECT_THAT(index, HasSubstr(part));
  const std::string& dps = pages.at("methods/dps.html");
  for (const char* part :
       {"Chung 2023", "theirs takes one norm of the whole batch", "dps (scale 0.3)", "dps (scale 1)"})
    EXPECT_THAT(dps, HasSubstr(part));
  EXPECT_THAT(dps, Not(HasSubstr("dps-w")));  // rows of others
  EXPECT_THAT(pages.at("settings/inpainting-70-sigma-0.05.html"), Not(HasSubstr("Super resolution")));
}

TEST(Site, MarksAnswersMadeElsewhere) {
  const testing::TemporaryFolder output;
  UnitRecord unit = testing::synthetic_unit("0a", "000-cell", 0, 2, 0);
  unit.attributes = {
      {"task", "denoising"}, {"sigma_y", "0.05"}, {"method", "imported"}, {"method.answers", "PSLD <i>"}};
  Manifest manifest;
  manifest.experiment = "imported";
  manifest.configuration = "x";
  manifest.cells = {{unit.cell_id, unit.attributes}};
  manifest.units = {{unit.unit_id, unit.cell_id, unit.image_ids, unit.positions}};
  open_output(output.path(), manifest);
  UnitStore(output.path()).write(unit);
  const ResultsFile file(consolidate(output.path()).file);

  const auto pages =
      site_pages({.title = "Board", .results = file, .tables = {}, .methods = {}, .downloads = {}, .reports = {}});

  EXPECT_THAT(pages.at("index.html"), HasSubstr("PSLD &lt;i&gt; <span class=\"imported\">imported</span>"));
  EXPECT_THAT(pages.at("methods/imported-psld-i.html"), HasSubstr("another program made these answers"));
}

}  // namespace
}  // namespace dpsbench
