#include <cmath>
#include <numbers>

#include "core/task_entry.h"
#include "tasks/parts/number_list.h"
#include "tasks/parts/separable_operator.h"

namespace dpsbench {
namespace {

std::vector<std::int64_t> frequencies_of(const OptionValues& values, const ImageShape& shape) {
  return number_list("frequencies", values.word("frequencies"), shape.width / 2);
}

/// The rows of the orthonormal real Fourier transform that belong to the frequencies: first the real parts, then the
/// imaginary parts, of which frequency 0 and the highest of an even length have none.
Tensor fourier_rows(const std::vector<std::int64_t>& frequencies, std::int64_t length) {
  std::vector<Tensor> real;
  std::vector<Tensor> imaginary;
  const auto count = static_cast<double>(length);
  for (const std::int64_t frequency : frequencies) {
    const Tensor angle =
        at::arange(length, at::kDouble) * (2 * std::numbers::pi * static_cast<double>(frequency) / count);
    const bool alone = frequency == 0 || 2 * frequency == length;
    const double scale = std::sqrt((alone ? 1 : 2) / count);
    real.push_back(angle.cos() * scale);
    if (!alone) imaginary.push_back(angle.sin() * -scale);
  }
  real.insert(real.end(), imaginary.begin(), imaginary.end());
  return at::stack(real);
}

}  // namespace

TaskEntry partial_fourier_task() {
  return {.name = "partial_fourier",
          .title = "Partial Fourier: some frequencies of a signal",
          .source = "Levy-process benchmark (arXiv 2509.12821): 19 of 33 frequencies, 36 real numbers",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = true,
          .options = {{.name = "frequencies",
                       .default_value = "0 1 2 3 4 6 8 9 12 13 17 18 19 21 25 27 29 31 32",
                       .description = "cycles a signal, ascending, up to half its length",
                       .choices = {}}},
          .measures = "coefficients of a transform",
          .of_signals = true,
          .check = [](const OptionValues& values, const ImageShape& shape) { (void)frequencies_of(values, shape); },
          .bind =
              [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
                return std::make_unique<SeparableOperator>(
                    at::eye(1, at::kDouble), fourier_rows(frequencies_of(values, shape), shape.width), shape, options);
              }};
}

}  // namespace dpsbench
