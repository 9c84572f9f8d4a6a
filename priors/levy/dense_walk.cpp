#include "priors/levy/dense_walk.h"

#include <algorithm>
#include <cmath>

#include "priors/levy/kalman_walk.h"

namespace dpsbench {

std::unique_ptr<WalkPosterior> WalkPosterior::of(const SignalEvidence& evidence) {
  if (evidence.is_diagonal()) return std::make_unique<KalmanWalk>(evidence);
  return std::make_unique<DenseWalk>(evidence);
}

DenseWalk::DenseWalk(const SignalEvidence& evidence)
    : length_(evidence.information.size()), gram_(evidence.precision), information_(evidence.information) {
  // x_j = u_0 + ... + u_j: D^-T sums each row and column from its end
  for (std::size_t i = 0; i < length_; ++i)
    for (std::size_t j = length_ - 1; j-- > 0;) gram_[i * length_ + j] += gram_[i * length_ + j + 1];
  for (std::size_t i = length_ - 1; i-- > 0;) {
    information_[i] += information_[i + 1];
    for (std::size_t j = 0; j < length_; ++j) gram_[i * length_ + j] += gram_[(i + 1) * length_ + j];
  }
}

/// Adds variance * h h^T to B for the column h of increment k; a negative variance takes it away.
void DenseWalk::add_jump(std::size_t k, double variance) {
  const double scale = variance / (1 + variance * m_[k * length_ + k]);
  const std::vector<double> row(m_.begin() + static_cast<std::ptrdiff_t>(k * length_),
                                m_.begin() + static_cast<std::ptrdiff_t>((k + 1) * length_));
  const double of_y = scale * q_[k];
  for (std::size_t i = 0; i < length_; ++i) {
    const double factor = scale * row[i];
    q_[i] -= of_y * row[i];
    double* const to = m_.data() + i * length_;
    for (std::size_t j = 0; j < length_; ++j) to[j] -= factor * row[j];
  }
}

void DenseWalk::draw_jumps(double log_odds, const std::vector<double>& variances, std::vector<char>& jumps,
                           ChainStream& stream) {
  constexpr double least = 1e-12;  // 1 - w t of a jump that is on, against rounding
  m_ = gram_;
  q_ = information_;
  for (std::size_t k = 0; k < length_; ++k)
    if (jumps[k] != 0) add_jump(k, variances[k]);
  for (std::size_t k = 0; k < length_; ++k) {
    const double w = variances[k];
    const bool was_on = jumps[k] != 0;
    double t = m_[k * length_ + k];
    double g = q_[k];
    if (was_on) {
      const double without = std::max(1 - w * t, least);
      t /= without;
      g /= without;
    }
    const double volume = 1 + w * t;
    const double odds = log_odds + 0.5 * (w * g * g / volume - std::log(volume));
    const bool is_on = stream.uniform() * (1 + std::exp(-odds)) < 1;
    if (is_on != was_on) add_jump(k, is_on ? w : -w);
    jumps[k] = is_on ? 1 : 0;
  }
}

std::vector<double> DenseWalk::factorise(const std::vector<double>& variances) {
  active_.clear();
  root_.clear();
  for (std::size_t k = 0; k < length_; ++k)
    if (variances[k] > 0) {
      active_.push_back(k);
      root_.push_back(std::sqrt(variances[k]));
    }
  const std::size_t n = active_.size();
  factor_.resize(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j)
      factor_[i * n + j] = root_[i] * gram_[active_[i] * length_ + active_[j]] * root_[j];
    factor_[i * n + i] += 1;
  }
  for (std::size_t k = 0; k < n; ++k) {
    double* const pivot = factor_.data() + k * n;
    const double scale = 1 / std::sqrt(pivot[k]);
    for (std::size_t j = k; j < n; ++j) pivot[j] *= scale;
    for (std::size_t i = k + 1; i < n; ++i) {
      double* const row = factor_.data() + i * n;
      const double f = pivot[i];
      for (std::size_t j = i; j < n; ++j) row[j] -= f * pivot[j];
    }
  }
  std::vector<double> centre(n);
  for (std::size_t k = 0; k < n; ++k) centre[k] = root_[k] * information_[active_[k]];
  solve_lower(centre);
  return centre;
}

double DenseWalk::log_evidence(const std::vector<double>& variances, const std::vector<char>& jumps) {
  std::vector<double> effective = variances;
  for (std::size_t k = 0; k < length_; ++k)
    if (jumps[k] == 0) effective[k] = 0;
  const std::vector<double> centre = factorise(effective);
  double sum = 0;
  for (std::size_t k = 0; k < centre.size(); ++k)
    sum += 0.5 * centre[k] * centre[k] - std::log(factor_[k * centre.size() + k]);
  return sum;
}

void DenseWalk::exchange_neighbours(std::vector<double>& variances, std::vector<char>& jumps, ChainStream& stream) {
  constexpr int proposals = 8;
  double now = log_evidence(variances, jumps);
  for (int proposal = 0; proposal < proposals; ++proposal) {
    const auto k = static_cast<std::size_t>(stream.uniform() * static_cast<double>(length_ - 1));
    const auto exchange = [&] {
      std::swap(variances[k], variances[k + 1]);
      std::swap(jumps[k], jumps[k + 1]);
    };
    exchange();
    const double then = log_evidence(variances, jumps);
    if (stream.uniform() < std::exp(then - now))  // increments are drawn alike: the prior has no say
      now = then;
    else
      exchange();
  }
}

void DenseWalk::solve_lower(std::vector<double>& z) const {
  const std::size_t n = z.size();
  for (std::size_t k = 0; k < n; ++k) {
    const double* const row = factor_.data() + k * n;
    z[k] /= row[k];
    for (std::size_t j = k + 1; j < n; ++j) z[j] -= row[j] * z[k];
  }
}

void DenseWalk::solve_upper(std::vector<double>& z) const {
  const std::size_t n = z.size();
  for (std::size_t k = n; k-- > 0;) {
    const double* const row = factor_.data() + k * n;
    double sum = z[k];
    for (std::size_t j = k + 1; j < n; ++j) sum -= row[j] * z[j];
    z[k] = sum / row[k];
  }
}

void DenseWalk::to_signal(const std::vector<double>& z, std::vector<double>& signal) const {
  std::fill(signal.begin(), signal.end(), 0.0);
  for (std::size_t k = 0; k < active_.size(); ++k) signal[active_[k]] = root_[k] * z[k];
  for (std::size_t k = 1; k < length_; ++k) signal[k] += signal[k - 1];
}

void DenseWalk::draw(const std::vector<double>& variances, ChainStream& stream, std::vector<double>& signal,
                     std::vector<double>& mean) {
  std::vector<double> centre = factorise(variances);
  std::vector<double> drawn = centre;
  for (double& number : drawn) number += stream.normal();
  solve_upper(centre);
  solve_upper(drawn);
  to_signal(centre, mean);
  to_signal(drawn, signal);
}

void DenseWalk::add_covariance(std::vector<double>& sum) const {
  // column by column of U^-T W^(1/2) D^-T, whose products are the covariance
  const std::size_t n = active_.size();
  std::vector<double> columns(length_ * n);  // row j: the column of x_j
  for (std::size_t j = 0; j < length_; ++j) {
    std::vector<double> z(n, 0.0);
    for (std::size_t k = 0; k < n && active_[k] <= j; ++k) z[k] = root_[k];
    solve_lower(z);
    std::copy(z.begin(), z.end(), columns.begin() + static_cast<std::ptrdiff_t>(j * n));
  }
  for (std::size_t i = 0; i < length_; ++i)
    for (std::size_t j = i; j < length_; ++j)
      for (std::size_t k = 0; k < n; ++k) sum[i * length_ + j] += columns[i * n + k] * columns[j * n + k];
}

}  // namespace dpsbench
