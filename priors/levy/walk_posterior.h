#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "priors/levy/chain_stream.h"
#include "priors/levy/signal_evidence.h"

namespace dpsbench {

/// The law of a signal x with increments u_k = x_k - x_{k-1} ~ N(0, v_k), x_{-1} = 0, given Gaussian evidence: the
/// Gaussian step of the Gibbs sampler. Increments with v_k = 0 are 0.
class WalkPosterior {
 public:
  virtual ~WalkPosterior() = default;

  /// Independent evidence of each number takes O(L) operations a step (Kalman's filter), other evidence at most O(L^3).
  static std::unique_ptr<WalkPosterior> of(const SignalEvidence& evidence);

  /// Draws anew, one after another and with x integrated out, which increments are not 0 when those have the given
  /// variances; log_odds of the prior. One draw decides between on and off.
  virtual void draw_jumps(double log_odds, const std::vector<double>& variances, std::vector<char>& jumps,
                          ChainStream& stream) = 0;

  /// Lets some increments, with x integrated out, change places with their neighbours (Metropolis): a jump seen through
  /// a blur would hardly ever move by a place otherwise. Where numbers are seen alone nothing holds a jump: no moves.
  virtual void exchange_neighbours(std::vector<double>&, std::vector<char>&, ChainStream&) {}

  /// Draws a signal for these variances and gives the mean it was drawn around, both [L].
  virtual void draw(const std::vector<double>& variances, ChainStream& stream, std::vector<double>& signal,
                    std::vector<double>& mean) = 0;

  /// Adds the covariance around that mean, for the variances of the last draw, to the upper triangle of `sum` [L L].
  virtual void add_covariance(std::vector<double>& sum) const = 0;
};

}  // namespace dpsbench
