#include "core/latent/decoded_operator.h"

#include <utility>

namespace dpsbench {

DecodedOperator::DecodedOperator(const Autoencoder& autoencoder, const Operator& op, std::int64_t images,
                                 const TensorOptions& latents)
    : autoencoder_(autoencoder), op_(op), origin_(at::zeros(autoencoder.latent_shape().batch(images), latents)) {
  if (autoencoder.decodes_affinely() && op.is_linear())
    offset_ = op.forward(autoencoder.decode(origin_, Gradient::none).value);
}

Tensor DecodedOperator::forward(const Tensor& z) const {
  kept_ = {z, z.unsafeGetTensorImpl()->version_counter().current_version(), autoencoder_.decode(z, Gradient::wanted)};
  return of_images(op_.forward(kept_.pass.value));
}

CodingPass DecodedOperator::pass_at(const Tensor& z) const {
  Kept kept = std::exchange(kept_, {});  // a pass goes back once
  const bool is_there = kept.z.defined() && kept.z.is_same(z) &&
                        kept.version == z.unsafeGetTensorImpl()->version_counter().current_version();
  return is_there ? std::move(kept.pass) : autoencoder_.decode(z, Gradient::wanted);
}

Tensor DecodedOperator::vjp(const Tensor& z, const Tensor& v) const {
  const CodingPass pass = pass_at(z.defined() ? z : origin_);
  return pass.pull_back({op_.vjp(pass.value, v)})[0];
}

Tensor DecodedOperator::pseudo_inverse(const Tensor& y) const {
  return autoencoder_.encode(op_.pseudo_inverse(measurement_of(y)), Gradient::none).value;
}

Tensor DecodedOperator::trivial_estimate(const Tensor& y) const {
  return autoencoder_.encode(op_.trivial_estimate(measurement_of(y)), Gradient::none).value;
}

const Tensor& DecodedOperator::matrices() const {
  if (matrices_.defined()) return matrices_;
  std::vector<Tensor> columns;
  for (std::int64_t k = 0; k < origin_[0].numel(); ++k) {
    Tensor unit = at::zeros_like(origin_);
    unit.flatten(1).select(1, k).fill_(1);
    columns.push_back(of_images(op_.forward(autoencoder_.decode(unit, Gradient::none).value)).flatten(1));
  }
  return matrices_ = at::stack(columns, 2).to(at::kDouble);
}

Tensor DecodedOperator::solve_gram(const Tensor& r, double c) const {
  if (!is_linear()) return Operator::solve_gram(r, c);
  std::vector<Tensor> solved;  // an image at a time: none's sums depend on how many there are
  for (std::int64_t b = 0; b < r.size(0); ++b) {
    const Tensor m = matrices()[b];
    const Tensor rhs = r[b].flatten().to(at::kDouble);
    const Tensor normal = at::mm(m.t(), m) + at::eye(m.size(1), m.options()) * c;
    const Tensor w = at::cholesky_solve(at::mv(m.t(), rhs).unsqueeze(1), at::linalg_cholesky(normal)).squeeze(1);
    solved.push_back(((rhs - at::mv(m, w)) / c).view(r[b].sizes()));
  }
  return at::stack(solved).to(r.options());
}

Tensor DecodedOperator::gain_at(const Tensor& z) const {
  if (const std::optional<double> known = autoencoder_.gain()) return at::full({z.size(0)}, *known, at::kDouble);
  const ImageShape shape = autoencoder_.image_shape();
  const PhiloxNoise noise(0, {{"latent", "gain", 0}});  // one direction for all images: none knows of another
  const Tensor c = noise.normal(Purpose::inner, 0, {shape.channels, shape.height, shape.width}, z.options());
  const CodingPass pass = autoencoder_.decode(z, Gradient::wanted);
  const Tensor back = pass.pull_back({c.expand_as(pass.value).contiguous()})[0];
  return back.to(at::kDouble).flatten(1).square().mean(1).sqrt().to(at::kCPU);
}

std::optional<DenoisingReference> DecodedOperator::denoising_reference(const Tensor& y) const {
  std::optional<DenoisingReference> reference = op_.denoising_reference(measurement_of(y));
  if (!reference || reference->mask.defined()) return std::nullopt;
  reference->image = autoencoder_.encode(reference->image, Gradient::none).value;
  reference->own_gradient = false;
  const Tensor gain = gain_at(reference->image);
  if (gain.ne(1).any().item<bool>()) reference->noise = 1 / gain;
  return reference;
}

}  // namespace dpsbench
