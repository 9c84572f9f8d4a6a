#pragma once
#include <string>
#include <vector>

#include "core/exact_posterior.h"
#include "core/method_entry.h"
#include "core/task_entry.h"

namespace dpsbench {

/// Every method there is: those built in, in the order of the lists, then those added.
const std::vector<MethodEntry>& methods();

/// Adds a person's own method to those built in. To be done before anything asks for methods(): entries may move.
/// Throws UserError where its name is taken.
void add_method(MethodEntry entry);

/// The method of that name. Throws UserError listing the names there are.
const MethodEntry& find_method(const std::string& name);

/// Whether a prior that knows such posteriors knows that of the task.
bool knows_posterior(const TaskEntry& task, KnownPosteriors known);

/// What a prior is of: images, or latents of a decoder, which is affine or not.
enum class Sampled { images, latents, latents_of_linear };

/// Empty if the method serves the task under a prior of these that knows such posteriors, else the reason why not.
std::string incompatibility(const MethodEntry& method, const TaskEntry& task, KnownPosteriors known,
                            Sampled sampled = Sampled::images);

/// What one image costs of passes through the autoencoder, its answers' decoding among them, under a prior of latents.
CodingCost coding_cost(const MethodEntry& method, const OptionValues& options, double sigma_y);

/// Why the method refuses measurement noise sigma_y, where that is 0; empty: it takes it.
std::string noise_refusal(const MethodEntry& method, double sigma_y);

/// Why the method refuses measurements with noise of that kind; empty: it takes them.
std::string noise_refusal(const MethodEntry& method, NoiseKind kind);

/// Throws UserError where the method does not take these options together.
void check_options(const MethodEntry& method, const OptionValues& options);

/// Whether the method with these options chooses its answer by the original. Throws UserError where it must not.
bool chooses_by_original(const MethodEntry& method, const OptionValues& options);

/// What one image costs by the method, with these options, on the task under measurement noise sigma_y.
Cost cost_of(const MethodEntry& method, const TaskEntry& task, const OptionValues& options, double sigma_y);

}  // namespace dpsbench
