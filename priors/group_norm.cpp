#include "priors/group_norm.h"

#include "priors/group_norm_kernel.h"

namespace dpsbench {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

bool has_kernel(const Tensor& x) {
  return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) &&
         x.is_contiguous(channels_last);
}

template <typename T>
NormArrays<T> arrays_of(const Tensor& x, const NormAffine& affine, const NormStatistics& statistics) {
  return {x.size(0),
          x.size(2) * x.size(3),
          x.size(1),
          x.const_data_ptr<T>(),
          affine.scale.const_data_ptr<T>(),
          affine.shift.const_data_ptr<T>(),
          affine.scale.size(0) == 1 ? 0 : x.size(1),
          statistics.mean.data_ptr<T>(),
          statistics.reciprocal_deviation.data_ptr<T>()};
}

NormAffine contiguous(const NormAffine& affine) { return {affine.scale.contiguous(), affine.shift.contiguous()}; }

}  // namespace

std::pair<Tensor, NormStatistics> group_norm_forward(const Tensor& x, const NormAffine& affine, bool silu) {
  if (!has_kernel(x)) return tensor_operations::group_norm_forward(x, affine, silu);
  const Tensor y = at::empty_like(x);
  const NormStatistics statistics{at::empty({x.size(0), norm_groups}, x.options()),
                                  at::empty({x.size(0), norm_groups}, x.options())};
  const NormAffine rows = contiguous(affine);
  if (x.scalar_type() == at::kFloat)
    normalise_channels_last(arrays_of<float>(x, rows, statistics), silu, y.data_ptr<float>());
  else
    normalise_channels_last(arrays_of<double>(x, rows, statistics), silu, y.data_ptr<double>());
  return {y, statistics};
}

void group_norm_backward_(Tensor& gradient, const Tensor& x, const NormAffine& affine, const NormStatistics& statistics,
                          bool silu, const Tensor& addend) {
  if (!has_kernel(x)) return tensor_operations::group_norm_backward_(gradient, x, affine, statistics, silu, addend);
  if (!gradient.is_contiguous(channels_last)) gradient = gradient.contiguous(channels_last);
  const Tensor added = addend.defined() ? addend.contiguous(channels_last) : addend;
  const std::int64_t cotangents = gradient.size(0) / x.size(0);
  const NormAffine rows = contiguous(affine);
  const auto run = [&]<typename T>(T*) {
    pull_back_channels_last(arrays_of<T>(x, rows, statistics), silu, cotangents, gradient.data_ptr<T>(),
                            added.defined() ? added.const_data_ptr<T>() : nullptr);
  };
  if (x.scalar_type() == at::kFloat)
    run(static_cast<float*>(nullptr));
  else
    run(static_cast<double*>(nullptr));
}

namespace tensor_operations {
namespace {

/// Statistics [B, 32] as [B, C, 1, 1].
Tensor of_channels(const Tensor& statistics, std::int64_t channels) {
  return statistics.repeat_interleave(channels / norm_groups, 1).unsqueeze(-1).unsqueeze(-1);
}

Tensor of_pixels(const Tensor& rows) { return rows.unsqueeze(-1).unsqueeze(-1); }

/// Means over the pixels and channels of each group: [N, C, H, W] -> [N, C, 1, 1].
Tensor group_mean(const Tensor& x) {
  const Tensor of_groups = x.mean({2, 3}).unflatten(1, {norm_groups, -1}).mean(2);
  return of_channels(of_groups, x.size(1));
}

}  // namespace

std::pair<Tensor, NormStatistics> group_norm_forward(const Tensor& x, const NormAffine& affine, bool silu) {
  const std::int64_t pixels = x.size(2) * x.size(3);
  auto [normalised, mean, reciprocal] =
      at::native_group_norm(x, {}, {}, x.size(0), x.size(1), pixels, norm_groups, norm_epsilon);
  Tensor y = at::addcmul(of_pixels(affine.shift), normalised, of_pixels(affine.scale));
  if (silu) at::silu_(y);
  return {y, {mean, reciprocal}};
}

void group_norm_backward_(Tensor& gradient, const Tensor& x, const NormAffine& affine, const NormStatistics& statistics,
                          bool silu, const Tensor& addend) {
  const std::int64_t channels = x.size(1);
  const std::int64_t cotangents = gradient.size(0) / x.size(0);
  const auto for_each_cotangent = [&](const Tensor& t) {
    return cotangents == 1 ? t : t.repeat({cotangents, 1, 1, 1});
  };
  const Tensor reciprocal = of_channels(statistics.reciprocal_deviation, channels);
  const Tensor normalised = (x - of_channels(statistics.mean, channels)) * reciprocal;
  Tensor g = gradient;
  if (silu) {
    const Tensor z = at::addcmul(of_pixels(affine.shift), normalised, of_pixels(affine.scale));
    g = at::silu_backward(gradient, for_each_cotangent(z));
  }
  const Tensor scale = of_pixels(affine.scale);
  g = g * (scale.size(0) == 1 ? scale : for_each_cotangent(scale));
  const Tensor n = for_each_cotangent(normalised);
  gradient = (g - group_mean(g) - n * group_mean(g * n)) * for_each_cotangent(reciprocal);
  if (addend.defined()) gradient += addend;
}

}  // namespace tensor_operations
}  // namespace dpsbench
