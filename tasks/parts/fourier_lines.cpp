#include "tasks/parts/fourier_lines.h"

#include <cmath>
#include <numbers>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr std::int64_t image_axes[2] = {2, 3};
constexpr double root_two = std::numbers::sqrt2;

Tensor complex_of(const Tensor& pairs) { return at::view_as_complex(pairs.contiguous()); }

/// The negative frequency of each, in centred order: [..., H, W].
Tensor negated(const Tensor& values) {
  Tensor turned = values.flip({-2, -1});
  for (const std::int64_t axis : {-2, -1})
    if (values.size(axis) % 2 == 0) turned = turned.roll(1, axis);
  return turned;
}

/// Columns of values [B, C, H, W] by a place for each, [B, W]; W gives zeros.
Tensor columns_at(const Tensor& values, const Tensor& places) {
  const Tensor padded = at::constant_pad_nd(values, {0, 1});
  return padded.gather(3, places.unsqueeze(1).unsqueeze(1).expand(values.sizes()));
}

}  // namespace

Tensor FourierLines::transformed(const Tensor& pairs) {
  const Tensor spectrum =
      at::fft_fft2(at::fft_ifftshift(complex_of(pairs), image_axes), c10::nullopt, image_axes, "ortho");
  return at::view_as_real(at::fft_fftshift(spectrum, image_axes)).contiguous();
}

Tensor FourierLines::untransformed(const Tensor& pairs) {
  const Tensor image =
      at::fft_ifft2(at::fft_ifftshift(complex_of(pairs), image_axes), c10::nullopt, image_axes, "ortho");
  return at::view_as_real(at::fft_fftshift(image, image_axes)).contiguous();
}

Tensor FourierLines::taken(const Tensor& pairs) const {
  const Tensor planes = pairs.permute({0, 1, 4, 2, 3}).flatten(1, 2);  // [B, 2 C', H, W]
  const std::int64_t count = lines_.size(1);
  return planes.gather(
      3, lines_.unsqueeze(1).unsqueeze(1).expand({planes.size(0), planes.size(1), planes.size(2), count}));
}

Tensor FourierLines::filled(const Tensor& y) const {
  const Tensor places = lines_.unsqueeze(1).unsqueeze(1).expand(y.sizes());
  const Tensor planes = at::zeros({y.size(0), y.size(1), y.size(2), shape_.width}, y.options()).scatter(3, places, y);
  return planes.reshape({y.size(0), transforms_, 2, shape_.height, shape_.width}).permute({0, 1, 3, 4, 2}).contiguous();
}

Tensor FourierLines::columns_measured(const TensorOptions& options) const {
  return at::zeros({lines_.size(0), shape_.width}, options).scatter(1, lines_, 1);
}

ComplexFourierLines::ComplexFourierLines(const Tensor& lines, const ImageShape& shape, const TensorOptions& options)
    : FourierLines(lines, shape.channels / 2, shape) {
  const Tensor measured = columns_measured(options).reshape({-1, 1, 1, shape.width, 1});
  s_ = measured.expand({lines.size(0), transforms_, shape.height, shape.width, 2}).flatten(1);
}

Tensor ComplexFourierLines::v_transpose(const Tensor& x) const {
  const Tensor parts = x.reshape({x.size(0), transforms_, 2, shape_.height, shape_.width});
  return transformed(parts.permute({0, 1, 3, 4, 2})).flatten(1);
}

Tensor ComplexFourierLines::v(const Tensor& z) const {
  return untransformed(as_pairs(z)).permute({0, 1, 4, 2, 3}).flatten(1, 2).contiguous();
}

RealFourierLines::RealFourierLines(const Tensor& lines, const ImageShape& shape, const TensorOptions& options)
    : FourierLines(lines, shape.channels, shape) {
  if (2 * lines.size(1) > shape.width) throw Error("more than half of the columns are measured");
  const Tensor place = at::arange(shape.height * shape.width, lines.options()).reshape({shape.height, shape.width});
  first_ = place < negated(place);
  own_ = place == negated(place);
  const Tensor measured = columns_measured(options);
  const Tensor negative = negated(measured.unsqueeze(1)).squeeze(1);
  const Tensor both = measured * negative;
  const Tensor neither = (1 - measured) * (1 - negative);
  both_ = both.reshape({-1, 1, 1, shape.width});
  weight_ = 1 - both_ * (1 - std::sqrt(0.5));
  const Tensor single = measured + negative - 2 * both;
  const Tensor s = (both + single * std::sqrt(0.5)).reshape({-1, 1, 1, shape.width});
  s_ = s.expand(shape.batch(lines.size(0))).flatten(1);
  // the k-th column of both_ is hosted by the k-th of neither
  const Tensor guest = at::full({lines.size(0), shape.width}, shape.width, at::kLong);
  const Tensor host = guest.clone();
  for (std::int64_t b = 0; b < lines.size(0); ++b) {
    const Tensor from = both[b].to(at::kCPU).nonzero().flatten();
    const Tensor to = neither[b].to(at::kCPU).nonzero().flatten().slice(0, 0, from.size(0));
    guest[b].scatter_(0, to, from);
    host[b].scatter_(0, from, to);
  }
  guest_ = guest.to(options.device());
  host_ = host.to(options.device());
}

Tensor RealFourierLines::forward(const Tensor& x) const {
  return taken(transformed(at::stack({x, at::zeros_like(x)}, -1)));
}

Tensor RealFourierLines::vjp(const Tensor&, const Tensor& w) const {
  return untransformed(filled(w)).select(-1, 0).contiguous();
}

Tensor RealFourierLines::v_transpose(const Tensor& x) const {
  const Tensor spectrum = transformed(at::stack({x, at::zeros_like(x)}, -1));
  const Tensor real = spectrum.select(-1, 0);
  const Tensor imaginary = spectrum.select(-1, 1);
  return at::where(own_, real, at::where(first_, real * root_two, imaginary * -root_two)).flatten(1);
}

Tensor RealFourierLines::v(const Tensor& z) const {
  const Tensor here = z.reshape(shape_.batch(z.size(0)));
  const Tensor there = negated(here);
  const double half = std::sqrt(0.5);
  const Tensor real = at::where(own_, here, at::where(first_, here, there) * half);
  const Tensor imaginary = at::where(own_, at::zeros_like(here), at::where(first_, there, -here) * half);
  return untransformed(at::stack({real, imaginary}, -1)).select(-1, 0).contiguous();
}

Tensor RealFourierLines::u_transpose(const Tensor& y) const {
  const Tensor pairs = filled(y);
  const Tensor real = pairs.select(-1, 0);
  const Tensor imaginary = pairs.select(-1, 1);
  const Tensor real_there = negated(real);
  const Tensor imaginary_there = negated(imaginary);
  const Tensor told = at::where(first_, real + real_there, imaginary_there - imaginary) * weight_;
  const Tensor useless = at::where(first_, real - real_there, imaginary + imaginary_there) * weight_;
  const Tensor hosted = columns_at(at::where(own_, imaginary, useless) * both_, guest_);
  return (at::where(own_, real, told) + hosted).flatten(1);
}

Tensor RealFourierLines::u(const Tensor& z) const {
  const Tensor here = z.reshape(shape_.batch(z.size(0)));
  const Tensor useless = columns_at(here, host_);
  const Tensor there = negated(here);
  const Tensor useless_there = negated(useless);
  const Tensor real = at::where(first_, here + useless, there - useless_there) * weight_;
  const Tensor imaginary = at::where(first_, there + useless_there, useless - here) * weight_;
  return taken(at::stack({at::where(own_, here, real), at::where(own_, useless, imaginary)}, -1));
}

}  // namespace dpsbench
