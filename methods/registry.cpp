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

const std::vector<MethodEntry>& methods() {
  static const std::vector<MethodEntry> table = {
      exact_entry(),         inpainting_isotropic_entry(),
      dps_entry(),           dps_w_entry(),
      dsg_entry(),           daps_entry(),
      mcg_entry(),           pigdm_entry(),
      lgd_mc_entry(),        diffpir_entry(),
      ddrm_entry(),          red_diff_entry(),
      mpgd_entry(),          tmpd_entry(),
      fgps_entry(),          pnp_dm_entry(),
      dpnp_entry(),          mcgdiff_entry(),
      fps_entry(),           tilted_transport_entry(),
      unconditional_entry(), pseudo_inverse_entry(),
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

std::string incompatibility(const MethodEntry& method, const TaskEntry& task, PriorKind prior) {
  const auto& only = method.only_tasks;
  if (!only.empty() && !contains(only, task.name))
    return fmt::format("method '{}' serves only: {}", method.name, fmt::join(only, ", "));
  if (prior == PriorKind::network && method.needs.closed_form_prior)
    return fmt::format("method '{}' needs a prior in closed form (kind gaussian_mixture)", method.name);
  const auto& network = method.network_tasks;
  if (prior == PriorKind::network && !network.empty() && !contains(network, task.name))
    return fmt::format(
        "method '{}' serves '{}' only with a prior in closed form (kind gaussian_mixture); with a network: {}",
        method.name, task.name, fmt::join(network, ", "));
  if (method.needs.linear && !task.linear)
    return fmt::format("method '{}' needs a linear task, and '{}' is not", method.name, task.name);
  if (method.needs.svd && !task.has_svd)
    return fmt::format("method '{}' needs a singular value decomposition, and '{}' has none", method.name, task.name);
  if (method.needs.denoising_reference && !task.has_denoising_reference)
    return fmt::format("method '{}' needs a reference denoising task, and '{}' has none", method.name, task.name);
  return {};
}

}  // namespace dpsbench
