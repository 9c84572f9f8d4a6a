#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// The half of BKSE's network that blurs (Tran et al., Explore Image Deblurring via Encoded Blur Kernel Space, CVPR
/// 2021): a picture and a point of the space of kernels -> the picture blurred. Features at a quarter of the size, a
/// U-Net whose innermost level is joined by the kernel, and the way back up, whose result is added to the picture.
/// Widths and depth are the weights' own.
class KernelNetwork {
 public:
  /// By the names of its authors' state dict; the half that extracts kernels may be among them. `file` is for
  /// messages. Throws DataError naming a tensor that is missing, misshapen or of a network with normalisations.
  KernelNetwork(std::map<std::string, Tensor> weights, const std::string& file, const TensorOptions& options);

  /// picture: [1, C, H, W] in [0, 1]; kernel: [1, kernel_channels, H / stride, W / stride]. Returns [1, C, H, W].
  [[nodiscard]] Tensor blur(const Tensor& picture, const Tensor& kernel) const;

  [[nodiscard]] std::int64_t channels() const;         ///< of a picture
  [[nodiscard]] std::int64_t kernel_channels() const;  ///< 512 of the public network
  [[nodiscard]] std::int64_t stride() const;           ///< sides of pictures are its multiples: 128

 private:
  struct Layer {
    Tensor weight;
    Tensor bias;  ///< undefined: none
  };
  struct Residual {
    Layer first;
    Layer second;
  };
  struct Level {
    Layer down;
    Layer up;
  };
  [[nodiscard]] Layer layer(const std::string& name, std::int64_t side) const;
  [[nodiscard]] std::vector<Residual> residuals(const std::string& before, std::int64_t first) const;
  void read_levels();
  void require_that_layers_fit() const;
  [[nodiscard]] Tensor through(const std::vector<Residual>& blocks, Tensor h) const;
  [[nodiscard]] Tensor adapt(std::size_t level, const Tensor& x, const Tensor& kernel) const;

  std::map<std::string, Tensor> weights_;
  std::string file_;
  std::vector<Layer> features_;  ///< three convolutions
  std::vector<Residual> feature_blocks_;
  std::vector<Level> levels_;  ///< the outermost first
  std::vector<Residual> back_blocks_;
  std::vector<Layer> back_;  ///< four convolutions
};

}  // namespace dpsbench
