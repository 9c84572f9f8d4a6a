#pragma once
#include "priors/levy/walk_posterior.h"

namespace dpsbench {

/// Evidence that ties the numbers of the signal together: worked on the increments u = D x, of which only those with a
/// variance take part. With their deviations W^(1/2), u = W^(1/2) z and z has precision I + W^(1/2) G W^(1/2), which
/// stays well-conditioned where variances vanish; G = D^-T Lambda D^-1.
class DenseWalk final : public WalkPosterior {
 public:
  explicit DenseWalk(const SignalEvidence& evidence);

  /// With M = H^T B^-1 H and q = H^T B^-1 y, B the covariance of y given jumps and variances, a jump's odds take its
  /// own entries alone, and a change of it one rank-one update of both.
  void draw_jumps(double log_odds, const std::vector<double>& variances, std::vector<char>& jumps,
                  ChainStream& stream) override;
  void exchange_neighbours(std::vector<double>& variances, std::vector<char>& jumps, ChainStream& stream) override;
  void draw(const std::vector<double>& variances, ChainStream& stream, std::vector<double>& signal,
            std::vector<double>& mean) override;
  void add_covariance(std::vector<double>& sum) const override;

 private:
  void add_jump(std::size_t k, double variance);
  /// log p(evidence | variances, jumps), x integrated out, up to a constant.
  double log_evidence(const std::vector<double>& variances, const std::vector<char>& jumps);
  /// Factorises for these variances and gives U^-T W^(1/2) h of the increments.
  std::vector<double> factorise(const std::vector<double>& variances);
  void solve_lower(std::vector<double>& z) const;
  void solve_upper(std::vector<double>& z) const;
  /// x = D^-1 W^(1/2) z.
  void to_signal(const std::vector<double>& z, std::vector<double>& signal) const;

  std::size_t length_;
  std::vector<double> gram_;         ///< G, [L L]
  std::vector<double> information_;  ///< D^-T h, [L]
  std::vector<double> m_;            ///< M, [L L]
  std::vector<double> q_;            ///< [L]
  std::vector<std::size_t> active_;  ///< increments with a variance
  std::vector<double> root_;         ///< their deviations
  std::vector<double> factor_;       ///< upper Cholesky factor, rows of `active_` numbers
};

}  // namespace dpsbench
