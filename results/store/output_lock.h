#pragma once
#include <filesystem>
#include <memory>

#include "results/store/lock_file.h"

namespace dpsbench {

/// A share of an experiment's work: number 1 to `of`. {1, 1} is all of it.
struct Part {
  int number = 1;
  int of = 1;
  [[nodiscard]] bool is_whole() const { return of == 1; }
};

/// Keeps two jobs from writing one output folder, unless they are parts of one run: parts 1 to n of n may work side by
/// side, each once. The lock ends with the process, however it ends (LockFile). Held by one process of a job.
class OutputLock {
 public:
  /// The folder must exist. Throws OutputBusy naming host, process and job of the holder if there is one.
  explicit OutputLock(const std::filesystem::path& folder, const LockOwner& owner = {}, const Part& part = {});

  /// Whether no other part was at work when the lock was taken.
  [[nodiscard]] bool found_no_other() const { return found_no_other_; }

 private:
  std::unique_ptr<LockFile> of_folder_;
  std::unique_ptr<LockFile> of_part_;
  bool found_no_other_ = true;
};

/// Lets jobs do one after the other what must not be done at the same time: open the folder, put the results together.
class OutputTurn {
 public:
  /// Throws OutputBusy naming the holder if it is another's turn.
  explicit OutputTurn(const std::filesystem::path& folder, const LockOwner& owner = {});

 private:
  std::unique_ptr<LockFile> held_;
};

}  // namespace dpsbench
