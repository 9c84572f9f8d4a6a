#include "training/settings.h"

#include <fmt/format.h>

#include "priors/weights/mapped_file.h"

namespace dpsbench {

TrainingSettings network_settings(const UNetOptions& network) {
  TrainingSettings settings = {
      {"image_size", std::to_string(network.image_size)},
      {"in_channels", std::to_string(network.in_channels)},
      {"num_channels", std::to_string(network.num_channels)},
      {"num_res_blocks", std::to_string(network.num_res_blocks)},
      {"channel_mult", fmt::format("{}", fmt::join(network.channel_mult, ","))},
      {"attention_resolutions", fmt::format("{}", fmt::join(network.attention_resolutions, ","))},
      {"num_heads", std::to_string(network.num_heads)},
      {"num_head_channels", std::to_string(network.num_head_channels)},
      {"use_scale_shift_norm", network.use_scale_shift_norm ? "true" : "false"},
      {"resblock_updown", network.resblock_updown ? "true" : "false"},
      {"use_new_attention_order", network.use_new_attention_order ? "true" : "false"},
      {"learn_sigma", network.learn_sigma ? "true" : "false"}};
  if (network.noise_map) settings["noise_map"] = "true";
  return settings;
}

TrainingSettings training_settings(const TrainingOptions& options, std::int64_t images) {
  TrainingSettings settings = network_settings(options.network);
  settings.merge(common_settings(options, images));
  settings.insert({{"dropout", fmt::format("{}", options.network.dropout)},
                   {"warm_up", std::to_string(options.warm_up)},
                   {"weight_decay", fmt::format("{}", options.weight_decay)},
                   {"gradient_norm", fmt::format("{}", options.gradient_norm)}});
  if (options.noise != TrainingNoise::schedule)
    settings["noise"] = options.noise == TrainingNoise::per_pixel ? "per-pixel" : "constant";
  if (options.autoencoder) settings["autoencoder"] = options.autoencoder_identity;
  if (!options.start_from.empty()) settings["start_from"] = sha256_of_file(options.start_from.string());
  return settings;
}

}  // namespace dpsbench
