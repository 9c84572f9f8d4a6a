#include "priors/unet/preconditioning.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr std::int64_t schedule_steps = 1000;
constexpr double vp_beta_range = 19.9;  // of beta(tau) from 0.1 to 20, tau in (0, 1]
constexpr double vp_beta_least = 0.1;

/// tau in (0, 1] of the variance-preserving process, where its variance-exploding view has that deviation.
double vp_time(double sigma) {
  const double log_variance = std::log1p(sigma * sigma);
  return (std::sqrt(vp_beta_least * vp_beta_least + 2 * vp_beta_range * log_variance) - vp_beta_least) / vp_beta_range;
}

double vp_sigma(double tau) { return std::sqrt(std::expm1(tau * (vp_beta_least + vp_beta_range * tau / 2))); }

/// The noise levels u_0 > u_1 > ... > u_M = 0 of improved DDPM (Karras et al. 2022, Table 1), M = 1000.
std::vector<double> iddpm_sigmas() {
  constexpr std::int64_t levels = 1000;
  const auto alpha_bar = [](std::int64_t j) {
    const double sine = std::sin(std::numbers::pi / 2 * static_cast<double>(j) / levels / 1.008);
    return sine * sine;
  };
  std::vector<double> u(levels + 1, 0.0);
  for (std::int64_t j = levels; j > 0; --j) {
    const double ratio = std::max(alpha_bar(j - 1) / alpha_bar(j), 1e-3);
    u[j - 1] = std::sqrt((u[j] * u[j] + 1) / ratio - 1);
  }
  return u;
}

const std::vector<double>& iddpm_table() {
  static const std::vector<double> table = iddpm_sigmas();
  return table;
}

/// M - 1 - j, u_j the level nearest to sigma.
double iddpm_step(double sigma) {
  const std::vector<double>& u = iddpm_table();
  const auto distance = [&](double level) { return std::abs(level - sigma); };
  const auto nearest = std::ranges::min_element(u.begin(), u.end() - 1, {}, distance);  // u_M = 0 is no level
  return static_cast<double>(u.size()) - 2 - static_cast<double>(nearest - u.begin());
}

}  // namespace

Scalings Preconditioning::at(const NoiseLevel& level) const {
  const double sigma = level.sigma();
  const double exploding = 1 / std::sqrt(level.alpha_bar);  // u = x_t times this
  if (kind == "edm") {
    const double variance = sigma * sigma + sigma_data * sigma_data;
    const double deviation = std::sqrt(variance);
    return {exploding / deviation, std::log(sigma) / 4, exploding * sigma / variance, -sigma_data / deviation};
  }
  if (kind == "vp") return {1, 999 * vp_time(sigma), 0, 1};
  if (kind == "ve") return {exploding, std::log(sigma / 2), 0, -1};
  if (kind == "iddpm") return {1, iddpm_step(sigma), 0, 1};
  throw UserError("preconditioning '{}' is unknown; there are {}", kind, fmt::join(preconditioning_kinds(), ", "));
}

NoiseSchedule Preconditioning::schedule() const {
  if (kind == "vp") return NoiseSchedule::of_sigmas(vp_sigma(1e-5), vp_sigma(1), schedule_steps);
  if (kind == "ve") return NoiseSchedule::of_sigmas(0.02, 100, schedule_steps);
  if (kind == "iddpm")
    return NoiseSchedule::of_sigmas(*(iddpm_table().end() - 2), iddpm_table().front(), schedule_steps);
  return NoiseSchedule::of_sigmas(0.002, 80, schedule_steps);
}

const std::vector<std::string>& preconditioning_kinds() {
  static const std::vector<std::string> kinds{"edm", "vp", "ve", "iddpm"};
  return kinds;
}

}  // namespace dpsbench
