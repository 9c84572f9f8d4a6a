#pragma once
#include "priors/levy/walk_posterior.h"

namespace dpsbench {

/// Evidence of each number alone: Kalman's filter forwards, Rauch, Tung & Striebel's smoother backwards.
class KalmanWalk final : public WalkPosterior {
 public:
  explicit KalmanWalk(const SignalEvidence& evidence);

  /// With the evidence behind each number gathered first (Gerlach, Carter & Kohn 2000).
  void draw_jumps(double log_odds, const std::vector<double>& variances, std::vector<char>& jumps,
                  ChainStream& stream) override;
  void draw(const std::vector<double>& variances, ChainStream& stream, std::vector<double>& signal,
            std::vector<double>& mean) override;
  void add_covariance(std::vector<double>& sum) const override;

 private:
  /// Takes the filter one number on: from N(mean, variance) of x_{k-1} to that of x_k given y_0..y_k.
  void advance(std::size_t k, double increment_variance, double& mean, double& variance) const;

  std::vector<double> precision_;
  std::vector<double> information_;
  std::vector<double> mean_;              ///< of x_k given y_0..y_k
  std::vector<double> variance_;          ///< likewise
  std::vector<double> gain_;              ///< of x_k on x_{k+1}
  std::vector<double> spread_;            ///< variance of x_k given x_{k+1} and y_0..y_k
  std::vector<double> behind_precision_;  ///< of x_k from y_k..y_{L-1}
  std::vector<double> behind_information_;
};

}  // namespace dpsbench
