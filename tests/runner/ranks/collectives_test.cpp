#include "runner/ranks/collectives.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "runner/ranks/end_on_exception.h"
#include "runner/work/metric_means.h"
#include "tests/message_of.h"
#if defined(DPSBENCH_WITH_CUDA) && !defined(DPSBENCH_WITHOUT_NCCL)
#include "runner/ranks/cuda/bus_address.h"
#include "runner/ranks/cuda/checked.h"
#include "runner/ranks/nccl/collectives.h"
#endif

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Collectives, LeaveTheNumbersOfAProcessAloneAsTheyAre) {
  const auto alone = make_single_process();
  const auto collectives = make_collectives(*alone, at::kCPU);
  const Tensor values = at::tensor({1.0, 2.0}, at::kDouble);

  collectives->broadcast(values);
  collectives->sum(values);

  EXPECT_TRUE(at::equal(values, at::tensor({1.0, 2.0}, at::kDouble)));
  EXPECT_EQ(collectives->name(), "one process");
}

/// Two ranks, of which the other one always says `said`.
class WithAnother final : public Communicator {
 public:
  explicit WithAnother(std::string said) : said_(std::move(said)) {}
  [[nodiscard]] int rank() const override { return 0; }
  [[nodiscard]] int size() const override { return 2; }
  [[nodiscard]] int local_rank() const override { return 0; }
  void broadcast(void*, std::size_t) override {}
  void sum(double*, std::size_t) override {}
  std::vector<std::string> gather(const std::string& bytes) override { return {bytes, said_}; }
  void barrier() override {}
  void send(int, Channel, const Message&) override {}
  std::optional<Received> poll(Channel) override { return std::nullopt; }
  [[noreturn]] void abort(int exit_code) override { std::_Exit(exit_code); }

 private:
  std::string said_;
};

class MadeCollectives final : public Collectives {
 public:
  void broadcast(const Tensor&) override {}
  void sum(const Tensor&) override {}
  [[nodiscard]] std::string name() const override { return "made"; }
};

TEST(Collectives, GoThroughTheHostsWhereTheWayBetweenGpusFailsOnAnyRank) {
  const auto name_after = [](const std::string& said, bool fails_here) {
    WithAnother ranks(said);
    return make_or_fall_back(ranks,
                             [&]() -> std::unique_ptr<Collectives> {
                               if (fails_here) throw Error("no port");
                               return std::make_unique<MadeCollectives>();
                             })
        ->name();
  };
  EXPECT_EQ(name_after("", false), "made");
  EXPECT_EQ(name_after("rank 1: no port", false), "MPI");
  EXPECT_EQ(name_after("", true), "MPI");
}

TEST(Collectives, OfRanksWithoutGpusGoThroughTheHostsWhateverIsWanted) {
  WithAnother ranks("");
  EXPECT_EQ(make_collectives(ranks, at::kCPU, Transport::nccl)->name(), "MPI");
  EXPECT_EQ(make_collectives(ranks, at::kCPU)->name(), "MPI");
}

/// A library whose end waits for ranks that wait for this one.
struct Endless {
  ~Endless() {
    while (true) pause();
  }
};

TEST(EndOnException, EndsTheJobBeforeADestructorOutsideCanBlockIt) {
  EXPECT_EXIT(
      {
        WithAnother ranks("");
        const Endless library;
        end_on_exception(ranks, []() -> int { throw UserError("the disk is full"); });
      },
      testing::ExitedWithCode(2), "rank 0: the disk is full");
}

#if defined(DPSBENCH_WITH_CUDA) && !defined(DPSBENCH_WITHOUT_NCCL)
TEST(Checked, NamesLibraryReasonFileAndLineOfACallThatFails) {
  const int line = __LINE__ + 1;
  const std::string of_nccl = message_of<Error>([] { checked(ncclInvalidUsage); });
  EXPECT_THAT(of_nccl, AllOf(HasSubstr(fmt::format("collectives_test.cpp:{}: NCCL: ", line)), HasSubstr("invalid")));
  EXPECT_THAT(message_of<Error>([] { checked(cudaErrorMemoryAllocation); }), HasSubstr("CUDA: out of memory"));
  checked(ncclSuccess);
  checked(cudaSuccess);
}

TEST(Nccl, SharesAndAddsUpOnTheDevice) {
  if (at::detail::getCUDAHooks().deviceCount() == 0) GTEST_SKIP() << "no GPU is visible";
  const at::Device gpu(at::kCUDA, 0);
  const auto alone = make_single_process();
  const auto collectives = make_nccl(*alone, gpu);
  const Tensor values = at::tensor({1.0, 2.0}, at::kDouble).to(gpu);

  collectives->broadcast(values);
  collectives->sum(values);

  EXPECT_TRUE(at::equal(values.to(at::kCPU), at::tensor({1.0, 2.0}, at::kDouble)));
  EXPECT_FALSE(bus_address(gpu).empty());
  EXPECT_THROW(collectives->sum(values.to(at::kCPU)), Error);
}
#endif

TEST(MetricMeans, AverageWhatIsFiniteOverAllImages) {
  MetricMeans means({"psnr", "lpips"});
  EXPECT_EQ(means.images(), 0);
  UnitRecord unit;
  unit.image_ids = {"a", "b"};
  unit.metrics["psnr"] = at::tensor({20.0, std::numeric_limits<double>::infinity()}, at::kDouble);
  means.add(unit);
  unit.image_ids = {"c"};
  unit.metrics["psnr"] = at::tensor({23.0}, at::kDouble);
  unit.metrics["lpips"] = at::tensor({0.25}, at::kDouble);
  means.add(unit);

  EXPECT_EQ(means.text(), "3 images, on average psnr 21.5, lpips 0.25");
}

}  // namespace
}  // namespace dpsbench
