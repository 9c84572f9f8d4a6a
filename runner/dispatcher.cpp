#include "runner/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <numeric>
#include <thread>

#include "runner/exit_code.h"
#include "runner/signals.h"

namespace dpsbench {
namespace {

constexpr std::int64_t no_unit = -1;
constexpr auto pause_between_polls = std::chrono::milliseconds(2);

/// Rank 0's list of units still to do, and the count of those done. Shared by its two threads.
class WorkQueue {
 public:
  WorkQueue(const std::vector<double>& costs, DispatchListener& listener)
      : order_(largest_first(costs)), listener_(listener) {}

  std::int64_t take() {
    const std::lock_guard lock(mutex_);
    if (stop_requested() || next_ == order_.size()) return no_unit;
    return static_cast<std::int64_t>(order_[next_++]);
  }

  void report(std::size_t unit, Outcome outcome) {
    const std::lock_guard lock(mutex_);
    result_.done += outcome == Outcome::done ? 1 : 0;
    result_.failed += outcome == Outcome::failed ? 1 : 0;
    if (outcome == Outcome::interrupted) request_stop();
    listener_.on_outcome(unit, outcome);
  }

  void idle() {
    const std::lock_guard lock(mutex_);
    listener_.on_idle();
  }

  [[nodiscard]] DispatchResult result() const {
    DispatchResult result = result_;
    result.interrupted = result.done + result.failed < order_.size();
    return result;
  }

 private:
  std::vector<std::size_t> order_;
  std::size_t next_ = 0;
  DispatchResult result_;
  DispatchListener& listener_;
  std::mutex mutex_;
};

/// Answers the other ranks until each was told that there is no more work.
void serve(Communicator& communicator, WorkQueue& queue) {
  int working = communicator.size() - 1;
  while (working > 0) {
    const std::optional<Received> request = communicator.poll(Channel::request);
    if (!request) {
      queue.idle();
      std::this_thread::sleep_for(pause_between_polls);
      continue;
    }
    const auto [unit, outcome, unused] = request->message;
    if (unit != no_unit) queue.report(static_cast<std::size_t>(unit), static_cast<Outcome>(outcome));
    const std::int64_t next = queue.take();
    communicator.send(request->from, Channel::reply, {next, 0, 0});
    if (next == no_unit) --working;
  }
}

void ask_for_work(Communicator& communicator, const std::function<Outcome(std::size_t)>& work) {
  Message request = {no_unit, 0, 0};
  while (true) {
    communicator.send(0, Channel::request, request);
    std::optional<Received> reply;
    while (!(reply = communicator.poll(Channel::reply))) std::this_thread::sleep_for(pause_between_polls);
    const std::int64_t unit = reply->message[0];
    if (unit == no_unit) return;
    request = {unit, static_cast<std::int64_t>(work(static_cast<std::size_t>(unit))), 0};
  }
}

}  // namespace

std::vector<std::size_t> largest_first(const std::vector<double>& costs) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return costs[a] > costs[b]; });
  return order;
}

DispatchResult dispatch(Communicator& communicator, const std::vector<double>& costs,
                        const std::function<Outcome(std::size_t)>& work, DispatchListener& listener) {
  const auto work_or_abort = [&](std::size_t unit) {
    try {
      return work(unit);
    } catch (const std::exception& error) {
      abort_job(communicator, error.what(), exit_code::internal_error);
    }
  };
  if (communicator.rank() != 0) {
    ask_for_work(communicator, work_or_abort);
    return {};
  }
  WorkQueue queue(costs, listener);
  std::thread server([&] { serve(communicator, queue); });
  for (std::int64_t unit = queue.take(); unit != no_unit; unit = queue.take())
    queue.report(static_cast<std::size_t>(unit), work_or_abort(static_cast<std::size_t>(unit)));
  server.join();
  return queue.result();
}

Makespan simulate_makespan(const std::vector<double>& costs, int ranks) {
  Makespan makespan;
  if (costs.empty() || ranks < 1) return makespan;
  std::vector<double> busy(static_cast<std::size_t>(ranks), 0.0);
  for (const std::size_t unit : largest_first(costs)) *std::min_element(busy.begin(), busy.end()) += costs[unit];
  makespan.dynamic = *std::max_element(busy.begin(), busy.end());

  std::vector<double> share(static_cast<std::size_t>(ranks), 0.0);
  for (std::size_t unit = 0; unit < costs.size(); ++unit) share[unit * share.size() / costs.size()] += costs[unit];
  makespan.fixed_split = *std::max_element(share.begin(), share.end());

  const double total = std::accumulate(costs.begin(), costs.end(), 0.0);
  makespan.ideal = std::max(total / ranks, *std::max_element(costs.begin(), costs.end()));
  return makespan;
}

}  // namespace dpsbench
