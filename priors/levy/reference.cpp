#include "priors/levy/reference.h"

namespace dpsbench {

namespace {

/// Sums over all kept sweeps.
struct Sums {
  explicit Sums(std::size_t length) : mean(length), sum(length), square(length) {}

  void add(const LevyGibbs& gibbs) {
    if (origin.empty()) origin = gibbs.signal();
    for (std::size_t i = 0; i < origin.size(); ++i) {
      const double offset = gibbs.signal()[i] - origin[i];
      mean[i] += gibbs.conditional_mean()[i];
      sum[i] += offset;
      square[i] += offset * offset;
    }
  }

  std::vector<double> mean;
  std::vector<double> origin;  ///< the first signal: squares of small differences cancel nothing
  std::vector<double> sum;
  std::vector<double> square;
};

}  // namespace

LevyReference levy_reference(const LevyLaw& law, const SignalEvidence& evidence, const ReferenceLength& length) {
  Sums sums(evidence.information.size());
  std::vector<double> draws;
  for (std::int64_t chain = 0; chain < length.chains; ++chain) {
    LevyGibbs gibbs(law, evidence, ChainStream(evidence.digest(), static_cast<std::uint64_t>(chain) + 1));
    for (std::int64_t k = 0; k < length.each.burn_in; ++k) gibbs.exchanging_sweep();
    for (std::int64_t k = 1; k <= length.each.kept; ++k) {
      gibbs.exchanging_sweep();
      sums.add(gibbs);
      if (k % length.apart == 0) draws.insert(draws.end(), gibbs.signal().begin(), gibbs.signal().end());
    }
  }
  const auto count = static_cast<double>(length.chains * length.each.kept);
  const Tensor first = at::tensor(sums.sum, at::kDouble) / count;
  const Tensor second = at::tensor(sums.square, at::kDouble) / count;
  return {at::tensor(sums.mean, at::kDouble) / count, (second - first.square()).clamp_min(0).sqrt(),
          at::tensor(draws, at::kDouble).view({length.chains, -1, evidence.length()})};
}

std::shared_ptr<const LevyReference> LevyReferences::of(const SignalEvidence& evidence) {
  constexpr std::size_t most = 128;  // some MB each
  const std::uint64_t key = evidence.digest();
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
  }
  auto reference = std::make_shared<const LevyReference>(levy_reference(law_, evidence, length_));
  const std::lock_guard lock(mutex_);
  if (known_.size() >= most) known_.clear();
  return known_.emplace(key, std::move(reference)).first->second;
}

}  // namespace dpsbench
