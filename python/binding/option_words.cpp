#include "python/binding/option_words.h"

#include "core/error.h"

namespace dpsbench {

OptionValue option_value(const py::handle& value) {
  if (py::isinstance<py::bool_>(value)) return value.cast<bool>();
  if (py::isinstance<py::int_>(value)) return value.cast<std::int64_t>();
  if (py::isinstance<py::float_>(value)) return value.cast<double>();
  if (py::isinstance<py::str>(value)) return value.cast<std::string>();
  throw UserError("an option's value is True or False, a number or a word, not {}",
                  py::repr(value).cast<std::string>());
}

std::vector<OptionSpec> option_specs(const py::object& options) {
  std::vector<OptionSpec> specs;
  for (const py::handle option : options) {
    OptionSpec spec;
    spec.name = option.attr("name").cast<std::string>();
    spec.default_value = option_value(option.attr("default"));
    spec.description = option.attr("description").cast<std::string>();
    if (const py::object least = option.attr("least"); !least.is_none()) spec.least = least.cast<double>();
    if (const py::object greatest = option.attr("greatest"); !greatest.is_none())
      spec.greatest = greatest.cast<double>();
    spec.choices = option.attr("choices").cast<std::vector<std::string>>();
    for (const OptionSpec& other : specs)
      if (other.name == spec.name) throw UserError("two options are called '{}'", spec.name);
    static_cast<void>(checked(spec, spec.default_value));  // of its own range
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::map<std::string, OptionValue> option_values(const py::dict& given) {
  std::map<std::string, OptionValue> values;
  for (const auto& [name, value] : given) values[name.cast<std::string>()] = option_value(value);
  return values;
}

py::object as_namespace(const OptionValues& values) {
  py::dict words;
  for (const auto& [name, value] : values.all())
    words[name.c_str()] = std::visit([](const auto& held) { return py::cast(held); }, value);
  return py::module_::import("types").attr("SimpleNamespace")(**words);
}

}  // namespace dpsbench
