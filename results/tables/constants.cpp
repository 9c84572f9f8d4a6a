#include "results/tables/constants.h"

#include "results/cells/cell_label.h"

namespace dpsbench {
namespace {

/// "lr 0.0001, mcmc langevin": all options but the number of steps.
std::string constants_of(const CellResult& cell) {
  std::string text;
  for (const auto& [option, value] : cell.state("method").options)
    if (option != "steps") text += fmt::format("{}{} {}", text.empty() ? "" : ", ", option, value);
  return text;
}

}  // namespace

Table constants_table(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  Table table;
  table.title = "Constants, and where they are from";
  table.columns = {
      {"method", "Method", ""}, {"steps", "Steps", ""}, {"constants", "Constants", ""}, {"from", "From", ""}};
  for (const Setting& setting : settings_of(cells)) {
    TableSection section{setting.title, {}};
    for (const CellResult* cell : setting.cells)
      if (const std::string source = cell->text("preset_source"); !source.empty())
        section.rows.push_back({TableEntry::words(labels.method(*cell)), TableEntry::words(cell->text("method.steps")),
                                TableEntry::words(constants_of(*cell)), TableEntry::words(source)});
    if (!section.rows.empty()) table.sections.push_back(std::move(section));
  }
  return table;
}

}  // namespace dpsbench
