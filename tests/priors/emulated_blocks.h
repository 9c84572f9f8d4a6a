#pragma once
#include <functional>

#include "priors/kernels/group_norm.h"
#include "priors/kernels/norm_blocks.h"

namespace dpsbench {

/// A way to do group normalisation.
struct Implementation {
  std::function<std::pair<Tensor, NormStatistics>(const Tensor&, const NormAffine&, bool, const NormGroups&)> forward;
  std::function<void(Tensor&, const Tensor&, const NormAffine&, const NormStatistics&, bool, const Tensor&)> backward;
};

inline const Implementation dispatched{group_norm_forward, group_norm_backward_};
inline const Implementation by_tensor_operations{tensor_operations::group_norm_forward,
                                                 tensor_operations::group_norm_backward_};

enum class Order { ascending, descending };

/// Runs works for a GPU on the host: block by block, and in every phase thread by thread.
struct EmulatedBlocks {
  Order order;

  template <typename Work>
  void operator()(const Work& work) const {
    for (std::int64_t block = 0; block < work.blocks(); ++block) {
      typename Work::Memory shared;
      for (int phase = 0; phase < Work::phases; ++phase)
        for (int k = 0; k < norm_blocks::threads; ++k)
          work.run(phase, static_cast<int>(block), order == Order::ascending ? k : norm_blocks::threads - 1 - k,
                   shared);
    }
  }
};

/// Tensors as the kernels see them; statistics are written.
template <typename T>
NormArrays<T> arrays_for_blocks(const Biased& biased, const NormAffine& affine, const NormStatistics& statistics,
                                double epsilon = norm_epsilon) {
  const Tensor& x = biased.x;
  const Tensor& bias = biased.bias;
  return {x.size(0),
          x.size(2) * x.size(3),
          x.size(1),
          static_cast<const T*>(x.const_data_ptr()),
          affine.scale.const_data_ptr<float>(),
          affine.shift.const_data_ptr<float>(),
          affine.scale.size(0) == 1 ? 0 : x.size(1),
          statistics.mean.data_ptr<float>(),
          statistics.reciprocal_deviation.data_ptr<float>(),
          epsilon,
          bias.defined() ? bias.const_data_ptr<float>() : nullptr,
          bias.defined() && bias.size(0) > 1 ? x.size(1) : 0};
}

/// The GPU's kernel on the host, which adds `bias` to x if it is defined. T: float or Bfloat16, as x holds.
template <typename T>
Implementation by_blocks(Order order, const Tensor& bias = {}) {
  const auto scratch_for = [](const Tensor& batch) {
    return std::vector<norm_blocks::Pair>(static_cast<std::size_t>(
        norm_blocks::scratch_pairs(batch.size(0), batch.size(2) * batch.size(3), batch.size(1))));
  };
  return {[=](const Tensor& x, const NormAffine& affine, bool silu, const NormGroups& groups) {
            const Tensor y = at::empty_like(x);
            const NormStatistics statistics{at::empty({x.size(0), norm_groups}), at::empty({x.size(0), norm_groups})};
            auto scratch = scratch_for(x);
            norm_blocks::forward(EmulatedBlocks{order},
                                 arrays_for_blocks<T>({x, bias}, affine, statistics, groups.epsilon), silu,
                                 static_cast<T*>(y.data_ptr()), scratch.data());
            return std::pair{y, statistics};
          },
          [=](Tensor& gradient, const Tensor& x, const NormAffine& affine, const NormStatistics& statistics, bool silu,
              const Tensor& addend) {
            auto scratch = scratch_for(gradient);
            norm_blocks::backward(EmulatedBlocks{order}, arrays_for_blocks<T>({x, bias}, affine, statistics), silu,
                                  gradient.size(0) / x.size(0), static_cast<T*>(gradient.data_ptr()),
                                  addend.defined() ? static_cast<const T*>(addend.const_data_ptr()) : nullptr,
                                  scratch.data());
          }};
}

}  // namespace dpsbench
