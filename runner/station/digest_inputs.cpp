#include "runner/station/digest_inputs.h"

namespace dpsbench {

InputDigests digest_inputs(const Experiment& experiment, const Dataset& dataset, const WeightFiles& weights) {
  InputDigests digests;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    digests.image_ids.push_back(dataset.id(i));
    digests.image_digests.push_back(dataset.content_digest(i));
  }
  const auto digest_of = [](const PriorSpec& prior, const std::optional<FileBytes>& in_memory) {
    if (in_memory) return sha256_of(*in_memory);
    return prior.file.empty() ? std::string() : sha256_of_file(prior.file);
  };
  digests.prior = digest_of(experiment.prior, weights.prior);
  if (experiment.truth) digests.truth = digest_of(*experiment.truth, weights.truth);
  if (weights.autoencoder) digests.autoencoder = sha256_of(*weights.autoencoder);
  if (weights.truth_autoencoder) digests.truth_autoencoder = sha256_of(*weights.truth_autoencoder);
  if (weights.lpips) digests.lpips = sha256_of(*weights.lpips);
  return digests;
}

}  // namespace dpsbench
