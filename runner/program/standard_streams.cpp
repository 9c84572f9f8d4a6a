#include "runner/program/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>

#include "core/words/tell.h"
#include "runner/ranks/exit_code.h"

namespace dpsbench {

void secure_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (::fcntl(stream, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));  // the lowest number there is
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

int exit_code_after_output(int code) {
  errno = 0;
  std::cout.flush();
  bool flushed = std::fflush(stdout) == 0;
  if (const int copy = ::dup(STDOUT_FILENO); copy >= 0) flushed = ::close(copy) == 0 && flushed;  // NFS tells it here
  if (flushed && std::ferror(stdout) == 0 && std::cout.good()) return code;
  const int reason = reason_of_lost_output() != 0 ? reason_of_lost_output() : errno;
  tell("dpsbench: standard output could not be written{}{}: some of what was said there is lost\n",
       reason == 0 ? "" : ": ", reason == 0 ? "" : std::strerror(reason));
  return code == exit_code::success ? exit_code::internal_error : code;
}

}  // namespace dpsbench
