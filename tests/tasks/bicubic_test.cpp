#include <gtest/gtest.h>

#include "priors/weights/safetensors.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

std::unique_ptr<Operator> shrink_by_four(std::int64_t size) {
  const TaskEntry& task = find_task("super_resolution");
  return task.bind(OptionValues(task.options, {}), {3, size, size}, PhiloxNoise(0, {{"golden", "0"}}), at::kFloat);
}

TEST(BicubicSuperResolution, ShrinksAsTheReferenceResizer) {
  const SafetensorsFile golden(DPSBENCH_GOLDEN "/bicubic_x4.safetensors");
  const Tensor small = shrink_by_four(32)->forward(golden.tensor("x"));
  EXPECT_LT((small - golden.tensor("downsampled")).abs().max().item<float>(), 1e-6);
  const Tensor large = shrink_by_four(64)->forward(golden.tensor("x64"));
  EXPECT_LT((large - golden.tensor("downsampled64")).abs().max().item<float>(), 1e-6);
}

TEST(BicubicSuperResolution, HasTheReferenceResizersTrueAdjoint) {
  const SafetensorsFile golden(DPSBENCH_GOLDEN "/bicubic_x4.safetensors");
  const Tensor image = adjoint(*shrink_by_four(32), golden.tensor("cotangent"));
  EXPECT_LT((image - golden.tensor("adjoint")).abs().max().item<float>(), 1e-6);
}

}  // namespace
}  // namespace dpsbench
