#include "priors/kernels/biased.h"

#include "priors/kernels/device_kernels.h"

namespace dpsbench {
namespace {

template <typename T>
void run(Tensor& x, const Tensor& bias, const Tensor& addend) {
  const DeviceStream stream(x);
  device_kernels<T>(x).add_bias({x.size(0), x.size(2) * x.size(3), x.size(1), numbers_of<T>(x),
                                 bias.const_data_ptr<float>(), numbers_of<T>(addend)},
                                stream.handle());
}

}  // namespace

Tensor Biased::sum() const { return bias.defined() ? (x + bias.unsqueeze(-1).unsqueeze(-1)).to(x.scalar_type()) : x; }

bool can_wait_for_bias(const Tensor& x) { return has_device_kernels(x); }

void add_bias_(Tensor& x, const Tensor& bias, const Tensor& addend) {
  const Tensor added = addend.contiguous(at::MemoryFormat::ChannelsLast);
  x.scalar_type() == at::kFloat ? run<float>(x, bias, added) : run<Bfloat16>(x, bias, added);
}

}  // namespace dpsbench
