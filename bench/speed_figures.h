#pragma once
#include <nlohmann/json_fwd.hpp>

#include "bench/method_trial.h"
#include "bench/peak_rate.h"

namespace dpsbench {

/// What all trials share.
struct NetworkBench {
  std::unique_ptr<Prior> prior;
  double operations;  ///< multiply-accumulates of one image's evaluation; a cotangent's way back takes as many
  PeakRate peak;
  std::int64_t batch;
  std::int64_t kept_bytes = 0;  ///< from an evaluation until it is pulled back, an image
};

/// Prints what the rows are to be read by, and a Markdown table's head.
void print_table_head(const NetworkBench& bench);

/// Prints one method's row.
void print_row(const NetworkBench& bench, const MethodTrial& trial, const TrialFigures& figures);

/// The same, and what a program that compares may want besides: counts, seconds, bytes.
nlohmann::ordered_json to_json(const NetworkBench& bench, const MethodTrial& trial, const TrialFigures& figures);

}  // namespace dpsbench
