#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dpsbench {

/// What `dpsbench submit` was asked.
struct SubmitOptions {
  std::filesystem::path experiment;
  std::filesystem::path output;
  std::vector<std::string> overrides;  ///< "path=value", handed on to dpsbench run
  int nodes = 1;                       ///< of each job
  int parts = 1;                       ///< jobs that share the output folder
  std::optional<int> gpus = {};        ///< asked of each node; 0: none, on purpose; empty: as the site's settings say
  std::string time = "12:00:00";       ///< limit of each job, as Slurm writes it
  std::filesystem::path site;          ///< empty: the settings that come with the program
  std::vector<std::string> program;    ///< the words that start dpsbench in a job, its own words behind them
};

/// Throws UserError unless `time` is a time as Slurm writes it: M, M:S, H:M:S, D-H, D-H:M or D-H:M:S.
void check_slurm_time(const std::string& time);

/// A batch script in which the line `#SBATCH --name=...` says `value`: changed where it is there, else added after the
/// last such line.
std::string with_directive(const std::string& script, const std::string& name, const std::string& value);

/// The name of the script that starts a program of several words, which the jobs' variable DPSBENCH cannot hold.
inline constexpr const char* launcher_name = "dpsbench";

/// The scripts of a run by their names (site.sh, run.sbatch, report.sbatch, chain.sh, and launcher_name where `program`
/// has several words), filled in to lie in `output`/slurm: nodes, time and parts, where site.sh lies and which program
/// runs. (Where the logs go, chain.sh tells
/// sbatch: a directive takes no blanks.) Paths in `options` must be absolute. Throws UserError for control characters
/// in them.
std::map<std::string, std::string> slurm_scripts(const SubmitOptions& options);

/// Whether the site's settings, or sbatch's variables in the environment, speak of GPUs (comments apart).
bool site_asks_for_gpus(const SubmitOptions& options);

/// The command line that submits those scripts.
std::vector<std::string> submission(const SubmitOptions& options);

}  // namespace dpsbench
