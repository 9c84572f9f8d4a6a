#include "runner/work/failure_lines.h"

#include <fmt/format.h>

#include <map>

namespace dpsbench {

std::vector<std::string> failure_lines(const UnitStore& store) {
  std::vector<std::string> lines;
  for (const UnitFailure& failure : store.failures()) {
    std::map<std::string, std::vector<std::string>> images_by_reason;
    for (const ImageFailure& image : failure.images) images_by_reason[image.reason].push_back(image.image_id);
    for (const auto& [reason, images] : images_by_reason)
      lines.push_back(fmt::format("failed: {}, image{} {}: {}", failure.cell_id, images.size() == 1 ? "" : "s",
                                  fmt::join(images, " "), reason));
  }
  return lines;
}

}  // namespace dpsbench
