#include "runner/ranks/collectives.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "runner/work/metric_means.h"
#include "tests/message_of.h"
#ifdef DPSBENCH_WITH_CUDA
#include "runner/ranks/nccl/checked.h"
#include "runner/ranks/nccl/collectives.h"
#endif

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Collectives, LeaveTheNumbersOfAProcessAloneAsTheyAre) {
  const auto alone = make_single_process();
  const auto collectives = make_collectives(*alone, at::kCPU);
  const Tensor values = at::tensor({1.0, 2.0}, at::kDouble);

  collectives->broadcast(values);
  collectives->sum(values);

  EXPECT_TRUE(at::equal(values, at::tensor({1.0, 2.0}, at::kDouble)));
  EXPECT_EQ(collectives->name(), "one process");
}

#ifdef DPSBENCH_WITH_CUDA
TEST(Checked, NamesLibraryReasonFileAndLineOfACallThatFails) {
  const int line = __LINE__ + 1;
  const std::string of_nccl = message_of<Error>([] { checked(ncclInvalidUsage); });
  EXPECT_THAT(of_nccl, AllOf(HasSubstr(fmt::format("collectives_test.cpp:{}: NCCL: ", line)), HasSubstr("invalid")));
  EXPECT_THAT(message_of<Error>([] { checked(cudaErrorMemoryAllocation); }), HasSubstr("CUDA: out of memory"));
  checked(ncclSuccess);
  checked(cudaSuccess);
}

TEST(Nccl, SharesAndAddsUpOnTheDevice) {
  if (at::detail::getCUDAHooks().deviceCount() == 0) GTEST_SKIP() << "no GPU is visible";
  const at::Device gpu(at::kCUDA, 0);
  const auto alone = make_single_process();
  const auto collectives = make_nccl(*alone, gpu);
  const Tensor values = at::tensor({1.0, 2.0}, at::kDouble).to(gpu);

  collectives->broadcast(values);
  collectives->sum(values);

  EXPECT_TRUE(at::equal(values.to(at::kCPU), at::tensor({1.0, 2.0}, at::kDouble)));
  EXPECT_FALSE(gpu_address(gpu).empty());
  EXPECT_THROW(collectives->sum(values.to(at::kCPU)), Error);
}
#endif

TEST(MetricMeans, AverageWhatIsFiniteOverAllImages) {
  MetricMeans means({"psnr", "lpips"});
  EXPECT_EQ(means.images(), 0);
  UnitRecord unit;
  unit.image_ids = {"a", "b"};
  unit.metrics["psnr"] = at::tensor({20.0, std::numeric_limits<double>::infinity()}, at::kDouble);
  means.add(unit);
  unit.image_ids = {"c"};
  unit.metrics["psnr"] = at::tensor({23.0}, at::kDouble);
  unit.metrics["lpips"] = at::tensor({0.25}, at::kDouble);
  means.add(unit);

  EXPECT_EQ(means.text(), "3 images, on average psnr 21.5, lpips 0.25");
}

}  // namespace
}  // namespace dpsbench
