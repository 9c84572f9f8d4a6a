#include "core/photon_counts.h"

namespace dpsbench {

Tensor photon_counts(const Tensor& means, const Tensor& uniform) {
  // P(N <= k) = Q(k + 1, mean); eight deviations hold more than a uniform number can tell apart
  const Tensor reach = means.sqrt() * 8;
  Tensor below = (means - reach - 8).floor().clamp_min(0) - 1;  // P(N <= below) < u
  Tensor enough = (means + reach + 20).ceil();
  while ((enough - below > 1).any().item<bool>()) {
    const Tensor middle = ((below + enough) / 2).floor();
    const Tensor reached = at::special_gammaincc(middle + 1, means) >= uniform;
    const Tensor open = enough - below > 1;
    enough = at::where(open & reached, middle, enough);
    below = at::where(open & ~reached, middle, below);
  }
  return enough;
}

Tensor counted_picture(const Tensor& picture, double sigma_y, const Noise& noise) {
  const double white = 4 / (sigma_y * sigma_y);
  const Tensor light = ((picture.to(at::kCPU, at::kDouble) + 1) * (white / 2)).clamp_min(0);
  const Tensor uniform = noise.uniform(Purpose::measurement, 0, picture.sizes().slice(1).vec(), light.options());
  return (photon_counts(light, uniform) * (2 / white) - 1).to(picture.options());
}

}  // namespace dpsbench
