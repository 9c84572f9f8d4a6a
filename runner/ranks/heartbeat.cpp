#include "runner/ranks/heartbeat.h"

#include <fmt/format.h>

#include "runner/ranks/batch_job.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/progress.h"

namespace dpsbench {
namespace {

constexpr int beats_a_limit = 8;
constexpr Message sign_of_life = {0};
constexpr Message farewell = {1};
constexpr auto pause_at_the_end = std::chrono::milliseconds(2);

}  // namespace

Heartbeat::Heartbeat(Communicator& communicator, double limit) : communicator_(communicator), limit_(limit) {
  if (limit <= 0 || communicator.size() == 1) return;
  hosts_ = gather_to_all(communicator, host_name());
  heard_ = last_turn_ = Clock::now();
  thread_ = std::thread([this] { beat(); });
}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Heartbeat::beat() {
  const int next = (communicator_.rank() + 1) % communicator_.size();
  const auto pause = limit_ / beats_a_limit;
  std::unique_lock lock(mutex_);
  bool alone = false;  // the rank before has ended
  do {
    communicator_.send(next, Channel::heartbeat, sign_of_life);
    alone = listen() || alone;
    if (!alone) check_that_it_lives();
  } while (!changed_.wait_for(lock, pause, [this] { return over_; }));
  communicator_.send(next, Channel::heartbeat, farewell);
  while (!alone) {
    changed_.wait_for(lock, pause_at_the_end);
    alone = listen();
    if (!alone) check_that_it_lives();
  }
}

bool Heartbeat::listen() {
  bool ended = false;
  while (const auto received = communicator_.poll(Channel::heartbeat)) {
    heard_ = Clock::now();
    ended = ended || received->message == farewell;
  }
  return ended;
}

void Heartbeat::check_that_it_lives() {
  const Clock::time_point now = Clock::now();
  if (now - last_turn_ > limit_ / 2) heard_ = now;  // it was this rank that stood still
  last_turn_ = now;
  if (now - heard_ < limit_) return;
  const int before = (communicator_.rank() + communicator_.size() - 1) % communicator_.size();
  abort_job(communicator_,
            fmt::format("rank {} on {} has given no sign of life for {} (--heartbeat): its process is stopped or its "
                        "node hangs; run again to resume",
                        before, hosts_.at(static_cast<std::size_t>(before)), duration_text(limit_.count())),
            exit_code::internal_error);
}

}  // namespace dpsbench
