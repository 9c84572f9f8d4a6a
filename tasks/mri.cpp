#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/fourier_lines.h"
#include "tasks/parts/random_subset.h"

namespace dpsbench {
namespace {

struct LineCounts {
  std::int64_t all;     ///< lines measured
  std::int64_t centre;  ///< of them in the middle, without a gap
};

LineCounts line_counts(const OptionValues& values, const ImageShape& shape) {
  const auto width = static_cast<double>(shape.width);
  return {static_cast<std::int64_t>(width / values.real("acceleration")),
          static_cast<std::int64_t>(width * values.real("center_fraction"))};
}

void check_lines(const OptionValues& values, const ImageShape& shape) {
  const LineCounts counts = line_counts(values, shape);
  if (counts.all < 1)
    throw UserError("acceleration: {} leaves none of {} lines; allowed: 2 to {}", values.real("acceleration"),
                    shape.width, shape.width);
  if (counts.centre > counts.all)
    throw UserError("center_fraction: {} lines in the middle, but acceleration {} leaves {} of {} in all",
                    counts.centre, values.real("acceleration"), counts.all, shape.width);
  if (values.flag("complex") && shape.channels % 2 != 0)
    throw UserError("complex: a complex image has two channels, real and imaginary part; these images have {}",
                    shape.channels);
}

/// [B, w], ascending: the lines in the middle and a random subset of the others.
Tensor draw_lines(const LineCounts& counts, const ImageShape& shape, const Noise& noise) {
  const std::int64_t start = (shape.width - counts.centre) / 2;
  const Tensor all = at::arange(shape.width, at::kLong);
  const Tensor middle = all.slice(0, start, start + counts.centre);
  const Tensor others = at::cat({all.slice(0, 0, start), all.slice(0, start + counts.centre, shape.width)});
  const Tensor drawn = random_subset(counts.all - counts.centre, others.size(0), noise, 0).to(at::kCPU);
  const Tensor chosen = others.index_select(0, drawn.flatten()).reshape(drawn.sizes());
  return std::get<0>(at::cat({middle.expand({noise.images(), counts.centre}), chosen}, 1).sort(1));
}

std::unique_ptr<Operator> bind_mri(const OptionValues& values, const ImageShape& shape, const Noise& noise,
                                   const TensorOptions& options) {
  const Tensor lines = draw_lines(line_counts(values, shape), shape, noise).to(options.device());
  if (values.flag("complex")) return std::make_unique<ComplexFourierLines>(lines, shape, options);
  return std::make_unique<RealFourierLines>(lines, shape, options);
}

}  // namespace

TaskEntry mri_task() {
  return {.name = "mri",
          .title = "Accelerated magnetic resonance imaging: some lines of k-space, one coil",
          .source =
              "InverseBench (Zheng et al. 2025), its random Cartesian lines, here drawn for each image; fastMRI "
              "(Zbontar et al. 2018), centred orthonormal transform; one coil, sensitivity 1",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = true,
          .options = {{.name = "acceleration",
                       .default_value = 4.0,
                       .description = "one in so many columns of k-space is measured, rounded down",
                       .least = 2,
                       .greatest = 64,
                       .choices = {}},
                      {.name = "center_fraction",
                       .default_value = 0.08,
                       .description = "fraction of all columns that are measured in the middle, rounded down; "
                                      "InverseBench has 0.08, beyond acceleration 6 0.04",
                       .least = 0,
                       .greatest = 0.5,
                       .choices = {}},
                      {.name = "complex",
                       .default_value = false,
                       .description = "channels are pairs, real and imaginary part; false: each is a real image",
                       .choices = {}}},
          .measures = "lines of k-space",
          .drawn = "lines",
          .check = check_lines,
          .bind = bind_mri};
}

}  // namespace dpsbench
