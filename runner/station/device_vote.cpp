#include "runner/station/device_vote.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "runner/ranks/batch_job.h"
#include "runner/station/device.h"

namespace dpsbench {
namespace {

bool hides_gpus(const std::string& visible) { return visible.empty() || visible == "-1" || visible == "NoDevFiles"; }

/// Why a GPU is to be expected here; empty: there is no sign of one, or it is hidden on purpose.
std::string promise_of_a_gpu() {
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES"))
    return hides_gpus(visible) ? "" : fmt::format("CUDA_VISIBLE_DEVICES is {}", visible);
  for (const std::string name : {"SLURM_JOB_GPUS", "SLURM_GPUS", "SLURM_GPUS_ON_NODE", "SLURM_GPUS_PER_TASK"}) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    const bool names_them = name == "SLURM_JOB_GPUS";  // the others count
    if (names_them || std::string(value) != "0") return fmt::format("{} is {}", name, value);
  }
  return std::filesystem::exists("/dev/nvidia0") ? "/dev/nvidia0 is there" : "";
}

std::string hosts_of(const std::vector<RankDevice>& ranks, bool on_gpu) {
  std::set<std::string> hosts;
  for (const RankDevice& rank : ranks)
    if (rank.on_gpu == on_gpu) hosts.insert(rank.host);
  return fmt::format("{}", fmt::join(hosts, ", "));
}

}  // namespace

RankDevice this_rank(const at::Device& device) {
  return {host_name(), device_text(device), !device.is_cpu(), device_address(device), promise_of_a_gpu()};
}

std::string to_text(const RankDevice& rank) {
  return nlohmann::json{{"host", rank.host},
                        {"device", rank.device},
                        {"on_gpu", rank.on_gpu},
                        {"address", rank.address},
                        {"promise", rank.gpu_promise}}
      .dump();
}

RankDevice rank_device_from_text(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  return {json.at("host"), json.at("device"), json.at("on_gpu"), json.at("address"), json.at("promise")};
}

std::string device_conflict(const std::vector<RankDevice>& ranks, bool chosen_automatically) {
  const std::string on_cpu = hosts_of(ranks, false);
  const std::string on_gpu = hosts_of(ranks, true);
  if (!on_cpu.empty() && !on_gpu.empty())
    return fmt::format(
        "some ranks see a GPU (on {}) and some do not (on {}): they would mix numbers of both in one output, and the "
        "job "
        "would last as long as its slowest CPU. Leave the hosts without out, or give --device cpu",
        on_gpu, on_cpu);
  if (!chosen_automatically) return {};
  for (const RankDevice& rank : ranks)
    if (!rank.on_gpu && !rank.gpu_promise.empty())
      return fmt::format(
          "{} should have a GPU ({}), but this program sees none: its driver fails or is too old for the CUDA of this "
          "LibTorch, or the program was built without CUDA. Give --device cpu if the CPU is meant",
          rank.host, rank.gpu_promise);
  return {};
}

int sharing_first_device(const std::vector<RankDevice>& ranks) {
  const RankDevice& first = ranks.front();
  return static_cast<int>(std::ranges::count_if(
      ranks, [&](const RankDevice& rank) { return rank.host == first.host && rank.address == first.address; }));
}

std::string devices_text(const std::vector<RankDevice>& ranks) {
  std::map<std::string, int> counts;
  for (const RankDevice& rank : ranks) ++counts[rank.device];
  std::vector<std::string> texts;
  for (const auto& [device, count] : counts) texts.push_back(fmt::format("{} x {}", count, device));
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace dpsbench
