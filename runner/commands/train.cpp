#include "training/train.h"

#include <fmt/ranges.h>

#include <set>

#include "core/error.h"
#include "core/words/tell.h"
#include "priors/drawn_images.h"
#include "priors/registry.h"
#include "results/files/durable_file.h"
#include "runner/commands/commands.h"
#include "runner/experiment/prior_block.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/signals.h"
#include "runner/station/drawn_dataset.h"
#include "runner/work/mixture_training.h"
#include "training/autoencoder.h"
#include "training/principal_components.h"

namespace dpsbench {
namespace {

struct TrainOptions {
  std::string kind = "unet";
  TrainingOptions training;
  MixtureTraining mixture;  ///< what it shares with `training` is filled in when it starts
  std::filesystem::path law;
  std::int64_t latents = 32;
  std::filesystem::path latent_prior;
  std::int64_t latent_channels = 4;
  double kl_weight = 1e-4;
  std::int64_t norm_groups = 4;
  std::string noise = "schedule";
  std::string preset;
  std::string channel_mult;
  std::string attention_resolutions;
};

const std::map<std::string, TrainingNoise> kNoises = {{"schedule", TrainingNoise::schedule},
                                                      {"per-pixel", TrainingNoise::per_pixel},
                                                      {"constant", TrainingNoise::constant}};

UNetOptions network_of(const TrainOptions& options) {
  UNetOptions network = options.training.network;
  if (!options.preset.empty()) {
    const double dropout = network.dropout;
    network = unet_preset(options.preset);
    network.dropout = dropout;
  }
  if (!options.channel_mult.empty()) network.channel_mult = parse_channel_mult(options.channel_mult);
  if (!options.attention_resolutions.empty())
    network.attention_resolutions = parse_attention_resolutions(options.attention_resolutions);
  return checked(network);
}

void run_mixture_training(TrainOptions& options) {
  const TrainingOptions& shared = options.training;
  MixtureTraining& mixture = options.mixture;
  mixture.data = shared.data;
  mixture.crops = shared.crops;
  mixture.shape = shared.network.shape();
  mixture.fit.seed = shared.seed;
  mixture.output = shared.output;
  if (mixture.held_out.empty()) throw UserError("train --kind gmm: --held-out is missing: a folder of other images");
  say("fitted: {}\n", train_mixture(mixture).string());
}

void take_components(const TrainOptions& options) {
  if (options.law.empty()) throw UserError("train --kind pca: --law is missing: the mixture of images");
  const auto law = make_prior(read_prior_file(options.law), TensorOptions().dtype(at::kFloat));
  const ComponentModel model = principal_components(*law, options.latents);
  make_folder(options.training.output);
  const std::filesystem::path file = options.training.output / "latents.safetensors";
  save_component_model(file, model);
  say("written: {}; the decoder leaves out a mean square of {:.3g} of a pixel\n", file.string(), model.left_out);
}

[[noreturn]] void stop_early() {
  say("stopped; the same line with --resume goes on\n");
  throw CLI::RuntimeError(exit_code::stopped_early);
}

void run_autoencoder_training(const TrainOptions& options) {
  const TrainingOptions& shared = options.training;
  if (shared.data.path.empty()) throw UserError("train --kind autoencoder: --data is missing: the images");
  if (shared.device != "cpu")
    throw UserError("train --kind autoencoder: --device is '{}'; allowed: cpu", shared.device);
  AutoencoderTraining training;
  training.data = shared.data;
  training.crops = shared.crops;
  training.output = shared.output;
  training.seed = shared.seed;
  training.network = autoencoder_preset("kl-f8");
  training.network.image_size = shared.network.image_size;
  training.network.in_channels = shared.network.in_channels;
  training.network.num_channels = shared.network.num_channels;
  training.network.num_res_blocks = shared.network.num_res_blocks;
  training.network.channel_mult = parse_channel_mult(options.channel_mult.empty() ? "1,2,2" : options.channel_mult);
  training.network.latent_channels = options.latent_channels;
  training.network.norm_num_groups = options.norm_groups;
  training.steps = shared.steps;
  training.batch = shared.batch;
  training.learning_rate = shared.learning_rate;
  training.average_decay = shared.average_decay;
  training.kl_weight = options.kl_weight;
  training.held_out = options.mixture.held_out;
  training.checkpoint_every = shared.checkpoint_every;
  training.resume = shared.resume;
  const auto quality = train_autoencoder(training, [&](const AutoencoderProgress& now) {
    say("step {}/{}  absolute error {:.4f}  divergence {:.3f}\n", now.step, training.steps, now.absolute_error,
        now.divergence);
    std::fflush(stdout);
    return !stop_requested();
  });
  if (!quality) stop_early();
  say("PSNR of reconstructions of {} images: {:.2f} dB\n", training.held_out.empty() ? "the training's" : "held-out",
      quality->psnr);
  say("trained: {}; autoencoder: {{kind: kl-f8, weights: weights.safetensors, scale: {:.4g}, image_size: {}, "
      "num_channels: {}, channel_mult: [{}], num_res_blocks: {}, latent_channels: {}, norm_num_groups: {}}}\n",
      (training.output / "weights.safetensors").string(), quality->latent_scale, training.network.image_size,
      training.network.num_channels, fmt::join(training.network.channel_mult, ", "), training.network.num_res_blocks,
      training.network.latent_channels, training.network.norm_num_groups);
}

/// The network of a prior of latents, to be trained on the latents of its autoencoder.
void take_latent_prior(const std::filesystem::path& file, TrainingOptions& training) {
  const PriorSpec spec = read_prior_file(file);
  if (spec.kind != "unet" || !spec.autoencoder)
    throw UserError("{}: wanted a prior of kind unet with an autoencoder", file.string());
  if (!is_told_the_time(spec) || spec.options.at("schedule") != OptionValue("own"))
    throw UserError(
        "{}: networks are trained on a DDPM's linear betas, told the time and no class: give no schedule, "
        "preconditioning or label",
        file.string());
  training.network = network_options(spec);
  training.autoencoder_identity =
      fmt::format("{}, {}", describe(*spec.autoencoder), sha256_of_file(spec.autoencoder->file));
  training.autoencoder = make_autoencoder(*spec.autoencoder, map_file(spec.autoencoder->file),
                                          TensorOptions().dtype(at::kFloat).device(at::Device(training.device)));
}

/// A prior on the processor that images are drawn from; null: images are read from files.
std::unique_ptr<Prior> drawn_law(TrainOptions& options) {
  TrainingOptions& training = options.training;
  if (options.law.empty() == training.data.path.empty())
    throw UserError("train: give either --data, where the images are, or --law, what they are drawn from");
  if (options.law.empty()) return nullptr;
  auto law = make_prior(read_prior_file(options.law), TensorOptions().dtype(at::kFloat));
  training.data.name = "training";
  training.source = drawn_images(training.data.name, training.seed, require_drawable(*law, "train --law"));
  training.crops.flips = false;  // the law is no symmetric one
  return law;
}

/// Which kinds take what; --kind and --output all do.
const std::vector<std::pair<std::set<std::string>, std::vector<const char*>>> kTakenBy = {
    {{"unet", "gmm", "autoencoder"},
     {"--data", "--images", "--crops", "--shortest-side", "--longest-side", "--seed", "--image-size", "--in-channels"}},
    {{"unet", "autoencoder"},
     {"--steps", "--batch", "--learning-rate", "--average-decay", "--checkpoint-every", "--device", "--resume",
      "--num-channels", "--num-res-blocks", "--channel-mult"}},
    {{"unet"},
     {"--prior", "--noise", "--start-from", "--sample-every", "--preset", "--attention-resolutions",
      "--num-head-channels", "--dropout"}},
    {{"autoencoder"}, {"--latent-channels", "--norm-groups", "--kl-weight"}},
    {{"gmm", "autoencoder"}, {"--held-out"}},
    {{"gmm"},
     {"--components", "--rank", "--patches", "--held-out-patches", "--iterations", "--prior-points",
      "--least-variance"}},
    {{"unet", "pca"}, {"--law"}},
    {{"pca"}, {"--latents"}}};

/// Throws UserError for an option that would be ignored.
void require_options_of_kind(const CLI::App& command, const std::string& kind) {
  for (const auto& [kinds, options] : kTakenBy)
    for (const char* option : options)
      if (command.get_option(option)->count() > 0 && !kinds.contains(kind))
        throw UserError("train --kind {}: {} is of --kind {}", kind, option, fmt::join(kinds, ", "));
}

void run_training(TrainOptions& options) {
  catch_stop_signals();
  if (options.kind == "gmm") return run_mixture_training(options);
  if (options.kind == "pca") return take_components(options);
  if (options.kind == "autoencoder") return run_autoencoder_training(options);
  TrainingOptions& training = options.training;
  if (options.latent_prior.empty())
    training.network = network_of(options);
  else
    take_latent_prior(options.latent_prior, training);
  training.noise = kNoises.at(options.noise);
  training.network.noise_map = training.noise != TrainingNoise::schedule;
  const ImageShape images = training.autoencoder ? training.autoencoder->image_shape() : training.network.shape();
  training.data.size = images.height;
  training.data.channels = images.channels;
  const auto law = drawn_law(options);
  const bool complete = train(training, [](const TrainingProgress& progress) {
    say("step {}/{}  loss {:.4f}  {:.1f} images/s  about {:.0f} s left\n", progress.step, progress.steps, progress.loss,
        progress.images_per_second, progress.seconds_left);
    std::fflush(stdout);
    return !stop_requested();
  });
  const std::string weights = (training.output / "weights.safetensors").string();
  if (!complete) stop_early();
  say("trained: {}\n", weights);
}

void add_network_options(CLI::App& command, TrainOptions& options) {
  UNetOptions& network = options.training.network;
  network.image_size = 32;
  network.num_channels = 32;
  network.num_head_channels = 32;
  const std::string group = "Network (guided-diffusion's names)";
  command.add_option("--preset", options.preset, "photo32, ffhq256 or imagenet256: instead of the sizes below")
      ->group(group);
  command.add_option("--image-size", network.image_size, "Height and width")->capture_default_str()->group(group);
  command.add_option("--in-channels", network.in_channels, "1 for grey images")->capture_default_str()->group(group);
  command.add_option("--num-channels", network.num_channels, "Width of the first level")
      ->capture_default_str()
      ->group(group);
  command.add_option("--num-res-blocks", network.num_res_blocks, "Residual blocks a level")
      ->capture_default_str()
      ->group(group);
  command.add_option("--channel-mult", options.channel_mult, "Width of each level, e.g. 1,1,2")->group(group);
  command.add_option("--attention-resolutions", options.attention_resolutions, "e.g. 16,8")->group(group);
  command.add_option("--num-head-channels", network.num_head_channels, "Channels of an attention head")
      ->capture_default_str()
      ->group(group);
  command.add_option("--dropout", network.dropout, "Probability")->capture_default_str()->group(group);
}

void add_mixture_options(CLI::App& command, MixtureTraining& mixture) {
  const std::string group = "Mixture (--kind gmm; --image-size and --in-channels are its patches')";
  command
      .add_option(
          "--held-out", mixture.held_out,
          "Folder of images whose likelihood is reported; of --kind autoencoder: whose reconstructions are judged")
      ->group(group);
  command.add_option("--components", mixture.fit.components, "Gaussians")->capture_default_str()->group(group);
  command.add_option("--rank", mixture.fit.rank, "Directions with a variance of their own; all others share one")
      ->capture_default_str()
      ->group(group);
  command.add_option("--patches", mixture.patches, "Patches fitted to")->capture_default_str()->group(group);
  command.add_option("--held-out-patches", mixture.held_out_patches, "Patches held out")
      ->capture_default_str()
      ->group(group);
  command.add_option("--iterations", mixture.fit.iterations, "Of EM")->capture_default_str()->group(group);
  command.add_option("--prior-points", mixture.fit.prior_points, "Weight of the pooled covariance, in patches")
      ->capture_default_str()
      ->group(group);
  command.add_option("--least-variance", mixture.fit.least_variance, "Of the directions that share one")
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_train_command(CLI::App& app) {
  const auto options = std::make_shared<TrainOptions>();
  TrainingOptions& training = options->training;
  CLI::App* command = app.add_subcommand("train", "Train a small diffusion prior on images");
  command->footer(
      "Examples:\n"
      "  dpsbench train --data photographs --crops --preset photo32 --output mine      random crops\n"
      "  dpsbench train --data train-images-idx3-ubyte.gz --in-channels 1 --channel-mult 1,1,2 \\\n"
      "      --attention-resolutions 8 --output fashion                                 an idx file\n"
      "  dpsbench train --kind gmm --data train --crops --held-out held-out --image-size 16 --output mixture\n"
      "  dpsbench train --law prior.yaml --image-size 16 --output network               images drawn from that prior\n"
      "  dpsbench train --noise per-pixel --data photographs --crops --shortest-side 96 --image-size 64 \\\n"
      "      --channel-mult 1,2,2 --attention-resolutions 16 --output mine                  for exact inpainting\n"
      "  dpsbench train --kind pca --law mixture.yaml --latents 32 --output latents\n"
      "OUTPUT/weights.safetensors, OUTPUT/mixture.safetensors and OUTPUT/latents.safetensors are ready for an "
      "experiment's prior block.");
  command
      ->add_option("--kind", options->kind,
                   "unet: a network; gmm: a Gaussian mixture of patches, by EM; pca: the principal "
                   "components of a mixture (--law) and the mixture of its latents; autoencoder: "
                   "a KL autoencoder")
      ->check(CLI::IsMember({"unet", "gmm", "pca", "autoencoder"}))
      ->capture_default_str();
  command->add_option("--data", training.data.path, "Folder of PNG or JPEG images, an HDF5 file or an idx file");
  command->add_option("--law", options->law,
                      "Instead of --data, for a network: a prior block (YAML) whose samples it is trained on");
  command->add_option("--latents", options->latents, "Of --kind pca: how many")->capture_default_str();
  command->add_option("--latent-channels", options->latent_channels, "Of --kind autoencoder")->capture_default_str();
  command
      ->add_option(
          "--norm-groups", options->norm_groups,
          "Of --kind autoencoder: groups of each normalisation. As many as channels would normalise every channel "
          "by itself, and brightness and contrast would have to be hidden in patterns")
      ->capture_default_str();
  command->add_option("--kl-weight", options->kl_weight, "Of --kind autoencoder: of the latents' divergence")
      ->capture_default_str();
  command->add_option(
      "--prior", options->latent_prior,
      "A prior block (YAML) of kind unet with an autoencoder: its network, trained on the latents of that "
      "autoencoder; in place of the network's options");
  command->add_option("--images", training.data.images, "Positions in the sorted list, e.g. 0-999; all if not given");
  command->add_option("--output", training.output, "Folder for weights, checkpoint and sample pictures")->required();
  command->add_flag("--crops", training.crops.random, "Random crops at random scales, for photographs");
  command->add_option("--shortest-side", training.crops.shortest_side, "Crops: least short side shrunk to, pixels")
      ->capture_default_str();
  command->add_option("--longest-side", training.crops.longest_side, "Crops: greatest short side, pixels")
      ->capture_default_str();
  command
      ->add_option("--noise", options->noise,
                   "schedule: of the DDPM's steps; per-pixel: a level of each pixel, as exact inpainting has them; "
                   "constant: the same network told one level, its isotropic twin")
      ->check(CLI::IsMember({"schedule", "per-pixel", "constant"}))
      ->capture_default_str();
  command->add_option(
      "--start-from", training.start_from,
      "Weights of the same network to go on from, e.g. an earlier training's; give another --seed, too");
  command->add_option("--steps", training.steps, "Batches in all")->capture_default_str();
  command->add_option("--batch", training.batch, "Images a batch")->capture_default_str();
  command->add_option("--learning-rate", training.learning_rate, "AdamW's, at its peak")->capture_default_str();
  command->add_option("--average-decay", training.average_decay, "Of the moving average that is kept")
      ->capture_default_str();
  command->add_option("--seed", training.seed, "Of initialisation and examples")->capture_default_str();
  command->add_option("--sample-every", training.sample_every, "Steps between sample pictures; 0: none")
      ->capture_default_str();
  command->add_option("--checkpoint-every", training.checkpoint_every, "Steps between checkpoints")
      ->capture_default_str();
  command->add_option("--device", training.device, "cpu or cuda")->capture_default_str();
  command->add_flag("--resume", training.resume, "Go on from the checkpoint in OUTPUT");
  add_network_options(*command, *options);
  add_mixture_options(*command, options->mixture);
  command->callback([options, command] {
    require_options_of_kind(*command, options->kind);
    run_training(*options);
  });
}

}  // namespace dpsbench
