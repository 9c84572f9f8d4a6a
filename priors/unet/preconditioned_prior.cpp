#include "priors/unet/preconditioned_prior.h"

namespace dpsbench {

Evaluation PreconditionedPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  const Scalings at = preconditioning_.at(level);
  Evaluation inner = network_->evaluate(x_t * at.input, {.alpha_bar = level.alpha_bar, .time = at.told}, gradient);
  Evaluation evaluation{x_t * at.skip + inner.eps * at.output, inner.variance_fraction, {}};
  if (inner.pull_back)
    evaluation.pull_back = [at, of_network = std::move(inner.pull_back)](const std::vector<Tensor>& cotangents) {
      std::vector<Tensor> of_answer;
      for (const Tensor& cotangent : cotangents) of_answer.push_back(cotangent * at.output);
      std::vector<Tensor> gradients = of_network(of_answer);
      for (std::size_t k = 0; k < gradients.size(); ++k)
        gradients[k] = gradients[k] * at.input + cotangents[k] * at.skip;
      return gradients;
    };
  return evaluation;
}

}  // namespace dpsbench
