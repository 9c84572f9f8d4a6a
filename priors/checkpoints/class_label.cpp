#include "priors/checkpoints/class_label.h"

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

/// What classes add, and to which bias.
class Classes {
 public:
  /// The file must have the table.
  Classes(const UNetParameters& parameters, const SafetensorsFile& file, const ClassNames& names,
          const std::string& before)
      : weight_(parameters.at("time_embed.0.weight")), beside_time_(names.beside_time) {
    const Tensor stored = file.tensor(before + names.table).to(at::kFloat);
    table_ = names.rows ? stored : stored.t();  // [classes, numbers]
    const std::int64_t numbers = beside_time_ ? weight_.size(1) : weight_.size(0);
    if (stored.dim() != 2 || table_.size(1) != numbers)
      throw DataError("'{}': {} has shape [{}], wanted {} numbers for each class", file.path(), before + names.table,
                      fmt::join(stored.sizes(), ", "), numbers);
    if (!names.bias.empty()) always_ = file.require(before + names.bias, {numbers});
  }

  [[nodiscard]] std::int64_t count() const { return table_.size(0); }
  [[nodiscard]] std::string bias() const { return beside_time_ ? "time_embed.0.bias" : "time_embed.2.bias"; }
  [[nodiscard]] Tensor added(std::optional<std::int64_t> label) const {
    Tensor told = at::zeros({table_.size(1)}, table_.options());
    if (label) told = table_[*label] * (beside_time_ ? std::sqrt(static_cast<double>(count())) : 1.0);
    if (always_.defined()) told = told + always_;
    return beside_time_ ? at::mv(weight_, told) : told;
  }

 private:
  const Tensor& weight_;
  bool beside_time_;
  Tensor table_;
  Tensor always_;
};

bool has_table(const SafetensorsFile& file, const ClassNames& names, const std::string& before) {
  return !names.table.empty() && file.contains(before + names.table);
}

}  // namespace

UNetParameters with_class(UNetParameters parameters, const SafetensorsFile& file, const ClassNames& names,
                          const std::string& before, std::optional<std::int64_t> label) {
  if (!has_table(file, names, before)) {
    if (label) throw UserError("label: {} is given, but '{}' holds no table of classes", *label, file.path());
    return parameters;
  }
  const Classes classes(parameters, file, names, before);
  if (!label && !names.optional)
    throw UserError("label: '{}' holds a network of {} classes; allowed: 0 to {}, or label_of_image: true", file.path(),
                    classes.count(), classes.count() - 1);
  if (label && (*label < 0 || *label >= classes.count()))
    throw UserError("label: {} is no class of '{}'; allowed: 0 to {}", *label, file.path(), classes.count() - 1);
  Tensor& bias = parameters.at(classes.bias());
  bias = bias + classes.added(label);
  return parameters;
}

UNetParameters with_every_class(UNetParameters parameters, const SafetensorsFile& file, const ClassNames& names,
                                const std::string& before) {
  if (!has_table(file, names, before))
    throw UserError("label_of_image: true is given, but '{}' holds no table of classes", file.path());
  const Classes classes(parameters, file, names, before);
  std::vector<Tensor> biases;
  for (std::int64_t label = 0; label < classes.count(); ++label)
    biases.push_back(parameters.at(classes.bias()) + classes.added(label));
  parameters[bias_of_class(classes.bias())] = at::stack(biases);
  return parameters;
}

}  // namespace dpsbench
