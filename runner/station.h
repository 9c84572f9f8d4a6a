#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "metrics/metric_set.h"
#include "runner/experiment.h"

namespace dpsbench {

/// What `dpsbench run` was asked.
struct RunOptions {
  std::filesystem::path experiment;
  std::filesystem::path output;
  std::vector<std::string> overrides;  ///< "path=value"
  std::string device = "auto";
  int threads = 0;  ///< CPU threads a rank; 0: one
  bool quiet = false;
};

/// What a rank works with: the experiment, its images, and on the rank's device the prior and the metrics.
struct Station {
  Experiment experiment;
  at::Device device;
  Dataset dataset;
  std::unique_ptr<Prior> prior;
  MetricSet metrics;
};

/// Reads the experiment, checks that its files fit together (images and prior of one shape, weights that hold what they
/// should) and loads them. Throws UserError or DataError naming what is wrong.
Station set_up_station(const RunOptions& options, int local_rank);

}  // namespace dpsbench
