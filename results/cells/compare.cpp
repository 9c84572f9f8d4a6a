#include "results/cells/compare.h"

#include <map>
#include <set>

#include "results/cells/cell_label.h"

namespace dpsbench {
namespace {

/// Whether two cells have the same reference and measurement of each image they share, and share one.
bool same_measurements(const ResultsFile& results, const CellResult& one, const CellResult& other) {
  std::map<std::string, std::int64_t> rows;
  for (std::size_t row = 0; row < other.image_ids.size(); ++row)
    rows[other.image_ids[row]] = static_cast<std::int64_t>(row);
  bool shared = false;
  for (std::size_t row = 0; row < one.image_ids.size(); ++row) {
    const auto found = rows.find(one.image_ids[row]);
    if (found == rows.end()) continue;
    shared = true;
    for (const char* name : {"reference", "measurement"})
      if (!at::equal(results.read_rows(one, name, static_cast<std::int64_t>(row), 1),
                     results.read_rows(other, name, found->second, 1)))
        return false;
  }
  return shared;
}

/// The runs of a setting, a cell of each, sorted into groups that agree: run -> the group's first run.
std::map<std::size_t, std::size_t> groups_of(const ResultsFile& results, const Setting& setting) {
  std::map<std::size_t, std::size_t> group_of_run;
  std::vector<const CellResult*> leaders;  // the first cell of each group: cells of one run have the same measurements
  for (const CellResult* cell : setting.cells) {
    if (group_of_run.contains(cell->run)) continue;
    const CellResult* leader = cell;
    for (const CellResult* other : leaders)
      if (leader == cell && same_measurements(results, *other, *cell)) leader = other;
    if (leader == cell) leaders.push_back(cell);
    group_of_run[cell->run] = leader->run;
  }
  return group_of_run;
}

}  // namespace

ResultsFile compare(std::vector<ResultsFile> files, const std::vector<std::string>& names) {
  ResultsFile results = ResultsFile::joined(std::move(files), names);
  std::map<const CellResult*, std::string> apart;
  for (const Setting& setting : settings_of(results.cells())) {
    const std::map<std::size_t, std::size_t> groups = groups_of(results, setting);
    std::set<std::size_t> distinct;
    for (const auto& [run, leader] : groups) distinct.insert(leader);
    if (distinct.size() < 2) continue;
    for (const CellResult* cell : setting.cells) apart[cell] = names.at(groups.at(cell->run));
  }
  for (CellResult& cell : results.cells())
    if (const auto found = apart.find(&cell); found != apart.end()) cell.attributes["measurements"] = found->second;
  return results;
}

}  // namespace dpsbench
