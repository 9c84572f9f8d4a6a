#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

enum class LpipsNetwork { vgg16, alexnet };

/// How a network shrinks its features. `average` is piq's replace_pooling, which the linear heads were not trained
/// with.
enum class Pooling { maximum, average };

/// Weights by name: torchvision's features.<i>.weight [out, in, k, k] and features.<i>.bias [out] of the convolutions,
/// and the heads lin0 .. lin4 [out] of LPIPS v0.1.
using WeightMap = std::map<std::string, Tensor>;

/// Learned perceptual image patch similarity (Zhang et al. 2018, Eq. 1; v0.1 heads) as piq 0.8.0 computes it: features
/// after five rectifiers, each normalised over channels with 1e-10 added to the norm, squared differences weighted by
/// the heads, averaged over positions, summed over channels and layers. Float32.
class Lpips {
 public:
  /// Puts the weights on `device`. Throws DataError naming the first tensor that is missing or has another shape.
  Lpips(LpipsNetwork network, Pooling pooling, const WeightMap& weights, const at::Device& device);

  /// The distance of each pair. sample, reference: [B, C, H, W] in [0, 1]; one channel stands for three equal ones.
  /// Returns [B] double, >= 0. Throws Error for other ranges or shapes and for images smaller than least_side.
  [[nodiscard]] Tensor distance(const Tensor& sample, const Tensor& reference) const;

  /// The smallest side that reaches the last layer: 16 (VGG16), 31 (AlexNet).
  static std::int64_t least_side(LpipsNetwork network);

 private:
  struct Layer {
    Tensor weight;
    Tensor bias;
    std::int64_t stride;
    std::int64_t padding;
  };
  struct Stage {
    std::int64_t pool;  ///< side of the pooling before it, stride 2; 0: none
    std::vector<Layer> layers;
    Tensor head;  ///< [1, C, 1, 1]
  };

  [[nodiscard]] Tensor distance_of_few(const Tensor& sample, const Tensor& reference) const;
  [[nodiscard]] Tensor pooled(const Tensor& features, std::int64_t side) const;

  LpipsNetwork network_;
  Pooling pooling_;
  std::vector<Stage> stages_;
};

}  // namespace dpsbench
