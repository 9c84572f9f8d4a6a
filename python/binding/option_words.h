#pragma once
#include <vector>

#include "core/options.h"
#include "python/binding/bind.h"

namespace dpsbench {

// Options between Python and C++, under the lock.

/// Of `dpsbench.Option`s: attributes name, default, description, least, greatest (None: no bound) and choices.
std::vector<OptionSpec> option_specs(const py::object& options);

/// True or False, a whole number, a real number, a word. Throws UserError for anything else.
OptionValue option_value(const py::handle& value);

/// The values of a dict by name.
std::map<std::string, OptionValue> option_values(const py::dict& given);

/// As attributes of one object: options.steps.
py::object as_namespace(const OptionValues& values);

}  // namespace dpsbench
