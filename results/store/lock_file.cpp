#include "results/store/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <sstream>

#include "results/files/temporary_file.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

constexpr auto between_touches = std::chrono::minutes(1);
constexpr std::time_t seconds_untouched = 240;  ///< after which a holder on another host is gone

std::string lock_host() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return host.data();
}

std::string local_time() {
  const std::time_t time = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&time, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return text.data();
}

/// The file's content: "host pid" on the first line, then the sentence for people, then "restart job". Empty when the
/// lock is free.
struct Holder {
  std::string host;
  pid_t process = 0;
  std::string sentence;
  LockOwner owner;
};

Holder read_holder(const Descriptor& file) {
  std::array<char, 1024> text{};
  const ssize_t length = retried([&] { return ::pread(file.number(), text.data(), text.size() - 1, 0); });
  std::istringstream content(length > 0 ? text.data() : "");
  Holder holder;
  content >> holder.host >> holder.process >> std::ws;
  std::getline(content, holder.sentence);
  content >> holder.owner.restart >> std::ws;
  std::getline(content, holder.owner.job);
  return holder;
}

std::string text_of_holder(const LockOwner& owner) {
  return fmt::format("{0} {1}\nprocess {1} on {0}, since {2}{3}{4}\n{5} {4}\n", lock_host(), ::getpid(), local_time(),
                     owner.job.empty() ? "" : ", job ", owner.job, owner.restart);
}

Descriptor open_lock(const fs::path& path) {
  constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  const int file = retried([&] { return ::open(path.c_str(), flags, 0666); });
  if (file < 0) {
    const char* reason = errno == ELOOP ? "it is a link: delete it" : std::strerror(errno);
    throw UserError("{}: cannot open: {}", path.string(), reason);
  }
  return Descriptor(file);
}

bool write_text(const Descriptor& file, const std::string& text) {
  if (retried([&] { return ::ftruncate(file.number(), 0); }) != 0) return false;
  const ssize_t written = retried([&] { return ::pwrite(file.number(), text.data(), text.size(), 0); });
  return written == static_cast<ssize_t>(text.size());
}

/// The time at which the file system of a folder is; 0 if it cannot be found out.
std::time_t time_there(const fs::path& folder) {
  const fs::path probe = temporary_name(folder / ".lock.time");
  const Descriptor file(::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  struct stat status {};
  const bool known = file.number() >= 0 && ::fstat(file.number(), &status) == 0;
  ::unlink(probe.c_str());
  return known ? status.st_mtime : 0;
}

/// Whether a holder that only the file's text tells of is there.
bool is_there(const Holder& holder, const Descriptor& file, const fs::path& path, const LockOwner& owner) {
  if (holder.host.empty()) return false;
  if (holder.host == lock_host()) return ::kill(holder.process, 0) == 0 || errno == EPERM;
  if (!owner.job.empty() && holder.owner.job == owner.job && holder.owner.restart < owner.restart) return false;
  struct stat status {};
  return ::fstat(file.number(), &status) != 0 || time_there(path.parent_path()) - status.st_mtime < seconds_untouched;
}

[[noreturn]] void refuse(const fs::path& path, const Holder& holder) {
  throw OutputBusy(
      "{}: in use by {}.\nWait until it ends or give another --output folder. If you are sure that it is gone, delete "
      "{}.",
      path.parent_path().string(), holder.sentence.empty() ? "another process" : holder.sentence, path.string());
}

enum class Locking { locked, busy, unsupported };

Locking lock_at_once(const Descriptor& file, LockKind kind) {
  const int operation = kind == LockKind::shared ? LOCK_SH : LOCK_EX;
  if (retried([&] { return ::flock(file.number(), operation | LOCK_NB); }) == 0) return Locking::locked;
  return errno == EWOULDBLOCK ? Locking::busy : Locking::unsupported;
}

}  // namespace

LockFile::LockFile(const fs::path& path, LockKind kind, const LockOwner& owner) : file_(open_lock(path)) {
  const Locking locking = lock_at_once(file_, kind);
  by_text_ = locking == Locking::unsupported;
  const Holder holder = read_holder(file_);
  if (locking == Locking::busy || (by_text_ && is_there(holder, file_, path, owner))) refuse(path, holder);
  if (!write_text(file_, kind == LockKind::shared ? std::string() : text_of_holder(owner)))
    throw UserError("{}: cannot write: {}", path.string(), std::strerror(errno));
  if (by_text_ && kind == LockKind::exclusive) toucher_ = std::thread([this] { keep_touching(); });
}

LockFile::~LockFile() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (toucher_.joinable()) toucher_.join();
  const Holder holder = read_holder(file_);
  const bool own = holder.host == lock_host() && holder.process == ::getpid();
  if (own || !by_text_) (void)write_text(file_, {});
}

void LockFile::keep_touching() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, between_touches, [this] { return over_; })) (void)::futimens(file_.number(), nullptr);
}

bool is_held(const fs::path& path, const LockOwner& owner) {
  const Descriptor file = open_lock(path);
  const Locking locking = lock_at_once(file, LockKind::exclusive);
  return locking == Locking::busy ||
         (locking == Locking::unsupported && is_there(read_holder(file), file, path, owner));
}

void refuse_held(const fs::path& path) { refuse(path, read_holder(open_lock(path))); }

}  // namespace dpsbench
