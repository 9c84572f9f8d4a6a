#pragma once
#include <filesystem>
#include <string>

namespace dpsbench {

/// A folder of a name of its own inside another one, for files that are not to be met half written; gone, with what is
/// in it, when this object is.
class PassingFolder {
 public:
  /// `begins`: what its name begins with. Throws DataError naming `parent` where nothing can be made there.
  PassingFolder(const std::filesystem::path& parent, const std::string& begins);
  ~PassingFolder();
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace dpsbench
