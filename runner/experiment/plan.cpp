#include "runner/experiment/plan.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "core/error.h"
#include "core/sha256.h"
#include "datasets/id_values.h"
#include "datasets/selection.h"
#include "runner/experiment/coding_price.h"
#include "runner/experiment/preset_label.h"
#include "runner/experiment/prior_block.h"
#include "runner/experiment/sigma_y_remark.h"

namespace dpsbench {
namespace {

/// How many images of a block are filmed.
std::int64_t filmed(const Experiment& experiment, std::int64_t first, std::int64_t count) {
  return std::clamp<std::int64_t>(experiment.trajectory.images - first, 0, count);
}

/// What an identity is of: a unit, or whatever units differ from it only in the metrics and the number of samples.
enum class IdentityOf { unit, what_it_grows_from };

/// Everything that affects the answer of a unit, in a fixed form, and nothing else.
std::string identity(const Experiment& experiment, const Cell& cell, const Unit& unit, const InputDigests& digests,
                     const std::vector<std::int64_t>& labels, IdentityOf of) {
  const DatasetSpec& dataset = experiment.dataset;
  const bool whole = of == IdentityOf::unit;
  std::string text = fmt::format("numerics {}\nseed {}\nprecision {}\n", numerics_version, experiment.seed,
                                 to_text(experiment.precision));
  if (whole) text += fmt::format("samples {}\n", experiment.samples);
  text += fmt::format("hidden_noise {}\n", experiment.hidden_noise);
  if (experiment.noise_kind != NoiseKind::gaussian) text += fmt::format("noise {}\n", to_text(experiment.noise_kind));
  text += fmt::format("dataset {} size {} channels {} resize {}\n", dataset.name, dataset.size, dataset.channels,
                      dataset.resize);
  text += fmt::format("prior {} {}\n", describe_prior(experiment.prior), digests.prior);
  if (experiment.truth) text += fmt::format("truth {} {}\n", describe_prior(*experiment.truth), digests.truth);
  if (!digests.autoencoder.empty()) text += fmt::format("autoencoder {}\n", digests.autoencoder);
  if (!digests.truth_autoencoder.empty()) text += fmt::format("truth autoencoder {}\n", digests.truth_autoencoder);
  text += cell.content();
  if (whole) text += fmt::format("metrics {} {}\n", fmt::join(experiment.metrics, ","), digests.lpips);
  if (const std::int64_t images = filmed(experiment, unit.first, unit.count); images > 0)
    text += fmt::format("trajectory {} {}\n", images, experiment.trajectory.frames);
  for (std::int64_t i = unit.first; i < unit.first + unit.count; ++i) {
    text += fmt::format("image {} {}\n", digests.image_ids.at(i), digests.image_digests.at(i));
    if (!labels.empty()) text += fmt::format("class {}\n", labels.at(i));
  }
  return text;
}

Plan lay_out(const Experiment& experiment, const ImageShape& shape, std::int64_t images) {
  Plan plan{expand_cells(experiment, shape), {}, images};
  const CodingPrice coding = coding_price(experiment.prior);
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    const Cost cost = plan.cells[cell].cost(experiment.samples);
    const double of_coding = coding.of(plan.cells[cell].coding(experiment.samples), 1);
    for (std::int64_t first = 0; first < images; first += experiment.batch) {
      const std::int64_t count = std::min(experiment.batch, images - first);
      plan.units.push_back(
          {"", cell, first, count, (cost.forward + cost.backward + of_coding) * static_cast<double>(count)});
    }
  }
  return plan;
}

}  // namespace

std::vector<double> Plan::costs() const {
  std::vector<double> costs;
  for (const Unit& unit : units) costs.push_back(unit.cost);
  return costs;
}

Plan make_plan(const Experiment& asked_for, const ImageShape& shape, const InputDigests& digests) {
  Experiment experiment = asked_for;
  const std::string tuned_on = experiment.presets ? experiment.presets->prior_sha256 : "";
  experiment.presets_of_other_weights = !tuned_on.empty() && tuned_on != "none" && tuned_on != digests.prior;
  Plan plan = lay_out(experiment, shape, static_cast<std::int64_t>(digests.image_ids.size()));
  const std::vector<std::int64_t> labels = image_labels(experiment.dataset.labels, digests.image_ids);
  const auto digest = [&](const Unit& unit, IdentityOf of) {
    return sha256(identity(experiment, plan.cells[unit.cell], unit, digests, labels, of)).substr(0, 32);
  };
  for (Unit& unit : plan.units) {
    unit.id = digest(unit, IdentityOf::unit);
    unit.base = digest(unit, IdentityOf::what_it_grows_from);
  }
  return plan;
}

std::vector<std::int64_t> positions_of(const Unit& unit) {
  std::vector<std::int64_t> positions(static_cast<std::size_t>(unit.count));
  std::iota(positions.begin(), positions.end(), unit.first);
  return positions;
}

Plan make_plan(const Experiment& experiment, const ImageShape& shape, std::int64_t images) {
  return lay_out(experiment, shape, images);
}

std::int64_t count_images(const DatasetSpec& dataset) {
  if (dataset.ids.empty() && dataset.images.empty())
    throw UserError("dataset: the images are not there, and neither 'images' nor 'ids' says how many there are");
  const std::int64_t listed = dataset.ids.empty() ? std::numeric_limits<std::int64_t>::max()
                                                  : static_cast<std::int64_t>(read_id_list(dataset.ids).size());
  if (dataset.images.empty()) return listed;
  return static_cast<std::int64_t>(parse_positions(dataset.images, listed, "dataset").size());
}

std::vector<std::string> plan_remarks(const Plan& plan) {
  std::set<std::string> lines;
  for (const Cell& cell : plan.cells) {
    if (const std::string remark = sigma_y_remark(cell.sigma_y); !remark.empty()) lines.insert(remark);
    if (!cell.preset_remark.empty())
      lines.insert(
          fmt::format("{}, preset {}, on {}: {}", cell.method->name, cell.preset, cell.task->name, cell.preset_remark));
    if (cell.preset_label.find(under_another_prior) != std::string::npos)
      lines.insert(fmt::format("{}: its constants are {}", cell.method->name, cell.preset_label));
  }
  return {lines.begin(), lines.end()};
}

}  // namespace dpsbench
