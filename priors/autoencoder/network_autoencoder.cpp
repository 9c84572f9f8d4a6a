#include "priors/autoencoder/network_autoencoder.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"
#include "priors/passes/tf32_scope.h"

namespace dpsbench {
namespace {

AutoencoderParameters of_type(AutoencoderParameters parameters, const TensorOptions& options) {
  for (UNetParameters* part : {&parameters.encoder, &parameters.decoder, &parameters.between})
    for (auto& [name, tensor] : *part) tensor = tensor.detach().to(options, false, true);
  return parameters;
}

FrozenConvolution between(const AutoencoderParameters& parameters, const std::string& prefix) {
  return {parameters.between.at(prefix + "weight"), parameters.between.at(prefix + "bias")};
}

/// Goes back once, with all cotangents at once: `back` takes [K B, ...].
std::function<std::vector<Tensor>(const std::vector<Tensor>&)> once_back(
    const std::shared_ptr<Tape>& tape, std::function<Tensor(const Tensor&, Tape&)> back, bool in_tf32) {
  return [tape, back = std::move(back), in_tf32](const std::vector<Tensor>& cotangents) {
    if (tape->empty()) throw Error("a pass through an autoencoder can be pulled back once");
    const at::NoGradGuard no_grad;
    const Tf32Scope products(in_tf32, cotangents.front().device());
    return back(at::cat(cotangents), *tape).contiguous().chunk(static_cast<std::int64_t>(cotangents.size()));
  };
}

}  // namespace

NetworkAutoencoder::NetworkAutoencoder(const AutoencoderOptions& structure, const AutoencoderParameters& parameters,
                                       const TensorOptions& options, bool in_tf32)
    : NetworkAutoencoder(checked(structure), of_type(parameters, options), in_tf32) {}

NetworkAutoencoder::NetworkAutoencoder(const AutoencoderOptions& structure, AutoencoderParameters parameters,
                                       bool in_tf32)
    : structure_(structure),
      in_tf32_(in_tf32),
      encoder_(structure, encoder_structure(structure), parameters.encoder),
      quant_(between(parameters, "quant_conv.")),
      post_quant_(between(parameters, "post_quant_conv.")),
      decoder_(structure, decoder_structure(structure), parameters.decoder) {
  if (structure.has_codebook()) codebook_.emplace(parameters.between.at("quantize.embedding.weight"));
}

void NetworkAutoencoder::check(const Tensor& batch, const ImageShape& shape) const {
  if (batch.dim() != 4 || dpsbench::image_shape(batch) != shape)
    throw Error(fmt::format("an autoencoder of images [{}] and latents [{}] was given [{}], wanted [B, {}, {}, {}]",
                            fmt::join(image_shape().batch(1), ", "), fmt::join(latent_shape().batch(1), ", "),
                            fmt::join(batch.sizes(), ", "), shape.channels, shape.height, shape.width));
}

CodingPass NetworkAutoencoder::moments(const Tensor& x, Gradient gradient) const {
  check(x, image_shape());
  const at::NoGradGuard no_grad;
  const Tf32Scope products(in_tf32_, x.device());
  const auto tape = gradient == Gradient::wanted ? std::make_shared<Tape>() : nullptr;
  CodingPass pass{quant_.forward(encoder_.forward(x, tape.get())), {}};
  if (tape)
    pass.pull_back = once_back(
        tape, [this](const Tensor& c, Tape& kept) { return encoder_.backward(quant_.backward(c), kept); }, in_tf32_);
  return pass;
}

CodingPass NetworkAutoencoder::encode(const Tensor& x, Gradient gradient) const {
  CodingPass pass = moments(x, gradient);  // a cotangent of the first channels alone is one of the mean
  pass.value = pass.value.narrow(1, 0, structure_.latent_channels).contiguous();
  return pass;
}

LatentDistribution NetworkAutoencoder::distribution(const Tensor& x, Gradient gradient) const {
  if (structure_.has_codebook()) throw Error("an autoencoder with a codebook makes no normal distribution of an image");
  const CodingPass pass = moments(x, gradient);
  const std::vector<Tensor> halves = pass.value.contiguous().chunk(2, 1);
  const Tensor deviation = (halves[1].clamp(-30, 20) / 2).exp();
  LatentDistribution distribution{halves[0], deviation, {}};
  if (!pass.pull_back) return distribution;
  const Tensor slope = at::where(halves[1].ge(-30) & halves[1].le(20), deviation / 2, at::zeros_like(deviation));
  distribution.pull_back = [back = pass.pull_back, slope](const std::vector<LatentDistribution::Cotangent>& both) {
    std::vector<Tensor> of_moments;
    for (const auto& [of_mean, of_deviation] : both) of_moments.push_back(at::cat({of_mean, of_deviation * slope}, 1));
    return back(of_moments);
  };
  return distribution;
}

CodingPass NetworkAutoencoder::decode(const Tensor& z, Gradient gradient) const {
  check(z, latent_shape());
  const at::NoGradGuard no_grad;
  const Tf32Scope products(in_tf32_, z.device());
  const auto tape = gradient == Gradient::wanted ? std::make_shared<Tape>() : nullptr;
  const Tensor codes = codebook_ && structure_.quantizes ? codebook_->quantized(z) : z;
  CodingPass pass{decoder_.forward(post_quant_.forward(codes), tape.get()).contiguous(), {}};
  if (tape)
    pass.pull_back = once_back(
        tape, [this](const Tensor& c, Tape& kept) { return post_quant_.backward(decoder_.backward(c, kept)); },
        in_tf32_);
  return pass;
}

}  // namespace dpsbench
