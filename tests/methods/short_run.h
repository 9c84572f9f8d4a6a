#pragma once
#include "methods/registry.h"
#include "tests/methods/problems.h"

namespace dpsbench {

/// Options that make a run short.
inline std::map<std::string, OptionValue> short_run(const MethodEntry& method) {
  const std::map<std::string, OptionValue> wished = {{"steps", std::int64_t{3}},
                                                     {"flow_steps", std::int64_t{2}},
                                                     {"mcmc_steps", std::int64_t{3}},
                                                     {"prior_steps", std::int64_t{5}},
                                                     {"particles", std::int64_t{2}},
                                                     {"langevin_steps", std::int64_t{3}},
                                                     {"draws", std::int64_t{2}},
                                                     {"data_steps", std::int64_t{3}},
                                                     {"purify_steps", std::int64_t{3}},
                                                     {"inner_steps", std::int64_t{3}},
                                                     {"first_gradient_steps", std::int64_t{3}},
                                                     {"more_gradient_steps", std::int64_t{3}},
                                                     {"early_stop", false},
                                                     {"rho", 1.0},
                                                     {"eta_start", 0.05},
                                                     {"eta_end", 0.03}};
  std::map<std::string, OptionValue> options;
  for (const OptionSpec& spec : method.options)
    if (const auto found = wished.find(spec.name); found != wished.end()) options.insert(*found);
  return options;
}

/// Two components with ten directions of variation each; in double, since single precision rounds a batch of one and of
/// three apart by 1e-7, and the first steps enlarge that a thousandfold.
inline GaussianMixturePrior mixture_of(const ImageShape& shape, const at::Device& device = at::kCPU) {
  const Tensor numbers = noise_of(2, 9).normal(Purpose::training, 0, {11, shape.elements()}, at::kDouble);
  const Tensor means = numbers.select(1, 0) * 0.3;
  const Tensor factors = numbers.slice(1, 1).transpose(1, 2) * 0.1;
  return {GaussianMixture::of_factors(at::zeros({2}, at::kDouble), means, factors, at::full({2}, 0.02, at::kDouble)),
          shape, TensorOptions().dtype(at::kDouble).device(device)};
}

}  // namespace dpsbench
