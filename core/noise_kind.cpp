#include "core/noise_kind.h"

#include <fmt/format.h>

#include "core/error.h"

namespace dpsbench {

std::string to_text(NoiseKind kind) {
  switch (kind) {
    case NoiseKind::gaussian:
      return "gaussian";
    case NoiseKind::poisson:
      return "poisson";
    case NoiseKind::speckle:
      return "speckle";
  }
  throw Error("unknown kind of noise");
}

NoiseKind noise_kind_of(const std::string& word) {
  for (const NoiseKind kind : {NoiseKind::gaussian, NoiseKind::poisson, NoiseKind::speckle})
    if (to_text(kind) == word) return kind;
  throw Error(fmt::format("unknown kind of noise '{}'", word));
}

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

Tensor speckled_picture(const Tensor& picture, double sigma_y, const Noise& noise) {
  const Tensor n = noise.normal(Purpose::measurement, 0, picture.sizes().slice(1).vec(), picture.options());
  return picture + n * sigma_y * ((picture + 1) / 2);
}

Tensor relative_variance(const Tensor& measurement, double sigma_y, NoiseKind kind) {
  const Tensor brightness = (measurement + 1) / 2;
  const Tensor variance = kind == NoiseKind::speckle ? brightness.square() : brightness;
  return variance.clamp_min(sigma_y * sigma_y / 4);
}

}  // namespace dpsbench
