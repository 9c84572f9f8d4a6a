#include "priors/levy/posterior.h"

#include <ATen/Parallel.h>

#include <cmath>

namespace dpsbench {

LevyPosterior::LevyPosterior(const LevyPrior& prior, const LinearMeasurement& measurement) : prior_(prior) {
  const Tensor matrices = measurement.matrices();
  for (std::int64_t b = 0; b < measurement.y.size(0); ++b)
    evidence_.push_back(
        SignalEvidence::of_matrix(matrices[matrices.size(0) == 1 ? 0 : b], measurement.y[b], measurement.sigma));
}

std::vector<std::shared_ptr<const LevyReference>> LevyPosterior::references() const {
  std::vector<std::shared_ptr<const LevyReference>> found(evidence_.size());
  at::parallel_for(0, static_cast<std::int64_t>(evidence_.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t b = begin; b < end; ++b) {
      const auto image = static_cast<std::size_t>(b);
      found[image] = prior_.references_->of(evidence_[image]);
    }
  });
  return found;
}

Tensor LevyPosterior::to_signals(const std::vector<Tensor>& rows) const {
  return at::stack(rows).view(prior_.shape().batch(static_cast<std::int64_t>(rows.size()))).to(prior_.options());
}

Tensor LevyPosterior::draw(const Noise& noise, Purpose purpose, std::int64_t draw) const {
  const Tensor u = noise.uniform(purpose, draw, {1}, at::kFloat).to(at::kDouble);
  std::vector<Tensor> rows;
  for (const auto& reference : references()) {
    const Tensor draws = reference->draws.flatten(0, 1);
    const double place = u[static_cast<std::int64_t>(rows.size())].item<double>() * static_cast<double>(draws.size(0));
    rows.push_back(draws[static_cast<std::int64_t>(place)]);
  }
  return to_signals(rows);
}

Tensor LevyPosterior::mean() const {
  std::vector<Tensor> rows;
  for (const auto& reference : references()) rows.push_back(reference->mean);
  return to_signals(rows);
}

Tensor LevyPosterior::deviation() const {
  std::vector<Tensor> rows;
  for (const auto& reference : references()) rows.push_back(reference->deviation);
  return to_signals(rows);
}

Tensor LevyPosterior::score(const Tensor& x_t, const NoiseLevel& level) const {
  const double root = std::sqrt(level.alpha_bar);
  const Tensor x = x_t.to(at::kCPU, at::kDouble);
  const Tensor variance = at::full({1, 1, 1, 1}, (1 - level.alpha_bar) / level.alpha_bar, at::kDouble);
  std::vector<SignalEvidence> both = prior_.evidence_of(x / root, variance);
  for (std::size_t b = 0; b < both.size(); ++b) both[b] = evidence_[b].with(both[b]);
  const Tensor mean = prior_.moments(both, false).first.view_as(x);
  return ((mean * root - x) / (1 - level.alpha_bar)).to(prior_.options());
}

}  // namespace dpsbench
