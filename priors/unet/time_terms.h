#pragma once
#include <functional>
#include <map>

#include "priors/kernels/group_norm.h"

namespace dpsbench {

/// What a network's layers make of one time. Each works its own out where it first asks; a later pass at the same time
/// finds it, and a GPU is asked for some four kernels a layer less.
class TimeTerms {
 public:
  /// `embedding`: SiLU of the time's embedding, [1 or B, 4 num_channels]; undefined where no layer is told a time.
  explicit TimeTerms(Tensor embedding) : embedding_(std::move(embedding)) {}

  /// The layer's own, made by `make` of the embedding where it is not there yet.
  const NormAffine& of(const void* layer, const std::function<NormAffine(const Tensor&)>& make) {
    const auto found = terms_.find(layer);
    return found != terms_.end() ? found->second : terms_.emplace(layer, make(embedding_)).first->second;
  }

 private:
  Tensor embedding_;
  std::map<const void*, NormAffine> terms_;
};

}  // namespace dpsbench
