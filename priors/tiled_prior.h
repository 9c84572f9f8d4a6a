#pragma once
#include <functional>
#include <memory>

#include "core/prior.h"

namespace dpsbench {

/// Pictures that are larger than a network's images, and how far neighbouring tiles overlap at least, in pixels.
struct Tiling {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t overlap = 0;
};

/// Where tiles of `side` pixels begin along `length`: the fewest that overlap by `overlap` at least, evenly spread from
/// 0 to length - side. length >= side > overlap >= 0.
std::vector<std::int64_t> tile_starts(std::int64_t length, std::int64_t side, std::int64_t overlap);

/// Tiles of a picture. Throws UserError where it is smaller than a tile of that shape, or the overlap is no smaller.
std::int64_t tile_count(const Tiling& tiling, const ImageShape& tile);

/// A prior of pictures of another size than its network's images: the noise of a pixel is the mean of what the tiles
/// that hold it predict, weighted by how far it lies from their edges (up to the overlap), each tile seen alone
/// (MultiDiffusion, Bar-Tal et al. 2023, Eq. 5, with weights). That is no law of pictures that the network knows:
/// nothing binds what lies farther apart than a tile. One evaluation is a pass for each tile, one after another.
class TiledPrior final : public Prior {
 public:
  /// Throws UserError as tile_count does.
  TiledPrior(std::unique_ptr<Prior> network, const Tiling& tiling);

  /// The pull-back refers to this prior, which must outlive it.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] NoiseSchedule schedule() const override { return network_->schedule(); }
  [[nodiscard]] double smallest_sigma() const override { return network_->smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return network_->clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return network_->options(); }
  [[nodiscard]] std::unique_ptr<Prior> of_class(std::int64_t label) const override;
  void release_memory() const override { network_->release_memory(); }

  /// Puts another prior in place of the network: the same, seen otherwise.
  void replace_network(const std::function<std::unique_ptr<Prior>(std::unique_ptr<Prior>)>& with) {
    network_ = with(std::move(network_));
  }

 private:
  struct Tile {
    std::int64_t top;
    std::int64_t left;
    Tensor weight;  ///< [h, w]; of all tiles that hold a pixel they add up to 1
  };
  [[nodiscard]] Tensor cut(const Tensor& pictures, const Tile& tile) const;
  void lay_tiles();

  std::unique_ptr<Prior> network_;
  Tiling tiling_;
  ImageShape shape_;
  std::vector<Tile> tiles_;
};

}  // namespace dpsbench
