#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/words/printable.h"
#include "core/words/shell_word.h"
#include "results/figures/figure.h"
#include "results/files/passing_folder.h"

extern char** environ;

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

/// What a program wrote into an anonymous file.
std::string text_in(int file) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t count = 0; (count = ::pread(file, part.data(), part.size(), static_cast<off_t>(text.size()))) > 0;)
    text.append(part.data(), static_cast<std::size_t>(count));
  return text;
}

/// Runs gnuplot on scripts in a folder, what it says into the open file `messages`. Returns its exit status, or -1 with
/// errno set if it could not be started.
int run_gnuplot(const fs::path& folder, const std::vector<std::string>& scripts, int messages) {
  std::vector<std::string> words = {"gnuplot"};
  words.insert(words.end(), scripts.begin(), scripts.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t pipe;  // its death by SIGPIPE, which this program does not die of
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &pipe);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, messages, STDOUT_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    errno = error;
    return -1;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void copy_whole(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (!fs::copy_file(from, to, error))
    throw DataError("{}: cannot copy to {}: {}", from.string(), to.string(), error.message());
}

/// Gives a drawn picture its name. Returns whether there is one that is not empty.
bool moved_if_whole(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const auto size = fs::file_size(from, error);
  if (error || size == 0) return false;
  fs::rename(from, to, error);
  if (error) throw DataError("{}: cannot rename a temporary file to this name: {}", to.string(), error.message());
  return true;
}

}  // namespace

std::string draw_figures(const fs::path& folder, const std::vector<std::string>& stems) {
  if (stems.empty()) return "";
  const PassingFolder drawing(folder, ".drawing-");  // two reports of one output may draw at the same time
  std::vector<std::string> scripts;
  for (const std::string& stem : stems) {
    scripts.push_back(stem + ".gp");
    for (const char* ending : {".gp", ".dat"})
      if (fs::exists(folder / (stem + ending))) copy_whole(folder / (stem + ending), drawing.path() / (stem + ending));
  }
  const int messages = ::memfd_create("gnuplot", MFD_CLOEXEC);
  if (messages < 0) throw Error(fmt::format("memfd_create: {}", std::strerror(errno)));
  const int status = run_gnuplot(drawing.path(), scripts, messages);
  const int trouble = errno;
  const std::string text = text_in(messages);
  ::close(messages);
  if (status < 0 && trouble == ENOENT)
    return fmt::format(
        "gnuplot is not installed: figures were not drawn. Install it (Debian: gnuplot-nox), then: cd {} && gnuplot "
        "*.gp",
        shell_word(folder.string()));
  if (status < 0) return fmt::format("gnuplot could not be started: {}", std::strerror(trouble));
  std::string incomplete;
  for (const std::string& stem : stems)
    for (const char* ending : {".svg", ".png", ".pdf"})
      if (!moved_if_whole(drawing.path() / (stem + ending), folder / (stem + ending)) && incomplete.empty())
        incomplete = stem + ending;
  if (status != 0) return fmt::format("gnuplot failed in {}: {}", folder.string(), printable(text, "\n\t"));
  if (!incomplete.empty())
    return fmt::format("gnuplot left {} empty or out: {}", (folder / incomplete).string(), printable(text, "\n\t"));
  return "";
}

}  // namespace dpsbench
