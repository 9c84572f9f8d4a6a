#include "runner/experiment/input_digests.h"

#include <nlohmann/json.hpp>

namespace dpsbench {

std::string to_text(const InputDigests& digests) {
  return nlohmann::json{{"image_ids", digests.image_ids},
                        {"image_digests", digests.image_digests},
                        {"prior", digests.prior},
                        {"lpips", digests.lpips},
                        {"truth", digests.truth},
                        {"autoencoder", digests.autoencoder},
                        {"truth_autoencoder", digests.truth_autoencoder}}
      .dump();
}

InputDigests digests_from_text(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  return {json.at("image_ids"),   json.at("image_digests"),    json.at("prior"), json.at("lpips"), json.at("truth"),
          json.at("autoencoder"), json.at("truth_autoencoder")};
}

}  // namespace dpsbench
