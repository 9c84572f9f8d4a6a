#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "runner/work/execute_unit.h"
#include "tests/message_of.h"
#include "tests/runner/support/poisoned_prior.h"
#include "tests/runner/support/unit_bench.h"

namespace dpsbench {
namespace {

using namespace testing_support;

/// Counts the images that a prior is asked about.
class CountedPrior final : public Prior {
 public:
  explicit CountedPrior(const Prior& prior) : prior_(prior) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    images += x_t.size(0);
    return prior_.evaluate(x_t, level, gradient);
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }
  mutable std::int64_t images = 0;

 private:
  const Prior& prior_;
};

TEST(DoUnit, KeepsTheGoodImagesAndDoesOnlyTheFailedOneAgain) {
  const UnitBench bench({"batch=3"});
  const UnitStore store(bench.output());
  const UnitRecord whole = bench.execute(2);

  const Outcome poisoned = bench.do_unit(2, store, PoisonedPrior(bench.prior(), PoisonedPrior::Answer::nan));

  EXPECT_EQ(poisoned.failures, 1U);
  ASSERT_EQ(store.failures().size(), 1U);
  EXPECT_EQ(store.failures()[0].images.at(0).image_id, "picture1");
  EXPECT_EQ(store.read(whole.unit_id)->image_ids, (std::vector<std::string>{"picture0", "picture2"}));

  const CountedPrior counted(bench.prior());
  EXPECT_EQ(bench.do_unit(2, store, counted).failures, 0U);

  EXPECT_EQ(counted.images, 10);  // ten steps of one image
  EXPECT_TRUE(store.failures().empty());
  const UnitRecord mended = *store.read(whole.unit_id);
  EXPECT_EQ(mended.image_ids, whole.image_ids);
  EXPECT_EQ(mended.positions, whole.positions);
  EXPECT_TRUE(at::equal(mended.reference, whole.reference));
  EXPECT_TRUE(at::equal(mended.measurement, whole.measurement));
  EXPECT_LT((mended.samples - whole.samples).abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(at::equal(mended.trajectory, whole.trajectory));
  EXPECT_EQ(mended.step_size.sizes(), whole.step_size.sizes());
}

TEST(DoUnit, LeavesAUnitAloneThatIsDoneBeforeItsTurn) {
  const UnitBench bench({"batch=3"});
  const UnitStore store(bench.output());
  const UnitRecord whole = bench.execute(2);
  store.write(whole, {{"picture1", "what an earlier try noted"}});
  const CountedPrior counted(bench.prior());

  const Outcome outcome = bench.do_unit(2, store, counted);

  EXPECT_EQ(outcome.failures, 0U);
  EXPECT_FALSE(outcome.interrupted);
  EXPECT_EQ(counted.images, 0);
  EXPECT_TRUE(store.failures().empty());
  EXPECT_TRUE(at::equal(store.read(whole.unit_id)->samples, whole.samples));
}

/// A prior that answers every question with an error.
template <typename Failure>
class FailingPrior final : public Prior {
 public:
  explicit FailingPrior(const Prior& prior) : prior_(prior) {}
  [[nodiscard]] Evaluation evaluate(const Tensor&, const NoiseLevel&, Gradient) const override {
    throw Failure("no kernel image is available for execution on the device");
  }
  [[nodiscard]] ImageShape shape() const override { return prior_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return prior_.options(); }

 private:
  const Prior& prior_;
};

TEST(DoUnit, EndsTheRunWhereOneErrorFailsAllOfARanksFirstUnitAndAnotherCell) {
  const UnitBench bench({"batch=3"});
  const UnitStore store(bench.output());
  const FailingPrior<std::runtime_error> broken(bench.prior());

  EXPECT_THAT(message_of<Error>([&] { (void)bench.do_unit(2, store, broken); }),
              testing::AllOf(testing::HasSubstr("first unit (cell 001-denoising-s0.1-dps-10)"),
                             testing::HasSubstr("an image of cell 000-denoising-s0.1-exact-10 failed too"),
                             testing::HasSubstr("no kernel image")));
  EXPECT_TRUE(store.failures().empty());
}

TEST(DoUnit, RecordsAnErrorOfOneCellsOwnAndGoesOn) {
  const UnitBench bench({"methods=[{name: dps, steps: 10, scale: 1e308}, {name: dps, steps: 20}]"});
  const UnitStore store(bench.output());

  EXPECT_EQ(bench.do_unit(0, store, bench.prior()).failures, 2U);

  const auto failures = store.failures();
  ASSERT_EQ(failures.size(), 1U);
  ASSERT_EQ(failures[0].images.size(), 2U);
  EXPECT_THAT(failures[0].images[0].reason, testing::HasSubstr("overflow"));
  for (const Unit& unit : bench.plan().units)
    EXPECT_FALSE(store.read(unit.id)) << unit.id;  // what was tried is not kept
}

TEST(DoUnit, RecordsErrorsOfLaterUnitsAndNumbersThatDiverge) {
  const UnitBench later({"batch=3"});
  const UnitStore store(later.output());
  EXPECT_EQ(later.do_unit(2, store, later.prior()).failures, 0U);
  EXPECT_EQ(later.do_unit(3, store, FailingPrior<std::runtime_error>(later.prior())).failures, 3U);

  const UnitBench diverging({"batch=3"});
  const UnitStore others(diverging.output());
  EXPECT_EQ(diverging.do_unit(2, others, FailingPrior<NumericError>(diverging.prior())).failures, 3U);
}

}  // namespace
}  // namespace dpsbench
