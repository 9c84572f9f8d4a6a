#include "tasks/files/named_tensors.h"

#include "core/error.h"
#include "priors/weights/safetensors.h"
#include "tasks/files/array_file.h"

namespace dpsbench {

std::map<std::string, Tensor> read_named_tensors(const GivenFile& file) {
  const SafetensorsFile stored(file.path);
  std::map<std::string, Tensor> tensors;
  for (const std::string& name : stored.names()) {
    tensors[name] = stored.tensor(name).clone();
    if (!tensors[name].isfinite().all().item<bool>())
      throw DataError("{}: {} holds numbers that are not finite", file.path, name);
  }
  require_unchanged(file);  // after it was read
  return tensors;
}

}  // namespace dpsbench
