#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "methods/registry.h"

namespace dpsbench {

/// Values of a method's options that are tried against others.
struct Candidate {
  std::map<std::string, OptionValue> options;  ///< every option
  std::string origin;                          ///< "the experiment's", "preset code", "drawn"
  bool published = false;                      ///< a preset's: it stays to the last rung
};

/// `count` settings of the options that a method tunes and `base` does not fix: a Latin hypercube, which has each of
/// them at `count` evenly spaced shares of its range, so that a single option is tried on a grid. What is paired with
/// what is drawn by `seed` and the method's name. `fixed`: the options that are not to be tuned.
std::vector<Candidate> drawn_candidates(const MethodEntry& method, const std::map<std::string, OptionValue>& base,
                                        const std::map<std::string, OptionValue>& fixed, std::size_t count,
                                        std::uint64_t seed);

/// The method's tunable options that are not fixed.
std::vector<Tunable> tuned_options(const MethodEntry& method, const std::map<std::string, OptionValue>& fixed);

}  // namespace dpsbench
