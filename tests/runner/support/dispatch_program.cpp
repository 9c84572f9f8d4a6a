// Hands out 12 pretended units over the ranks that mpirun started, and misbehaves if told to:
//   dispatch_program even | slow | throw RANK | exit RANK | stop RANK | freeze RANK
// A rank that gives no sign of life for two seconds ends the job.
// Each unit prints "unit U rank R". Exit code 0, or 75 when stopped.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <thread>

#include "runner/ranks/dispatcher.h"
#include "runner/ranks/heartbeat.h"
#include "runner/ranks/signals.h"

namespace {

class SilentListener final : public dpsbench::DispatchListener {
 public:
  void on_outcome(std::size_t, dpsbench::Outcome) override {}
  void on_idle() override {}
};

}  // namespace

int main(int argc, char** argv) {
  using namespace dpsbench;
  abort_job_on_terminate();
  catch_stop_signals();
  const std::string mode = argc > 1 ? argv[1] : "even";
  const int culprit = argc > 2 ? std::stoi(argv[2]) : -1;
  const auto communicator = make_communicator();
  std::optional<Heartbeat> heartbeat;
  heartbeat.emplace(*communicator, 2.0);
  SilentListener listener;
  const DispatchResult result = dispatch(
      *communicator, {std::vector<double>(12, 1.0), std::vector<std::size_t>(12)},
      [&](std::size_t unit, std::optional<std::size_t>) {
        std::this_thread::sleep_for(std::chrono::milliseconds(mode == "slow" ? 300 : 50));
        if (communicator->rank() == culprit) {
          if (mode == "throw") throw std::runtime_error("the disk is full");
          if (mode == "exit") _exit(9);
          if (mode == "freeze") std::raise(SIGSTOP);
          if (mode == "stop") {
            request_stop();
            return Outcome{.interrupted = true};
          }
        }
        fmt::print("unit {} rank {}\n", unit, communicator->rank());
        std::fflush(stdout);
        return Outcome{};
      },
      listener);
  int code = result.interrupted ? 75 : 0;
  communicator->broadcast(&code, sizeof code);
  heartbeat.reset();
  return code;
}
