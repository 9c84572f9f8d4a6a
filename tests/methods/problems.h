#pragma once
#include "methods/registry.h"
#include "priors/mixture/prior.h"
#include "tasks/registry.h"

namespace dpsbench {

inline TensorOptions in_double() { return TensorOptions().dtype(at::kDouble); }

/// Options of a method by name, the rest at their defaults.
inline std::unique_ptr<Method> make_method(const std::string& name, const std::map<std::string, OptionValue>& given) {
  const MethodEntry& entry = find_method(name);
  return entry.make(OptionValues(entry.options, given));
}

/// A task's operator for a batch, the options not given at their defaults.
inline std::unique_ptr<Operator> bind_task(const std::string& name, const std::map<std::string, OptionValue>& given,
                                           const Prior& prior, const Noise& noise) {
  const TaskEntry& entry = find_task(name);
  return entry.bind(OptionValues(entry.options, given), prior.shape(), noise, prior.options());
}

/// Noise of `count` images named 0, 1, ...
inline PhiloxNoise noise_of(std::int64_t count, std::uint64_t seed = 1, std::int64_t first = 0) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < count; ++i) streams.push_back({"test", std::to_string(first + i), 0});
  return {seed, streams};
}

/// A two-component mixture in double on 1 x 2 x 2 images, with correlated pixels and unequal weights.
inline GaussianMixturePrior small_mixture() {
  const Tensor means = at::tensor({-0.6, 0.2, 0.1, -0.3, 0.7, -0.1, 0.4, 0.5}, in_double()).reshape({2, 4});
  const Tensor roots = at::tensor({0.4, 0.0, 0.0, 0.0, 0.2,  0.3, 0.0, 0.0, -0.1, 0.1, 0.35, 0.0, 0.05, 0.1, 0.1, 0.25,
                                   0.2, 0.0, 0.0, 0.0, -0.1, 0.3, 0.0, 0.0, 0.1,  0.0, 0.30, 0.0, 0.0,  0.2, 0.1, 0.40},
                                  in_double())
                           .reshape({2, 4, 4});
  const auto mixture = GaussianMixture::of_covariances(at::tensor({0.3, 0.7}, in_double()).log(), means,
                                                       roots.matmul(roots.transpose(1, 2)));
  return {mixture, {1, 2, 2}, in_double()};
}

}  // namespace dpsbench
