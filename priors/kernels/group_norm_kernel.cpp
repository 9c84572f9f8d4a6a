#include "priors/kernels/group_norm_kernel.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "core/compiled_for.h"
#include "priors/kernels/group_norm.h"
#include "priors/kernels/vector_exp.h"

namespace dpsbench {
namespace {

constexpr std::int64_t lanes = 32;        // channels whose sums stay in registers; divides every layer's channels
constexpr std::int64_t chunk = 64;        // pixels summed in T before the sum goes to double
constexpr std::int64_t tile_size = 4096;  // numbers of the tile that several cotangents share, within the first cache

/// Mean and sum of squared deviations of one channel, merged chunk by chunk (Chan, Golub & LeVeque 1983).
struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;

  void merge(double n, double chunk_mean, double chunk_squares) {
    const double total = count + n;
    const double delta = chunk_mean - mean;
    mean += delta * n / total;
    squares += chunk_squares + delta * delta * count * n / total;
    count = total;
  }
};

template <typename T>
DPSBENCH_VECTORISED void channel_moments(const T* x, std::int64_t pixels, std::int64_t channels, Moments* moments) {
  for (std::int64_t c0 = 0; c0 < channels; c0 += lanes) {
    for (std::int64_t p0 = 0; p0 < pixels; p0 += chunk) {
      const std::int64_t n = std::min(chunk, pixels - p0);
      const T* start = x + p0 * channels + c0;
      std::array<T, lanes> mean{};
      for (std::int64_t p = 0; p < n; ++p)
        for (std::int64_t c = 0; c < lanes; ++c) mean[c] += start[p * channels + c];
      for (T& m : mean) m /= static_cast<T>(n);
      std::array<T, lanes> squares{};
      for (std::int64_t p = 0; p < n; ++p)
        for (std::int64_t c = 0; c < lanes; ++c) {
          const T deviation = start[p * channels + c] - mean[c];
          squares[c] += deviation * deviation;
        }
      for (std::int64_t c = 0; c < lanes; ++c) moments[c0 + c].merge(static_cast<double>(n), mean[c], squares[c]);
    }
  }
}

/// Per channel: z = (x - mean) * slope + shift, normalised = (x - mean) * reciprocal.
template <typename T>
struct Coefficients {
  explicit Coefficients(std::int64_t channels)
      : mean(channels), reciprocal(channels), slope(channels), scale(channels), shift(channels) {}

  void set(const NormArrays<T>& a, std::int64_t image) {
    const std::int64_t width = a.channels / norm_groups;
    for (std::int64_t c = 0; c < a.channels; ++c) {
      mean[c] = a.mean[image * norm_groups + c / width];
      reciprocal[c] = a.reciprocal_deviation[image * norm_groups + c / width];
      scale[c] = a.scale[image * a.affine_stride + c];
      shift[c] = a.shift[image * a.affine_stride + c];
      slope[c] = scale[c] * reciprocal[c];
    }
  }

  std::vector<T> mean;
  std::vector<T> reciprocal;
  std::vector<T> slope;
  std::vector<T> scale;
  std::vector<T> shift;
};

template <typename T, bool silu>
DPSBENCH_VECTORISED void map_pixels(const T* __restrict__ x, std::int64_t pixels, std::int64_t channels,
                                    const Coefficients<T>& k, T* __restrict__ y) {
  const T* __restrict__ mean = k.mean.data();
  const T* __restrict__ slope = k.slope.data();
  const T* __restrict__ shift = k.shift.data();
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c) {
      const T z = (x[p * channels + c] - mean[c]) * slope[c] + shift[c];
      y[p * channels + c] = silu ? z / (1 + vector_exp(-z)) : z;
    }
}

/// d y / d normalised of some pixels: scale f'(z), with f'(z) = s (1 + z (1 - s)), s = 1 / (1 + exp(-z)).
template <typename T, bool silu>
DPSBENCH_VECTORISED void derivatives(const T* __restrict__ x, std::int64_t pixels, std::int64_t channels,
                                     const Coefficients<T>& k, T* __restrict__ d) {
  const T* __restrict__ mean = k.mean.data();
  const T* __restrict__ slope = k.slope.data();
  const T* __restrict__ shift = k.shift.data();
  const T* __restrict__ scale = k.scale.data();
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c) {
      const T z = (x[p * channels + c] - mean[c]) * slope[c] + shift[c];
      const T s = 1 / (1 + vector_exp(-z));
      d[p * channels + c] = silu ? scale[c] * (s * (1 + z * (1 - s))) : scale[c];
    }
}

/// gradient *= d, and adds the sums of gradient and of gradient * normalised to those of each channel.
template <typename T>
DPSBENCH_VECTORISED void multiply_and_sum(const T* __restrict__ x, const T* __restrict__ d, std::int64_t pixels,
                                          std::int64_t channels, const Coefficients<T>& k, T* __restrict__ gradient,
                                          double* sums, double* products) {
  for (std::int64_t c0 = 0; c0 < channels; c0 += lanes) {
    std::array<T, lanes> sum{};
    std::array<T, lanes> product{};
    for (std::int64_t p = 0; p < pixels; ++p)
      for (std::int64_t c = 0; c < lanes; ++c) {
        const std::int64_t i = p * channels + c0 + c;
        const T g = gradient[i] * d[i];
        gradient[i] = g;
        sum[c] += g;
        product[c] += g * ((x[i] - k.mean[c0 + c]) * k.reciprocal[c0 + c]);
      }
    for (std::int64_t c = 0; c < lanes; ++c) {
      sums[c0 + c] += sum[c];
      products[c0 + c] += product[c];
    }
  }
}

/// Sums over the channels of each group, spread back to the channels and divided by the group's size.
template <typename T>
std::vector<T> group_means(const double* sums, std::int64_t channels, std::int64_t pixels) {
  const std::int64_t width = channels / norm_groups;
  std::vector<T> means(channels);
  for (std::int64_t c0 = 0; c0 < channels; c0 += width) {
    double sum = 0;
    for (std::int64_t c = c0; c < c0 + width; ++c) sum += sums[c];
    for (std::int64_t c = c0; c < c0 + width; ++c) means[c] = static_cast<T>(sum / static_cast<double>(width * pixels));
  }
  return means;
}

/// gradient = (gradient - mean gradient - normalised * mean product) * reciprocal + addend.
template <typename T>
DPSBENCH_VECTORISED void project(const T* __restrict__ x, std::int64_t pixels, std::int64_t channels,
                                 const Coefficients<T>& k, const std::vector<T>& mean_gradient,
                                 const std::vector<T>& mean_product, T* __restrict__ gradient,
                                 const T* __restrict__ addend) {
  const T* __restrict__ mean = k.mean.data();
  const T* __restrict__ reciprocal = k.reciprocal.data();
  const T* __restrict__ offset = mean_gradient.data();
  const T* __restrict__ along = mean_product.data();
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::int64_t i = p * channels + c;
      const T normalised = (x[i] - mean[c]) * reciprocal[c];
      const T projected = (gradient[i] - offset[c] - normalised * along[c]) * reciprocal[c];
      gradient[i] = addend == nullptr ? projected : projected + addend[i];
    }
}

template <typename T>
void pull_back_image(const NormArrays<T>& a, bool silu, std::int64_t image, std::int64_t cotangents, T* gradient,
                     const T* addend) {
  const std::int64_t size = a.pixels * a.channels;
  const T* x = a.x + image * size;
  Coefficients<T> k(a.channels);
  k.set(a, image);
  std::vector<double> sums(cotangents * a.channels);
  std::vector<double> products(cotangents * a.channels);
  const std::int64_t tile = std::max<std::int64_t>(1, tile_size / a.channels);
  std::vector<T> d(tile * a.channels);
  for (std::int64_t p0 = 0; p0 < a.pixels; p0 += tile) {
    const std::int64_t n = std::min(tile, a.pixels - p0);
    const std::int64_t start = p0 * a.channels;
    silu ? derivatives<T, true>(x + start, n, a.channels, k, d.data())
         : derivatives<T, false>(x + start, n, a.channels, k, d.data());
    for (std::int64_t j = 0; j < cotangents; ++j)
      multiply_and_sum(x + start, d.data(), n, a.channels, k, gradient + (j * a.images + image) * size + start,
                       &sums[j * a.channels], &products[j * a.channels]);
  }
  for (std::int64_t j = 0; j < cotangents; ++j) {
    const std::int64_t start = (j * a.images + image) * size;
    project(x, a.pixels, a.channels, k, group_means<T>(&sums[j * a.channels], a.channels, a.pixels),
            group_means<T>(&products[j * a.channels], a.channels, a.pixels), gradient + start,
            addend == nullptr ? nullptr : addend + start);
  }
}

template <typename T>
DPSBENCH_VECTORISED void multiply_channels(const T* __restrict__ factor, std::int64_t pixels, std::int64_t channels,
                                           T* __restrict__ y) {
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c) y[p * channels + c] *= factor[c];
}

/// As pull_back_image of one cotangent, but the sums are taken before the scale is multiplied in: they are the
/// gradients of the affine map.
template <typename T>
void pull_back_image_with_affine(const NormArrays<T>& a, bool silu, std::int64_t image, T* gradient, T* of_scale,
                                 T* of_shift) {
  const T* x = a.x + image * a.pixels * a.channels;
  Coefficients<T> k(a.channels);
  k.set(a, image);
  const std::vector<T> scale = std::exchange(k.scale, std::vector<T>(a.channels, 1));
  std::vector<double> sums(a.channels);
  std::vector<double> products(a.channels);
  const std::int64_t tile = std::max<std::int64_t>(1, tile_size / a.channels);
  std::vector<T> d(tile * a.channels);
  for (std::int64_t p0 = 0; p0 < a.pixels; p0 += tile) {
    const std::int64_t n = std::min(tile, a.pixels - p0);
    const std::int64_t start = p0 * a.channels;
    silu ? derivatives<T, true>(x + start, n, a.channels, k, d.data())
         : derivatives<T, false>(x + start, n, a.channels, k, d.data());
    multiply_and_sum(x + start, d.data(), n, a.channels, k, gradient + start, sums.data(), products.data());
    multiply_channels(scale.data(), n, a.channels, gradient + start);
  }
  for (std::int64_t c = 0; c < a.channels; ++c) {
    of_scale[c] = static_cast<T>(products[c]);
    of_shift[c] = static_cast<T>(sums[c]);
    products[c] *= scale[c];
    sums[c] *= scale[c];
  }
  project(x, a.pixels, a.channels, k, group_means<T>(sums.data(), a.channels, a.pixels),
          group_means<T>(products.data(), a.channels, a.pixels), gradient, static_cast<const T*>(nullptr));
}

}  // namespace

template <typename T>
void normalise_channels_last(const NormArrays<T>& a, bool silu, T* y) {
  at::parallel_for(0, a.images, 1, [&](std::int64_t first, std::int64_t last) {
    const std::int64_t width = a.channels / norm_groups;
    Coefficients<T> k(a.channels);
    for (std::int64_t image = first; image < last; ++image) {
      const std::int64_t start = image * a.pixels * a.channels;
      std::vector<Moments> moments(a.channels);
      channel_moments(a.x + start, a.pixels, a.channels, moments.data());
      for (std::int64_t g = 0; g < norm_groups; ++g) {
        Moments group;
        for (std::int64_t c = g * width; c < (g + 1) * width; ++c)
          group.merge(moments[c].count, moments[c].mean, moments[c].squares);
        a.mean[image * norm_groups + g] = static_cast<T>(group.mean);
        a.reciprocal_deviation[image * norm_groups + g] =
            static_cast<T>(1 / std::sqrt(group.squares / group.count + a.epsilon));
      }
      k.set(a, image);
      silu ? map_pixels<T, true>(a.x + start, a.pixels, a.channels, k, y + start)
           : map_pixels<T, false>(a.x + start, a.pixels, a.channels, k, y + start);
    }
  });
}

template <typename T>
void pull_back_channels_last(const NormArrays<T>& a, bool silu, std::int64_t cotangents, T* gradient, const T* addend) {
  at::parallel_for(0, a.images, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t image = first; image < last; ++image)
      pull_back_image(a, silu, image, cotangents, gradient, addend);
  });
}

template <typename T>
void pull_back_with_affine_channels_last(const NormArrays<T>& a, bool silu, T* gradient, T* scale_gradient,
                                         T* shift_gradient) {
  at::parallel_for(0, a.images, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t image = first; image < last; ++image)
      pull_back_image_with_affine(a, silu, image, gradient + image * a.pixels * a.channels,
                                  scale_gradient + image * a.channels, shift_gradient + image * a.channels);
  });
}

template void normalise_channels_last(const NormArrays<float>&, bool, float*);
template void normalise_channels_last(const NormArrays<double>&, bool, double*);
template void pull_back_channels_last(const NormArrays<float>&, bool, std::int64_t, float*, const float*);
template void pull_back_channels_last(const NormArrays<double>&, bool, std::int64_t, double*, const double*);
template void pull_back_with_affine_channels_last(const NormArrays<float>&, bool, float*, float*, float*);
template void pull_back_with_affine_channels_last(const NormArrays<double>&, bool, double*, double*, double*);

}  // namespace dpsbench
