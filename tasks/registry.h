#pragma once
#include <string>
#include <vector>

#include "core/task_entry.h"

namespace dpsbench {

/// Every task there is, in the order of the lists.
const std::vector<TaskEntry>& tasks();

/// The task of that name. Throws UserError listing the names there are.
const TaskEntry& find_task(const std::string& name);

}  // namespace dpsbench
