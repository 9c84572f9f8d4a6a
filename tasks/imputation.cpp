#include "core/task_entry.h"
#include "tasks/parts/mask_operator.h"
#include "tasks/parts/number_list.h"

namespace dpsbench {
namespace {

std::vector<std::int64_t> kept_places(const OptionValues& values, const ImageShape& shape) {
  return number_list("kept", values.word("kept"), shape.width - 1);
}

}  // namespace

TaskEntry imputation_task() {
  return {.name = "imputation",
          .title = "Imputation: a signal seen at fixed places only",
          .source = "Levy-process benchmark (arXiv 2509.12821): 33 of 64 places",
          .linear = true,
          .has_denoising_reference = true,
          .hides_pixels = true,
          .has_svd = true,
          .options = {{.name = "kept",
                       .default_value = "0 3 6 8 9 12 13 17 18 19 21 25 27 29 31 32 33 35 38 39 42 43 44 47 48 50 53 "
                                        "55 57 58 60 62 63",
                       .description = "the places that are seen, ascending, the first of a signal 0",
                       .choices = {}}},
          .of_signals = true,
          .check = [](const OptionValues& values, const ImageShape& shape) { (void)kept_places(values, shape); },
          .bind =
              [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
                const Tensor kept = at::tensor(kept_places(values, shape), at::kLong);
                const Tensor mask = at::zeros({shape.width}, at::kFloat).index_fill(0, kept, 1);
                return std::make_unique<MaskOperator>(mask.view({1, 1, 1, shape.width}).to(options), shape);
              }};
}

}  // namespace dpsbench
