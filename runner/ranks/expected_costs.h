#pragma once
#include <map>
#include <vector>

namespace dpsbench {

/// What units are expected to cost: by the plan at first, in seconds as soon as units of their kind were timed. Units
/// of one kind (one cell) are taken to need the same time for the same planned cost.
class ExpectedCosts {
 public:
  /// `planned[u]`: cost of unit u by the plan, in any measure; `kinds[u]`: its kind.
  ExpectedCosts(std::vector<double> planned, std::vector<std::size_t> kinds);

  /// A unit of this kind and planned cost took so many seconds.
  void learn(std::size_t kind, double planned, double seconds);
  /// Unit u took so many seconds.
  void learn(std::size_t unit, double seconds) { learn(kinds_.at(unit), planned_.at(unit), seconds); }

  /// Of unit u; kinds that were not timed yet are rated as the average of those that were.
  [[nodiscard]] double of(std::size_t unit) const;
  [[nodiscard]] double planned(std::size_t unit) const { return planned_.at(unit); }
  [[nodiscard]] std::size_t kind(std::size_t unit) const { return kinds_.at(unit); }
  [[nodiscard]] std::size_t size() const { return planned_.size(); }

 private:
  struct Timed {
    double seconds = 0;
    double planned = 0;
  };
  std::vector<double> planned_;
  std::vector<std::size_t> kinds_;
  std::map<std::size_t, Timed> timed_;
  Timed all_;
};

}  // namespace dpsbench
