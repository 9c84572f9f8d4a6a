#include "priors/prior_spec.h"

namespace dpsbench {

UNetOptions network_options(const PriorSpec& spec) {
  return spec.preset.empty() ? checked(spec.network) : unet_preset(spec.preset);
}

bool is_told_the_time(const PriorSpec& spec) {
  const auto given = [&](const char* name) { return spec.options.find(name); };
  const bool preconditioned =
      given("preconditioning") != spec.options.end() && given("preconditioning")->second != OptionValue("none");
  const bool classed = given("label") != spec.options.end() && given("label")->second != OptionValue(std::int64_t{-1});
  return !preconditioned && !classed && !network_options(spec).noise_map;
}

}  // namespace dpsbench
