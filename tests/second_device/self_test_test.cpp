#include "runner/station/self_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/noise_kernel.h"
#include "tests/message_of.h"
#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

class SelfTest : public testing::Test {
 protected:
  ~SelfTest() override {
    philox::set_fill(second_device::device().type(), right_);
    second_device::ledger().clear();
  }
  philox::Fill right_ = philox::fill_of(second_device::device().type());
};

TEST_F(SelfTest, PassesWhereTheKernelsAreRight) {
  EXPECT_NO_THROW(require_right_numbers(second_device::device()));
  EXPECT_NO_THROW(require_right_numbers(at::kCPU));
}

TEST_F(SelfTest, FindsNoiseThatIsNotTheHosts) {
  philox::set_fill(second_device::device().type(),
                   [](philox::Distribution, std::uint64_t, std::uint32_t, const std::uint64_t*, std::int64_t images,
                      std::int64_t elements, float* out, void*) { std::fill_n(out, images * elements, 0.5F); });
  EXPECT_THAT(message_of<Error>([] { require_right_numbers(second_device::device()); }),
              HasSubstr("its random numbers are not those of the host"));
}

TEST_F(SelfTest, SaysWhatADeviceWithoutTheKernelsSays) {
  philox::set_fill(second_device::device().type(), [](philox::Distribution, std::uint64_t, std::uint32_t,
                                                      const std::uint64_t*, std::int64_t, std::int64_t, float*, void*) {
    throw std::runtime_error("no kernel image is available for execution on the device");
  });
  EXPECT_THAT(message_of<Error>([] { require_right_numbers(second_device::device()); }),
              testing::AllOf(HasSubstr("no kernel image"), HasSubstr("CMAKE_CUDA_ARCHITECTURES")));
}

}  // namespace
}  // namespace dpsbench
