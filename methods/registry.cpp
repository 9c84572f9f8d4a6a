#include "methods/registry.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/nearest_name.h"

namespace dpsbench {

#define METHOD(name) MethodEntry name##_entry();
#include "methods/methods.inc"
#undef METHOD

namespace {

std::vector<MethodEntry>& method_table() {
  static std::vector<MethodEntry> table = {
#define METHOD(name) name##_entry(),
#include "methods/methods.inc"
#undef METHOD
  };
  return table;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const MethodEntry& method : method_table()) names.push_back(method.name);
  return names;
}

}  // namespace

const std::vector<MethodEntry>& methods() { return method_table(); }

void add_method(MethodEntry entry) {
  const std::vector<std::string> taken = method_names();
  if (std::ranges::find(taken, entry.name) != taken.end())
    throw UserError("method '{}' is there already; give yours another name", entry.name);
  method_table().push_back(std::move(entry));
}

const MethodEntry& find_method(const std::string& name) {
  for (const MethodEntry& method : methods())
    if (method.name == name) return method;
  const std::vector<std::string> names = method_names();
  throw UserError("unknown method '{}'{}; there are: {}", name, did_you_mean(name, names), fmt::join(names, ", "));
}

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool knows_posterior(const TaskEntry& task, KnownPosteriors known) {
  return known == KnownPosteriors::any || (known == KnownPosteriors::linear && task.linear);
}

namespace {

/// Why a method cannot do a task through a decoder, or only through one; empty: nothing speaks against it.
std::string refusal_of_space(const MethodEntry& method, const TaskEntry& task, Sampled sampled) {
  if (sampled == Sampled::images)
    return method.needs.latents
               ? fmt::format("method '{}' is for priors of latents (a prior with an autoencoder)", method.name)
               : "";
  if (!method.only_tasks.empty())
    return fmt::format("method '{}' works on the pixels of its tasks, and the prior is one of latents", method.name);
  if (method.needs.linear && !method.needs.latents && sampled != Sampled::latents_of_linear)
    return fmt::format("method '{}' needs a linear task, and behind this decoder '{}' is none", method.name, task.name);
  if (method.needs.svd)
    return fmt::format("method '{}' needs a singular value decomposition, and behind a decoder '{}' has none",
                       method.name, task.name);
  if (method.needs.denoising_reference && task.hides_pixels)
    return fmt::format(
        "method '{}' needs a reference denoising task, and '{}' has none in latents: every one has a share in pixels "
        "that are hidden",
        method.name, task.name);
  return {};
}

}  // namespace

std::string incompatibility(const MethodEntry& method, const TaskEntry& task, KnownPosteriors known, Sampled sampled) {
  if (const std::string reason = refusal_of_space(method, task, sampled); !reason.empty()) return reason;
  const auto& only = method.only_tasks;
  if (!only.empty() && !contains(only, task.name))
    return fmt::format("method '{}' serves only: {}", method.name, fmt::join(only, ", "));
  const auto& any_prior = method.any_prior_tasks;
  const bool by_score = method.inpaints_by_score && task.hides_pixels;
  if (method.needs.exact_posterior && !contains(any_prior, task.name) && !knows_posterior(task, known) &&
      !(by_score && known == KnownPosteriors::inpainting_scores))
    return fmt::format("method '{}' serves '{}' only with a prior that knows its posterior (kind {}{}){}", method.name,
                       task.name, task.linear ? "gaussian_mixture or empirical" : "empirical",
                       by_score ? ", or a network with noise_map" : "",
                       any_prior.empty() ? "" : fmt::format("; with any prior: {}", fmt::join(any_prior, ", ")));
  if (method.needs.linear && !task.linear)
    return fmt::format("method '{}' needs a linear task, and '{}' is not", method.name, task.name);
  if (method.needs.svd && !task.has_svd)
    return fmt::format("method '{}' needs a singular value decomposition, and '{}' has none", method.name, task.name);
  if (method.needs.denoising_reference && !task.has_denoising_reference)
    return fmt::format("method '{}' needs a reference denoising task, and '{}' has none", method.name, task.name);
  return {};
}

std::string noise_refusal(const MethodEntry& method, double sigma_y) {
  if (sigma_y > 0 || method.without_noise.empty()) return {};
  return fmt::format("method '{}' takes no measurements without noise (sigma_y 0): {}", method.name,
                     method.without_noise);
}

std::string noise_refusal(const MethodEntry& method, NoiseKind kind) {
  if (kind == NoiseKind::gaussian || method.takes_noise_of_brightness) return {};
  std::vector<std::string> able;
  for (const MethodEntry& other : methods())
    if (other.takes_noise_of_brightness) able.push_back(other.name);
  return fmt::format("method '{}' takes no {} (noise: {}), its likelihood is of Gaussian noise; those that do: {}",
                     method.name, kind == NoiseKind::poisson ? "counts of photons" : "pictures under speckle",
                     to_text(kind), fmt::join(able, ", "));
}

void check_options(const MethodEntry& method, const OptionValues& options) {
  if (method.check) method.check(options);
}

bool chooses_by_original(const MethodEntry& method, const OptionValues& options) {
  return method.chooses_by_original && method.chooses_by_original(options);
}

Cost cost_of(const MethodEntry& method, const TaskEntry& task, const OptionValues& options, double sigma_y) {
  const bool by_posterior = method.cost_by_posterior && !contains(method.any_prior_tasks, task.name);
  return by_posterior ? method.cost_by_posterior(options) : method.cost(options, sigma_y);
}

CodingCost coding_cost(const MethodEntry& method, const OptionValues& options, double sigma_y) {
  CodingCost coding;
  if (method.coding) {
    coding = method.coding(options);
  } else {
    const Cost cost = method.cost(options, sigma_y);
    coding = {cost.forward, method.needs.gradient ? cost.backward : cost.forward, 0, 0};
  }
  coding.decodings += 1;  // the answer's
  return coding;
}

}  // namespace dpsbench
