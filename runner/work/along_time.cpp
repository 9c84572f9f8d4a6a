#include "runner/work/along_time.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <optional>

#include "core/error.h"
#include "methods/parts/implied_score.h"
#include "methods/parts/problem_posterior.h"
#include "priors/registry.h"
#include "results/hdf5/typed_attributes.h"
#include "runner/experiment/attributes.h"

namespace dpsbench {
namespace {

constexpr double time_of_training = 1000;

using ScoreAt = std::function<Tensor(const Tensor& x_t)>;

/// One block of images with its measurements and their exact posterior.
struct Block {
  std::int64_t first;
  PhiloxNoise of_points;   ///< x_0 and x_t
  PhiloxNoise of_methods;  ///< what methods draw
  std::unique_ptr<Operator> op;
  Tensor y;
  std::unique_ptr<ExactPosterior> posterior;
  Tensor x0;  ///< exact draws
};

/// What is true at one noise level.
struct LevelTruth {
  NoiseLevel level;
  Tensor x_t;
  Tensor score;
  Tensor of_prior;
  Tensor spread;  ///< [B]; undefined where not asked for
};

PhiloxNoise block_noise(const Station& station, std::int64_t first, std::int64_t count, std::int64_t sample) {
  std::vector<StreamId> streams;
  for (std::int64_t i = first; i < first + count; ++i)
    streams.push_back({station.experiment.dataset.name, station.dataset.id(i), sample});
  return {station.experiment.seed, streams};
}

Block make_block(const Station& station, const Prior& prior, const Cell& cell, std::int64_t first) {
  const std::int64_t count = std::min(station.experiment.batch, station.dataset.size() - first);
  std::vector<Tensor> images;
  for (std::int64_t i = first; i < first + count; ++i) images.push_back(station.dataset.load(i));
  const PhiloxNoise of_measurement = block_noise(station, first, count, 0);
  Block block{first, block_noise(station, first, count, 1), block_noise(station, first, count, 2), {}, {}, {}, {}};
  block.op = cell.task->bind(cell.task_options, prior.shape(), of_measurement, prior.options());
  block.y = measure(*block.op, at::stack(images).to(prior.options()), cell.sigma_y, of_measurement,
                    station.experiment.hidden_noise);
  if (station.experiment.noise_kind != NoiseKind::gaussian)
    throw UserError("{}: scores along time are of Gaussian noise; noise is {}", cell.id,
                    to_text(station.experiment.noise_kind));
  if (cell.sigma_y == 0) throw UserError("{}: scores along time need measurement noise; sigma_y is 0", cell.id);
  block.posterior = exact_posterior(prior, *block.op, block.y, cell.sigma_y);
  block.x0 = block.posterior->draw(block.of_points, Purpose::initial, 0);
  return block;
}

/// The mean over pixels of the variance of p(x_0 | x_t, y) is (1 - abar) / abar (1 + (1 - abar) tr(ds/dx) / D); its
/// root for each image, 0 where a score is that of no law. The trace by central differences along random signs, or
/// along every axis where `probes` are as many.
Tensor implied_spread(const ScoreAt& score, const Block& block, const Tensor& x_t, const NoiseLevel& level,
                      std::int64_t probes) {
  const ImageShape shape = image_shape(x_t);
  const double noise = 1 - level.alpha_bar;
  const double h = 1e-4 * std::sqrt(noise);
  const bool every_axis = probes >= shape.elements();
  Tensor trace = at::zeros({x_t.size(0)}, x_t.options());
  const std::int64_t directions = every_axis ? shape.elements() : probes;
  for (std::int64_t k = 0; k < directions; ++k) {
    Tensor v;
    if (every_axis) {
      v = at::zeros_like(x_t);
      v.flatten(1).select(1, k).fill_(1);
    } else {
      v = block.of_points.normal(Purpose::inner, k, {shape.channels, shape.height, shape.width}, x_t.options()).sign();
    }
    const Tensor change = (score(x_t + v * h) - score(x_t - v * h)) / (2 * h);
    trace = trace + image_dot(v, change) / (every_axis ? 1.0 : static_cast<double>(directions));
  }
  const Tensor variance = (trace * (noise / static_cast<double>(shape.elements())) + 1) * (noise / level.alpha_bar);
  return variance.clamp_min(0).sqrt();
}

LevelTruth truth_at(const Block& block, const Prior& prior, const NoiseLevel& level, std::int64_t probes) {
  const ImageShape shape = prior.shape();
  const Tensor z = block.of_points.normal(Purpose::step, std::llround(level.time),
                                          {shape.channels, shape.height, shape.width}, prior.options());
  const Tensor x_t = block.x0 * std::sqrt(level.alpha_bar) + z * std::sqrt(1 - level.alpha_bar);
  const ScoreAt exact = [&](const Tensor& x) { return block.posterior->score(x, level); };
  return {level, x_t, exact(x_t), prior.score(x_t, level),
          probes > 0 ? implied_spread(exact, block, x_t, level, probes) : Tensor()};
}

Tensor cosine(const Tensor& a, const Tensor& b) { return image_dot(a, b) / (image_norm(a) * image_norm(b)); }

std::map<std::string, Tensor> comparison(const ScoreAt& score, const Block& block, const LevelTruth& truth,
                                         std::int64_t probes) {
  const Tensor s = score(truth.x_t);
  constexpr double rounding = 1e-9;
  const Tensor added = s - truth.of_prior;
  // where nothing but rounding is added there is no direction
  const Tensor guidance = at::where(per_image(image_norm(added) > image_norm(s) * rounding, s), added, std::nan(""));
  const Tensor exact_guidance = truth.score - truth.of_prior;
  std::map<std::string, Tensor> values = {
      {"error", image_norm(s - truth.score) / image_norm(truth.score)},
      {"cosine", cosine(s, truth.score)},
      {"ratio", image_norm(s) / image_norm(truth.score)},
      {"guidance_cosine", cosine(guidance, exact_guidance)},
      {"guidance_ratio", image_norm(guidance) / image_norm(exact_guidance)},
  };
  if (probes > 0) values["spread"] = implied_spread(score, block, truth.x_t, truth.level, probes) / truth.spread;
  return values;
}

/// The steps of a schedule nearest to `levels` times in the middle of equal shares, ascending, each once.
std::vector<std::int64_t> chosen_steps(const NoiseSchedule& schedule, std::int64_t levels) {
  std::vector<std::int64_t> steps;
  for (std::int64_t k = 0; k < levels; ++k) {
    const double wanted = (static_cast<double>(k) + 0.5) / static_cast<double>(levels) * time_of_training;
    std::int64_t nearest = 0;
    for (std::int64_t i = 1; i < schedule.steps(); ++i)
      if (std::abs(schedule.level(i).time - wanted) < std::abs(schedule.level(nearest).time - wanted)) nearest = i;
    if (steps.empty() || nearest > steps.back()) steps.push_back(nearest);
  }
  return steps;
}

/// The truths of one setting, each worked out when first asked for.
class Truths {
 public:
  Truths(const Station& station, const Prior& prior, const Cell& cell, std::int64_t probes)
      : prior_(prior), probes_(probes) {
    for (std::int64_t first = 0; first < station.dataset.size(); first += station.experiment.batch)
      blocks_.push_back(make_block(station, prior, cell, first));
  }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  const LevelTruth& at(const Block& block, const NoiseLevel& level) {
    const auto key = std::make_pair(block.first, level.time);
    auto found = known_.find(key);
    if (found == known_.end()) found = known_.emplace(key, truth_at(block, prior_, level, probes_)).first;
    return found->second;
  }

 private:
  const Prior& prior_;
  std::int64_t probes_;
  std::vector<Block> blocks_;
  std::map<std::pair<std::int64_t, double>, LevelTruth> known_;
};

ScoreCurves curves_of(const Cell& cell, const Prior& prior, Truths& truths, const AlongTimeOptions& options) {
  const ImpliedScore implied(*cell.method, cell.method_options);
  const NoiseSchedule training = prior.schedule();
  const NoiseSchedule schedule = training.respaced(implied.steps());
  ScoreCurves curves;
  curves.cell.id = cell.id;
  std::map<std::string, std::vector<Tensor>> columns;
  for (const std::int64_t i : chosen_steps(schedule, options.levels)) {
    const NoiseLevel level = schedule.level(i);
    curves.time.push_back((level.time + 1) / time_of_training);
    curves.sigma.push_back(level.sigma());
    std::map<std::string, std::vector<Tensor>> of_blocks;
    for (const Block& block : truths.blocks()) {
      const Problem problem{prior, training, *block.op, block.y, cell.sigma_y, block.of_methods};
      const ScoreAt score = [&](const Tensor& x_t) { return implied.at(problem, i, x_t); };
      for (auto& [name, values] : comparison(score, block, truths.at(block, level), options.probes))
        of_blocks[name].push_back(values.to(at::kCPU, at::kDouble));
    }
    for (const auto& [name, values] : of_blocks) columns[name].push_back(at::cat(values));
  }
  for (const auto& [name, values] : columns) curves.values[name] = at::stack(values, 1).contiguous();
  return curves;
}

bool same_setting(const Cell& a, const Cell& b) { return a.task_state() == b.task_state() && a.sigma_y == b.sigma_y; }

}  // namespace

std::vector<ScoreCurves> scores_along_time(const Station& station, const AlongTimeOptions& options,
                                           const std::function<void(std::size_t, std::size_t)>& on_cell) {
  const at::NoGradGuard no_grad;
  if (station.experiment.prior.autoencoder)
    throw UserError("{}: scores along time are told of priors of images, and this one is of latents",
                    station.experiment.file.string());
  if (find_prior_kind(station.experiment.prior.kind).posteriors == KnownPosteriors::none)
    throw UserError("{}: the exact score along time needs a prior that knows its posterior, not kind {}",
                    station.experiment.file.string(), station.experiment.prior.kind);
  const auto prior = make_prior(station.experiment.prior, TensorOptions().dtype(at::kDouble).device(station.device));
  std::vector<Cell> cells;
  for (Cell& cell : expand_cells(station.experiment, prior->shape()))
    if (cell.method->follows_score) cells.push_back(std::move(cell));
  if (cells.empty())
    throw UserError("{}: no method of the experiment follows a score ('dpsbench methods' says which do)",
                    station.experiment.file.string());
  std::vector<std::string> ids;
  for (std::int64_t i = 0; i < station.dataset.size(); ++i) ids.push_back(station.dataset.id(i));
  std::vector<std::map<std::string, std::string>> parameters;
  for (const Cell& cell : cells) parameters.push_back(cell_attributes(station.experiment, cell));
  const auto typed = typed_attributes(parameters);
  std::vector<ScoreCurves> all;
  std::optional<Truths> truths;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    // cells of a setting stand together
    if (k == 0 || !same_setting(cells[k], cells[k - 1])) truths.emplace(station, *prior, cells[k], options.probes);
    all.push_back(curves_of(cells[k], *prior, *truths, options));
    all.back().cell.attributes = typed[k];
    all.back().cell.image_ids = ids;
    on_cell(all.size(), cells.size());
  }
  return all;
}

}  // namespace dpsbench
