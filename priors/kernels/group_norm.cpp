#include "priors/kernels/group_norm.h"

#include "priors/kernels/device_kernels.h"
#include "priors/kernels/norm_blocks.h"

namespace dpsbench {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

bool has_cpu_kernel(const Tensor& x) {
  return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) &&
         x.is_contiguous(channels_last);
}

/// ATen's sums on several threads are split by how many numbers there are in all; so it is given one image at a time.
bool is_done_one_by_one(const Tensor& x) { return x.is_cpu() && x.size(0) > 1; }

Tensor of_image(const Tensor& rows, std::int64_t image) { return rows.size(0) == 1 ? rows : rows.narrow(0, image, 1); }

NormAffine of_image(const NormAffine& affine, std::int64_t image) {
  return {of_image(affine.scale, image), of_image(affine.shift, image)};
}

bool has_kernel(const Tensor& x, std::int64_t groups) {
  return has_norm_kernels(groups, x.size(1)) && (has_cpu_kernel(x) || has_device_kernels(x));
}

template <typename T>
NormArrays<T> arrays_of(const Biased& biased, const NormAffine& affine, const NormStatistics& statistics,
                        double epsilon = norm_epsilon) {
  using Number = NumberOf<T>;
  const Tensor& x = biased.x;
  const bool has_bias = biased.bias.defined();
  return {x.size(0),
          x.size(2) * x.size(3),
          x.size(1),
          numbers_of<T>(x),
          affine.scale.const_data_ptr<Number>(),
          affine.shift.const_data_ptr<Number>(),
          affine.scale.size(0) == 1 ? 0 : x.size(1),
          statistics.mean.data_ptr<Number>(),
          statistics.reciprocal_deviation.data_ptr<Number>(),
          epsilon,
          has_bias ? biased.bias.const_data_ptr<Number>() : nullptr,
          has_bias && biased.bias.size(0) > 1 ? x.size(1) : 0};
}

/// Runs a kernel for the numbers that x holds.
template <typename Kernel>
void for_type_of(const Tensor& x, const Kernel& kernel) {
  if (x.scalar_type() == at::kDouble)
    kernel(static_cast<double*>(nullptr));
  else if (x.scalar_type() == at::kFloat)
    kernel(static_cast<float*>(nullptr));
  else
    kernel(static_cast<Bfloat16*>(nullptr));
}

NormAffine contiguous(const NormAffine& affine) { return {affine.scale.contiguous(), affine.shift.contiguous()}; }

NormStatistics empty_statistics(const Tensor& x) {
  const auto type = x.scalar_type() == at::kBFloat16 ? at::kFloat : x.scalar_type();
  const auto make = [&] { return at::empty({x.size(0), norm_groups}, x.options().dtype(type)); };
  return {make(), make()};
}

/// What the kernels of x's device write down on the way.
Tensor scratch_for(const Tensor& x, std::int64_t images) {
  return at::empty({2 * norm_blocks::scratch_pairs(images, x.size(2) * x.size(3), x.size(1))},
                   x.options().dtype(at::kFloat).memory_format(at::MemoryFormat::Contiguous));
}

template <typename T>
void run_forward(const Tensor& x, const NormArrays<T>& arrays, bool silu, T* y) {
  if constexpr (!std::is_same_v<T, Bfloat16>)
    if (x.is_cpu()) return normalise_channels_last(arrays, silu, y);
  if constexpr (!std::is_same_v<T, double>) {
    const DeviceStream stream(x);
    const Tensor scratch = scratch_for(x, arrays.images);
    device_kernels<T>(x).normalise(arrays, silu, y, scratch.data_ptr<float>(), stream.handle());
  }
}

template <typename T>
void run_backward(const Tensor& x, const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient,
                  const T* addend) {
  if constexpr (!std::is_same_v<T, Bfloat16>)
    if (x.is_cpu()) return pull_back_channels_last(arrays, silu, cotangents, gradient, addend);
  if constexpr (!std::is_same_v<T, double>) {
    const DeviceStream stream(x);
    const Tensor scratch = scratch_for(x, cotangents * arrays.images);
    device_kernels<T>(x).pull_back(arrays, silu, cotangents, gradient, addend, scratch.data_ptr<float>(),
                                   stream.handle());
  }
}

}  // namespace

std::pair<Tensor, NormStatistics> group_norm_forward(const Biased& biased, const NormAffine& affine, bool silu,
                                                     const NormGroups& groups) {
  const Tensor& x = biased.x;
  if (biased.bias.defined() && !(has_kernel(x, groups.count) && can_wait_for_bias(x)))
    return group_norm_forward(biased.sum(), affine, silu, groups);
  if (!has_kernel(x, groups.count)) {
    if (x.scalar_type() != at::kBFloat16) return tensor_operations::group_norm_forward(x, affine, silu, groups);
    auto [y, statistics] = group_norm_forward(x.to(at::kFloat), affine, silu, groups);
    return {y.to(x.scalar_type()), statistics};
  }
  const Tensor y = at::empty_like(x);
  const NormStatistics statistics = empty_statistics(x);
  const NormAffine rows = contiguous(affine);
  for_type_of(x, [&]<typename T>(T*) {
    run_forward(x, arrays_of<T>(biased, rows, statistics, groups.epsilon), silu, numbers_of<T>(y));
  });
  return {y, statistics};
}

void group_norm_backward_(Tensor& gradient, const Biased& biased, const NormAffine& affine,
                          const NormStatistics& statistics, bool silu, const Tensor& addend) {
  const Tensor& x = biased.x;
  const bool has = has_kernel(x, statistics.mean.size(1));
  if (biased.bias.defined() && !(has && can_wait_for_bias(x)))
    return group_norm_backward_(gradient, biased.sum(), affine, statistics, silu, addend);
  if (!has) {
    if (x.scalar_type() != at::kBFloat16)
      return tensor_operations::group_norm_backward_(gradient, x, affine, statistics, silu, addend);
    const auto as_float = [](const Tensor& t) { return t.defined() ? t.to(at::kFloat) : t; };
    Tensor exact = as_float(gradient);
    group_norm_backward_(exact, as_float(x), affine, statistics, silu, as_float(addend));
    gradient = exact.to(x.scalar_type());
    return;
  }
  if (!gradient.is_contiguous(channels_last)) gradient = gradient.contiguous(channels_last);
  const Tensor added = addend.defined() ? addend.contiguous(channels_last) : addend;
  const std::int64_t cotangents = gradient.size(0) / x.size(0);
  const NormAffine rows = contiguous(affine);
  for_type_of(x, [&]<typename T>(T*) {
    run_backward<T>(x, arrays_of<T>(biased, rows, statistics), silu, cotangents, numbers_of<T>(gradient),
                    added.defined() ? numbers_of<T>(added) : nullptr);
  });
}

NormAffine group_norm_backward_with_affine_(Tensor& gradient, const Tensor& x, const NormAffine& affine,
                                            const NormStatistics& statistics, bool silu) {
  const NormAffine rows = contiguous(affine);
  const NormAffine sums{at::empty({x.size(0), x.size(1)}, x.options()), at::empty({x.size(0), x.size(1)}, x.options())};
  const auto run = [&]<typename T>(T*) {
    pull_back_with_affine_channels_last(arrays_of<T>(x, rows, statistics), silu, gradient.data_ptr<T>(),
                                        sums.scale.data_ptr<T>(), sums.shift.data_ptr<T>());
  };
  x.scalar_type() == at::kDouble ? run(static_cast<double*>(nullptr)) : run(static_cast<float*>(nullptr));
  if (affine.scale.size(0) != 1) return sums;
  return {sums.scale.sum(0, true), sums.shift.sum(0, true)};
}

namespace tensor_operations {
namespace {

/// Statistics [B, groups] as [B, C, 1, 1].
Tensor of_channels(const Tensor& statistics, std::int64_t channels) {
  return statistics.repeat_interleave(channels / statistics.size(1), 1).unsqueeze(-1).unsqueeze(-1);
}

Tensor of_pixels(const Tensor& rows) { return rows.unsqueeze(-1).unsqueeze(-1); }

/// Means over the pixels and channels of each group: [N, C, H, W] -> [N, C, 1, 1].
Tensor group_mean(const Tensor& x, std::int64_t groups) {
  const Tensor of_groups = x.mean({2, 3}).unflatten(1, {groups, -1}).mean(2);
  return of_channels(of_groups, x.size(1));
}

}  // namespace

std::pair<Tensor, NormStatistics> group_norm_forward(const Tensor& x, const NormAffine& affine, bool silu,
                                                     const NormGroups& groups) {
  if (is_done_one_by_one(x)) {
    std::vector<Tensor> y, mean, reciprocal;
    for (std::int64_t image = 0; image < x.size(0); ++image) {
      const auto [of_one, statistics] =
          tensor_operations::group_norm_forward(x.narrow(0, image, 1), of_image(affine, image), silu, groups);
      y.push_back(of_one);
      mean.push_back(statistics.mean);
      reciprocal.push_back(statistics.reciprocal_deviation);
    }
    return {at::cat(y), {at::cat(mean), at::cat(reciprocal)}};
  }
  const std::int64_t pixels = x.size(2) * x.size(3);
  auto [normalised, mean, reciprocal] =
      at::native_group_norm(x, {}, {}, x.size(0), x.size(1), pixels, groups.count, groups.epsilon);
  Tensor y = at::addcmul(of_pixels(affine.shift), normalised, of_pixels(affine.scale));
  if (silu) at::silu_(y);
  return {y, {mean, reciprocal}};
}

void group_norm_backward_(Tensor& gradient, const Tensor& x, const NormAffine& affine, const NormStatistics& statistics,
                          bool silu, const Tensor& addend) {
  if (is_done_one_by_one(gradient)) {
    std::vector<Tensor> of_all;
    for (std::int64_t row = 0; row < gradient.size(0); ++row) {  // image after image, cotangent after cotangent
      const std::int64_t image = row % x.size(0);
      Tensor of_one = gradient.narrow(0, row, 1);
      tensor_operations::group_norm_backward_(
          of_one, x.narrow(0, image, 1), of_image(affine, image),
          {of_image(statistics.mean, image), of_image(statistics.reciprocal_deviation, image)}, silu,
          addend.defined() ? addend.narrow(0, row, 1) : addend);
      of_all.push_back(of_one);
    }
    gradient = at::cat(of_all);
    return;
  }
  const std::int64_t channels = x.size(1);
  const std::int64_t groups = statistics.mean.size(1);
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
  gradient = (g - group_mean(g, groups) - n * group_mean(g * n, groups)) * for_each_cotangent(reciprocal);
  if (addend.defined()) gradient += addend;
}

}  // namespace tensor_operations
}  // namespace dpsbench
