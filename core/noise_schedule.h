#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dpsbench {

/// One noise level of the variance-preserving process x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps.
struct NoiseLevel {
  double alpha_bar = 1;  ///< signal fraction, in (0, 1]
  double time = 0;       ///< the time a network is told, in [0, 999]; may be fractional

  /// Standard deviation of the variance-exploding view u = x_t / sqrt(alpha_bar).
  [[nodiscard]] double sigma() const;
  /// The level whose variance-exploding standard deviation is `sigma` (>= 0), told to a network as `time`.
  static NoiseLevel of_sigma(double sigma, double time);
};

/// The discrete noise schedule of a DDPM (Ho et al. 2020), index 0 the least noisy step, with the posterior
/// coefficients q(x_{t-1} | x_t, x_0), respacing as guided-diffusion does it, and the continuous time between steps.
class NoiseSchedule {
 public:
  /// Betas linear from 1e-4 to 0.02 (scaled by 1000 / steps), the schedule of both public checkpoints.
  static NoiseSchedule linear(std::int64_t steps = 1000);
  /// Betas linear from `first` to `last`.
  static NoiseSchedule linear(std::int64_t steps, double first, double last);

  /// Betas whose roots are linear, from those of 8.5e-4 to 0.012 for latent diffusion (Rombach et al. 2022).
  static NoiseSchedule scaled_linear(std::int64_t steps, double first, double last);

  /// Nichol & Dhariwal 2021, Eq. 17: alpha_bar a squared cosine of time, betas at most 0.999.
  static NoiseSchedule cosine(std::int64_t steps);

  /// Standard deviations of the variance-exploding view from `least` to `greatest`, their 1 / rho-th powers linear
  /// (Karras et al. 2022, Eq. 5; rho = 7 there).
  static NoiseSchedule of_sigmas(double least, double greatest, std::int64_t steps, double rho = 7);

  /// Any betas in (0, 1), the least noisy step's first. Throws UserError for others.
  static NoiseSchedule of_betas(const std::vector<double>& betas);

  /// Keeps the steps that `spec` names and rebuilds the betas so that alpha_bar is unchanged on them.
  /// "N": N steps spread over the whole range; "a,b,c": that many in each of equal sections; "ddimN": an integer
  /// stride from 0 that gives N steps. Throws UserError when the schedule has too few steps.
  [[nodiscard]] NoiseSchedule respaced(const std::string& spec) const;
  [[nodiscard]] NoiseSchedule respaced(std::int64_t steps) const { return respaced(std::to_string(steps)); }

  /// Its `count` least noisy steps as a schedule of their own: what a sampler goes through from step count - 1 on.
  [[nodiscard]] NoiseSchedule first(std::int64_t count) const;

  [[nodiscard]] std::int64_t steps() const { return static_cast<std::int64_t>(beta_.size()); }
  /// The steps of the schedule that this is the first part of (`first`); of any other, steps().
  [[nodiscard]] std::int64_t whole_steps() const { return whole_steps_; }
  [[nodiscard]] double beta(std::int64_t i) const { return beta_.at(i); }
  [[nodiscard]] double alpha(std::int64_t i) const { return 1 - beta_.at(i); }
  [[nodiscard]] double alpha_bar(std::int64_t i) const { return alpha_bar_.at(i); }
  /// alpha_bar one step nearer the image; 1 before the first.
  [[nodiscard]] double alpha_bar_previous(std::int64_t i) const { return i == 0 ? 1.0 : alpha_bar_.at(i - 1); }
  /// The step's number in the training schedule: what the network is told.
  [[nodiscard]] std::int64_t timestep(std::int64_t i) const { return timestep_.at(i); }
  [[nodiscard]] NoiseLevel level(std::int64_t i) const;

  /// Variance of q(x_{t-1} | x_t, x_0).
  [[nodiscard]] double posterior_variance(std::int64_t i) const;
  /// Its logarithm, entry 0 replaced by entry 1 (guided-diffusion's posterior_log_variance_clipped).
  [[nodiscard]] double posterior_log_variance(std::int64_t i) const;
  /// Mean of q(x_{t-1} | x_t, x_0) = coefficient_x0 * x_0 + coefficient_xt * x_t.
  [[nodiscard]] double coefficient_x0(std::int64_t i) const;
  [[nodiscard]] double coefficient_xt(std::int64_t i) const;

  /// The level of noise `sigma` (variance-exploding, >= 0) with its fractional time: linear in log sigma^2 between the
  /// training schedule's points, held at the ends. alpha_bar is exact even where time is held.
  [[nodiscard]] NoiseLevel level_of_sigma(double sigma) const;

  /// Whether the training schedule is that of `other`: a network's times mean the same noises under both.
  [[nodiscard]] bool trained_as(const NoiseSchedule& other) const;

  /// The smallest noise the training schedule knows: what a network prior can be asked for.
  [[nodiscard]] double smallest_sigma() const;

 private:
  static NoiseSchedule from(const std::vector<double>& betas);

  std::int64_t whole_steps_ = 0;
  std::vector<double> beta_;
  std::vector<double> alpha_bar_;
  std::vector<std::int64_t> timestep_;
  std::shared_ptr<const std::vector<double>> training_alpha_bar_;
};

}  // namespace dpsbench
