#include "datasets/folder_files.h"
#include "datasets/image_file.h"
#include "datasets/image_source.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> stems(const std::vector<fs::path>& files) {
  std::vector<std::string> ids;
  for (const fs::path& file : files) ids.push_back(file.stem().string());
  return ids;
}

class FolderSource final : public ImageSource {
 public:
  explicit FolderSource(const FolderFiles& found)
      : ImageSource(stems(found.pictures), found.remarks), files_(found.pictures) {}

  [[nodiscard]] std::string content(std::int64_t position) const override { return read_file(files_.at(position)); }
  [[nodiscard]] ImageShape shape(const std::string& content, std::int64_t position) const override {
    return encoded_shape(content, describe(position));
  }
  [[nodiscard]] Tensor decode(const std::string& content, std::int64_t position) const override {
    return decode_image(content, describe(position));
  }
  [[nodiscard]] std::string describe(std::int64_t position) const override { return files_.at(position).string(); }

 private:
  std::vector<fs::path> files_;
};

}  // namespace

std::unique_ptr<ImageSource> open_image_folder(const fs::path& folder) {
  return std::make_unique<FolderSource>(list_pictures(folder));
}

}  // namespace dpsbench
