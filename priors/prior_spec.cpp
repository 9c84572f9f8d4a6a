#include "priors/prior_spec.h"

namespace dpsbench {

UNetOptions network_options(const PriorSpec& spec) {
  return spec.preset.empty() ? checked(spec.network) : unet_preset(spec.preset);
}

}  // namespace dpsbench
