#include "priors/weights/safetensors.h"
#include "python/binding/bind.h"

namespace dpsbench {
namespace {

/// All tensors of a file, by name, as copies on the CPU.
std::map<std::string, Tensor> read_safetensors(const std::string& path) {
  const SafetensorsFile file(path);
  std::map<std::string, Tensor> tensors;
  for (const std::string& name : file.names()) tensors[name] = file.tensor(name).clone();
  return tensors;
}

}  // namespace

void bind_weights(py::module_& core) {
  core.def(
      "read_safetensors", [](const py::object& path) { return read_safetensors(py::str(path).cast<std::string>()); },
      py::arg("path"), "the tensors of a safetensors file by name; nothing in such a file runs");
}

}  // namespace dpsbench
