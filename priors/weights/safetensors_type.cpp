#include "priors/weights/safetensors_type.h"

#include <array>
#include <utility>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr std::array<std::pair<const char*, at::ScalarType>, 6> types{{{"F64", at::kDouble},
                                                                       {"F32", at::kFloat},
                                                                       {"F16", at::kHalf},
                                                                       {"BF16", at::kBFloat16},
                                                                       {"I64", at::kLong},
                                                                       {"U8", at::kByte}}};

}  // namespace

std::optional<at::ScalarType> scalar_type_of_safetensors(const std::string& name) {
  for (const auto& [known, type] : types)
    if (name == known) return type;
  return std::nullopt;
}

std::string safetensors_type_name(at::ScalarType type) {
  for (const auto& [name, known] : types)
    if (type == known) return name;
  throw Error(fmt::format("safetensors files here hold {}, not {}", safetensors_type_names(), c10::toString(type)));
}

std::string safetensors_type_names() {
  std::string names;
  for (const auto& [name, type] : types) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

}  // namespace dpsbench
