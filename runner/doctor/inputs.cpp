#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "runner/doctor/checks.h"
#include "runner/experiment/experiment.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

/// A folder that experiments of the paper name by an environment variable.
Finding check_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0')
    return {name, false, "is not set: the paper's experiments look for their files there (the quickstart does not)"};
  std::error_code error;
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(value, error))
    names.push_back(entry.path().filename().string());
  if (error) return {name, false, fmt::format("{}: {}", value, error.message())};
  std::ranges::sort(names);
  constexpr std::size_t shown = 8;
  const std::string more = names.size() > shown ? fmt::format(" and {} more", names.size() - shown) : "";
  names.resize(std::min(names.size(), shown));
  return {name, !names.empty(), fmt::format("{}: {}{}", value, fmt::join(names, ", "), names.empty() ? "empty" : more)};
}

Finding check_experiment(const std::string& file) {
  try {
    require_inputs(read_experiment(file));
    return {file, true, "its weights and images are there"};
  } catch (const std::exception& error) {
    return {file, false, error.what()};
  }
}

}  // namespace

std::vector<Finding> check_inputs(const std::vector<std::string>& experiments) {
  std::vector<Finding> findings = {check_variable("DPSBENCH_WEIGHTS"), check_variable("DPSBENCH_DATA")};
  for (const std::string& file : experiments) findings.push_back(check_experiment(file));
  return findings;
}

}  // namespace dpsbench
