#pragma once
#include <filesystem>
#include <vector>

#include "runner/experiment/yaml_reader.h"

namespace dpsbench {

/// The values of an option that holds a file (core/words/given_file.h): paths, one or a list, from `folder`, each with
/// the digest of what the file holds now. One written with a digest must still have it. Throws UserError naming the
/// place, the key and the file: not there, not to be read, changed.
std::vector<OptionValue> read_file_option(const YamlReader& reader, const std::string& key,
                                          const std::filesystem::path& folder);

}  // namespace dpsbench
