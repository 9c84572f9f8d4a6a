// Operators that LibTorch asks of every device: memory, views, copies; and those that a GPU has libraries for.
#include <ATen/EmptyTensor.h>
#include <ATen/native/TensorFactories.h>
#include <torch/library.h>

#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench::second_device {
namespace {

using Sizes = c10::SymIntArrayRef;
using Optional = std::optional<Tensor>;

c10::IntArrayRef plain(Sizes sizes) { return C10_AS_INTARRAYREF_SLOW(sizes); }

Tensor empty(Sizes size, std::optional<at::ScalarType> type, std::optional<at::Layout>, std::optional<at::Device>,
             std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(plain(size), c10::GetAllocator(device().type()),
                                   c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), c10::dtype_or_default(type),
                                   format);
}

Tensor empty_strided(Sizes size, Sizes stride, std::optional<at::ScalarType> type, std::optional<at::Layout>,
                     std::optional<at::Device>, std::optional<bool>) {
  return at::detail::empty_strided_generic(plain(size), plain(stride), c10::GetAllocator(device().type()),
                                           c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                           c10::dtype_or_default(type));
}

Tensor as_strided(const Tensor& self, Sizes size, Sizes stride, std::optional<c10::SymInt> offset) {
  Tensor view = at::detail::make_tensor<c10::TensorImpl>(c10::TensorImpl::VIEW, c10::Storage(self.storage()),
                                                         self.key_set(), self.dtype());
  view.unsafeGetTensorImpl()->set_sizes_and_strides(plain(size), plain(stride),
                                                    offset ? offset->expect_int() : self.storage_offset());
  return view;
}

Tensor view(const Tensor& self, Sizes size) { return at::native::view(self, plain(size)); }
Tensor reshape_alias(const Tensor& self, Sizes size, Sizes stride) { return as_strided(self, size, stride, {}); }
Tensor view_as_real(const Tensor& self) { return at::native::view_as_real(self); }
Tensor view_as_complex(const Tensor& self) { return at::native::view_as_complex(self); }
Tensor unfold(const Tensor& self, std::int64_t dimension, std::int64_t size, std::int64_t step) {
  return at::native::unfold(self, dimension, size, step);
}

const Tensor& resize(const Tensor& self, Sizes size, std::optional<at::MemoryFormat> format) {
  const Tensor fresh = empty(size, self.scalar_type(), {}, {}, {}, format);
  c10::TensorImpl* self_impl = self.unsafeGetTensorImpl();
  if (fresh.storage().nbytes() + static_cast<std::size_t>(self.storage_offset() * self.itemsize()) >
      self.storage().nbytes()) {
    self_impl->set_storage_keep_dtype(fresh.storage());
    self_impl->set_storage_offset(0);
  }
  self_impl->set_sizes_and_strides(fresh.sizes(), fresh.strides());
  return self;
}

Tensor& set_storage(Tensor& self, at::Storage source, c10::SymInt offset, Sizes size, Sizes stride) {
  self.unsafeGetTensorImpl()->set_storage_keep_dtype(std::move(source));
  self.unsafeGetTensorImpl()->set_sizes_and_strides(plain(size), plain(stride), offset.expect_int());
  return self;
}

Tensor copy_from(const Tensor& from, const Tensor& to, bool) {
  if (from.is_cpu())
    ++ledger().waits["to the device"];  // from memory that is not pinned
  else if (to.is_cpu())
    ++ledger().waits["to the host"];
  ledger().add("copy", 1, bytes_of(from) + bytes_of(to));
  on_host(to).copy_(on_host(from));
  return to;
}

Tensor copy_from_and_resize(const Tensor& from, const Tensor& to) {
  if (to.sizes() != from.sizes()) Tensor(to).resize_(from.sizes());
  return copy_from(from, to, false);
}

at::Scalar local_scalar_dense(const Tensor& self) {
  ++ledger().waits["item"];
  return at::_local_scalar_dense(on_host(self));
}

/// Of a filter [out, in / groups, ...], one image's output of `pixels`.
double products(const Tensor& weight, double images, double pixels) {
  return 2 * images * pixels * static_cast<double>(weight.numel());
}

void refuse_host(const char* name, const std::vector<Tensor>& tensors) {
  for (const Tensor& tensor : tensors) {
    if (!tensor.defined() || !tensor.is_cpu()) continue;
    ledger().mixtures.emplace_back(name);
    TORCH_CHECK(false, "Expected all tensors to be on the same device: ", name, " was given one on the host");
  }
}

/// Zeros of the host in the shape and layout of a convolution's answer.
Tensor convolved_zeros(const Tensor& x, const Tensor& weight, c10::IntArrayRef stride, c10::IntArrayRef padding,
                       c10::IntArrayRef dilation) {
  std::vector<std::int64_t> sizes = {x.size(0), weight.size(0)};
  for (std::size_t d = 0; d < stride.size(); ++d) {
    const auto axis = static_cast<std::int64_t>(d) + 2;
    const std::int64_t reach = dilation[d] * (weight.size(axis) - 1) + 1;
    sizes.push_back((x.size(axis) + 2 * padding[d] - reach) / stride[d] + 1);
  }
  return at::zeros(sizes, x.options().device(at::kCPU)).contiguous(x.suggest_memory_format());
}

Tensor zeros_of(const Tensor& tensor) {
  return at::empty_strided(tensor.sizes(), tensor.strides(), tensor.options().device(at::kCPU)).zero_();
}

Tensor convolution(const Tensor& x, const Tensor& weight, const Optional& bias, Sizes stride, Sizes padding,
                   Sizes dilation, bool transposed, Sizes output_padding, c10::SymInt groups) {
  if (ledger().on_operator) ledger().on_operator("aten::convolution");
  const Tensor added = bias.value_or(Tensor());
  refuse_host("convolution", {x, weight, added});
  const Tensor y = ledger().only_counts && !transposed
                       ? convolved_zeros(x, weight, plain(stride), plain(padding), plain(dilation))
                       : at::convolution(on_host(x), on_host(weight), added.defined() ? Optional(on_host(added)) : bias,
                                         plain(stride), plain(padding), plain(dilation), transposed,
                                         plain(output_padding), groups.expect_int());
  const double pixels = static_cast<double>(y.numel()) / static_cast<double>(y.size(0) * y.size(1));
  ledger().add("convolution", 1, bytes_of(x) + bytes_of(weight) + bytes_of(y),
               products(weight, static_cast<double>(x.size(0)), pixels));
  if (added.defined()) ledger().add("bias of a convolution", 1, 2 * bytes_of(y));  // ATen's cuDNN adds it afterwards
  return from_host(y);
}

std::tuple<Tensor, Tensor, Tensor> convolution_backward(const Tensor& gradient, const Tensor& x, const Tensor& weight,
                                                        Sizes stride, Sizes padding, Sizes dilation, bool transposed,
                                                        Sizes output_padding, c10::SymInt groups,
                                                        std::array<bool, 3> wanted) {
  if (ledger().on_operator) ledger().on_operator("aten::convolution_backward");
  refuse_host("convolution_backward", {gradient, x, weight});
  const auto convolved_back = [&]() -> std::tuple<Tensor, Tensor> {
    if (ledger().only_counts) return {wanted[0] ? zeros_of(x) : Tensor(), wanted[1] ? zeros_of(weight) : Tensor()};
    const auto all = at::convolution_backward(
        on_host(gradient), on_host(x), on_host(weight), std::nullopt, plain(stride), plain(padding), plain(dilation),
        transposed, plain(output_padding), groups.expect_int(), {wanted[0], wanted[1], false});
    return {std::get<0>(all), std::get<1>(all)};
  };
  const auto [of_x, of_weight] = convolved_back();
  const double pixels =
      static_cast<double>(gradient.numel()) / static_cast<double>(gradient.size(0) * gradient.size(1));
  for (const bool one : {wanted[0], wanted[1]})
    if (one)
      ledger().add("convolution, back", 1, bytes_of(gradient) + bytes_of(weight) + bytes_of(x),
                   products(weight, static_cast<double>(x.size(0)), pixels));
  return {from_host(of_x), from_host(of_weight), Tensor()};
}

/// Fused, as CUDA's: the weights never are in memory.
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Optional& mask, double dropout, bool causal,
                 std::optional<double> scale, bool grouped) {
  if (ledger().on_operator) ledger().on_operator("aten::scaled_dot_product_attention");
  refuse_host("scaled_dot_product_attention", {q, k, v, mask.value_or(Tensor())});
  const Tensor y =
      at::scaled_dot_product_attention(on_host(q), on_host(k), on_host(v), mask, dropout, causal, scale, grouped);
  ledger().add("attention", 1, bytes_of(q) + bytes_of(k) + bytes_of(v) + bytes_of(y),
               4 * static_cast<double>(q.numel()) * static_cast<double>(k.size(-2)));
  return from_host(y);
}

std::tuple<Tensor, Tensor, Tensor> native_group_norm(const Tensor& x, const Optional& weight, const Optional& bias,
                                                     c10::SymInt images, c10::SymInt channels, c10::SymInt pixels,
                                                     std::int64_t groups, double epsilon) {
  if (ledger().on_operator) ledger().on_operator("aten::native_group_norm");
  const auto host = [](const Optional& t) { return t ? Optional(on_host(*t)) : t; };
  const auto [y, mean, deviation] = at::native_group_norm(on_host(x), host(weight), host(bias), images.expect_int(),
                                                          channels.expect_int(), pixels.expect_int(), groups, epsilon);
  ledger().add("native_group_norm", 2, 3 * bytes_of(x));
  return {from_host(y), from_host(mean), from_host(deviation)};
}

}  // namespace
}  // namespace dpsbench::second_device

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  using namespace dpsbench;
  library.impl("empty.memory_format", second_device::empty);
  library.impl("empty_strided", second_device::empty_strided);
  library.impl("as_strided", second_device::as_strided);
  library.impl("view", second_device::view);
  library.impl("_reshape_alias", second_device::reshape_alias);
  library.impl("view_as_real", second_device::view_as_real);
  library.impl("view_as_complex", second_device::view_as_complex);
  library.impl("unfold", second_device::unfold);
  library.impl("resize_", second_device::resize);
  library.impl("set_.source_Storage_storage_offset", second_device::set_storage);
  library.impl("_copy_from", second_device::copy_from);
  library.impl("_copy_from_and_resize", second_device::copy_from_and_resize);
  library.impl("_local_scalar_dense", second_device::local_scalar_dense);
  library.impl("convolution_overrideable", second_device::convolution);
  library.impl("convolution_backward_overrideable", second_device::convolution_backward);
  library.impl("scaled_dot_product_attention", second_device::attention);
  library.impl("native_group_norm", second_device::native_group_norm);
}

// Copies see a conjugated tensor as it is stored; on_host() keeps what it means.
TORCH_LIBRARY_IMPL(aten, Conjugate, library) { library.impl("_copy_from", torch::CppFunction::makeFallthrough()); }
