#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/options.h"

namespace dpsbench {

/// Options as a command line gives them, "steps=100", each checked against its spec. `flag`, which messages name, is
/// the command line's: "--set". Throws UserError for a word without '=', a name there is not or that comes twice, and a
/// value that is not allowed.
std::map<std::string, OptionValue> read_option_words(const std::vector<OptionSpec>& specs,
                                                     const std::vector<std::string>& words, const std::string& flag);

}  // namespace dpsbench
