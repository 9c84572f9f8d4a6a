#include "runner/ranks/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>
#include <thread>

#include "runner/ranks/exit_code.h"
#include "runner/ranks/signals.h"
#include "runner/ranks/work_queue.h"

namespace dpsbench {
namespace {

constexpr std::int64_t no_unit = -1;
constexpr auto pause_between_polls = std::chrono::milliseconds(2);

/// A unit done: what became of it, and how long it took.
struct Attempt {
  std::size_t unit;
  Outcome outcome;
  double seconds;
};

Attempt attempt(const Work& work, const Handed& handed) {
  const auto started = std::chrono::steady_clock::now();
  const Outcome outcome = work(handed.unit, handed.next);
  return {handed.unit, outcome, std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()};
}

constexpr Message first_request = {no_unit};

Message report_of(const Attempt& made) {
  return {static_cast<std::int64_t>(made.unit), static_cast<std::int64_t>(made.outcome.failures),
          made.outcome.interrupted ? 1 : 0, std::lround(made.seconds * 1e6)};
}

std::optional<Attempt> attempt_of(const Message& report) {
  const auto [unit, failures, interrupted, microseconds] = report;
  if (unit == no_unit) return std::nullopt;
  return Attempt{static_cast<std::size_t>(unit),
                 {.failures = static_cast<std::size_t>(failures), .interrupted = interrupted != 0},
                 static_cast<double>(microseconds) * 1e-6};
}

Message reply_of(const std::optional<Handed>& handed) {
  if (!handed) return {no_unit};
  return {static_cast<std::int64_t>(handed->unit), handed->next ? static_cast<std::int64_t>(*handed->next) : no_unit};
}

std::optional<Handed> handed_by(const Message& reply) {
  if (reply[0] == no_unit) return std::nullopt;
  Handed handed{static_cast<std::size_t>(reply[0]), std::nullopt};
  if (reply[1] != no_unit) handed.next = static_cast<std::size_t>(reply[1]);
  return handed;
}

/// Rank 0's units still to do, and the count of those done. Shared by its two threads.
class Desk {
 public:
  Desk(const ExpectedCosts& costs, DispatchListener& listener, std::size_t max_failures)
      : queue_(costs), listener_(listener), max_failures_(max_failures) {}

  std::optional<Handed> take(int rank) {
    const std::lock_guard lock(mutex_);
    if (stop_requested() || gave_up()) return std::nullopt;
    return queue_.take(rank);
  }

  void report(const Attempt& made) {
    const std::lock_guard lock(mutex_);
    const auto& [unit, outcome, seconds] = made;
    result_.ended += outcome.interrupted ? 0 : 1;
    result_.failures += outcome.failures;
    if (!outcome.interrupted && outcome.failures == 0) queue_.learn(unit, seconds);
    if (outcome.interrupted) request_stop();
    listener_.on_outcome(unit, outcome);
  }

  void idle() {
    const std::lock_guard lock(mutex_);
    listener_.on_idle();
  }

  [[nodiscard]] DispatchResult result() const {
    DispatchResult result = result_;
    const bool all_ended = result.ended == queue_.size();
    result.gave_up = !all_ended && gave_up();
    result.interrupted = !all_ended && !result.gave_up;
    return result;
  }

 private:
  [[nodiscard]] bool gave_up() const { return result_.failures > max_failures_; }

  WorkQueue queue_;
  DispatchResult result_;
  DispatchListener& listener_;
  std::size_t max_failures_;
  std::mutex mutex_;
};

/// Answers the other ranks until each was told that there is no more work.
void serve(Communicator& communicator, Desk& desk) {
  int working = communicator.size() - 1;
  while (working > 0) {
    const std::optional<Received> request = communicator.poll(Channel::request);
    if (!request) {
      desk.idle();
      std::this_thread::sleep_for(pause_between_polls);
      continue;
    }
    if (const auto made = attempt_of(request->message)) desk.report(*made);
    const std::optional<Handed> handed = desk.take(request->from);
    communicator.send(request->from, Channel::reply, reply_of(handed));
    if (!handed) --working;
  }
}

void ask_for_work(Communicator& communicator, const Work& work) {
  Message request = first_request;
  while (true) {
    communicator.send(0, Channel::request, request);
    std::optional<Received> reply;
    while (!(reply = communicator.poll(Channel::reply))) std::this_thread::sleep_for(pause_between_polls);
    const std::optional<Handed> handed = handed_by(reply->message);
    if (!handed) return;
    request = report_of(attempt(work, *handed));
  }
}

}  // namespace

std::vector<std::size_t> largest_first(const std::vector<double>& costs) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
  return order;
}

DispatchResult dispatch(Communicator& communicator, const ExpectedCosts& costs, const Work& work,
                        DispatchListener& listener, std::size_t max_failures) {
  const auto work_or_abort = [&](std::size_t unit, std::optional<std::size_t> next) {
    try {
      return work(unit, next);
    } catch (const std::exception& error) {
      abort_job(communicator, sentence_of(error), exit_code_of(error));
    }
  };
  if (communicator.rank() != 0) {
    ask_for_work(communicator, work_or_abort);
    return {};
  }
  Desk desk(costs, listener, max_failures);
  std::thread server([&] { serve(communicator, desk); });
  while (const std::optional<Handed> handed = desk.take(0)) desk.report(attempt(work_or_abort, *handed));
  server.join();
  return desk.result();
}

}  // namespace dpsbench
