#include "priors/levy/kalman_walk.h"

#include <cmath>

namespace dpsbench {

KalmanWalk::KalmanWalk(const SignalEvidence& evidence)
    : precision_(evidence.precision),
      information_(evidence.information),
      mean_(precision_.size()),
      variance_(precision_.size()),
      gain_(precision_.size()),
      spread_(precision_.size()),
      behind_precision_(precision_.size()),
      behind_information_(precision_.size()) {}

void KalmanWalk::advance(std::size_t k, double increment_variance, double& mean, double& variance) const {
  const double predicted = variance + increment_variance;
  const double shrink = 1 / (1 + precision_[k] * predicted);
  mean = (mean + predicted * information_[k]) * shrink;
  variance = predicted * shrink;
}

void KalmanWalk::draw_jumps(double log_odds, const std::vector<double>& variances, std::vector<char>& jumps,
                            ChainStream& stream) {
  const std::size_t length = precision_.size();
  double lambda = 0;
  double eta = 0;
  for (std::size_t k = length; k-- > 0;) {
    lambda += precision_[k];
    eta += information_[k];
    behind_precision_[k] = lambda;
    behind_information_[k] = eta;
    const double shrink = jumps[k] != 0 ? 1 / (1 + lambda * variances[k]) : 1;
    lambda *= shrink;
    eta *= shrink;
  }
  double mean = 0;
  double variance = 0;
  for (std::size_t k = 0; k < length; ++k) {
    // log of the integral of N(x; mean, q) exp(-lambda x^2 / 2 + eta x)
    const auto log_evidence = [&](double q) {
      const double l = behind_precision_[k];
      const double e = behind_information_[k];
      const double volume = 1 + l * q;
      return 0.5 * ((e * e * q + 2 * e * mean - l * mean * mean) / volume - std::log(volume));
    };
    const double odds = log_odds + log_evidence(variance + variances[k]) - log_evidence(variance);
    jumps[k] = stream.uniform() * (1 + std::exp(-odds)) < 1 ? 1 : 0;
    advance(k, jumps[k] != 0 ? variances[k] : 0, mean, variance);
  }
}

void KalmanWalk::draw(const std::vector<double>& variances, ChainStream& stream, std::vector<double>& signal,
                      std::vector<double>& mean) {
  const std::size_t length = precision_.size();
  double m = 0;
  double p = 0;
  for (std::size_t k = 0; k < length; ++k) {
    advance(k, variances[k], m, p);
    mean_[k] = m;
    variance_[k] = p;
  }
  double x = 0;
  double smoothed = 0;
  for (std::size_t k = length; k-- > 0;) {
    const bool is_last = k + 1 == length;
    const double after = is_last ? 0 : variances[k + 1];
    if (!is_last && after == 0) {  // x_k is x_{k+1}, to the last bit
      gain_[k] = 1;
      spread_[k] = 0;
    } else {
      gain_[k] = is_last ? 0 : variance_[k] / (variance_[k] + after);
      spread_[k] = is_last ? variance_[k] : gain_[k] * after;
      x = mean_[k] + gain_[k] * (x - mean_[k]) + std::sqrt(spread_[k]) * stream.normal();
      smoothed = mean_[k] + gain_[k] * (smoothed - mean_[k]);
    }
    signal[k] = x;
    mean[k] = smoothed;
  }
}

void KalmanWalk::add_covariance(std::vector<double>& sum) const {
  const std::size_t length = precision_.size();
  std::vector<double> row(length, 0.0);  // Cov(x_k, x_j) for j >= k
  for (std::size_t k = length; k-- > 0;) {
    const double gain = gain_[k];
    const double behind = k + 1 < length ? row[k + 1] : 0;
    double* const total = sum.data() + k * length;
    for (std::size_t j = k + 1; j < length; ++j) {
      row[j] *= gain;
      total[j] += row[j];
    }
    row[k] = spread_[k] + gain * gain * behind;
    total[k] += row[k];
  }
}

}  // namespace dpsbench
