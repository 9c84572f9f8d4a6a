#include "runner/work/score_comparison.h"

#include <algorithm>
#include <cmath>

namespace dpsbench {

std::map<std::string, Tensor> compare_with_score(const MetricSet& metrics, const Prior& law, const Operator& op,
                                                 const Tensor& y, double sigma_y, const Tensor& samples) {
  const NoiseLevel level = law.schedule().level_of_sigma(std::max(noise_of_scores, law.smallest_sigma()));
  const double root = std::sqrt(level.alpha_bar);
  const Tensor all = samples.dim() == 4 ? samples.unsqueeze(1) : samples;
  std::vector<Tensor> scores;
  for (const Tensor& sample : all.unbind(1)) {
    const Tensor x = sample.to(law.options());
    const Tensor of_prior = law.score(x * root, level) * root;
    const Tensor of_data = op.vjp(x, y - op.forward(x)) * (1 / (sigma_y * sigma_y));
    scores.push_back((of_prior + of_data).to(at::kCPU));
  }
  return metrics.evaluate(ScoreInputs{all.to(at::kCPU), at::stack(scores, 1), sigma_y});
}

}  // namespace dpsbench
