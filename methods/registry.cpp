#include "methods/registry.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {

// One line a method here, and one in the table below.
MethodEntry exact_entry();
MethodEntry inpainting_isotropic_entry();
MethodEntry dps_entry();
MethodEntry dps_w_entry();
MethodEntry dsg_entry();
MethodEntry daps_entry();
MethodEntry mcg_entry();
MethodEntry pigdm_entry();
MethodEntry lgd_mc_entry();
MethodEntry diffpir_entry();
MethodEntry ddrm_entry();
MethodEntry red_diff_entry();
MethodEntry mpgd_entry();
MethodEntry tmpd_entry();
MethodEntry fgps_entry();
MethodEntry pnp_dm_entry();
MethodEntry dpnp_entry();
MethodEntry mcgdiff_entry();
MethodEntry fps_entry();
MethodEntry tilted_transport_entry();
MethodEntry unconditional_entry();
MethodEntry pseudo_inverse_entry();
MethodEntry posterior_draw_entry();

const std::vector<MethodEntry>& methods() {
  static const std::vector<MethodEntry> table = {
      exact_entry(),
      inpainting_isotropic_entry(),
      dps_entry(),
      dps_w_entry(),
      dsg_entry(),
      daps_entry(),
      mcg_entry(),
      pigdm_entry(),
      lgd_mc_entry(),
      diffpir_entry(),
      ddrm_entry(),
      red_diff_entry(),
      mpgd_entry(),
      tmpd_entry(),
      fgps_entry(),
      pnp_dm_entry(),
      dpnp_entry(),
      mcgdiff_entry(),
      fps_entry(),
      tilted_transport_entry(),
      unconditional_entry(),
      pseudo_inverse_entry(),
      posterior_draw_entry(),
  };
  return table;
}

const MethodEntry& find_method(const std::string& name) {
  std::vector<std::string> names;
  for (const MethodEntry& method : methods()) {
    if (method.name == name) return method;
    names.push_back(method.name);
  }
  const std::string near = nearest_name(name, names);
  throw UserError("unknown method '{}'{}; there are: {}", name,
                  near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), fmt::join(names, ", "));
}

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool knows_posterior(const TaskEntry& task, KnownPosteriors known) {
  return known == KnownPosteriors::any || (known == KnownPosteriors::linear && task.linear);
}

std::string incompatibility(const MethodEntry& method, const TaskEntry& task, KnownPosteriors known) {
  const auto& only = method.only_tasks;
  if (!only.empty() && !contains(only, task.name))
    return fmt::format("method '{}' serves only: {}", method.name, fmt::join(only, ", "));
  const auto& any_prior = method.any_prior_tasks;
  if (method.needs.exact_posterior && !contains(any_prior, task.name) && !knows_posterior(task, known))
    return fmt::format("method '{}' serves '{}' only with a prior that knows its posterior (kind {}){}", method.name,
                       task.name, task.linear ? "gaussian_mixture or empirical" : "empirical",
                       any_prior.empty() ? "" : fmt::format("; with any prior: {}", fmt::join(any_prior, ", ")));
  if (method.needs.linear && !task.linear)
    return fmt::format("method '{}' needs a linear task, and '{}' is not", method.name, task.name);
  if (method.needs.svd && !task.has_svd)
    return fmt::format("method '{}' needs a singular value decomposition, and '{}' has none", method.name, task.name);
  if (method.needs.denoising_reference && !task.has_denoising_reference)
    return fmt::format("method '{}' needs a reference denoising task, and '{}' has none", method.name, task.name);
  return {};
}

}  // namespace dpsbench
