#include "runner/station/device_vote.h"

#include <gmock/gmock.h>

namespace dpsbench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

RankDevice cpu_rank(const std::string& host, const std::string& promise = "") {
  return {host, "CPU, 1 thread", false, "", promise};
}
RankDevice gpu_rank(const std::string& host, const std::string& address = "0000:07:00.0") {
  return {host, "NVIDIA A100", true, address, "SLURM_JOB_GPUS is 0"};
}

TEST(DeviceVote, RanksOfOneKindMayWorkTogether) {
  EXPECT_THAT(device_conflict({cpu_rank("a"), cpu_rank("b")}, true), IsEmpty());
  EXPECT_THAT(device_conflict({gpu_rank("a"), gpu_rank("b")}, true), IsEmpty());
}

TEST(DeviceVote, ARankWithoutAGpuAmongOthersIsRefusedByItsHostsName) {
  for (const bool chosen : {true, false})
    EXPECT_THAT(device_conflict({gpu_rank("node1"), cpu_rank("node2"), gpu_rank("node3")}, chosen),
                AllOf(HasSubstr("on node1, node3"), HasSubstr("on node2")));
}

TEST(DeviceVote, CpusWhereAGpuWasPromisedAreRefusedUnlessAskedFor) {
  const std::vector<RankDevice> ranks = {cpu_rank("node1"), cpu_rank("node2", "SLURM_JOB_GPUS is 0,1")};
  EXPECT_THAT(device_conflict(ranks, true), AllOf(HasSubstr("node2"), HasSubstr("SLURM_JOB_GPUS is 0,1")));
  EXPECT_THAT(device_conflict(ranks, false), IsEmpty());
}

TEST(DeviceVote, WhatARankSaysSurvivesBeingSent) {
  const RankDevice rank = cpu_rank("node1", "CUDA_VISIBLE_DEVICES is 0");
  EXPECT_EQ(rank_device_from_text(to_text(rank)), rank);
}

TEST(DeviceVote, RanksThatShareTheFirstsDeviceAreCounted) {
  EXPECT_EQ(sharing_first_device({gpu_rank("a", "1"), gpu_rank("a", "2"), gpu_rank("b", "1"), gpu_rank("a", "1")}), 2);
  EXPECT_EQ(sharing_first_device({cpu_rank("a"), cpu_rank("a"), cpu_rank("b")}), 2);
}

TEST(DeviceVote, DevicesAreCounted) { EXPECT_EQ(devices_text({cpu_rank("a"), cpu_rank("b")}), "2 x CPU, 1 thread"); }

TEST(DeviceVote, HiddenGpusArePromisedByNothing) {
  setenv("CUDA_VISIBLE_DEVICES", "-1", 1);
  setenv("SLURM_JOB_GPUS", "0", 1);
  EXPECT_THAT(this_rank(at::kCPU).gpu_promise, IsEmpty());
  unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_EQ(this_rank(at::kCPU).gpu_promise, "SLURM_JOB_GPUS is 0");
  unsetenv("SLURM_JOB_GPUS");
}

}  // namespace
}  // namespace dpsbench
