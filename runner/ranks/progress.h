#pragma once
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

namespace dpsbench {

/// How far a run is: a bar with the time left on a terminal, a plain line every few seconds elsewhere. Work is counted
/// in units of cost. All functions may be called from several threads.
class Progress {
 public:
  /// `total` and `finished`: cost of all units, and of those that earlier runs did; `units` likewise. `out` tells a
  /// terminal from a log; null: nothing is shown.
  Progress(double total, double finished, std::size_t units, std::size_t finished_units, std::FILE* out);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// This rank is a fraction of the way through a unit of that cost; 0 between units.
  void step(double cost, double fraction);
  /// A unit ended, on any rank, and so many of its images failed.
  void unit_ended(double cost, std::size_t failures);
  /// Shows what is new if it is time to.
  void tick();
  /// Writes a whole line without spoiling the bar.
  void line(const std::string& text);

 private:
  void show_if_due(bool now);
  [[nodiscard]] std::string status() const;
  void clear_bar();

  using Clock = std::chrono::steady_clock;
  const double total_;
  const double finished_;
  const std::size_t units_;
  std::size_t ended_units_;
  std::size_t failures_ = 0;
  double done_ = 0;       ///< cost ended in this run
  double under_way_ = 0;  ///< of this rank's present unit
  std::FILE* out_;
  bool terminal_;
  bool bar_shown_ = false;
  Clock::time_point started_ = Clock::now();
  Clock::time_point shown_ = Clock::now();
  std::mutex mutex_;
};

/// A duration for people: "45 s", "3 min 20 s", "1 h 05 min", "2 d 3 h".
std::string duration_text(double seconds);

}  // namespace dpsbench
