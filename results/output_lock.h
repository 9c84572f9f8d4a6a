#pragma once
#include <filesystem>
#include <string>

namespace dpsbench {

/// Keeps two jobs from writing one output folder. The lock ends with the process, however it ends; where the file
/// system offers no such locks, a lock whose process is gone from this host is taken over and one of another host is
/// respected. Held by one process of a job.
class OutputLock {
 public:
  /// Takes the lock DIR/.lock; the folder must exist. `job` names the holder to others (a Slurm job id, say; may be
  /// empty). Throws UserError naming host, process and job of the holder if there is one.
  explicit OutputLock(const std::filesystem::path& folder, const std::string& job = {});
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

 private:
  int file_ = -1;
};

}  // namespace dpsbench
