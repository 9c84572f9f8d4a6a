#include "priors/autoencoder/options.h"

#include "core/error.h"
#include "priors/autoencoder/structure.h"

namespace dpsbench {
namespace {

void check_number(const char* name, std::int64_t value, std::int64_t least, std::int64_t greatest) {
  if (value < least || value > greatest)
    throw UserError("{} is {}, allowed are {} to {}", name, value, least, greatest);
}

}  // namespace

AutoencoderOptions autoencoder_preset(const std::string& name) {
  AutoencoderOptions options;
  if (name == "vq-f4") return options;
  if (name != "kl-f8")
    throw UserError("autoencoder '{}' is unknown; there are {}", name, fmt::join(autoencoder_preset_names(), ", "));
  options.regularisation = LatentRegularisation::normal;
  options.channel_mult = {1, 2, 4, 4};
  options.latent_channels = 4;
  return options;
}

const std::vector<std::string>& autoencoder_preset_names() {
  static const std::vector<std::string> names{"vq-f4", "kl-f8"};
  return names;
}

AutoencoderOptions checked(AutoencoderOptions options) {
  check_number("latent_channels", options.latent_channels, 1, 64);
  if (options.has_codebook()) check_number("codes", options.codes, 1, 1 << 20);
  if (options.channel_mult.empty())
    throw UserError("channel_mult is empty; wanted the width of each level, in num_channels");
  static_cast<void>(checked(layer_options(options)));
  return options;
}

}  // namespace dpsbench
