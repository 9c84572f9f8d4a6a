#include "runner/exchange/tried_apart.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "core/error.h"

namespace dpsbench {
namespace {

/// In the child: a crash ends it without a word, a core file or a handler of MPI's. It does not outlive its parent.
[[noreturn]] void read_and_end(const std::function<void()>& read) {
  static_cast<void>(::prctl(PR_SET_PDEATHSIG, SIGKILL));
  const rlimit none{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
  for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) static_cast<void>(std::signal(number, SIG_DFL));
  try {
    read();
  } catch (...) {
    ::_exit(0);
  }
  ::_exit(0);
}

}  // namespace

void try_apart(const std::filesystem::path& file, const std::function<void()>& read) {
  const pid_t child = ::fork();
  if (child < 0) throw Error("cannot start another process");
  if (child == 0) read_and_end(read);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw Error("lost sight of a process");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw DataError("{}: damaged: reading it ends in a crash of the library that reads it", file.string());
}

}  // namespace dpsbench
