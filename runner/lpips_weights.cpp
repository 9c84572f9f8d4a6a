#include "runner/lpips_weights.h"

#include "priors/safetensors.h"

namespace dpsbench {

WeightMap read_lpips_weights_file(const std::filesystem::path& file) {
  const SafetensorsFile weights(file.string());
  WeightMap map;
  for (const std::string& name : weights.names()) map[name] = weights.tensor(name);
  return map;
}

}  // namespace dpsbench
