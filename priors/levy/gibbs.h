#pragma once
#include <memory>

#include "priors/levy/law.h"
#include "priors/levy/walk_posterior.h"

namespace dpsbench {

/// A Markov chain whose limit is the posterior of a Levy signal given Gaussian evidence: Gibbs sampling of the
/// increments' variances (and, for bernoulli_laplace, of which increments are 0) in turn with the signal, which is
/// Gaussian given them. Increments between two numbers that are seen alone, and none between them, may change places:
/// they are shuffled each sweep, since a jump would hardly ever wander through numbers that nothing is known of. The
/// chain starts from Gaussian increments as large as the law's scale.
class LevyGibbs {
 public:
  LevyGibbs(const LevyLaw& law, const SignalEvidence& evidence, ChainStream stream);

  void sweep();

  /// A sweep in which neighbouring increments may change places besides, where numbers are seen together. Several times
  /// as expensive: for references.
  void exchanging_sweep();

  [[nodiscard]] const std::vector<double>& signal() const { return signal_; }

  /// E[signal | variances] of the last sweep. Its average over sweeps tends to the posterior mean, with less noise than
  /// that of the signals (Rao & Blackwell), and none for the gaussian law.
  [[nodiscard]] const std::vector<double>& conditional_mean() const { return mean_; }

  /// Adds Cov(signal | variances) of the last sweep to the upper triangle of `sum` [L L].
  void add_conditional_covariance(std::vector<double>& sum) const { walk_->add_covariance(sum); }

 private:
  void draw_variances();  ///< and which increments are not 0
  void draw_signal();
  void shuffle_hidden_increments();

  LevyLaw law_;
  ChainStream stream_;
  std::unique_ptr<WalkPosterior> walk_;
  bool is_sparse_;
  std::vector<std::pair<std::size_t, std::size_t>> hidden_runs_;  ///< first and behind the last of some increments
  std::vector<char> jumps_;                                       ///< whether an increment is not 0
  std::vector<double> variances_;                                 ///< of increments that are not 0
  std::vector<double> effective_;                                 ///< with 0 for those that are
  std::vector<double> signal_;
  std::vector<double> mean_;
};

/// How long a chain runs.
struct ChainLength {
  std::int64_t burn_in = 100;
  std::int64_t kept = 300;
};

/// First two moments of a posterior as a chain found them.
struct SignalMoments {
  std::vector<double> mean;        ///< [L]
  std::vector<double> covariance;  ///< [L L], symmetric; empty where not asked for
};

/// Means of the conditional mean, and of the conditional covariance with the covariance of the conditional means.
SignalMoments levy_moments(const LevyLaw& law, const SignalEvidence& evidence, const ChainLength& chain,
                           ChainStream stream, bool with_covariance);

}  // namespace dpsbench
