#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "core/error.h"

namespace dpsbench {

/// A share of an experiment's work: number 1 to `of`. {1, 1} is all of it.
struct Part {
  int number = 1;
  int of = 1;
  [[nodiscard]] bool is_whole() const { return of == 1; }
};

/// Another process holds an output folder.
class OutputBusy final : public UserError {
 public:
  using UserError::UserError;
};

/// Keeps two jobs from writing one output folder, unless they are parts of one run: parts 1 to n of n may work side by
/// side, each once. The lock ends with the process, however it ends; where the file system offers no such locks, a lock
/// whose process is gone from this host is taken over and one of another host is respected. Held by one process of a
/// job.
class OutputLock {
 public:
  /// The folder must exist. `job` names the holder to others (a Slurm job id, say; may be empty). Throws OutputBusy
  /// naming host, process and job of the holder if there is one.
  explicit OutputLock(const std::filesystem::path& folder, const std::string& job = {}, const Part& part = {});
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

  /// Whether no other part was at work when the lock was taken.
  [[nodiscard]] bool found_no_other() const { return found_no_other_; }

 private:
  class File;
  std::unique_ptr<File> of_folder_;
  std::unique_ptr<File> of_part_;
  bool found_no_other_ = true;
};

/// Lets the parts of a run do one after the other what must not be done at the same time: open the folder, put the
/// results together. Waits for its turn. Where the file system offers no locks, it does not wait.
class OutputTurn {
 public:
  explicit OutputTurn(const std::filesystem::path& folder);
  ~OutputTurn();
  OutputTurn(const OutputTurn&) = delete;
  OutputTurn& operator=(const OutputTurn&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace dpsbench
