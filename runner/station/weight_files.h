#pragma once
#include <optional>
#include <string>

#include "priors/weights/mapped_file.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/input_digests.h"
#include "runner/ranks/collectives.h"

namespace dpsbench {

/// The files of numbers that every rank computes with, in memory.
struct WeightFiles {
  std::optional<FileBytes> prior;  ///< none for a prior made of images
  std::optional<FileBytes> truth;  ///< none where the prior is the law, or where that is made of images
  std::optional<FileBytes> lpips;  ///< none where no metric needs it
  std::optional<FileBytes> autoencoder =
      {};  ///< of the prior; none where there is none, or it lies in the prior's file
  std::optional<FileBytes> truth_autoencoder = {};  ///< of the law likewise
};

/// Maps an experiment's weights, to be read as they are touched. Throws UserError for a file that cannot be opened.
WeightFiles map_weights(const Experiment& experiment);

/// Rank 0's weights on all ranks: the disk is read once a job. A network's travel to `device`, a mixture's to the host.
/// Those that arrive on the host are held against `digests`. Collective; `own` is read on rank 0 only.
WeightFiles share_weights(const Experiment& experiment, const WeightFiles& own, const InputDigests& digests,
                          Communicator& communicator, Collectives& collectives, const at::Device& device);

}  // namespace dpsbench
