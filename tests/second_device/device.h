#pragma once
#include "core/tensor.h"

namespace dpsbench::second_device {

/// A device whose memory is the host's, so that every machine has it: LibTorch's PrivateUse1, known as "second". Code
/// that takes a tensor's place for granted fails on it as it would on a GPU, and what it does can be counted
/// (ledger.h):
///
/// - Fresh memory holds NaN, and 256 bytes behind every block are watched.
/// - Every operator computes as on the CPU; one that is given tensors of both devices throws, but for single numbers
///   beside tensors, which operators of single elements take on a GPU, too.
/// - Copies between the devices and numbers brought to the host are counted as waits, and so are operators whose
/// answer's
///   size depends on the numbers.
/// - Noise and group normalisation take the way of a GPU's kernels, attention that of its fused one.
inline at::Device device() { return {c10::DeviceType::PrivateUse1, 0}; }

/// The same memory as a tensor of the host. For the device's own operators.
Tensor on_host(const Tensor& tensor);

/// A new tensor of the device with the numbers and the layout of one of the host.
Tensor from_host(const Tensor& tensor);

/// Bytes of the numbers of a tensor, those that broadcasting repeats once.
double bytes_of(const Tensor& tensor);

/// Looks at every block of memory that is there; what was written behind its end is in the ledger.
void look_for_overruns();

}  // namespace dpsbench::second_device
