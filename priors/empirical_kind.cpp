#include "priors/empirical_prior.h"
#include "priors/prior_kind.h"

namespace dpsbench {
namespace {

/// Every image of the data set, [N, C, H, W].
Tensor load_all(const DatasetSpec& spec) {
  const Dataset dataset = Dataset::open(spec);
  std::vector<Tensor> images;
  for (std::int64_t i = 0; i < dataset.size(); ++i) images.push_back(dataset.load(i));
  return at::stack(images);
}

std::string which_images(const PriorSpec& spec) {
  return fmt::format("images={} size={} channels={}", spec.images.images.empty() ? "all" : spec.images.images,
                     spec.images.size, spec.images.channels);
}

}  // namespace

PriorKind empirical_kind() {
  return {.name = "empirical",
          .title = "the images of an idx or HDF5 file, each as likely as the others",
          .file_key = "file",
          .file_content = "the images of the empirical prior (an idx or HDF5 file)",
          .posteriors = KnownPosteriors::any,
          .shape = [](const PriorSpec& spec) { return Dataset::open(spec.images).shape(); },
          .details = which_images,
          .make = [](const PriorSpec& spec, const FileBytes*, const TensorOptions& options,
                     Torso) { return std::make_unique<EmpiricalPrior>(load_all(spec.images), options); }};
}

}  // namespace dpsbench
