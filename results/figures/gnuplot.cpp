#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "results/figures/figure.h"
#include "results/files/durable_file.h"

extern char** environ;

namespace dpsbench {
namespace {

/// Runs gnuplot on scripts in a folder, its messages into a file. Returns its exit status, or -1 with errno set if it
/// could not be started.
int run_gnuplot(const std::filesystem::path& folder, const std::vector<std::string>& scripts,
                const std::filesystem::path& messages) {
  std::vector<std::string> words = {"gnuplot"};
  words.insert(words.end(), scripts.begin(), scripts.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    errno = error;
    return -1;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

std::string draw_figures(const std::filesystem::path& folder, const std::vector<std::string>& stems) {
  if (stems.empty()) return "";
  std::vector<std::string> scripts;
  for (const std::string& stem : stems) scripts.push_back(stem + ".gp");
  const std::filesystem::path messages = std::filesystem::absolute(folder) / "gnuplot.log";
  const int status = run_gnuplot(folder, scripts, messages);
  if (status < 0 && errno == ENOENT)
    return fmt::format(
        "gnuplot is not installed: figures were not drawn. Install it (Debian: gnuplot-nox) and run "
        "'gnuplot *.gp' in {}",
        folder.string());
  if (status < 0) return fmt::format("gnuplot could not be started: {}", std::strerror(errno));
  const Bytes log = read_bytes(messages);
  std::string text(reinterpret_cast<const char*>(log.data()), log.size());
  std::filesystem::remove(messages);
  if (status != 0) return fmt::format("gnuplot failed in {}: {}", folder.string(), text);
  return "";
}

}  // namespace dpsbench
