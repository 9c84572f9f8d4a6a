#include "runner/station/self_test.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"
#include "core/noise.h"
#include "priors/kernels/group_norm.h"

namespace dpsbench {
namespace {

constexpr std::int64_t row = 1027;  // whole blocks of four numbers and a rest
constexpr double rounding = 1e-5;   // of single precision, in another order of sums

void require_noise(const at::Device& device) {
  const PhiloxNoise noise(20240613, {{"self-test", "a", 0}, {"self-test", "b", 1}});
  const auto draw = [&](const at::Device& where, bool normal) {
    const TensorOptions options = TensorOptions().dtype(at::kFloat).device(where);
    return (normal ? noise.normal(Purpose::step, 3, {row}, options) : noise.uniform(Purpose::step, 3, {row}, options))
        .to(at::kCPU);
  };
  for (const bool normal : {true, false})
    if (!at::equal(draw(device, normal), draw(at::kCPU, normal)))
      throw Error("its random numbers are not those of the host, bit by bit");
}

double largest_difference(const Tensor& there, const Tensor& here) {
  return (there.to(at::kCPU) - here).abs().max().item<double>() / here.abs().max().item<double>();
}

void require_norm(const at::Device& device) {
  const PhiloxNoise noise(1, {{"self-test", "a", 0}, {"self-test", "b", 1}});
  const auto numbers = [&](std::int64_t draw, const std::vector<std::int64_t>& shape) {
    return noise.normal(Purpose::training, draw, shape, TensorOptions().dtype(at::kFloat));
  };
  const Tensor x = numbers(0, {64, 9, 7}).contiguous(at::MemoryFormat::ChannelsLast);
  const NormAffine affine{numbers(1, {64}), numbers(2, {64})};
  const Tensor cotangent = numbers(3, {64, 9, 7}).contiguous(at::MemoryFormat::ChannelsLast);
  const auto pass = [&](const at::Device& where) {
    const Tensor input = x.to(where);
    const NormAffine map{affine.scale.to(where), affine.shift.to(where)};
    const auto [y, statistics] = group_norm_forward(input, map, true);
    Tensor gradient = cotangent.to(where, at::kFloat, /*non_blocking=*/false, /*copy=*/true);
    group_norm_backward_(gradient, input, map, statistics, true, {});
    return std::pair{y, gradient};
  };
  const auto [y_there, gradient_there] = pass(device);
  const auto [y, gradient] = pass(at::kCPU);
  // a comparison that NaN fails
  if (!(largest_difference(y_there, y) < rounding) || !(largest_difference(gradient_there, gradient) < rounding))
    throw Error("its group normalisation is not the host's");
}

}  // namespace

void require_right_numbers(const at::Device& device) {
  if (device.is_cpu()) return;
  const at::NoGradGuard no_grad;
  try {
    require_noise(device);
    require_norm(device);
  } catch (const c10::OutOfMemoryError&) {
    throw;
  } catch (const std::exception& error) {
    const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
    throw Error(
        fmt::format("{} fails its test at the start: {}. Is the program built for this card "
                    "(CMAKE_CUDA_ARCHITECTURES), and its driver as new as its CUDA?",
                    device.str(), of_torch == nullptr ? error.what() : of_torch->what_without_backtrace()));
  }
}

}  // namespace dpsbench
