#include "training/adam_w.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dpsbench {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

}  // namespace

double learning_rate_factor(std::int64_t k, std::int64_t warm_up, std::int64_t steps) {
  const double rise = k < warm_up ? static_cast<double>(k + 1) / static_cast<double>(warm_up) : 1.0;
  const double done = static_cast<double>(k) / static_cast<double>(steps);
  return rise * 0.5 * (1 + std::cos(std::numbers::pi * done));
}

void clip_gradients(std::vector<Tensor>& gradients, double longest) {
  std::vector<Tensor> squares;
  for (const Tensor& gradient : gradients) squares.push_back(gradient.square().sum());
  const Tensor length = at::stack(squares).sum().sqrt();
  const Tensor factor = (longest / (length + 1e-6)).clamp_max(1);
  for (Tensor& gradient : gradients) gradient = gradient * factor;
}

void adam_w_step(TrainingState& state, const std::vector<Tensor>& gradients, double learning_rate,
                 double weight_decay) {
  const auto k = static_cast<double>(state.step + 1);
  const double correction1 = 1 - std::pow(kBeta1, k);
  const double correction2 = 1 - std::pow(kBeta2, k);
  auto gradient = gradients.begin();
  for (auto& [name, parameter] : state.parameters) {
    Tensor& first = state.first_moment.at(name);
    Tensor& second = state.second_moment.at(name);
    first.mul_(kBeta1).add_(*gradient, 1 - kBeta1);
    second.mul_(kBeta2).addcmul_(*gradient, *gradient, 1 - kBeta2);
    parameter.mul_(1 - learning_rate * weight_decay);
    parameter.addcdiv_(first / correction1, (second / correction2).sqrt_().add_(kEpsilon), -learning_rate);
    ++gradient;
  }
}

double average_decay(std::int64_t k, double decay) {
  return std::min(decay, (1 + static_cast<double>(k)) / (10 + static_cast<double>(k)));
}

void update_average(TrainingState& state, double decay) {
  const double kept = average_decay(state.step, decay);
  for (auto& [name, average] : state.average) average.mul_(kept).add_(state.parameters.at(name), 1 - kept);
}

}  // namespace dpsbench
