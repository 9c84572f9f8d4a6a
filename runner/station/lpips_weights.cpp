#include "runner/station/lpips_weights.h"

namespace dpsbench {

WeightMap lpips_weight_map(const SafetensorsFile& file) {
  WeightMap map;
  for (const std::string& name : file.names()) map[name] = file.tensor(name);
  return map;
}

}  // namespace dpsbench
