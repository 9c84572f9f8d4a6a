#include "priors/checkpoints/class_label.h"

#include <cmath>

#include "core/error.h"

namespace dpsbench {

UNetParameters with_class(UNetParameters parameters, const SafetensorsFile& file, const ClassNames& names,
                          const std::string& before, std::optional<std::int64_t> label) {
  if (names.table.empty() || !file.contains(before + names.table)) {
    if (label) throw UserError("label: {} is given, but '{}' holds no table of classes", *label, file.path());
    return parameters;
  }
  const Tensor stored = file.tensor(before + names.table).to(at::kFloat);
  const Tensor table = names.rows ? stored : stored.t();  // [classes, numbers]
  const std::int64_t classes = table.size(0);
  const bool beside = names.beside_time;
  const Tensor& weight = parameters.at("time_embed.0.weight");
  const std::int64_t numbers = beside ? weight.size(1) : weight.size(0);
  if (stored.dim() != 2 || table.size(1) != numbers)
    throw DataError("'{}': {} has shape [{}], wanted {} numbers for each class", file.path(), before + names.table,
                    fmt::join(stored.sizes(), ", "), numbers);
  if (!label && !names.optional)
    throw UserError("label: '{}' holds a network of {} classes; allowed: 0 to {}", file.path(), classes, classes - 1);
  if (label && (*label < 0 || *label >= classes))
    throw UserError("label: {} is no class of '{}'; allowed: 0 to {}", *label, file.path(), classes - 1);
  Tensor told = at::zeros({numbers}, table.options());
  if (label) told = table[*label] * (beside ? std::sqrt(static_cast<double>(classes)) : 1.0);
  if (!names.bias.empty()) told = told + file.require(before + names.bias, {numbers});
  Tensor& bias = parameters.at(beside ? "time_embed.0.bias" : "time_embed.2.bias");
  bias = bias + (beside ? at::mv(weight, told) : told);
  return parameters;
}

}  // namespace dpsbench
