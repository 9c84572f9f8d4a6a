#include "tasks/parts/super_resolution_operator.h"

#include "core/error.h"
#include "tasks/parts/matrix_products.h"
#include "tasks/parts/resize_matrix.h"

namespace dpsbench {

SuperResolutionOperator::SuperResolutionOperator(const Tensor& along_height, const Tensor& along_width,
                                                 std::int64_t scale, Enlargement enlargement, const ImageShape& shape,
                                                 const TensorOptions& options)
    : SeparableOperator(along_height, along_width, shape, options), scale_(scale), enlargement_(enlargement) {}

Tensor SuperResolutionOperator::nearest(const Tensor& y) const {
  return y.repeat_interleave(scale_, 2).repeat_interleave(scale_, 3);
}

Tensor SuperResolutionOperator::trivial_estimate(const Tensor& y) const {
  const Tensor along_height = bicubic_enlargement(y.size(2), scale_).to(y.options());
  const Tensor along_width = bicubic_enlargement(y.size(3), scale_).to(y.options());
  return on_axes(along_height, y, along_width);
}

std::optional<DenoisingReference> SuperResolutionOperator::denoising_reference(const Tensor& y) const {
  const auto d = static_cast<double>(scale_);
  const Tensor image = enlargement_ == Enlargement::nearest ? nearest(y) : adjoint(y) * (d * d);
  return DenoisingReference{.image = image, .mask = {}, .own_gradient = false, .strength = d, .capped = true};
}

std::vector<OptionSpec> super_resolution_options() {
  return {{.name = "scale",
           .default_value = std::int64_t{4},
           .description = "how many times smaller each side becomes",
           .least = 2,
           .greatest = 64,
           .choices = {}},
          {.name = "reference",
           .default_value = "nearest",
           .description = "how DPS-w's reference enlarges the measurement: pixels repeated, or the scaled adjoint",
           .choices = {"nearest", "adjoint"}}};
}

void check_scale(const OptionValues& values, const ImageShape& shape) {
  const std::int64_t scale = values.integer("scale");
  if (shape.height % scale != 0 || shape.width % scale != 0)
    throw UserError("scale: {} does not divide the image's {} x {} pixels", scale, shape.height, shape.width);
}

Enlargement enlargement_of(const OptionValues& values) {
  return values.word("reference") == "nearest" ? Enlargement::nearest : Enlargement::adjoint;
}

}  // namespace dpsbench
