#include "core/error.h"
#include "runner/commands.h"
#include "runner/exit_code.h"
#include "runner/signals.h"
#include "training/train.h"

namespace dpsbench {
namespace {

struct TrainOptions {
  TrainingOptions training;
  std::string preset;
  std::string channel_mult;
  std::string attention_resolutions;
};

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

void run_training(TrainOptions& options) {
  TrainingOptions& training = options.training;
  training.network = network_of(options);
  training.data.size = training.network.image_size;
  training.data.channels = training.network.in_channels;
  catch_stop_signals();
  const bool complete = train(training, [](const TrainingProgress& progress) {
    fmt::print("step {}/{}  loss {:.4f}  {:.1f} images/s  about {:.0f} s left\n", progress.step, progress.steps,
               progress.loss, progress.images_per_second, progress.seconds_left);
    std::fflush(stdout);
    return !stop_requested();
  });
  const std::string weights = (training.output / "weights.safetensors").string();
  if (!complete) {
    fmt::print("stopped; the same line with --resume goes on\n");
    throw CLI::RuntimeError(exit_code::stopped_early);
  }
  fmt::print("trained: {}\n", weights);
}

void add_network_options(CLI::App& command, TrainOptions& options) {
  UNetOptions& network = options.training.network;
  network.image_size = 32;
  network.num_channels = 32;
  network.num_head_channels = 32;
  const std::string group = "Network (guided-diffusion's names)";
  command.add_option("--preset", options.preset, "photo32, ffhq256 or imagenet256: instead of the sizes below")
      ->group(group);
  command.add_option("--image_size", network.image_size, "Height and width")->capture_default_str()->group(group);
  command.add_option("--in_channels", network.in_channels, "1 for grey images")->capture_default_str()->group(group);
  command.add_option("--num_channels", network.num_channels, "Width of the first level")
      ->capture_default_str()
      ->group(group);
  command.add_option("--num_res_blocks", network.num_res_blocks, "Residual blocks a level")
      ->capture_default_str()
      ->group(group);
  command.add_option("--channel_mult", options.channel_mult, "Width of each level, e.g. 1,1,2")->group(group);
  command.add_option("--attention_resolutions", options.attention_resolutions, "e.g. 16,8")->group(group);
  command.add_option("--num_head_channels", network.num_head_channels, "Channels of an attention head")
      ->capture_default_str()
      ->group(group);
  command.add_option("--dropout", network.dropout, "Probability")->capture_default_str()->group(group);
}

}  // namespace

void add_train_command(CLI::App& app) {
  const auto options = std::make_shared<TrainOptions>();
  TrainingOptions& training = options->training;
  CLI::App* command = app.add_subcommand("train", "Train a small diffusion prior on images");
  command->footer(
      "Examples:\n"
      "  dpsbench train --data photographs --crops --preset photo32 --output mine      random crops\n"
      "  dpsbench train --data train-images-idx3-ubyte.gz --in_channels 1 --channel_mult 1,1,2 \\\n"
      "      --attention_resolutions 8 --output fashion                                 an idx file\n"
      "The network is in OUTPUT/weights.safetensors, ready for an experiment's prior block.");
  command->add_option("--data", training.data.path, "Folder of PNG or JPEG images, an HDF5 file or an idx file")
      ->required();
  command->add_option("--images", training.data.images, "Positions in the sorted list, e.g. 0-999; all if not given");
  command->add_option("--output", training.output, "Folder for weights, checkpoint and sample pictures")->required();
  command->add_flag("--crops", training.crops.random, "Random crops at random scales, for photographs");
  command->add_option("--steps", training.steps, "Batches in all")->capture_default_str();
  command->add_option("--batch", training.batch, "Images a batch")->capture_default_str();
  command->add_option("--learning_rate", training.learning_rate, "AdamW's, at its peak")->capture_default_str();
  command->add_option("--seed", training.seed, "Of initialisation and examples")->capture_default_str();
  command->add_option("--sample_every", training.sample_every, "Steps between sample pictures; 0: none")
      ->capture_default_str();
  command->add_option("--checkpoint_every", training.checkpoint_every, "Steps between checkpoints")
      ->capture_default_str();
  command->add_option("--device", training.device, "cpu or cuda")->capture_default_str();
  command->add_flag("--resume", training.resume, "Go on from the checkpoint in OUTPUT");
  add_network_options(*command, *options);
  command->callback([options] { run_training(*options); });
}

}  // namespace dpsbench
