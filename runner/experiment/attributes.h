#pragma once
#include <map>
#include <string>

#include "runner/experiment/cell.h"

namespace dpsbench {

/// Every parameter of a cell by name, as the store keeps it with the results: dataset, task, task.<option>, sigma_y,
/// method, method.<option>, seed, ...; method_label for people.
std::map<std::string, std::string> cell_attributes(const Experiment& experiment, const Cell& cell);

}  // namespace dpsbench
