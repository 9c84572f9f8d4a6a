#include "runner/experiment/coding_price.h"

#include "priors/autoencoder/operations.h"
#include "priors/unet/operations.h"

namespace dpsbench {

CodingPrice coding_price(const PriorSpec& prior) {
  if (prior.kind != "unet" || !prior.autoencoder || prior.autoencoder->is_linear()) return {};
  const double evaluation = unet_operations(network_options(prior));
  const CodingOperations coding = coding_operations(prior.autoencoder->structure);
  return {coding.decode / evaluation, coding.encode / evaluation};
}

}  // namespace dpsbench
