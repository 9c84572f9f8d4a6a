// Every operator without a kernel of the device's own: computed by the CPU's on the same memory.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <set>

#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench::second_device {
namespace {

using torch::jit::Stack;

template <typename Do>
void for_each_tensor(const c10::IValue& value, const Do& what) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) what(value.toTensor());
  } else if (value.isTensorList()) {
    for (const Tensor& tensor : value.toTensorVector()) what(tensor);
  } else if (value.isOptionalTensorList()) {
    for (const auto& tensor : value.toOptionalTensorVector())
      if (tensor && tensor->defined()) what(*tensor);
  }
}

template <typename Change>
c10::IValue with_tensors(const c10::IValue& value, const Change& change) {
  if (value.isTensor()) return value.toTensor().defined() ? c10::IValue(change(value.toTensor())) : value;
  if (value.isTensorList()) {
    std::vector<Tensor> tensors;
    for (const Tensor& tensor : value.toTensorVector()) tensors.push_back(change(tensor));
    return tensors;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<Tensor>> tensors;
    for (const auto& tensor : value.toOptionalTensorVector())
      tensors.push_back(tensor && tensor->defined() ? std::optional<Tensor>(change(*tensor)) : tensor);
    return tensors;
  }
  return value;
}

/// Whether CUDA's operator takes a single number of the host beside its tensors.
bool takes_numbers_of_host(const c10::OperatorHandle& op, const std::string& name) {
  static const std::set<std::string> others = {"aten::fill_",       "aten::masked_fill", "aten::masked_fill_",
                                               "aten::index_put",   "aten::index_put_",  "aten::_index_put_impl_",
                                               "aten::index_fill_", "aten::where"};
  return op.hasTag(at::Tag::pointwise) || others.contains(name);
}

/// Operators whose answer's size, or what they throw, depends on the numbers: the host waits for those on a GPU.
bool waits_for_numbers(const std::string& name, const std::vector<c10::IValue>& arguments) {
  static const std::set<std::string> always = {"aten::nonzero",  "aten::masked_select",       "aten::_unique",
                                               "aten::_unique2", "aten::unique_dim",          "aten::equal",
                                               "aten::bincount", "aten::_linalg_check_errors"};
  if (always.contains(name)) return true;
  if (name == "aten::repeat_interleave") return true;  // of a tensor of counts
  if (name != "aten::index_put_" && name != "aten::_index_put_impl_") return false;
  bool by_mask = false;
  if (arguments[1].isOptionalTensorList() || arguments[1].isTensorList())
    for_each_tensor(arguments[1], [&](const Tensor& index) {
      by_mask = by_mask || index.scalar_type() == at::kBool || index.scalar_type() == at::kByte;
    });
  return by_mask;
}

void refuse_mixture(const c10::OperatorHandle& op, const std::vector<c10::IValue>& arguments) {
  const std::string& name = op.schema().operator_name().name;
  const bool numbers_allowed = takes_numbers_of_host(op, name);
  const bool indices_allowed = name == "aten::index" || name == "aten::index_put_" || name == "aten::_index_put_impl_";
  bool here = false;
  std::string there;
  for (std::size_t k = 0; k < arguments.size(); ++k)
    for_each_tensor(arguments[k], [&](const Tensor& tensor) {
      if (!tensor.is_cpu())
        here = true;
      else if (!(tensor.dim() == 0 && numbers_allowed) && !(k == 1 && indices_allowed))
        there = fmt::format("argument {} [{}]", op.schema().arguments()[k].name(), fmt::join(tensor.sizes(), ", "));
    });
  if (!here || there.empty()) return;
  ledger().mixtures.push_back(name + ", " + there);
  TORCH_CHECK(false, "Expected all tensors to be on the same device: ", name, " was given ", there, " on the host");
}

/// 2 k for each number of the product [.., m, k] x [.., k, n]; 0 for operators that are none.
double operations_of(const std::string& name, const std::vector<c10::IValue>& arguments, const Tensor& result) {
  static const std::set<std::string> products = {"aten::mm", "aten::bmm", "aten::addmm", "aten::baddbmm", "aten::mv"};
  if (!products.contains(name) || !result.defined()) return 0;
  const bool adds = name == "aten::addmm" || name == "aten::baddbmm";
  return 2 * static_cast<double>(result.numel()) * static_cast<double>(arguments[adds ? 1 : 0].toTensor().size(-1));
}

bool writes(const c10::Argument& argument) {
  return argument.alias_info() != nullptr && argument.alias_info()->isWrite();
}

void on_the_host(const c10::OperatorHandle& op, Stack* stack) {
  const c10::FunctionSchema& schema = op.schema();
  const std::string& name = schema.operator_name().name;
  if (ledger().on_operator) ledger().on_operator(name);
  const std::size_t count = schema.arguments().size();
  const std::vector<c10::IValue> arguments(stack->end() - static_cast<std::ptrdiff_t>(count), stack->end());
  torch::jit::drop(*stack, count);
  refuse_mixture(op, arguments);
  if (waits_for_numbers(name, arguments)) ++ledger().waits[name];

  Stack inner;
  std::vector<std::pair<Tensor, Tensor>> written;  // of the device, and what the host's operator was given for it
  double bytes = 0;
  for (std::size_t k = 0; k < count; ++k) {
    if (arguments[k].isDevice()) {
      inner.emplace_back(at::Device(at::kCPU));
      continue;
    }
    inner.push_back(with_tensors(arguments[k], [&](const Tensor& tensor) {
      const Tensor same = on_host(tensor);
      if (writes(schema.arguments()[k])) written.emplace_back(tensor, same);
      if (!tensor.is_cpu()) bytes += bytes_of(tensor);
      return same;
    }));
  }
  op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), &inner);
  for (const auto& [tensor, same] : written) {
    const bool elsewhere = same.numel() > 0 && (tensor.numel() != same.numel() || same.data_ptr() != tensor.data_ptr());
    if (!elsewhere) continue;  // written in place
    Tensor(tensor).resize_(same.sizes());
    on_host(tensor).copy_(same);
  }
  Tensor first;
  std::size_t next_written = 0;
  for (std::size_t k = 0; k < inner.size(); ++k) {
    if (writes(schema.returns()[k]) && next_written < written.size()) {
      stack->emplace_back(written[next_written++].first);
      continue;
    }
    stack->push_back(with_tensors(inner[k], [&](const Tensor& tensor) {
      const Tensor copy = from_host(tensor);
      bytes += bytes_of(copy);
      if (!first.defined()) first = copy;
      return copy;
    }));
  }
  if (!first.defined() && !written.empty()) first = written.front().first;
  ledger().add(name.substr(name.find("::") + 2), 1, bytes, operations_of(name, arguments, first));
}

}  // namespace
}  // namespace dpsbench::second_device

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&dpsbench::second_device::on_the_host>());
}
