#include <cmath>

#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/separable_operator.h"

namespace dpsbench {
namespace {

/// A signal convolved with a filter around a circle. A^+ leaves out what the filter damps beyond 0.03, as for other
/// blurs.
class CircularBlur final : public SeparableOperator {
 public:
  CircularBlur(const Tensor& matrix, const ImageShape& shape, const TensorOptions& options)
      : SeparableOperator(at::eye(1, at::kDouble), matrix, shape, options) {}

  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override { return y; }

 protected:
  [[nodiscard]] double pseudo_inverse_cutoff() const override { return 0.03; }
};

/// Row i holds `taps` numbers of a Gaussian around column i, summing to 1: [length, length].
Tensor circulant(std::int64_t taps, double sigma, std::int64_t length) {
  const Tensor offset = at::arange(taps, at::kDouble) - static_cast<double>(taps / 2);
  const Tensor filter = (offset.square() * (-0.5 / (sigma * sigma))).softmax(0);
  const Tensor padded = at::constant_pad_nd(filter, {0, length - taps});
  std::vector<Tensor> rows;
  for (std::int64_t i = 0; i < length; ++i) rows.push_back(padded.roll(i - taps / 2));
  return at::stack(rows);
}

void check_taps(const OptionValues& values, const ImageShape& shape) {
  const std::int64_t taps = values.integer("taps");
  if (taps % 2 == 0 || taps > shape.width)
    throw UserError("taps: {} is not allowed; allowed: odd numbers up to the signal's length {}", taps, shape.width);
}

}  // namespace

TaskEntry circular_blur_task() {
  return {.name = "circular_blur",
          .title = "Circular blur: a signal convolved with a Gaussian around a circle",
          .source = "Levy-process benchmark (arXiv 2509.12821): 13 taps of standard deviation 2",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = true,
          .options = {{.name = "taps",
                       .default_value = std::int64_t{13},
                       .description = "numbers of the filter, odd",
                       .least = 1,
                       .choices = {}},
                      {.name = "sigma",
                       .default_value = 2.0,
                       .description = "standard deviation of the Gaussian, places of the signal",
                       .least = 0.1,
                       .choices = {}}},
          .of_signals = true,
          .check = check_taps,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
            return std::make_unique<CircularBlur>(circulant(values.integer("taps"), values.real("sigma"), shape.width),
                                                  shape, options);
          }};
}

}  // namespace dpsbench
