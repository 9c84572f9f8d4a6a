#include "priors/tiled_prior.h"

#include "core/error.h"

namespace dpsbench {
namespace {

void require_fitting(const char* key, std::int64_t length, std::int64_t side, std::int64_t overlap) {
  if (length < side)
    throw UserError("tiles.{}: {} pixels, less than the {} of the network's images; allowed: {} or more", key, length,
                    side, side);
  if (overlap >= side)
    throw UserError("tiles.overlap: {} pixels, and the network's images have {}; allowed: 0 to {}", overlap, side,
                    side - 1);
}

/// Of each pixel of a tile's side: 1 at its edges, growing inwards to overlap + 1.
Tensor ramp(std::int64_t side, std::int64_t overlap) {
  const Tensor from_edge = at::arange(1, side + 1, at::kDouble);
  return at::minimum(from_edge, from_edge.flip(0)).clamp_max(static_cast<double>(overlap + 1));
}

}  // namespace

std::vector<std::int64_t> tile_starts(std::int64_t length, std::int64_t side, std::int64_t overlap) {
  const std::int64_t range = length - side;
  const std::int64_t stride = side - overlap;
  const std::int64_t steps = (range + stride - 1) / stride;
  std::vector<std::int64_t> starts = {0};
  for (std::int64_t k = 1; k <= steps; ++k) starts.push_back(range * k / steps);
  return starts;
}

std::int64_t tile_count(const Tiling& tiling, const ImageShape& tile) {
  require_fitting("height", tiling.height, tile.height, tiling.overlap);
  require_fitting("width", tiling.width, tile.width, tiling.overlap);
  return static_cast<std::int64_t>(tile_starts(tiling.height, tile.height, tiling.overlap).size() *
                                   tile_starts(tiling.width, tile.width, tiling.overlap).size());
}

TiledPrior::TiledPrior(std::unique_ptr<Prior> network, const Tiling& tiling)
    : network_(std::move(network)), tiling_(tiling), shape_{network_->shape().channels, tiling.height, tiling.width} {
  static_cast<void>(tile_count(tiling, network_->shape()));
  lay_tiles();
}

void TiledPrior::lay_tiles() {
  const ImageShape tile = network_->shape();
  const Tensor weight = at::outer(ramp(tile.height, tiling_.overlap), ramp(tile.width, tiling_.overlap));
  const Tensor sum = at::zeros({shape_.height, shape_.width}, at::kDouble);
  for (const std::int64_t top : tile_starts(shape_.height, tile.height, tiling_.overlap))
    for (const std::int64_t left : tile_starts(shape_.width, tile.width, tiling_.overlap)) {
      tiles_.push_back({top, left, weight});
      cut(sum, tiles_.back()).add_(weight);
    }
  for (Tile& one : tiles_) one.weight = (weight / cut(sum, one)).to(network_->options());
}

Tensor TiledPrior::cut(const Tensor& pictures, const Tile& tile) const {
  const ImageShape side = network_->shape();
  return pictures.narrow(-2, tile.top, side.height).narrow(-1, tile.left, side.width);
}

Evaluation TiledPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  if (x_t.dim() != 4 || image_shape(x_t) != shape_)
    throw Error(fmt::format("the tiled prior takes [B, {}, {}, {}], given [{}]", shape_.channels, shape_.height,
                            shape_.width, fmt::join(x_t.sizes(), ", ")));
  using PullBack = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;
  Evaluation whole{at::zeros_like(x_t), {}, {}};
  std::vector<PullBack> pull_backs;
  for (const Tile& tile : tiles_) {
    Evaluation seen = network_->evaluate(cut(x_t, tile).contiguous(), level, gradient);
    cut(whole.eps, tile).add_(seen.eps * tile.weight);
    if (seen.variance_fraction.defined()) {
      if (!whole.variance_fraction.defined()) whole.variance_fraction = at::zeros_like(x_t);
      cut(whole.variance_fraction, tile).add_(seen.variance_fraction * tile.weight);
    }
    if (seen.pull_back) pull_backs.push_back(std::move(seen.pull_back));
  }
  if (pull_backs.empty()) return whole;
  whole.pull_back = [this, pull_backs = std::move(pull_backs)](const std::vector<Tensor>& cotangents) {
    std::vector<Tensor> sums;
    for (const Tensor& cotangent : cotangents) sums.push_back(at::zeros_like(cotangent));
    for (std::size_t k = 0; k < tiles_.size(); ++k) {
      std::vector<Tensor> of_tile;
      for (const Tensor& cotangent : cotangents) of_tile.push_back(cut(cotangent, tiles_[k]) * tiles_[k].weight);
      const std::vector<Tensor> back = pull_backs[k](of_tile);
      for (std::size_t c = 0; c < sums.size(); ++c) cut(sums[c], tiles_[k]).add_(back[c]);
    }
    return sums;
  };
  return whole;
}

std::unique_ptr<Prior> TiledPrior::of_class(std::int64_t label) const {
  return std::make_unique<TiledPrior>(network_->of_class(label), tiling_);
}

}  // namespace dpsbench
