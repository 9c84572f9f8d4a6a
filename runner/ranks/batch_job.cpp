#include "runner/ranks/batch_job.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

namespace dpsbench {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int count_in(const char* name) { return std::max(1, std::atoi(variable(name).c_str())); }

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string job_name() { return variable("SLURM_JOB_ID"); }

int tasks_of_job() { return count_in("SLURM_NTASKS"); }

int launched_together() {
  if (!variable("SLURM_STEP_NUM_TASKS").empty()) return count_in("SLURM_STEP_NUM_TASKS");
  // a batch script has a SLURM_PROCID too: 0
  const bool in_step = !variable("SLURM_STEP_ID").empty() || std::atoi(variable("SLURM_PROCID").c_str()) > 0;
  return in_step ? tasks_of_job() : 1;
}

std::optional<std::chrono::system_clock::time_point> job_end() {
  const std::string text = variable("SLURM_JOB_END_TIME");
  char* end = nullptr;
  const std::int64_t seconds = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || seconds <= 0) return std::nullopt;
  return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
}

double process_age() {
  std::ifstream stream("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  // the program's name, in parentheses, may hold blanks; the start is the 20th field after it
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string field;
  for (int k = 0; k < 20; ++k) fields >> field;
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const double started = std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 - started;
}

}  // namespace dpsbench
