#include "results/files/passing_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/error.h"

namespace dpsbench {

PassingFolder::PassingFolder(const std::filesystem::path& parent, const std::string& begins) {
  std::string name = (parent / (begins + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr)
    throw DataError("{}: cannot make a folder in it: {}", parent.string(), std::strerror(errno));
  path_ = name;
}

PassingFolder::~PassingFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace dpsbench
