#include <ATen/core/grad_mode.h>

#include "core/error.h"
#include "core/words/tell.h"
#include "runner/commands/commands.h"
#include "runner/exchange/export_problems.h"

namespace dpsbench {
namespace {

struct ExportRequest {
  RunOptions run;
  std::vector<std::string> cells;  ///< parts of cells' names; empty: all
};

bool wanted(const Cell& cell, const std::vector<std::string>& parts) {
  return parts.empty() ||
         std::ranges::any_of(parts, [&](const std::string& part) { return cell.id.find(part) != std::string::npos; });
}

void export_cells(const ExportRequest& request) {
  const at::NoGradGuard no_grad;
  const Station station = set_up_station(request.run, 0);
  const std::vector<Cell> all = expand_cells(station.experiment, station.prior->shape());
  std::vector<Cell> chosen;
  for (const Cell& cell : all)
    if (wanted(cell, request.cells)) chosen.push_back(cell);
  if (chosen.empty())
    throw UserError("--cells {}: in no cell's name; the first cell is {}, `dpsbench plan` lists them all",
                    fmt::join(request.cells, ","), all.front().id);
  const std::vector<const Cell*> settings = settings_of_cells(chosen);
  export_problems(station, settings, request.run);
  say("{} problems of {} images in {}; problems.py there reads them:\n  python3 {}/problems.py\n", settings.size(),
      station.dataset.size(), request.run.output.string(), request.run.output.string());
}

}  // namespace

void add_export_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("export", "Write an experiment's problems for a program of your own");
  const auto request = std::make_shared<ExportRequest>();
  request->run.device = "cpu";
  command->add_option("EXPERIMENT", request->run.experiment, "Experiment file (YAML)")->required();
  command->add_option("--output", request->run.output, "A new folder for them")->required();
  command
      ->add_option("--cells", request->cells,
                   "Only the problems of cells with one of these in their names: inpainting-0.7,denoising [all]")
      ->delimiter(',');
  command->add_option("--set", request->run.overrides, "Override a key: path=value, list items by number from 0")
      ->take_all()
      ->allow_extra_args(false);
  command->footer(
      "A problem is a task with its options at one noise level: measurement, what the operator is made of (mask,\n"
      "kernel, matrix), sigma_y, ids, shape, digest; never the originals. problems.py reads them with h5py, has the\n"
      "operators in torch and this program's own random numbers in numpy, so that any code can be run on the noise\n"
      "that the built-in methods get. Judge its answers with `dpsbench import`.\n"
      "  dpsbench export experiments/quickstart.yaml --output problems --cells inpainting-0.7,super_resolution");
  command->callback([request] { export_cells(*request); });
}

}  // namespace dpsbench
