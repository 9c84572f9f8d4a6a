#pragma once
#include <string>

namespace dpsbench {

/// Whether a part may be called `name`: letters, digits, '-' and '_', a letter first. `what` is for the message:
/// "method". Throws UserError.
void require_part_name(const std::string& what, const std::string& name);

}  // namespace dpsbench
