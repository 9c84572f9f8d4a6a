#pragma once
#include "core/error.h"
#include "runner/work/unit_batch.h"

namespace dpsbench {

/// Judges the first unit that a rank does: where one error, of no image in particular, fails all of it, it would fail
/// every other unit too (a device without the program's kernels, a library that cannot be loaded).
class FirstUnit {
 public:
  /// `others_worked`: units of this output were done before, so that what fails now need not fail everywhere.
  explicit FirstUnit(bool others_worked = false) : judged_(others_worked) {}

  /// Throws Error with the unit's cell and the error, for the first result only and only if that is so.
  void judge(const UnitResult& result) {
    if (std::exchange(judged_, true) || result.failures.empty() || !result.record.image_ids.empty()) return;
    const std::string& reason = result.failures.front().reason;
    for (const ImageFailure& failure : result.failures)
      if (failure.reason != reason) return;
    if (result.program_errors != result.failures.size()) return;
    throw Error(fmt::format(
        "every image of the first unit (cell {}) failed with the same error, as would all others: {}; nothing is "
        "recorded",
        result.record.cell_id, reason));
  }

 private:
  bool judged_;
};

}  // namespace dpsbench
