#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/files/text.h"
#include "core/words/tell.h"
#include "datasets/image_file.h"
#include "datasets/picture_pairs.h"
#include "datasets/remarks.h"
#include "metrics/metric_set.h"
#include "metrics/parts/feature_network.h"
#include "metrics/parts/frechet.h"
#include "metrics/parts/mmd.h"
#include "metrics/parts/unit_images.h"
#include "metrics/statistics/interval.h"
#include "results/files/csv_field.h"
#include "runner/commands/commands.h"
#include "runner/station/device.h"
#include "runner/station/lpips_weights.h"

namespace dpsbench {
namespace {

struct ScoreOptions {
  std::string reference;
  std::string samples;
  std::string lpips_weights;
  std::string features;
};

/// LPIPS by the weights at hand: AlexNet's first convolution has 11 x 11 taps, VGG16's 3 x 3.
std::string lpips_name(const WeightMap& weights) {
  const auto first = weights.find("features.0.weight");
  const bool alexnet = first != weights.end() && first->second.dim() == 4 && first->second.size(2) == 11;
  return alexnet ? "lpips_alex" : "lpips";
}

/// First fields of the lines that are about all pictures.
constexpr std::array summaries = {"mean", "ci95", "fid", "kid"};
constexpr std::size_t names_shown = 3;

/// The pictures to compare. What is left out of the folders is said on stderr.
std::vector<PicturePair> find_pairs(const FolderFiles& samples, const FolderFiles& references) {
  std::vector<PicturePair> pairs = pair_pictures(samples, references);
  for (const PicturePair& pair : pairs)
    if (std::find(summaries.begin(), summaries.end(), pair.name) != summaries.end())
      throw UserError("{}: the lines called {} are about all pictures: rename this one", pair.sample.string(),
                      fmt::join(summaries, ", "));
  tell(samples.remarks);
  tell(references.remarks);
  const std::vector<std::filesystem::path> rest = left_over(references, pairs);
  std::vector<std::string> names;
  for (std::size_t k = 0; k < std::min(rest.size(), names_shown); ++k) names.push_back(shown(rest[k].string()));
  if (!rest.empty())
    tell({fmt::format("{} of {} references have no sample and are in no score: {}{}", rest.size(),
                      references.pictures.size(), fmt::join(names, ", "), rest.size() > names_shown ? ", ..." : "")});
  return pairs;
}

/// Both pictures of a pair, [1, C, H, W] in [-1, 1], with all bits of their channels. Throws UserError unless they have
/// one shape, before either is decoded.
std::pair<Tensor, Tensor> read_pair(const PicturePair& pair) {
  const std::string sample = read_file(pair.sample);
  const std::string reference = read_file(pair.reference);
  const ImageShape one = encoded_shape(sample, pair.sample.string());
  const ImageShape other = encoded_shape(reference, pair.reference.string());
  if (one != other)
    throw UserError("{} is {} x {} x {}, but {} is {} x {} x {} (channels, height, width)", pair.sample.string(),
                    one.channels, one.height, one.width, pair.reference.string(), other.channels, other.height,
                    other.width);
  return {decode_image(sample, pair.sample.string(), Fidelity::whole).unsqueeze(0),
          decode_image(reference, pair.reference.string(), Fidelity::whole).unsqueeze(0)};
}

void print_row(const std::string& head, const std::vector<double>& values) {
  say("{}", csv_field(head));
  for (const double value : values) say(",{:.6f}", value);
  say("\n");
}

/// FID and KID of the samples and their references, a line each.
void print_set_distances(const std::vector<Tensor>& of_samples, const std::vector<Tensor>& of_references) {
  const Tensor samples = at::cat(of_samples);
  const Tensor references = at::cat(of_references);
  print_row("fid", {frechet_distance(samples, references)});
  print_row("kid", {kernel_distance(samples, references)});
}

void score(const ScoreOptions& options) {
  fix_numerics(at::kCPU, at::get_num_threads());
  const FolderFiles samples = list_pictures(options.samples);
  const FolderFiles references = list_pictures(options.reference);
  const std::vector<PicturePair> pairs = find_pairs(samples, references);
  std::vector<std::string> names = {"psnr", "ssim"};
  WeightMap weights;
  if (!options.lpips_weights.empty()) {
    weights = lpips_weight_map(SafetensorsFile(options.lpips_weights));
    names.push_back(lpips_name(weights));
  }
  const MetricSet metric_set(names, weights.empty() ? nullptr : &weights, at::kCPU);
  std::optional<FeatureNetwork> network;
  if (!options.features.empty()) {
    network.emplace(options.features, at::kCPU);
    if (pairs.size() < 2) throw UserError("{}: FID and KID take two images or more", options.samples);
  }

  std::vector<Tensor> sample_features;
  std::vector<Tensor> reference_features;
  say("file,{}\n", fmt::join(names, ","));
  std::vector<std::vector<double>> columns(names.size());
  for (const PicturePair& pair : pairs) {
    const auto [sample, reference] = read_pair(pair);
    metric_set.check(image_shape(sample));
    const auto values = metric_set.evaluate({to_unit_range(sample), to_unit_range(reference), {}, {}, 0});
    std::vector<double> row;
    for (std::size_t k = 0; k < names.size(); ++k) {
      row.push_back(values.at(names[k]).item<double>());
      columns[k].push_back(row.back());
    }
    print_row(pair.name, row);
    if (network) {
      sample_features.push_back(network->features(to_unit_range(sample)));
      reference_features.push_back(network->features(to_unit_range(reference)));
    }
  }
  std::vector<double> means;
  std::vector<double> half_widths;
  for (const auto& column : columns) {
    const MeanInterval interval = mean_interval(column);
    means.push_back(interval.mean);
    half_widths.push_back(interval.half_width);
  }
  print_row("mean", means);
  print_row("ci95", half_widths);
  if (network) print_set_distances(sample_features, reference_features);
}

}  // namespace

void add_score_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("score", "PSNR, SSIM and LPIPS of two folders of images, as CSV on stdout");
  const auto options = std::make_shared<ScoreOptions>();
  command->add_option("--reference", options->reference, "Folder of the true images")->required();
  command
      ->add_option("--samples", options->samples,
                   "Folder of the images to score: each against the reference of "
                   "the same name, or of the same name but for the ending")
      ->required();
  command->add_option(
      "--lpips-weights", options->lpips_weights,
      "LPIPS weights (safetensors): VGG16 (average pooling, as the tables) or AlexNet; without it no LPIPS");
  command
      ->add_option("--features", options->features,
                   "A TorchScript network (inception-2015-12-05.pt): two more lines, fid and kid of the two sets. Such "
                   "a file is a program, which can do all that you can: take it only from whom you trust")
      ->check(CLI::ExistingFile);
  command->footer(
      "One line a file, then the means and the half-widths of their 95 % confidence intervals (Student's t).\n"
      "Images are compared in [0, 1], as piq 0.8.0 does; those of 16 bits with all of them, and a picture that is\n"
      "transparent anywhere is refused. References without a sample are named on stderr.");
  command->callback([options] { score(*options); });
}

}  // namespace dpsbench
