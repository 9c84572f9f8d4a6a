#include "runner/afterwards/run_names.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/error.h"

namespace dpsbench {

namespace fs = std::filesystem;

std::vector<std::string> run_names(const std::vector<std::string>& folders) {
  std::vector<std::string> names;
  for (const std::string& folder : folders) {
    const fs::path whole = fs::weakly_canonical(folder);
    const auto same = [&](const std::string& other) {
      return fs::weakly_canonical(other).filename() == whole.filename();
    };
    const bool alone = std::ranges::count_if(folders, same) == 1;
    names.push_back(alone ? whole.filename().string() : (whole.parent_path().filename() / whole.filename()).string());
  }
  if (std::set<std::string>(names.begin(), names.end()).size() < names.size())
    throw UserError("two of the folders have the same name '{}': rename one", names.front());
  return names;
}

}  // namespace dpsbench
