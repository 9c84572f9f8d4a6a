#include "runner/afterwards/stored_operator.h"

#include "core/error.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

/// An attribute as the option's type asks: results.h5 keeps a word as text, a number as the narrowest type that fits.
OptionValue option_value(const OptionSpec& spec, const hdf5::AttributeValue& stored, const std::string& text) {
  if (std::holds_alternative<std::string>(spec.default_value)) return text;
  if (const auto* flag = std::get_if<bool>(&stored)) return *flag;
  if (const auto* whole = std::get_if<std::int64_t>(&stored)) return *whole;
  if (const auto* real = std::get_if<double>(&stored)) return *real;
  return text;
}

OptionValues stored_options(const CellResult& cell, const TaskEntry& task) {
  std::map<std::string, OptionValue> given;
  for (const OptionSpec& spec : task.options) {
    const auto found = cell.attributes.find("task." + spec.name);
    if (found != cell.attributes.end())
      given[spec.name] = option_value(spec, found->second, cell.text("task." + spec.name));
  }
  return {task.options, given};
}

}  // namespace

std::unique_ptr<Operator> stored_operator(const CellResult& cell, std::int64_t first, std::int64_t count,
                                          const ImageShape& shape) {
  std::vector<StreamId> streams;
  for (std::int64_t row = first; row < first + count; ++row)
    streams.push_back({cell.text("dataset"), cell.image_ids.at(static_cast<std::size_t>(row)), 0});
  try {
    const TaskEntry& task = find_task(cell.text("task"));
    const PhiloxNoise noise(std::stoull(cell.text("seed")), streams);
    return task.bind(stored_options(cell, task), shape, noise, TensorOptions().dtype(at::kFloat));
  } catch (const UserError& error) {
    throw DataError("cell {}: {}", cell.id, error.what());
  } catch (const std::logic_error&) {  // of stoull
    throw DataError("cell {}: its seed '{}' is no whole number", cell.id, cell.text("seed"));
  }
}

}  // namespace dpsbench
