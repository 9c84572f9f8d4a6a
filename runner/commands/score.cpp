#include <algorithm>

#include "core/error.h"
#include "core/words/tell.h"
#include "datasets/image_source.h"
#include "metrics/metric_set.h"
#include "metrics/parts/feature_network.h"
#include "metrics/parts/frechet.h"
#include "metrics/parts/mmd.h"
#include "metrics/parts/unit_images.h"
#include "metrics/statistics/interval.h"
#include "runner/commands/commands.h"
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

std::int64_t position_of(const ImageSource& source, const std::string& id, const std::string& folder) {
  for (std::int64_t i = 0; i < source.size(); ++i)
    if (source.id(i) == id) return i;
  throw UserError("{}: has no image '{}', which the samples have", folder, id);
}

void print_row(const std::string& head, const std::vector<double>& values) {
  say("{}", head);
  for (const double value : values) say(",{:.6f}", value);
  say("\n");
}

/// FID and KID of the sets, a line each.
void print_set_distances(const std::vector<Tensor>& of_samples, const std::vector<Tensor>& of_references) {
  const Tensor samples = at::cat(of_samples);
  const Tensor references = at::cat(of_references);
  print_row("fid", {frechet_distance(samples, references)});
  print_row("kid", {kernel_distance(samples, references)});
}

void score(const ScoreOptions& options) {
  const auto samples = open_image_folder(options.samples);
  const auto references = open_image_folder(options.reference);
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
    if (samples->size() < 2) throw UserError("{}: FID and KID take two images or more", options.samples);
  }
  std::vector<Tensor> sample_features;
  std::vector<Tensor> reference_features;

  say("file,psnr,ssim{}\n", weights.empty() ? "" : ",lpips");
  std::vector<std::vector<double>> columns(names.size());
  for (std::int64_t i = 0; i < samples->size(); ++i) {
    const Tensor sample = samples->read(i).unsqueeze(0);
    const std::int64_t partner = position_of(*references, samples->id(i), options.reference);
    const Tensor reference = references->read(partner).unsqueeze(0);
    if (sample.sizes() != reference.sizes())
      throw UserError("{} is {} x {} x {}, but {} is {} x {} x {} (channels, height, width)", samples->describe(i),
                      sample.size(1), sample.size(2), sample.size(3), references->describe(partner), reference.size(1),
                      reference.size(2), reference.size(3));
    metric_set.check(image_shape(sample));
    const auto values = metric_set.evaluate({to_unit_range(sample), to_unit_range(reference), {}, {}, 0});
    std::vector<double> row;
    for (std::size_t k = 0; k < names.size(); ++k) {
      row.push_back(values.at(names[k]).item<double>());
      columns[k].push_back(row.back());
    }
    print_row(samples->id(i), row);
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
  command->add_option("--samples", options->samples, "Folder of the images to score; names without ending must agree")
      ->required();
  command->add_option(
      "--lpips-weights", options->lpips_weights,
      "LPIPS weights (safetensors): VGG16 (average pooling, as the tables) or AlexNet; without it no LPIPS");
  command
      ->add_option("--features", options->features,
                   "A TorchScript network (inception-2015-12-05.pt): two more lines, fid and kid of the two sets")
      ->check(CLI::ExistingFile);
  command->footer(
      "One line a file, then the means and the half-widths of their 95 % confidence intervals (Student's t).\n"
      "Images are compared in [0, 1], as piq 0.8.0 does.");
  command->callback([options] { score(*options); });
}

}  // namespace dpsbench
