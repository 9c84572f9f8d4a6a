// A person's parts, as python/dpsbench/parts.py describes them, among those built in.
#include <algorithm>

#include "core/error.h"
#include "methods/registry.h"
#include "priors/registry.h"
#include "python/binding/noise_view.h"
#include "python/binding/option_words.h"
#include "python/binding/python_failure.h"
#include "python/binding/python_method.h"
#include "python/binding/python_operator.h"
#include "python/binding/python_prior.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

std::string text(const py::object& part, const char* attribute) { return part.attr(attribute).cast<std::string>(); }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool may_be_in_a_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

std::string name_of(const py::object& part) {
  const std::string name = text(part, "name");
  if (name.empty() || !is_letter(name.front()) || !std::ranges::all_of(name, may_be_in_a_name))
    throw UserError("{} '{}': a name has letters, digits, '-' and '_', and begins with a letter", text(part, "kind"),
                    name);
  return name;
}

/// What `ask` gives under the lock; what it raises is a UserError that begins with `what`.
template <typename Ask>
auto asked_of_person(const std::string& what, const Ask& ask) {
  const py::gil_scoped_acquire locked;
  try {
    return ask();
  } catch (const py::error_already_set& error) {
    throw UserError("{}: {}", what, failure_text(error));
  }
}

Needs needs_of(const py::object& words) {
  Needs needs;
  for (const py::handle word : words) {
    const auto need = word.cast<std::string>();
    if (need == "gradient")
      needs.gradient = true;
    else if (need == "linear")
      needs.linear = true;
    else if (need == "svd")
      needs.svd = true;
    else
      throw UserError("needs: '{}' is unknown; allowed: gradient, linear, svd", need);
  }
  return needs;
}

/// What `dpsbench tune` chooses of a method's options.
std::vector<Tunable> tunables_of(const py::object& options) {
  std::vector<Tunable> tunables;
  for (const py::handle option : options)
    if (const py::object range = option.attr("tune"); !range.is_none()) {
      const auto [least, greatest] = range.cast<std::pair<double, double>>();
      if (!(least > 0 && least < greatest))
        throw UserError("{}: tune: ({}, {}) is no range of a logarithm",
                        text(py::reinterpret_borrow<py::object>(option), "name"), least, greatest);
      tunables.push_back(Tunable::log(option.attr("name").cast<std::string>(), least, greatest));
    }
  return tunables;
}

void add_python_method(const py::object& part) {
  MethodEntry entry;
  entry.name = name_of(part);
  entry.title = text(part, "title");
  entry.paper = text(part, "paper");
  entry.origin = text(part, "origin");
  entry.needs = needs_of(part.attr("needs"));
  entry.options = option_specs(part.attr("options"));
  entry.without_noise = "";  // it is told sigma_y, 0 too
  entry.tunable = tunables_of(part.attr("options"));
  entry.only_tasks = part.attr("only_tasks").cast<std::vector<std::string>>();
  const HeldObject held = hold(part);
  entry.cost = [held, name = entry.name](const OptionValues& options, double sigma_y) {
    return asked_of_person(fmt::format("method '{}': cost", name), [&] {
      const auto [forward, backward] =
          held->attr("cost_of")(as_namespace(options), sigma_y).cast<std::pair<double, double>>();
      return Cost{forward, backward};
    });
  };
  entry.make = [held, name = entry.name](const OptionValues& options) -> std::unique_ptr<Method> {
    const py::gil_scoped_acquire locked;
    return std::make_unique<PythonMethod>(name, hold(held->attr("function")), hold(as_namespace(options)));
  };
  add_method(std::move(entry));
}

std::unique_ptr<Operator> bind_python_task(const HeldObject& part, const std::string& name, bool linear,
                                           const OptionValues& values, const ImageShape& shape, const Noise& noise,
                                           const TensorOptions& options) {
  const auto view = std::make_shared<NoiseView>(NoiseView{&noise, shape, options});
  const HeldObject bound = asked_of_person(fmt::format("task '{}'", name), [&] {
    return hold(part->attr("bind")(as_namespace(values), shape.batch(noise.images()), view));
  });
  view->noise = nullptr;
  return std::make_unique<PythonOperator>(name, bound, linear, shape, noise.images(), options);
}

void add_python_task(const py::object& part) {
  TaskEntry entry;
  entry.name = name_of(part);
  entry.title = text(part, "title");
  entry.source = text(part, "source");
  entry.origin = text(part, "origin");
  entry.linear = part.attr("linear").cast<bool>();
  entry.options = option_specs(part.attr("options"));
  const HeldObject held = hold(part);
  entry.check = [held, name = entry.name](const OptionValues& values, const ImageShape& shape) {
    asked_of_person(fmt::format("task '{}'", name), [&] {
      held->attr("check_options")(as_namespace(values), std::vector{shape.channels, shape.height, shape.width});
      return true;
    });
  };
  entry.bind = [held, name = entry.name, linear = entry.linear](const OptionValues& values, const ImageShape& shape,
                                                                const Noise& noise, const TensorOptions& options) {
    return bind_python_task(held, name, linear, values, shape, noise, options);
  };
  add_task(std::move(entry));
}

void add_python_prior(const py::object& part) {
  PriorKind kind;
  kind.name = name_of(part);
  kind.title = text(part, "title");
  kind.is_network = true;
  kind.options = option_specs(part.attr("options"));
  const std::string what = fmt::format("prior '{}'", kind.name);
  const HeldObject held = hold(part);
  const auto values = [specs = kind.options](const PriorSpec& spec) { return OptionValues(specs, spec.options); };
  kind.shape = [=](const PriorSpec& spec) {
    return asked_of_person(what, [&] {
      const auto shape = held->attr("shape_of")(as_namespace(values(spec))).cast<std::array<std::int64_t, 3>>();
      return ImageShape{shape[0], shape[1], shape[2]};
    });
  };
  kind.details = [=](const PriorSpec& spec) {
    return asked_of_person(what,
                           [&] { return held->attr("identity")(as_namespace(values(spec))).cast<std::string>(); });
  };
  const NetworkConvention convention{text(part, "predicts"), text(part, "input"), text(part, "conditioned_on")};
  const auto schedule = part.attr("schedule").cast<NoiseSchedule>();
  const bool clips = part.attr("clips").cast<bool>();
  kind.make = [=, shape = kind.shape, name = kind.name](const PriorSpec& spec, const FileBytes*,
                                                        const TensorOptions& options, Torso torso) {
    const HeldObject module = asked_of_person(what, [&] {
      return hold(held->attr("module_on")(as_namespace(values(spec)), options.device(),
                                          c10::typeMetaToScalarType(options.dtype())));
    });
    return std::make_unique<PythonPrior>(name, module, convention, schedule, shape(spec), clips, options,
                                         torso == Torso::tf32);
  };
  add_prior_kind(std::move(kind));
}

}  // namespace

void bind_registration(py::module_& core) {
  core.def("add_method", &add_python_method, py::arg("part"));
  core.def("add_task", &add_python_task, py::arg("part"));
  core.def("add_prior", &add_python_prior, py::arg("part"));
  core.def("incompatibility", [](const std::string& method, const std::string& task) {
    return incompatibility(find_method(method), find_task(task), KnownPosteriors::linear);
  });
  core.def("cost", [](const std::string& method, const py::dict& given, double sigma_y) {
    const MethodEntry& entry = find_method(method);
    const Cost cost = entry.cost(OptionValues(entry.options, option_values(given)), sigma_y);
    return std::pair(cost.forward, cost.backward);
  });
  core.def("prior_shape", [](const std::string& name, const py::dict& given) {
    PriorSpec spec{.kind = name};
    spec.options = option_values(given);
    const ImageShape shape = find_prior_kind(name).shape(spec);
    return std::vector{shape.channels, shape.height, shape.width};
  });
}

}  // namespace dpsbench
