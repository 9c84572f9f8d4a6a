#include "core/noise_schedule.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <set>
#include <sstream>

#include "core/error.h"

namespace dpsbench {
namespace {

double sigma_of(double alpha_bar) { return std::sqrt((1 - alpha_bar) / alpha_bar); }

/// `count` numbers from the first to the last.
std::vector<double> evenly(double first, double last, std::int64_t count) {
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < count; ++i)
    numbers.push_back(count == 1 ? first
                                 : first + (last - first) * static_cast<double>(i) / static_cast<double>(count - 1));
  return numbers;
}

std::int64_t parse_count(const std::string& text, const std::string& spec) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 1)
    throw UserError("steps: '{}' is no respacing; allowed: a count such as 100, 'a,b,c' or 'ddimN'", spec);
  return count;
}

/// "ddimN": the smallest integer stride from 0 that gives exactly N steps.
std::set<std::int64_t> strided_steps(std::int64_t total, std::int64_t wanted) {
  for (std::int64_t stride = 1; stride <= total; ++stride) {
    if ((total + stride - 1) / stride != wanted) continue;
    std::set<std::int64_t> kept;
    for (std::int64_t step = 0; step < total; step += stride) kept.insert(step);
    return kept;
  }
  throw UserError("steps: no integer stride gives 'ddim{}' of {} steps", wanted, total);
}

/// Equal sections, each with its own count; rounding half to even, as Python rounds.
std::set<std::int64_t> sectioned_steps(std::int64_t total, const std::vector<std::int64_t>& counts) {
  const auto sections = static_cast<std::int64_t>(counts.size());
  std::set<std::int64_t> kept;
  std::int64_t start = 0;
  for (std::int64_t section = 0; section < sections; ++section) {
    const std::int64_t size = total / sections + (section < total % sections ? 1 : 0);
    const std::int64_t count = counts[section];
    if (count > size) throw UserError("steps: {} steps asked of a section that has {}", count, size);
    const double stride = count <= 1 ? 1.0 : static_cast<double>(size - 1) / static_cast<double>(count - 1);
    double position = 0;
    for (std::int64_t step = 0; step < count; ++step, position += stride)
      kept.insert(start + static_cast<std::int64_t>(std::nearbyint(position)));
    start += size;
  }
  return kept;
}

}  // namespace

double NoiseLevel::sigma() const { return sigma_of(alpha_bar); }

NoiseLevel NoiseLevel::of_sigma(double sigma, double time) { return {1 / (1 + sigma * sigma), time}; }

NoiseSchedule NoiseSchedule::of_betas(const std::vector<double>& betas) {
  if (betas.empty()) throw UserError("a noise schedule without steps");
  for (const double beta : betas)
    if (!(beta > 0 && beta < 1)) throw UserError("a noise schedule with a beta of {}; allowed: between 0 and 1", beta);
  return from(betas);
}

NoiseSchedule NoiseSchedule::from(const std::vector<double>& betas) {
  NoiseSchedule schedule;
  schedule.whole_steps_ = static_cast<std::int64_t>(betas.size());
  double alpha_bar = 1;
  for (const double beta : betas) {
    alpha_bar *= 1 - beta;
    schedule.timestep_.push_back(schedule.steps());
    schedule.beta_.push_back(beta);
    schedule.alpha_bar_.push_back(alpha_bar);
  }
  schedule.training_alpha_bar_ = std::make_shared<const std::vector<double>>(schedule.alpha_bar_);
  return schedule;
}

NoiseSchedule NoiseSchedule::linear(std::int64_t steps) {
  const double scale = 1000.0 / static_cast<double>(steps);
  return linear(steps, scale * 1e-4, scale * 0.02);
}

NoiseSchedule NoiseSchedule::linear(std::int64_t steps, double first, double last) {
  return from(evenly(first, last, steps));
}

NoiseSchedule NoiseSchedule::scaled_linear(std::int64_t steps, double first, double last) {
  std::vector<double> betas = evenly(std::sqrt(first), std::sqrt(last), steps);
  for (double& beta : betas) beta *= beta;
  return of_betas(betas);
}

NoiseSchedule NoiseSchedule::cosine(std::int64_t steps) {
  constexpr double offset = 0.008;
  constexpr double greatest = 0.999;
  const auto signal = [&](std::int64_t i) {
    const double time = static_cast<double>(i) / static_cast<double>(steps);
    return std::pow(std::cos((time + offset) / (1 + offset) * std::numbers::pi / 2), 2);
  };
  std::vector<double> betas;
  for (std::int64_t i = 0; i < steps; ++i) betas.push_back(std::min(1 - signal(i + 1) / signal(i), greatest));
  return of_betas(betas);
}

NoiseSchedule NoiseSchedule::of_sigmas(double least, double greatest, std::int64_t steps, double rho) {
  std::vector<double> betas;
  double before = 1;
  for (const double root : evenly(std::pow(least, 1 / rho), std::pow(greatest, 1 / rho), steps)) {
    const double alpha_bar = 1 / (1 + std::pow(root, 2 * rho));
    betas.push_back(1 - alpha_bar / before);
    before = alpha_bar;
  }
  return of_betas(betas);
}

NoiseSchedule NoiseSchedule::respaced(const std::string& spec) const {
  std::set<std::int64_t> kept;
  if (spec.starts_with("ddim")) {
    kept = strided_steps(steps(), parse_count(spec.substr(4), spec));
  } else {
    std::vector<std::int64_t> counts;
    std::stringstream stream(spec);
    for (std::string part; std::getline(stream, part, ',');) counts.push_back(parse_count(part, spec));
    if (counts.empty()) parse_count("", spec);
    kept = sectioned_steps(steps(), counts);
  }
  NoiseSchedule schedule;
  const auto count = static_cast<std::int64_t>(kept.size());
  schedule.whole_steps_ = count == steps() ? whole_steps_ : count;
  double previous = 1;
  for (const std::int64_t step : kept) {
    schedule.beta_.push_back(1 - alpha_bar_[step] / previous);
    schedule.alpha_bar_.push_back(alpha_bar_[step]);
    schedule.timestep_.push_back(timestep_[step]);
    previous = alpha_bar_[step];
  }
  schedule.training_alpha_bar_ = training_alpha_bar_;
  return schedule;
}

NoiseSchedule NoiseSchedule::first(std::int64_t count) const {
  if (count < 1 || count > steps()) throw Error(fmt::format("a schedule of {} steps has no first {}", steps(), count));
  NoiseSchedule schedule = *this;
  schedule.beta_.resize(static_cast<std::size_t>(count));
  schedule.alpha_bar_.resize(static_cast<std::size_t>(count));
  schedule.timestep_.resize(static_cast<std::size_t>(count));
  return schedule;
}

NoiseLevel NoiseSchedule::level(std::int64_t i) const {
  return {alpha_bar_.at(i), static_cast<double>(timestep_.at(i))};
}

double NoiseSchedule::posterior_variance(std::int64_t i) const {
  return beta(i) * (1 - alpha_bar_previous(i)) / (1 - alpha_bar(i));
}

double NoiseSchedule::posterior_log_variance(std::int64_t i) const {
  if (steps() == 1) return std::log(beta(0));
  return std::log(posterior_variance(std::max<std::int64_t>(i, 1)));
}

double NoiseSchedule::coefficient_x0(std::int64_t i) const {
  return beta(i) * std::sqrt(alpha_bar_previous(i)) / (1 - alpha_bar(i));
}

double NoiseSchedule::coefficient_xt(std::int64_t i) const {
  return (1 - alpha_bar_previous(i)) * std::sqrt(alpha(i)) / (1 - alpha_bar(i));
}

bool NoiseSchedule::trained_as(const NoiseSchedule& other) const {
  return *training_alpha_bar_ == *other.training_alpha_bar_;
}

double NoiseSchedule::smallest_sigma() const { return sigma_of(training_alpha_bar_->front()); }

NoiseLevel NoiseSchedule::level_of_sigma(double sigma) const {
  const std::vector<double>& points = *training_alpha_bar_;
  const auto last = static_cast<double>(points.size() - 1);
  if (sigma <= sigma_of(points.front())) return NoiseLevel::of_sigma(sigma, 0);
  if (sigma >= sigma_of(points.back())) return NoiseLevel::of_sigma(sigma, last);
  const double alpha_bar = 1 / (1 + sigma * sigma);
  const auto above =
      std::partition_point(points.begin(), points.end(), [&](double point) { return point > alpha_bar; });
  // 1 / (1 + sigma^2) may round to the other side of an end point than sigma did
  const auto hi = std::clamp<std::size_t>(static_cast<std::size_t>(above - points.begin()), 1, points.size() - 1);
  const double log_lo = 2 * std::log(sigma_of(points[hi - 1]));
  const double log_hi = 2 * std::log(sigma_of(points[hi]));
  const double fraction = (2 * std::log(sigma) - log_lo) / (log_hi - log_lo);
  return NoiseLevel::of_sigma(sigma, static_cast<double>(hi - 1) + fraction);
}

}  // namespace dpsbench
