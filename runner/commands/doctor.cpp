#include "core/words/tell.h"
#include "runner/commands/commands.h"
#include "runner/doctor/checks.h"
#include "runner/doctor/versions.h"

namespace dpsbench {
namespace {

struct DoctorOptions {
  std::vector<std::string> experiments;
  std::string folder = ".";
  bool launched = false;
};

void show(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    say("{}  {}: {}\n", finding.there ? "ok   " : "lacks", finding.subject, finding.text);
}

void examine(const DoctorOptions& options) {
  if (options.launched) return answer_launch();
  say("{}\n", versions_text());
  show(check_gpus());
  show({check_launch()});
  show(check_folder(options.folder));
  show({check_gnuplot()});
  show(check_inputs(options.experiments));
}

}  // namespace

void add_doctor_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("doctor", "Show what this machine offers for runs, and what it lacks");
  const auto options = std::make_shared<DoctorOptions>();
  command->add_option("EXPERIMENT", options->experiments, "Experiment files whose weights and images are looked for");
  command->add_option("--output", options->folder, "The folder in which outputs are to lie")->capture_default_str();
  command->add_flag("--launched", options->launched)->group("");  // a rank that this command started
  command->callback([options] { examine(*options); });
}

}  // namespace dpsbench
