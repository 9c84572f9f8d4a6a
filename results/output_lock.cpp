#include "results/output_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <sstream>

#include "core/error.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

std::string host_name() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return host.data();
}

std::string now() {
  const std::time_t time = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&time, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return text.data();
}

/// The file's content: "host pid" on the first line, then the sentence for people. Empty when the lock is free.
struct Holder {
  std::string host;
  pid_t process = 0;
  std::string sentence;
};

Holder read_holder(int file) {
  std::array<char, 1024> text{};
  const ssize_t length = ::pread(file, text.data(), text.size() - 1, 0);
  std::istringstream content(length > 0 ? text.data() : "");
  Holder holder;
  content >> holder.host >> holder.process >> std::ws;
  std::getline(content, holder.sentence);
  return holder;
}

bool is_alive(const Holder& holder) {
  if (holder.host != host_name()) return true;  // it cannot be seen from here
  return ::kill(holder.process, 0) == 0 || errno == EPERM;
}

[[noreturn]] void refuse(const fs::path& path, const Holder& holder) {
  throw UserError(
      "{}: in use by {}.\nWait until it ends or give another --output folder. If you are sure that it is gone, delete "
      "{}.",
      path.parent_path().string(), holder.sentence.empty() ? "another process" : holder.sentence, path.string());
}

}  // namespace

OutputLock::OutputLock(const fs::path& folder, const std::string& job) {
  const fs::path path = folder / ".lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) throw UserError("{}: cannot open: {}", path.string(), std::strerror(errno));
  const int locked = ::flock(file_, LOCK_EX | LOCK_NB);
  const bool unsupported = locked != 0 && errno != EWOULDBLOCK;
  const Holder holder = read_holder(file_);
  if (locked != 0 && (!unsupported || (!holder.host.empty() && is_alive(holder)))) {
    ::close(file_);
    refuse(path, holder);
  }
  const std::string text = fmt::format("{0} {1}\nprocess {1} on {0}, since {2}{3}{4}\n", host_name(), ::getpid(), now(),
                                       job.empty() ? "" : ", job ", job);
  if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, text.data(), text.size(), 0) < 0) {
    ::close(file_);
    throw UserError("{}: cannot write: {}", path.string(), std::strerror(errno));
  }
}

OutputLock::~OutputLock() {
  // The file stays: were it deleted, another process could lock the deleted one.
  if (::ftruncate(file_, 0) != 0) errno = 0;
  ::close(file_);
}

}  // namespace dpsbench
