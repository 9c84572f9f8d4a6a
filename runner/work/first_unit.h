#pragma once
#include <functional>

#include "core/error.h"
#include "runner/work/unit_batch.h"

namespace dpsbench {

/// Judges the first unit that a rank does: where one error, of no image in particular, fails all of it, it may fail
/// every other unit too (a device without the program's kernels, a library that cannot be loaded). An image of another
/// cell tells that from an error of the cell's own, such as a number among its options that no float holds.
class FirstUnit {
 public:
  /// `others_worked`: units of this output were done before, so that what fails now need not fail everywhere.
  explicit FirstUnit(bool others_worked = false) : judged_(others_worked) {}

  /// Throws Error with the unit's cell and the error, for the first result only, where its images all failed with one
  /// error of the program and `elsewhere()`, an image of another cell, failed with an error of the program too, or the
  /// experiment has no other cell (an empty result).
  void judge(const UnitResult& result, const std::function<UnitResult()>& elsewhere) {
    if (std::exchange(judged_, true) || result.failures.empty() || !result.record.image_ids.empty()) return;
    const std::string& reason = result.failures.front().reason;
    for (const ImageFailure& failure : result.failures)
      if (failure.reason != reason) return;
    if (result.program_errors != result.failures.size()) return;
    const UnitResult other = elsewhere();
    const std::string& tried = other.record.cell_id;
    if (!tried.empty() && other.program_errors == 0) return;
    throw Error(fmt::format(
        "every image of the first unit (cell {}) failed with the same error{}: {}; nothing is recorded",
        result.record.cell_id,
        tried.empty() ? ", and the experiment has no other cell" : ", and an image of cell " + tried + " failed too",
        reason));
  }

 private:
  bool judged_;
};

}  // namespace dpsbench
