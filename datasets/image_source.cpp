#include "datasets/image_source.h"

namespace dpsbench {

std::vector<std::string> position_ids(std::int64_t count) {
  std::vector<std::string> ids;
  for (std::int64_t k = 0; k < count; ++k) ids.push_back(fmt::format("{:05}", k));
  return ids;
}

}  // namespace dpsbench
