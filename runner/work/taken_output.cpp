#include "runner/work/taken_output.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/words/tell.h"
#include "runner/ranks/batch_job.h"
#include "runner/ranks/signals.h"

namespace dpsbench {
namespace {

using Clock = std::chrono::steady_clock;

/// Tries at once and then now and then, until it works, and tells of the first time that it does not.
class Patience {
 public:
  /// limit: seconds; 0: without end.
  explicit Patience(double limit)
      : until_(limit > 0 ? Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                              std::chrono::duration<double>(std::min(limit, longest)))
                         : Clock::time_point::max()) {}

  /// Another try failed for this reason: waits, or throws it again when there is no time left.
  void after(const OutputBusy& busy) {
    if (stop_requested()) throw Interrupted();
    if (Clock::now() >= until_) throw busy;
    if (!std::exchange(told_, true)) {
      const std::string text = busy.what();
      tell("waiting: {}\n", text.substr(0, text.find('\n')));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }

 private:
  static constexpr double longest = 1e9;
  Clock::time_point until_;
  bool told_ = false;
};

/// Seconds in which a job that only looks whether it may begin gives the turn back.
constexpr double seconds_for_a_look = 2;

OutputTurn wait_for_turn(const std::filesystem::path& folder, Patience patience) {
  while (true) try {
      return OutputTurn(folder, this_job());
    } catch (const OutputBusy& busy) {
      patience.after(busy);
    }
}

}  // namespace

LockOwner this_job() { return {job_name(), job_restarts()}; }

OutputTurn wait_for_turn(const std::filesystem::path& folder, double limit) {
  return wait_for_turn(folder, Patience(limit));
}

OutputTurn take_output(const RunOptions& options, std::optional<OutputLock>& lock) {
  Patience for_others(std::max(options.wait, 1e-9));
  const double for_parts = options.step_timeout > 0 ? std::max(options.wait, options.step_timeout) : 0;
  while (true) try {
      OutputTurn turn = wait_for_turn(options.output,
                                      options.part.is_whole() ? std::max(options.wait, seconds_for_a_look) : for_parts);
      lock.emplace(options.output, this_job(), options.part);
      return turn;
    } catch (const OutputBusy& busy) {
      for_others.after(busy);
    }
}

}  // namespace dpsbench
