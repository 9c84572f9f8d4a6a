#include "runner/exchange/export_problems.h"

#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/files/text.h"
#include "core/operator.h"
#include "results/files/durable_file.h"
#include "runner/exchange/embedded_reader.h"

namespace dpsbench {
namespace {

constexpr const char* folder_format = "dpsbench problems 1";

std::filesystem::path index_of(const std::filesystem::path& folder) { return folder / "problems.json"; }

Tensor all_images(const Dataset& dataset) {
  std::vector<Tensor> images;
  for (std::int64_t i = 0; i < dataset.size(); ++i) images.push_back(dataset.load(i));
  return at::stack(images);
}

}  // namespace

std::vector<const Cell*> settings_of_cells(const std::vector<Cell>& cells) {
  std::vector<const Cell*> settings;
  std::set<std::string> seen;
  for (const Cell& cell : cells)
    if (seen.insert(setting_content(cell.task_state(), cell.sigma_y)).second) settings.push_back(&cell);
  return settings;
}

ExportedProblem problem_of(const Station& station, const Cell& setting) {
  const Experiment& experiment = station.experiment;
  ExportedProblem problem{.dataset = experiment.dataset.name,
                          .seed = experiment.seed,
                          .samples = experiment.samples,
                          .task = setting.task_state(),
                          .sigma_y = setting.sigma_y,
                          .shape = station.prior->shape(),
                          .image_ids = {},
                          .measurement = {},
                          .ingredients = {}};
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < station.dataset.size(); ++i) {
    problem.image_ids.push_back(station.dataset.id(i));
    streams.push_back({problem.dataset, problem.image_ids.back(), 0});
  }
  const PhiloxNoise noise(problem.seed, streams);
  const TensorOptions options = station.prior->options();
  const Tensor images = all_images(station.dataset).to(options);
  const auto op = setting.task->bind(setting.task_options, problem.shape, noise, options);
  const Tensor y = measure(*op, images, problem.sigma_y, noise, experiment.hidden_noise);
  problem.measurement = y.to(at::kCPU, at::kFloat).contiguous();
  for (const auto& [name, values] : op->ingredients()) problem.ingredients[name] = values.to(at::kCPU).contiguous();
  return problem;
}

void export_problems(const Station& station, const std::vector<const Cell*>& settings, const RunOptions& options) {
  if (station.experiment.noise_kind != NoiseKind::gaussian)
    throw UserError("{}: noise: {}; problems for other programs have Gaussian noise alone", options.experiment.string(),
                    to_text(station.experiment.noise_kind));
  for (const Cell* setting : settings)
    if (!setting->task->required_file.empty())
      throw UserError("{}: the task {} is a network, which problems for other programs do not hold",
                      options.experiment.string(), setting->task->name);
  const std::filesystem::path& folder = options.output;
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_empty(folder, error))
    throw UserError("{}: holds something already; problems go into a new folder", folder.string());
  make_folder(folder);
  nlohmann::ordered_json index = {{"format", folder_format},
                                  {"experiment", std::filesystem::absolute(options.experiment).string()},
                                  {"overrides", options.overrides},
                                  {"problems", nlohmann::json::array()}};
  for (const Cell* setting : settings) {
    const ExportedProblem problem = problem_of(station, *setting);
    const std::string stem = problem_stem(problem.task, problem.sigma_y);
    write_problem(folder / (stem + ".h5"), problem);
    index["problems"].push_back(stem);
  }
  write_durably(folder / "problems.py", as_bytes(embedded_reader));
  write_durably(index_of(folder), as_bytes(index.dump(2) + "\n"));
}

ProblemFolder read_problem_folder(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(index_of(folder)))
    throw UserError("{}: no problems.json there: not a folder of dpsbench export", folder.string());
  const auto index = nlohmann::json::parse(read_text(index_of(folder)), nullptr, false);
  try {
    if (index.at("format") != folder_format)
      throw UserError("{}: its format is {}; this version reads \"{}\"", index_of(folder).string(),
                      index.at("format").dump(), folder_format);
    return {index.at("experiment").get<std::string>(), index.at("overrides").get<std::vector<std::string>>(),
            index.at("problems").get<std::vector<std::string>>()};
  } catch (const nlohmann::json::exception&) {
    throw UserError("{}: damaged; export the problems again", index_of(folder).string());
  }
}

}  // namespace dpsbench
