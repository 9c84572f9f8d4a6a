#include "runner/station/weight_files.h"

#include "core/error.h"
#include "priors/registry.h"

namespace dpsbench {
namespace {

bool made_of_file(const PriorSpec& spec) { return find_prior_kind(spec.kind).made_of_file; }

bool has_autoencoder_file(const PriorSpec& spec) { return spec.autoencoder && !spec.is_whole_model(); }

/// One file of rank 0 on all ranks.
FileBytes share(const FileBytes* own, const std::string& path, Communicator& communicator, Collectives& collectives,
                const at::Device& device, const std::string& digest) {
  std::int64_t size = own == nullptr ? 0 : own->bytes.numel();
  communicator.broadcast(&size, sizeof size);
  FileBytes shared{path, own == nullptr ? at::empty({size}, TensorOptions().dtype(at::kByte).device(device))
                                        : own->bytes.to(device)};
  collectives.broadcast(shared.bytes);
  if (own == nullptr && device.is_cpu() && sha256_of(shared) != digest)
    throw Error(fmt::format("'{}' is not what rank 0 read: its SHA-256 should be {}", path, digest));
  return shared;
}

}  // namespace

WeightFiles map_weights(const Experiment& experiment) {
  WeightFiles files;
  if (made_of_file(experiment.prior)) files.prior = map_file(experiment.prior.file);
  if (experiment.truth && made_of_file(*experiment.truth)) files.truth = map_file(experiment.truth->file);
  if (has_autoencoder_file(experiment.prior)) files.autoencoder = map_file(experiment.prior.autoencoder->file);
  if (experiment.truth && has_autoencoder_file(*experiment.truth))
    files.truth_autoencoder = map_file(experiment.truth->autoencoder->file);
  if (!experiment.lpips_weights.empty()) files.lpips = map_file(experiment.lpips_weights.string());
  return files;
}

WeightFiles share_weights(const Experiment& experiment, const WeightFiles& own, const InputDigests& digests,
                          Communicator& communicator, Collectives& collectives, const at::Device& device) {
  if (communicator.size() == 1) return own;
  const auto shared = [&](const std::optional<FileBytes>& mine, const std::string& path, const at::Device& where,
                          const std::string& digest) {
    return share(communicator.rank() == 0 ? &*mine : nullptr, path, communicator, collectives, where, digest);
  };
  const auto place = [&](const PriorSpec& spec) { return spec.kind == "unet" ? device : at::Device(at::kCPU); };
  WeightFiles files;
  if (made_of_file(experiment.prior))
    files.prior = shared(own.prior, experiment.prior.file, place(experiment.prior), digests.prior);
  if (experiment.truth && made_of_file(*experiment.truth))
    files.truth = shared(own.truth, experiment.truth->file, place(*experiment.truth), digests.truth);
  if (has_autoencoder_file(experiment.prior))
    files.autoencoder = shared(own.autoencoder, experiment.prior.autoencoder->file, device, digests.autoencoder);
  if (experiment.truth && has_autoencoder_file(*experiment.truth))
    files.truth_autoencoder =
        shared(own.truth_autoencoder, experiment.truth->autoencoder->file, device, digests.truth_autoencoder);
  if (!experiment.lpips_weights.empty())
    files.lpips = shared(own.lpips, experiment.lpips_weights.string(), device, digests.lpips);
  return files;
}

}  // namespace dpsbench
