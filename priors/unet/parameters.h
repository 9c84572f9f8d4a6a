#pragma once
#include <map>

#include "priors/unet/structure.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {

/// A parameter's name, as in guided-diffusion's checkpoints, and its shape.
struct ParameterSpec {
  std::string name;
  std::vector<std::int64_t> shape;
};

/// A network's parameters by name.
using UNetParameters = std::map<std::string, Tensor>;

/// Every parameter of the network, in the order of the checkpoint's state dict.
std::vector<ParameterSpec> unet_parameters(const UNetOptions& options);

/// The parameters in a weights file, float32 on the CPU; they may share the file's mapping. Throws DataError listing
/// tensors that are missing, unexpected or of another shape: weights of another network never pass unnoticed.
UNetParameters load_unet_parameters(const UNetOptions& options, const SafetensorsFile& file);

/// The parameters with convolutions and attention in bfloat16, as guided-diffusion's use_fp16 has them in half
/// precision: the time's embedding, the normalisations and the last layer stay as they are. So does the first: near the
/// data, eight bits of x_t are coarser than its noise. Shares no memory with what
/// it is given: little of that is left, often in one block.
UNetParameters with_bfloat16_torso(const UNetParameters& parameters);

}  // namespace dpsbench
