#pragma once
#include <filesystem>
#include <string>

namespace dpsbench {

/// A path as an experiment file writes it, ready for use: `~/` replaced by the home folder, `${NAME}` and `$NAME` by
/// that environment variable (left as they are where the variable is not set), relative paths taken from `folder`.
std::filesystem::path input_path(const std::string& written, const std::filesystem::path& folder);

/// The first environment variable that a path of input_path() still waits for; empty: none.
std::string missing_variable(const std::filesystem::path& path);

/// Throws UserError unless the file or folder is there: names the variable to set, or what to put where. `key` is the
/// experiment's key, `what` says what belongs there.
void require_path(const std::filesystem::path& path, const std::string& key, const std::string& what);

}  // namespace dpsbench
