#include <algorithm>

#include "core/error.h"
#include "core/sha256.h"
#include "datasets/image_file.h"
#include "datasets/image_source.h"
#include "datasets/natural_order.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

bool has_image_ending(const fs::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

std::vector<fs::path> image_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.is_regular_file() && has_image_ending(entry.path())) files.push_back(entry.path());
  if (files.empty())
    throw UserError("{} holds no PNG or JPEG files (its subfolders are not searched)", folder.string());
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  return files;
}

std::vector<std::string> stems(const std::vector<fs::path>& files) {
  std::vector<std::string> ids;
  for (const fs::path& file : files) ids.push_back(file.stem().string());
  return ids;
}

class FolderSource final : public ImageSource {
 public:
  explicit FolderSource(std::vector<fs::path> files) : ImageSource(stems(files)), files_(std::move(files)) {}

  [[nodiscard]] Tensor read(std::int64_t position) const override { return read_image(files_.at(position)); }
  [[nodiscard]] std::string digest(std::int64_t position) const override {
    return sha256(read_file(files_.at(position)));
  }
  [[nodiscard]] std::string describe(std::int64_t position) const override { return files_.at(position).string(); }

 private:
  std::vector<fs::path> files_;
};

}  // namespace

std::unique_ptr<ImageSource> open_image_folder(const fs::path& folder) {
  return std::make_unique<FolderSource>(image_files(folder));
}

}  // namespace dpsbench
