#include "priors/levy/signal_evidence.h"

#include <bit>

#include "core/error.h"

namespace dpsbench {
namespace {

std::vector<double> values_of_flat(const Tensor& tensor) {
  const Tensor flat = tensor.to(at::kCPU, at::kDouble).contiguous();
  return {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()};
}

}  // namespace

SignalEvidence SignalEvidence::of_numbers(const Tensor& values, const Tensor& variances) {
  SignalEvidence evidence{values_of_flat(variances), values_of_flat(values)};
  for (std::size_t k = 0; k < evidence.information.size(); ++k) {
    if (!(evidence.precision[k] > 0)) throw Error("a measurement without noise is no Gaussian evidence");
    evidence.precision[k] = 1 / evidence.precision[k];
    evidence.information[k] *= evidence.precision[k];
  }
  return evidence;
}

SignalEvidence SignalEvidence::of_matrix(const Tensor& matrix, const Tensor& y, double sigma) {
  if (!(sigma > 0)) throw Error("a measurement without noise is no Gaussian evidence");
  const Tensor a = matrix.to(at::kCPU, at::kDouble);
  const double precision = 1 / (sigma * sigma);
  const Tensor gram = at::matmul(a.t(), a) * precision;
  const Tensor information = at::matmul(a.t(), y.to(at::kCPU, at::kDouble)) * precision;
  const bool diagonal = at::equal(gram, gram.diagonal().diag());
  return {values_of_flat(diagonal ? gram.diagonal() : gram), values_of_flat(information)};
}

std::uint64_t SignalEvidence::digest() const {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a over whole numbers, each finished with a full avalanche
  for (const auto* numbers : {&precision, &information})
    for (const double number : *numbers) {
      hash = (hash ^ std::bit_cast<std::uint64_t>(number)) * 0x100000001b3u;
      hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
      hash ^= hash >> 31;
    }
  return hash;
}

SignalEvidence SignalEvidence::with(const SignalEvidence& of_state) const {
  SignalEvidence both = *this;
  const std::size_t stride = is_diagonal() ? 1 : information.size() + 1;
  for (std::size_t k = 0; k < information.size(); ++k) {
    both.precision[k * stride] += of_state.precision[k];
    both.information[k] += of_state.information[k];
  }
  return both;
}

}  // namespace dpsbench
