#include "core/task_entry.h"

namespace dpsbench {
namespace {

/// y = clip(scale x, -1, 1): an overexposed picture.
class HighDynamicRange final : public Operator {
 public:
  HighDynamicRange(double scale, const ImageShape& shape) : scale_(scale), shape_(shape) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return (x * scale_).clamp(-1, 1); }
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override {
    return v * scale_ * ((x * scale_).abs() <= 1).to(v.scalar_type());
  }
  [[nodiscard]] bool is_linear() const override { return false; }
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override { return y * (1 / scale_); }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

 private:
  double scale_;
  ImageShape shape_;
};

}  // namespace

TaskEntry high_dynamic_range_task() {
  return {.name = "high_dynamic_range",
          .title = "High dynamic range: brightness scaled and clipped",
          .source = "RED-diff (Mardani et al. 2024), DAPS (Zhang et al. 2025)",
          .linear = false,
          .has_denoising_reference = false,
          .has_svd = false,
          .options = {{.name = "scale",
                       .default_value = 2.0,
                       .description = "factor on the image before it is clipped to [-1, 1]",
                       .least = 1,
                       .greatest = 100,
                       .choices = {}}},
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions&) {
            return std::make_unique<HighDynamicRange>(values.real("scale"), shape);
          }};
}

}  // namespace dpsbench
