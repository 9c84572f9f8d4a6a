#include "results/store/output_lock.h"

#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

fs::path part_path(const fs::path& folder, const Part& part) {
  return folder / fmt::format(".lock.{}-of-{}", part.number, part.of);
}

/// Lock files of parts, whether held or not.
std::vector<fs::path> part_paths(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code ignored;  // a folder that cannot be read cannot be locked either, which is told then
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (const std::string name = entry.path().filename().string();
        name.starts_with(".lock.") && name.find("-of-") != std::string::npos)
      paths.push_back(entry.path());
  return paths;
}

}  // namespace

OutputLock::OutputLock(const fs::path& folder, const LockOwner& owner, const Part& part) {
  const fs::path own = part_path(folder, part);
  if (!part.is_whole()) {
    of_folder_ = std::make_unique<LockFile>(folder / ".lock", LockKind::shared, owner);
    of_part_ = std::make_unique<LockFile>(own, LockKind::exclusive, owner);
  }
  const std::string same_division = fmt::format("-of-{}", part.of);
  for (const fs::path& path : part_paths(folder)) {
    if ((!part.is_whole() && path == own) || !is_held(path, owner)) continue;
    if (part.is_whole() || !path.filename().string().ends_with(same_division)) refuse_held(path);
    found_no_other_ = false;
  }
  if (part.is_whole()) of_folder_ = std::make_unique<LockFile>(folder / ".lock", LockKind::exclusive, owner);
}

OutputTurn::OutputTurn(const fs::path& folder, const LockOwner& owner)
    : held_(std::make_unique<LockFile>(folder / ".lock.turn", LockKind::exclusive, owner)) {}

}  // namespace dpsbench
