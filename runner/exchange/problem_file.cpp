#include "runner/exchange/problem_file.h"

#include <fmt/format.h>

#include <variant>

#include "core/error.h"
#include "core/sha256.h"
#include "core/words/given_file.h"
#include "core/words/number_text.h"
#include "results/files/file_stem.h"
#include "results/hdf5/new_file.h"

namespace dpsbench {
namespace {

constexpr const char* format_name = "dpsbench problem 1";
constexpr std::size_t longest_stem = 80;

void add(Sha256& digest, const std::string& text) { digest.add(text.c_str(), text.size() + 1); }

void add(Sha256& digest, const std::string& name, const Tensor& values) {
  add(digest, fmt::format("{} {} {}", name, c10::toString(values.scalar_type()), fmt::join(values.sizes(), " ")));
  const Tensor plain = values.contiguous();
  digest.add(plain.const_data_ptr(), plain.nbytes());
}

template <typename T>
const T& required(const std::map<std::string, hdf5::AttributeValue>& attributes, const std::string& name,
                  const std::filesystem::path& path) {
  const auto found = attributes.find(name);
  const T* value = found == attributes.end() ? nullptr : std::get_if<T>(&found->second);
  if (value == nullptr) throw DataError("{}: no attribute '{}': not a file of dpsbench export", path.string(), name);
  return *value;
}

}  // namespace

std::string problem_stem(const State& task, double sigma_y) {
  std::string text = task.name;
  for (const auto& [name, value] : task.options)
    text += "-" + (holds_file(name) ? file_name(given_file(value)) : value);
  const std::string end = fmt::format("-s{}", sigma_y);
  std::string stem = file_stem(text);
  if (stem.size() + end.size() > longest_stem)
    stem = stem.substr(0, longest_stem - end.size() - 9) + "-" + sha256(text).substr(0, 8);
  return stem + end;
}

std::string digest_of(const ExportedProblem& problem) {
  Sha256 digest;
  add(digest, format_name);
  add(digest, fmt::format("{}\n{}\n{}\n{}", problem.dataset, problem.seed, to_text(problem.task), problem.sigma_y));
  add(digest, fmt::format("{} {} {}", problem.shape.channels, problem.shape.height, problem.shape.width));
  for (const std::string& id : problem.image_ids) add(digest, id);
  add(digest, "measurement", problem.measurement);
  for (const auto& [name, values] : problem.ingredients) add(digest, name, values);
  return digest.digits();
}

void write_problem(const std::filesystem::path& path, const ExportedProblem& problem) {
  hdf5::NewFile file(path);
  {
    const hdf5::Group& root = file.root();
    root.set_attribute("format", std::string(format_name));
    root.set_attribute("digest", digest_of(problem));
    root.set_attribute("dataset", problem.dataset);
    root.set_attribute("seed", std::to_string(problem.seed));
    root.set_attribute("samples", problem.samples);
    root.set_attribute("sigma_y", problem.sigma_y);
    root.set_attribute("range", std::string("[-1, 1]"));
    root.set_attribute("channels", problem.shape.channels);
    root.set_attribute("height", problem.shape.height);
    root.set_attribute("width", problem.shape.width);
    for (const auto& [name, value] : to_attributes("task", problem.task)) root.set_attribute(name, value);
    root.write_texts("image_ids", problem.image_ids);
    root.write("measurement", problem.measurement);
    const hdf5::Group group = root.create_group("operator");
    for (const auto& [name, values] : problem.ingredients) group.write(name, values);
  }
  file.publish();
}

ExportedProblem read_problem(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path);
  const hdf5::Group& root = file.root();
  const auto attributes = root.attributes();
  if (required<std::string>(attributes, "format", path) != format_name)
    throw DataError("{}: its format is '{}', this version reads '{}'", path.string(),
                    required<std::string>(attributes, "format", path), format_name);
  ExportedProblem problem;
  problem.dataset = required<std::string>(attributes, "dataset", path);
  const auto seed = natural_from_text(required<std::string>(attributes, "seed", path));
  if (!seed) throw DataError("{}: its seed is no number: not a file of dpsbench export", path.string());
  problem.seed = *seed;
  problem.samples = required<std::int64_t>(attributes, "samples", path);
  problem.sigma_y = required<double>(attributes, "sigma_y", path);
  problem.shape = {required<std::int64_t>(attributes, "channels", path),
                   required<std::int64_t>(attributes, "height", path),
                   required<std::int64_t>(attributes, "width", path)};
  problem.task.name = required<std::string>(attributes, "task", path);
  for (const auto& [name, value] : attributes)
    if (name.starts_with("task.")) problem.task.options[name.substr(5)] = required<std::string>(attributes, name, path);
  problem.image_ids = root.read_texts("image_ids");
  problem.measurement = root.read("measurement");
  const hdf5::Group group = root.group("operator");
  for (const std::string& name : group.names()) problem.ingredients[name] = group.read(name);
  if (digest_of(problem) != required<std::string>(attributes, "digest", path))
    throw DataError("{}: it was altered since dpsbench export wrote it; export the problems again", path.string());
  return problem;
}

}  // namespace dpsbench
