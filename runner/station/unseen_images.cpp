#include "runner/station/unseen_images.h"

#include <set>

#include "core/error.h"
#include "core/sha256.h"

namespace dpsbench {

std::vector<std::string> image_digests(const Dataset& dataset) {
  std::vector<std::string> digests;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    if (dataset.drawn()) {
      digests.push_back(dataset.content_digest(i));
      continue;
    }
    const Tensor pixels = dataset.load(i).to(at::kCPU, at::kFloat).contiguous();
    digests.push_back(sha256(pixels.const_data_ptr(), static_cast<std::size_t>(pixels.nbytes())));
  }
  return digests;
}

void require_unseen(const PresetFile& presets, const Dataset& dataset) {
  const std::set<std::string> tuned_on(presets.image_digests.begin(), presets.image_digests.end());
  const std::vector<std::string> digests = image_digests(dataset);
  for (std::size_t i = 0; i < digests.size(); ++i)
    if (tuned_on.contains(digests[i]))
      throw UserError(
          "presets: {}: its constants were chosen on image '{}' of this data set, so its results here would "
          "flatter them; tune on other images",
          presets.name, dataset.id(static_cast<std::int64_t>(i)));
}

}  // namespace dpsbench
