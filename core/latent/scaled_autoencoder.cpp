#include "core/latent/scaled_autoencoder.h"

namespace dpsbench {
namespace {

/// The pull-back of a pass of which the input or the value was multiplied by `factor`.
void scale_gradients(CodingPass& pass, double factor) {
  if (!pass.pull_back) return;
  pass.pull_back = [back = std::move(pass.pull_back), factor](const std::vector<Tensor>& cotangents) {
    std::vector<Tensor> gradients = back(cotangents);
    for (Tensor& gradient : gradients) gradient = gradient * factor;
    return gradients;
  };
}

}  // namespace

CodingPass ScaledAutoencoder::encode(const Tensor& x, Gradient gradient) const {
  CodingPass pass = autoencoder_->encode(x, gradient);
  pass.value = pass.value * scale_;
  scale_gradients(pass, scale_);
  return pass;
}

CodingPass ScaledAutoencoder::decode(const Tensor& z, Gradient gradient) const {
  CodingPass pass = autoencoder_->decode(z / scale_, gradient);
  scale_gradients(pass, 1 / scale_);
  return pass;
}

}  // namespace dpsbench
