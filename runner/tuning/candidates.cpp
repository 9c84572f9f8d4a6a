#include "runner/tuning/candidates.h"

#include <algorithm>
#include <numeric>

#include "core/noise.h"

namespace dpsbench {
namespace {

/// 0, 1, ..., count - 1 in an order of the option's own; the first option's is as it is.
std::vector<std::size_t> shuffled(const std::string& method, const std::string& option, std::size_t place,
                                  std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (place == 0) return order;
  const PhiloxNoise noise(seed, {{"tune", method + " " + option, 0}});
  const Tensor keys = noise.uniform(Purpose::training, 0, {static_cast<std::int64_t>(count)}, at::kFloat)[0];
  const float* const key = keys.const_data_ptr<float>();
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return key[k]; });
  return order;
}

const OptionSpec& spec_of(const MethodEntry& method, const std::string& option) {
  return *std::ranges::find(method.options, option, &OptionSpec::name);
}

}  // namespace

std::vector<Tunable> tuned_options(const MethodEntry& method, const std::map<std::string, OptionValue>& fixed) {
  std::vector<Tunable> tuned = method.tunable;
  std::erase_if(tuned, [&](const Tunable& tunable) { return fixed.contains(tunable.option); });
  return tuned;
}

std::vector<Candidate> drawn_candidates(const MethodEntry& method, const std::map<std::string, OptionValue>& base,
                                        const std::map<std::string, OptionValue>& fixed, std::size_t count,
                                        std::uint64_t seed) {
  std::vector<Candidate> drawn(count, Candidate{base, "drawn", false});
  const std::vector<Tunable> tuned = tuned_options(method, fixed);
  for (std::size_t place = 0; place < tuned.size(); ++place) {
    const std::vector<std::size_t> order = shuffled(method.name, tuned[place].option, place, count, seed);
    const OptionSpec& spec = spec_of(method, tuned[place].option);
    for (std::size_t k = 0; k < count; ++k) {
      const double share = (static_cast<double>(order[k]) + 0.5) / static_cast<double>(count);
      drawn[k].options[tuned[place].option] = tunable_value(tuned[place], spec, share);
    }
  }
  return drawn;
}

}  // namespace dpsbench
