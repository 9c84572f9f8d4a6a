#pragma once
#include <cstdint>

namespace dpsbench {

/// Arrays of a convolution with stride 1, channels last, zeros around each image. 3x3 is worked out by minimal
/// filtering, F(4x4, 3x3) of Lavin & Gray 2016 (arXiv 1509.09308): of each tile of 4x4 pixels the 6x6 around it are
/// transformed, which leaves 36 products for 144.
struct ConvolutionArrays {
  std::int64_t height;
  std::int64_t width;
  std::int64_t in;       ///< channels; of 3x3, a multiple of 16
  std::int64_t out;      ///< channels, a multiple of filter_panel
  const float* x;        ///< [images, height, width, in]
  const float* filters;  ///< 1x1: [out / panel, in, panel]; 3x3: [out / panel, 36, in, panel], transformed
  const float* bias;     ///< [out], or null
  const float* addend;   ///< added to the result, of y's shape, or null
  float* y;              ///< [images, height, width, out]
};

inline constexpr std::int64_t filter_panel = 32;     ///< output channels that are computed at a time
inline constexpr std::int64_t convolved_block = 48;  ///< tiles or pixels likewise
inline constexpr std::int64_t filter_points = 36;    ///< of a transformed patch

/// The transform evaluates polynomials at 0, these, their negatives, and infinity. Of numbers whose squares are short
/// binary fractions these round least: half the error of the usual 1 and 2.
inline constexpr float filter_nodes[] = {0.625F, 1.5F};

/// Tiles that an image is cut into; those of all images are numbered one after another.
inline std::int64_t image_tiles(std::int64_t height, std::int64_t width) {
  return (height + 3) / 4 * ((width + 3) / 4);
}

/// Floats between the 36 matrices of a block's transforms, so that they do not share sets of the cache.
inline constexpr std::int64_t matrix_padding = 16;

/// Floats of scratch that convolve_tiles needs: patches and products of a block, and a pixel outside of the image.
inline std::int64_t tile_scratch(std::int64_t in) {
  return filter_points * (convolved_block * (in + filter_panel) + 2 * matrix_padding) + in;
}

/// convolve_tiles computes the tiles of a 3x3 convolution from `first` to before `last`, convolve_pixels the pixels of
/// a 1x1. The same numbers come out on either instruction set, and however they are divided among calls.
namespace avx2 {
void convolve_tiles(const ConvolutionArrays& arrays, std::int64_t first, std::int64_t last, float* scratch);
void convolve_pixels(const ConvolutionArrays& arrays, std::int64_t first, std::int64_t last);
}  // namespace avx2
namespace avx512 {
void convolve_tiles(const ConvolutionArrays& arrays, std::int64_t first, std::int64_t last, float* scratch);
void convolve_pixels(const ConvolutionArrays& arrays, std::int64_t first, std::int64_t last);
}  // namespace avx512

}  // namespace dpsbench
