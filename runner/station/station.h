#pragma once
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "metrics/metric_set.h"
#include "results/store/output_lock.h"
#include "runner/experiment/experiment.h"
#include "runner/station/weight_files.h"

namespace dpsbench {

/// What `dpsbench run` was asked.
struct RunOptions {
  std::filesystem::path experiment;
  std::shared_ptr<const Experiment> given = {};  ///< made in memory, in place of the file; null: the file is read
  std::filesystem::path output;
  std::vector<std::string> overrides;  ///< "path=value"
  std::string device = "auto";
  int threads = 1;  ///< CPU threads a rank
  bool quiet = false;
  Transport transport = Transport::mpi;  ///< of weights and sums between ranks
  bool leaves_results_apart = false;     ///< results.h5 is not made at the end
  bool cuda_graphs = false;              ///< run a network's passes as CUDA graphs
  bool links_samples = false;            ///< results.h5 links samples in their units' files (samples_in_results)
  Part part = {};                        ///< the share of the work that this job does
  std::vector<std::string> only = {};    ///< the cells that it is limited to (chosen_cells); empty: all
  double grace = 0;                      ///< seconds after a stop signal in which a unit under way may end
  double wait = 0;                       ///< seconds to wait for another job that holds the output folder
  double heartbeat = 60;       ///< seconds without a sign of life after which a rank is taken for lost; 0: never
  double step_timeout = 3600;  ///< seconds without a step after which a rank is taken to hang; 0: never
  std::size_t max_failures = std::numeric_limits<std::size_t>::max();
};

/// What a rank works with: the experiment, its images, and on the rank's device the prior and the metrics.
struct Station {
  Experiment experiment;
  at::Device device;
  std::unique_ptr<Prior> prior;
  std::unique_ptr<Prior> truth;  ///< null: the prior is the law that samples are judged by
  Dataset dataset;
  MetricSet metrics;

  [[nodiscard]] const Prior& law() const { return truth ? *truth : *prior; }
};

/// Reads the experiment, unless one is given, and looks whether its files are there. Throws UserError.
Experiment experiment_of(const RunOptions& options);

/// Checks that an experiment's files fit together (images and prior of one shape, weights that hold what they should)
/// and loads them on the device, to be used as `options` say. Throws UserError or DataError naming what is wrong.
Station set_up_station(Experiment experiment, const at::Device& device, const RunOptions& options,
                       const WeightFiles& weights);

/// The same of a process that reads everything itself, and says what should be known of the images.
Station set_up_station(const RunOptions& options, int local_rank);

}  // namespace dpsbench
