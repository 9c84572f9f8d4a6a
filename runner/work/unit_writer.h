#pragma once
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "runner/work/unit_batch.h"

namespace dpsbench {

/// Keeps finished units on a thread of its own: sampling goes on with the next while the storage takes its time. One
/// unit at a time: slow storage slows the rank down and does not fill its memory, and a kill costs no unit more than
/// the one being written.
class UnitWriter {
 public:
  using Write = std::function<void(const UnitResult&)>;

  /// `write` is called on the writer's thread, for one unit at a time, in the order of put().
  explicit UnitWriter(Write write);
  /// Waits until what was put is written; what goes wrong then goes unnoticed: call finish() first.
  ~UnitWriter();
  UnitWriter(const UnitWriter&) = delete;
  UnitWriter& operator=(const UnitWriter&) = delete;

  /// Hands a unit over, once the one before is written. Throws what an earlier unit's write threw; nothing is written
  /// after that.
  void put(UnitResult result);

  /// Waits until everything that was put is written. Throws what a write threw.
  void finish();

 private:
  void work();

  Write write_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<UnitResult> unit_;  ///< to be written; gone when it is
  bool closing_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  ///< last: it starts when all else is there
};

}  // namespace dpsbench
