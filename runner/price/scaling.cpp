#include "runner/price/scaling.h"

#include <fmt/format.h>

#include "core/words/tell.h"

namespace dpsbench {
namespace {

constexpr double slow_share = 0.1;
constexpr double slow_factor = 2;
constexpr double seconds_an_hour = 3600;

}  // namespace

void Sweep::add(const Plan& plan, double operations, const std::optional<MeasuredRates>& rates,
                double measured_operations) {
  for (const Unit& unit : plan.units) {
    const Cell& cell = plan.cells[unit.cell];
    double cost = unit.cost * operations;
    double mean = cost;
    if (rates) {
      const double evaluations =
          cell.cost(1).forward * static_cast<double>(unit.count) * operations / measured_operations;
      const MeasuredRates::Seconds seconds = rates->of(cell, evaluations, actual.size());
      cost = seconds.actual;
      mean = seconds.mean;
    }
    expected.push_back(mean);
    actual.push_back(cost);
    total += cost;
  }
}

void print_scaling(const Sweep& sweep, const std::vector<int>& ranks, bool in_seconds) {
  say("one rank alone: {:.4g} {}\n\n", in_seconds ? sweep.total / seconds_an_hour : sweep.total,
      in_seconds ? "hours" : "operations");
  say("{:>6}  {:>12}  {:>8}  {:>8}  {:>14}  {:>14}\n", "ranks", in_seconds ? "ideal, hours" : "ideal", "run", "fixed",
      "run, 10% slow", "fixed, 10% slow");
  for (const int count : ranks) {
    const Makespan even = simulate_makespan(sweep.expected, sweep.actual, slowness_of(count, 0, 1));
    const Makespan slow = simulate_makespan(sweep.expected, sweep.actual, slowness_of(count, slow_share, slow_factor));
    say("{:>6}  {:>12.4g}  {:>8.3f}  {:>8.3f}  {:>14.3f}  {:>14.3f}\n", count,
        in_seconds ? even.ideal / seconds_an_hour : even.ideal, even.dynamic / even.ideal,
        even.fixed_split / even.ideal, slow.dynamic / slow.ideal, slow.fixed_split / slow.ideal);
  }
}

}  // namespace dpsbench
