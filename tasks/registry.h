#pragma once
#include <string>
#include <vector>

#include "core/task_entry.h"

namespace dpsbench {

/// Every task there is: those built in, in the order of the lists, then those added.
const std::vector<TaskEntry>& tasks();

/// Adds a person's own task to those built in. To be done before anything asks for tasks(): entries may move. Throws
/// UserError where its name is taken.
void add_task(TaskEntry entry);

/// The task of that name. Throws UserError listing the names there are.
const TaskEntry& find_task(const std::string& name);

}  // namespace dpsbench
