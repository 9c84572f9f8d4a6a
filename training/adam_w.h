#pragma once
#include "training/state.h"

namespace dpsbench {

/// The learning rate of step k = 0, 1, ...: rises linearly over `warm_up` steps and falls as a half cosine to 0 at
/// `steps`, relative to its peak.
double learning_rate_factor(std::int64_t k, std::int64_t warm_up, std::int64_t steps);

/// Shortens gradients, taken together as one vector, to `longest` where they are longer. On their device, without a
/// host sync.
void clip_gradients(std::vector<Tensor>& gradients, double longest);

/// One step of AdamW (Loshchilov & Hutter 2019) with beta 0.9 and 0.999 on the parameters in the map's order, in place.
/// Counts from state.step, which it leaves as it is.
void adam_w_step(TrainingState& state, const std::vector<Tensor>& gradients, double learning_rate, double weight_decay);

/// The decay of the moving average after k steps: min(decay, (1 + k) / (10 + k)), so that a short training is not
/// dominated by its start.
double average_decay(std::int64_t k, double decay);

/// average <- d average + (1 - d) parameters, d = average_decay(state.step, decay), in place.
void update_average(TrainingState& state, double decay);

}  // namespace dpsbench
