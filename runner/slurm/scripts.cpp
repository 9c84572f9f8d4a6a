#include "runner/slurm/scripts.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "core/error.h"
#include "core/words/printable.h"
#include "core/words/shell_word.h"
#include "runner/slurm/embedded_slurm.h"

namespace dpsbench {
namespace {

constexpr std::string_view directive = "#SBATCH --";

std::string site_settings(const std::filesystem::path& file) {
  if (file.empty()) return embedded_slurm_site;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw UserError("--site {}: cannot be read", file.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

void refuse_control_characters(const char* what, const std::string& text) {
  if (const std::string found = first_control_character(text); !found.empty())
    throw UserError("{} '{}': holds the control character {}, with which Slurm's log would go astray", what,
                    printable(text), found);
}

/// The script with the place where it looks for its site settings by default changed to `site`.
std::string reading(std::string script, const std::filesystem::path& site) {
  const std::string standard = R"("${DPSBENCH_SITE:-slurm/site.sh}")";
  const std::size_t found = script.find(standard);
  if (found == std::string::npos) throw Error("a Slurm script does not read its site settings");
  return script.replace(found, standard.size(), shell_word(site.string()));
}

}  // namespace

void check_slurm_time(const std::string& time) {
  static const std::regex pattern(R"(\d+(:\d{1,2}(:\d{1,2})?)?|\d+-\d{1,2}(:\d{1,2}(:\d{1,2})?)?)");
  if (!std::regex_match(time, pattern))
    throw UserError(
        "--time {}: not a time; allowed are minutes, minutes:seconds, hours:minutes:seconds, days-hours, "
        "days-hours:minutes and days-hours:minutes:seconds",
        time);
}

std::string with_directive(const std::string& script, const std::string& name, const std::string& value) {
  const std::string wanted = fmt::format("{}{}={}", directive, name, value);
  const std::string opening = fmt::format("\n{}{}=", directive, name);
  if (const std::size_t found = script.find(opening); found != std::string::npos) {
    const std::size_t end = script.find('\n', found + 1);
    return script.substr(0, found + 1) + wanted + script.substr(end);
  }
  const std::size_t last = script.rfind("\n" + std::string(directive));
  if (last == std::string::npos) throw Error("a batch script without #SBATCH lines");
  const std::size_t end = script.find('\n', last + 1);
  return script.substr(0, end + 1) + wanted + script.substr(end);
}

std::map<std::string, std::string> slurm_scripts(const SubmitOptions& options) {
  const std::filesystem::path folder = options.output / "slurm";
  refuse_control_characters("--output", options.output.string());
  std::string program;
  for (const std::string& word : options.program) {
    refuse_control_characters("the program's path", word);
    program += (program.empty() ? "" : " ") + shell_word(word);
  }
  const bool launched = options.program.size() > 1;
  std::string run = with_directive(embedded_slurm_run, "nodes", std::to_string(options.nodes));
  run = with_directive(run, "time", options.time);
  if (options.parts > 1) run = with_directive(run, "array", fmt::format("1-{}", options.parts));
  const std::string site =
      fmt::format("export DPSBENCH=${{DPSBENCH:-{}}}\n{}",
                  launched ? shell_word((folder / launcher_name).string()) : program, site_settings(options.site));
  std::map<std::string, std::string> scripts = {{"site.sh", site},
                                                {"run.sbatch", reading(run, folder / "site.sh")},
                                                {"report.sbatch", reading(embedded_slurm_report, folder / "site.sh")},
                                                {"chain.sh", embedded_slurm_chain}};
  if (launched) scripts[launcher_name] = fmt::format("#!/bin/sh\nexec {} \"$@\"\n", program);
  return scripts;
}

bool site_asks_for_gpus(const SubmitOptions& options) {
  for (const char* variable :
       {"SBATCH_GPUS", "SBATCH_GPUS_PER_NODE", "SBATCH_GPUS_PER_TASK", "SBATCH_GRES", "SBATCH_TRES_PER_TASK"})
    if (std::getenv(variable) != nullptr) return true;
  static const std::regex aside("#.*|SLURM_GPUS_ON_NODE");
  static const std::regex of_gpus("gpu|gres", std::regex::icase);
  std::istringstream lines(site_settings(options.site));
  for (std::string line; std::getline(lines, line);)
    if (std::regex_search(std::regex_replace(line, aside, ""), of_gpus)) return true;
  return false;
}

std::vector<std::string> submission(const SubmitOptions& options) {
  std::vector<std::string> words = {"bash", (options.output / "slurm" / "chain.sh").string(),
                                    options.experiment.string(), options.output.string()};
  if (options.gpus.value_or(0) > 0) words.push_back(fmt::format("--gpus-per-node={}", *options.gpus));
  if (!options.overrides.empty()) words.emplace_back("--");
  for (const std::string& text : options.overrides) words.insert(words.end(), {"--set", text});
  return words;
}

}  // namespace dpsbench
