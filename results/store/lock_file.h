#pragma once
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "core/error.h"
#include "results/files/descriptor.h"

namespace dpsbench {

/// Another process holds an output folder.
class OutputBusy final : public UserError {
 public:
  using UserError::UserError;
};

/// Who holds a lock, for those whom it keeps out.
struct LockOwner {
  std::string job = {};  ///< the batch system's name of the job, or what holds it; may be empty
  int restart = 0;       ///< how often the batch system has begun this job again
};

/// Whether others may hold a lock at the same time.
enum class LockKind { shared, exclusive };

/// A lock file that is held, until its process ends, however it ends. It stays for good: were it deleted, another
/// process could lock the deleted one.
///
/// Where the file system offers no locks, what the holder wrote into the file decides, and only an exclusive lock keeps
/// others out: a holder on this host is there while its process is; one on another host while it touches the file each
/// minute. It is gone after four minutes by the file system's clock, or at once for a later start of the same job.
class LockFile {
 public:
  /// Throws OutputBusy naming host, process and job if another process holds it, UserError naming a file that cannot be
  /// opened or written. A link is not followed.
  LockFile(const std::filesystem::path& path, LockKind kind, const LockOwner& owner);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  void keep_touching();

  Descriptor file_;
  bool by_text_ = false;  ///< the file system offers no locks
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread toucher_;
};

/// Whether another process than `owner`'s holds the lock file.
bool is_held(const std::filesystem::path& path, const LockOwner& owner);

/// Throws OutputBusy naming whom the lock file tells of.
[[noreturn]] void refuse_held(const std::filesystem::path& path);

}  // namespace dpsbench
