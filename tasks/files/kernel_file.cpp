#include "tasks/files/kernel_file.h"

#include "core/error.h"
#include "tasks/files/array_file.h"

namespace dpsbench {

Tensor read_kernels(const GivenFile& file) {
  const Tensor kernels = read_array(file, "kernel");
  const std::int64_t side = kernels.dim() < 2 ? 0 : kernels.size(-1);
  if (kernels.dim() < 2 || kernels.dim() > 3 || kernels.numel() == 0 || kernels.size(-2) != side || side % 2 == 0)
    throw DataError("{}: an array of {}; a kernel is S x S with S odd, several are K x S x S", file.path,
                    sizes_text(kernels));
  const Tensor sums = kernels.sum({-2, -1}, /*keepdim=*/true);
  if (!(sums > 0).all().item<bool>())
    throw DataError("{}: the numbers of a kernel add up to {}; allowed: above 0, kernels are divided by their sum",
                    file.path, sums.min().item<double>());
  return (kernels / sums).reshape({-1, side, side});
}

}  // namespace dpsbench
