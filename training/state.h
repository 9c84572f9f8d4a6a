#pragma once
#include <filesystem>

#include "priors/unet/parameters.h"
#include "training/settings.h"

namespace dpsbench {

/// All that training carries from one step to the next. The four maps have the network's parameter names.
struct TrainingState {
  std::int64_t step = 0;  ///< steps done
  UNetParameters parameters;
  UNetParameters average;        ///< exponential moving average of the parameters: the network that is kept
  UNetParameters first_moment;   ///< AdamW's mean of the gradients
  UNetParameters second_moment;  ///< and of their squares
};

/// A state to start from: convolutions and linear layers uniform within 1 / sqrt(fan-in), norms one and zero, and zero
/// the last layer of each residual block, attention and of the network, as guided-diffusion starts. Drawn from `seed`.
TrainingState initial_state(const UNetOptions& network, std::uint64_t seed, const TensorOptions& options);

/// The same of any network's parameters.
TrainingState initial_state(const std::vector<ParameterSpec>& parameters, std::uint64_t seed,
                            const TensorOptions& options);

/// A state to start from: parameters and their average are `weights`, AdamW knows nothing yet.
TrainingState state_of(const UNetParameters& weights, const TensorOptions& options);

/// Writes the state and `settings`, atomically. Throws Error when the disk refuses.
void save_checkpoint(const std::filesystem::path& file, const TrainingState& state, const TrainingSettings& settings);

/// Reads a state back. Throws UserError naming the setting that differs from `settings`, DataError for a damaged file
/// or one of another network.
TrainingState load_checkpoint(const std::filesystem::path& file, const UNetOptions& network,
                              const TrainingSettings& settings, const TensorOptions& options);

/// The same of any network's parameters.
TrainingState load_checkpoint(const std::filesystem::path& file, const std::vector<ParameterSpec>& parameters,
                              const TrainingSettings& settings, const TensorOptions& options);

}  // namespace dpsbench
