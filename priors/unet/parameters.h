#pragma once
#include <functional>
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

/// What a bias of the time's embedding, "time_embed.0.bias" or "time_embed.2.bias", is called for every class at once:
/// [classes, numbers]. Only among the parameters of a network that is told a class of each image.
inline std::string bias_of_class(const std::string& bias) { return bias + "_of_class"; }

/// Every parameter of the network, in the order of the checkpoint's state dict.
std::vector<ParameterSpec> unet_parameters(const UNetOptions& options);

/// Those of one layer, without or with a network around it.
std::vector<ParameterSpec> layer_parameters(const UNetOptions& options, const UNetLayer& layer);

/// The parameters in a weights file, float32 on the CPU; they may share the file's mapping. Throws DataError listing
/// tensors that are missing, unexpected or of another shape: weights of another network never pass unnoticed.
UNetParameters load_unet_parameters(const UNetOptions& options, const SafetensorsFile& file);

/// How a file of other names keeps one of the network's parameters.
struct StoredParameter {
  std::vector<std::string> names;                      ///< of the tensors that hold its rows, one below the other
  std::vector<std::int64_t> shape = {};                ///< of these rows together; empty: the parameter's
  std::function<Tensor(const Tensor&)> arranged = {};  ///< from these rows to the parameter; empty: they are the same
};

/// By the parameters' names here.
using StoredParameters = std::map<std::string, StoredParameter>;

/// The same from a file that keeps them so; sides of one behind a shape do not count. Names that `ignored` knows may be
/// there too.
UNetParameters load_unet_parameters(const UNetOptions& options, const SafetensorsFile& file,
                                    const StoredParameters& stored,
                                    const std::function<bool(const std::string&)>& ignored);

/// The same of what is no U-Net, but has such layers.
UNetParameters load_parameters(const std::vector<ParameterSpec>& specs, const SafetensorsFile& file,
                               const StoredParameters& stored, const std::function<bool(const std::string&)>& ignored);

/// The parameters with convolutions and attention in bfloat16, as guided-diffusion's use_fp16 has them in half
/// precision: the time's embedding, the normalisations and the last layer stay as they are. So do the first and the
/// input pyramid: near the data, eight bits of x_t are coarser than its noise. Shares no memory with what it is given:
/// little of that is left, often in one block.
UNetParameters with_bfloat16_torso(const UNetParameters& parameters);

}  // namespace dpsbench
