#pragma once
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// What one rank says of where it computes.
struct RankDevice {
  std::string host;
  std::string device;  ///< device_text: "CPU, 1 thread" or "NVIDIA A100-SXM4-80GB, ..."
  bool on_gpu = false;
  std::string address{};  ///< of its GPU on the machine's bus, whatever number the process knows it by; empty: a CPU
  std::string gpu_promise{};  ///< what on this host says that there is a GPU: "SLURM_JOB_GPUS is 0,1"; empty: nothing

  bool operator==(const RankDevice&) const = default;
};

/// What this process says of `device`.
RankDevice this_rank(const at::Device& device);

/// As one line, to send to other ranks; and back.
std::string to_text(const RankDevice& rank);
RankDevice rank_device_from_text(const std::string& text);

/// Why these ranks must not work together, with the hosts' names; empty if they may. A mixture of CPUs and GPUs would
/// mix numbers of both in one output and last as long as the slowest CPU. With `chosen_automatically`, CPUs where
/// Slurm, the environment or the node itself say that there is a GPU are refused too: a driver fails there, or is too
/// old.
std::string device_conflict(const std::vector<RankDevice>& ranks, bool chosen_automatically);

/// How many ranks compute on the device of the first of them: those of one GPU, or on a CPU those of one node.
int sharing_first_device(const std::vector<RankDevice>& ranks);

/// All of them for people and for the record: "2 x CPU, 1 thread".
std::string devices_text(const std::vector<RankDevice>& ranks);

}  // namespace dpsbench
