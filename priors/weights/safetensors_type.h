#pragma once
#include <optional>
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// The number type that a safetensors header calls `name` ("F32"); nothing for names unknown here.
std::optional<at::ScalarType> scalar_type_of_safetensors(const std::string& name);

/// The header's name of a number type. Throws Error for types this project does not write.
std::string safetensors_type_name(at::ScalarType type);

/// "F32, F64, ...": for messages.
std::string safetensors_type_names();

}  // namespace dpsbench
