#pragma once
#include <string>
#include <vector>

#include "core/options.h"

namespace dpsbench {

/// An option of a method that a benchmark may choose for its data, network and task (`dpsbench tune`), and the values
/// among which it is chosen.
struct Tunable {
  enum class Scale { log, linear, choice };

  std::string option;
  Scale scale;
  double least = 0;                       ///< smallest value tried, of log and linear
  double greatest = 0;                    ///< largest value tried
  std::vector<OptionValue> choices = {};  ///< the values tried, of choice

  static Tunable log(const std::string& option, double least, double greatest) {
    return {option, Scale::log, least, greatest};
  }
  static Tunable linear(const std::string& option, double least, double greatest) {
    return {option, Scale::linear, least, greatest};
  }
  static Tunable choice(const std::string& option, std::vector<OptionValue> choices) {
    return {option, Scale::choice, 0, 0, std::move(choices)};
  }
};

/// The value at a share of the way through the range, 0 <= share < 1: rounded to three significant digits, and to a
/// whole number where the option is one.
OptionValue tunable_value(const Tunable& tunable, const OptionSpec& spec, double share);

/// "0.1 to 16, log", "1, 2, 5".
std::string to_text(const Tunable& tunable);

}  // namespace dpsbench
