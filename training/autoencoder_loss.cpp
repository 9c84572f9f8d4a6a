#include "training/autoencoder_loss.h"

#include "priors/autoencoder/plain.h"

namespace dpsbench {

std::vector<ParameterSpec> trained_parameters(const AutoencoderOptions& options) {
  std::vector<ParameterSpec> all;
  const auto add = [&](const std::string& part, const std::vector<ParameterSpec>& specs) {
    for (const auto& [name, shape] : specs) all.push_back({part + name, shape});
  };
  add("encoder/", half_parameters(options, encoder_structure(options)));
  add("decoder/", half_parameters(options, decoder_structure(options)));
  add("between/", between_parameters(options));
  return all;
}

AutoencoderParameters by_part(const UNetParameters& all) {
  AutoencoderParameters parts;
  for (const auto& [name, tensor] : all) {
    const std::size_t slash = name.find('/');
    const std::string part = name.substr(0, slash);
    UNetParameters& of = part == "encoder" ? parts.encoder : part == "decoder" ? parts.decoder : parts.between;
    of[name.substr(slash + 1)] = tensor;
  }
  return parts;
}

AutoencoderTerms autoencoder_terms(const AutoencoderOptions& options, const AutoencoderParameters& parameters,
                                   const Tensor& x, const Noise& noise) {
  const std::vector<Tensor> moments = plain_moments(options, parameters, x).chunk(2, 1);
  const Tensor log_variance = moments[1].clamp(-30, 20);
  const Tensor n = noise.normal(Purpose::training, 1, moments[0].sizes().slice(1).vec(), x.options());
  const Tensor z = moments[0] + (log_variance / 2).exp() * n;
  const Tensor divergence = (moments[0].square() + log_variance.exp() - 1 - log_variance).mean() / 2;
  return {(plain_decoded(options, parameters, z) - x).abs().mean(), divergence};
}

}  // namespace dpsbench
