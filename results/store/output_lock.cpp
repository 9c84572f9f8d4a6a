#include "results/store/output_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <sstream>
#include <vector>

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
  throw OutputBusy(
      "{}: in use by {}.\nWait until it ends or give another --output folder. If you are sure that it is gone, delete "
      "{}.",
      path.parent_path().string(), holder.sentence.empty() ? "another process" : holder.sentence, path.string());
}

/// Opens a lock file, which stays for good: were it deleted, another process could lock the deleted one.
int open_lock(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) throw UserError("{}: cannot open: {}", path.string(), std::strerror(errno));
  return file;
}

fs::path part_path(const fs::path& folder, const Part& part) {
  return folder / fmt::format(".lock.{}-of-{}", part.number, part.of);
}

/// Lock files of parts, whether held or not.
std::vector<fs::path> part_paths(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code ignored;  // a folder that cannot be read cannot be locked either, which is told then
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (const std::string name = entry.path().filename().string();
        name.starts_with(".lock.") && name.find("-of-") != std::string::npos)
      paths.push_back(entry.path());
  return paths;
}

/// Whether a process holds the lock of this file.
bool is_held(const fs::path& path) {
  const int file = open_lock(path);
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) == 0;
  const bool unsupported = !locked && errno != EWOULDBLOCK;
  const Holder holder = read_holder(file);
  ::close(file);
  return unsupported ? !holder.host.empty() && is_alive(holder) : !locked;
}

Holder holder_of(const fs::path& path) {
  const int file = open_lock(path);
  Holder holder = read_holder(file);
  ::close(file);
  return holder;
}

}  // namespace

/// A lock file that is held.
class OutputLock::File {
 public:
  File(const fs::path& path, int kind, const std::string& job) : descriptor_(open_lock(path)) {
    const int locked = ::flock(descriptor_, kind | LOCK_NB);
    const bool unsupported = locked != 0 && errno != EWOULDBLOCK;
    const Holder holder = read_holder(descriptor_);
    if (locked != 0 && (!unsupported || (!holder.host.empty() && is_alive(holder)))) {
      ::close(descriptor_);
      refuse(path, holder);
    }
    const std::string text = kind == LOCK_SH
                                 ? std::string()
                                 : fmt::format("{0} {1}\nprocess {1} on {0}, since {2}{3}{4}\n", host_name(),
                                               ::getpid(), now(), job.empty() ? "" : ", job ", job);
    if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, text.data(), text.size(), 0) < 0) {
      ::close(descriptor_);
      throw UserError("{}: cannot write: {}", path.string(), std::strerror(errno));
    }
  }
  ~File() {
    if (::ftruncate(descriptor_, 0) != 0) errno = 0;
    ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

 private:
  int descriptor_;
};

OutputLock::OutputLock(const fs::path& folder, const std::string& job, const Part& part) {
  const fs::path own = part_path(folder, part);
  if (!part.is_whole()) {
    of_folder_ = std::make_unique<File>(folder / ".lock", LOCK_SH, job);
    of_part_ = std::make_unique<File>(own, LOCK_EX, job);
  }
  const std::string same_division = fmt::format("-of-{}", part.of);
  for (const fs::path& path : part_paths(folder)) {
    if ((!part.is_whole() && path == own) || !is_held(path)) continue;
    if (part.is_whole() || !path.filename().string().ends_with(same_division)) refuse(path, holder_of(path));
    found_no_other_ = false;
  }
  if (part.is_whole()) of_folder_ = std::make_unique<File>(folder / ".lock", LOCK_EX, job);
}

OutputLock::~OutputLock() = default;

OutputTurn::OutputTurn(const fs::path& folder) : descriptor_(open_lock(folder / ".lock.turn")) {
  while (::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) continue;
}

OutputTurn::~OutputTurn() { ::close(descriptor_); }

}  // namespace dpsbench
