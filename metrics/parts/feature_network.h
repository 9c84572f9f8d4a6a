#pragma once
#include <filesystem>
#include <memory>

#include "core/tensor.h"

namespace dpsbench {

/// A network the user brings as a TorchScript file, whose features FID and KID compare: for numbers comparable with
/// published ones the Inception file that StyleGAN's and EDM's authors publish (inception-2015-12-05.pt, 2048
/// features). It is given [B, 3, H, W] float, 0 to 255, whole numbers as an image file holds, and resizes by itself; an
/// argument `return_features` it may have is set. It answers [B, F].
class FeatureNetwork {
 public:
  /// A TorchScript file is a program: it can do all that the user can. Throws DataError naming the file if it is absent
  /// or not TorchScript.
  FeatureNetwork(const std::filesystem::path& file, const at::Device& device);
  ~FeatureNetwork();

  /// images: [B, C, H, W] in [0, 1] (to_unit_range); one channel stands for three equal ones. [B, F] double on the CPU.
  /// Throws DataError naming the file if it does not answer [B, F] finite numbers.
  [[nodiscard]] Tensor features(const Tensor& images) const;

 private:
  struct Module;
  std::filesystem::path file_;
  at::Device device_;
  std::unique_ptr<Module> module_;
};

}  // namespace dpsbench
