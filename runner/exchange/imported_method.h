#pragma once
#include <memory>
#include <string>

#include "core/method_entry.h"
#include "runner/exchange/answers.h"

namespace dpsbench {

/// The method `imported` for one setting: it looks its answers up. Options: what they are called, and a digest of them.
MethodEntry imported_method(const std::string& label, const ExportedProblem& problem, const Answers& answers);

}  // namespace dpsbench
