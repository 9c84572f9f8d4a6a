#include "priors/unet/frozen_convolution.h"

#include <algorithm>
#include <vector>

namespace dpsbench {
namespace {

/// A channels-last tensor as a matrix, one row a pixel: [B, C, H, W] -> [B H W, C], the same memory. Throws where
/// it is not channels last.
Tensor as_rows(const Tensor& x) { return x.permute({0, 2, 3, 1}).view({-1, x.size(1)}); }

/// The reverse, for the pixels of `image`.
Tensor as_image(const Tensor& rows, const Tensor& image) {
  return rows.view({image.size(0), image.size(2), image.size(3), rows.size(1)}).permute({0, 3, 1, 2});
}

/// ATen's convolutions on a CPU choose algorithm and order of sums by batch and threads, and an image's numbers must
/// not depend on its batch: so they are given two images at a time, a lone one twice.
template <typename Convolve>
Tensor in_pairs(const Tensor& x, const Convolve& convolve) {
  if (!x.is_cpu()) return convolve(x);
  std::vector<Tensor> results;
  for (std::int64_t i = 0; i < x.size(0); i += 2) {
    const Tensor images = x.narrow(0, i, std::min<std::int64_t>(2, x.size(0) - i));
    results.push_back(images.size(0) == 2 ? convolve(images) : convolve(at::cat({images, images})).narrow(0, 0, 1));
  }
  return at::cat(results);
}

}  // namespace

Tensor computable(const Tensor& x) {
  return x.defined() && x.is_cpu() && x.scalar_type() == at::kBFloat16 ? x.to(at::kFloat) : x;
}

FrozenConvolution::FrozenConvolution(const Tensor& weight, const Tensor& bias, const ConvolutionGrid& grid)
    : type_(weight.scalar_type()),
      weight_(computable(weight).contiguous(frozen_memory_format)),
      bias_(computable(bias)),
      wide_bias_(bias.defined() && bias.scalar_type() == at::kBFloat16 ? bias.to(at::kFloat) : bias),
      grid_(grid),
      by_matrix_(weight.size(2) == 1 && grid.stride == 1) {
  if (grid.stride != 1) return;
  packed_.emplace(weight_, PackedConvolution::Direction::forward);
  packed_back_.emplace(weight_, PackedConvolution::Direction::adjoint);
}

Tensor FrozenConvolution::forward(const Tensor& any_x, const Tensor& addend) const {
  const Tensor x = computable(any_x).contiguous(frozen_memory_format);
  if (packed_ && packed_->suits(x)) {
    const Tensor added = computable(addend);
    return (*packed_)(x, bias_, added.defined() ? added.contiguous(frozen_memory_format) : added).to(type_);
  }
  if (!addend.defined() || !may_leave_bias(x)) {
    Tensor y = convolved(x, bias_);
    return addend.defined() ? y.add_(addend) : y;
  }
  Tensor y = convolved(x, {});
  if (!can_wait_for_bias(y)) return y.add_(bias_.view({-1, 1, 1})).add_(addend);
  add_bias_(y, wide_bias_, addend);
  return y;
}

Biased FrozenConvolution::forward_biased(const Tensor& x) const {
  if (!may_leave_bias(x)) return forward(x);
  Tensor y = convolved(x.contiguous(frozen_memory_format), {});
  if (!can_wait_for_bias(y)) return y.add_(bias_.view({-1, 1, 1}));
  return {y, wide_bias_.view({1, -1})};
}

Tensor FrozenConvolution::convolved(const Tensor& x, const Tensor& bias) const {
  const std::int64_t stride = grid_.stride;
  const std::int64_t padding = grid_.centred ? weight_.size(2) / 2 : 0;
  const std::int64_t behind = rows_behind();
  const Tensor y =
      by_matrix_
          ? as_image(at::linear(as_rows(x), weight_.flatten(1), bias), x)
          : in_pairs(behind == 0 ? x : at::constant_pad_nd(x, {0, behind, 0, behind}), [&](const Tensor& images) {
              return at::conv2d(images, weight_, bias, {stride, stride}, {padding, padding});
            });
  return y.to(type_).contiguous(
      frozen_memory_format);  // the layout of a single channel is ambiguous: say which is meant
}

Tensor FrozenConvolution::backward(const Tensor& any_gradient) const {
  const Tensor gradient = computable(any_gradient).contiguous(frozen_memory_format);
  if (packed_back_ && packed_back_->suits(gradient)) return (*packed_back_)(gradient, {}, {}).to(type_);
  const Tensor weight = weight_.narrow(0, 0, gradient.size(1));
  if (by_matrix_) return as_image(at::mm(as_rows(gradient), weight.flatten(1)), gradient).to(type_);
  const std::int64_t stride = grid_.stride;
  const std::int64_t padding = grid_.centred ? weight_.size(2) / 2 : 0;
  const std::int64_t height = stride * gradient.size(2);
  const std::int64_t width = stride * gradient.size(3);
  const std::int64_t behind = rows_behind();
  const auto convolve_back = [&](const Tensor& gradients) {
    // only the shape of the input is asked for
    const Tensor input = at::empty({gradients.size(0), weight_.size(1), height + behind, width + behind},
                                   gradients.options().memory_format(frozen_memory_format));
    return std::get<0>(at::convolution_backward(gradients, input, weight, at::nullopt, {stride, stride},
                                                {padding, padding}, {1, 1}, false, {0, 0}, 1, {true, false, false}));
  };
  const Tensor of_padded = in_pairs(gradient, convolve_back).to(type_);
  return behind == 0 ? of_padded : of_padded.narrow(2, 0, height).narrow(3, 0, width);
}

}  // namespace dpsbench
