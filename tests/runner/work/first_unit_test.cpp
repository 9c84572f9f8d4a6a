#include "runner/work/first_unit.h"

#include <gtest/gtest.h>

#include "runner/experiment/experiment.h"
#include "runner/work/another_cell.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

TEST(FirstUnit, EndsTheRunForErrorsOfTheProgramThatAnotherCellHasTooOrNoOtherCanRefute) {
  UnitResult lost;
  lost.failures = {{"a", "broken"}, {"b", "broken"}};
  lost.program_errors = 2;
  UnitResult lost_elsewhere;
  lost_elsewhere.record.cell_id = "another";
  lost_elsewhere.failures = {{"a", "broken otherwise"}};
  lost_elsewhere.program_errors = 1;
  UnitResult diverged_elsewhere = lost_elsewhere;
  diverged_elsewhere.program_errors = 0;
  const auto no_other = [] { return UnitResult{}; };

  EXPECT_THROW(FirstUnit().judge(lost, no_other), Error);
  EXPECT_THROW(FirstUnit().judge(lost, [&] { return lost_elsewhere; }), Error);
  EXPECT_NO_THROW(FirstUnit().judge(lost, [&] { return diverged_elsewhere; }));
  EXPECT_NO_THROW(FirstUnit(/*others_worked=*/true).judge(lost, no_other));
}

TEST(UnitOfAnotherCell, HasAnotherMethodElseOtherOptionsElseAnotherTask) {
  const TinyExperiment tiny;
  const auto chosen = [&](const std::vector<std::string>& overrides) -> std::string {
    const Experiment experiment = read_experiment(tiny.file(), overrides);
    const Plan plan = make_plan(experiment, tiny_shape, 3);
    const Unit* other = unit_of_another_cell(plan, plan.units.front());
    return other == nullptr ? "none" : plan.cells[other->cell].id;
  };
  EXPECT_EQ(chosen({"methods=[{name: dps, steps: [10, 20]}, {name: exact, steps: 40, tasks: [denoising]}]"}),
            "002-denoising-s0.1-exact-40");
  EXPECT_EQ(chosen({"methods=[{name: dps, steps: [10, 20, 15]}]"}), "005-inpainting-0.3-s0.1-dps-15");
  EXPECT_EQ(chosen({"methods=[{name: dps, steps: 10}]"}), "001-inpainting-0.3-s0.1-dps-10");
  EXPECT_EQ(chosen({"methods=[{name: dps, steps: 10}]", "tasks=[{name: denoising}]"}), "none");
}

}  // namespace
}  // namespace dpsbench
