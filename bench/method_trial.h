#pragma once
#include "bench/clocked_prior.h"
#include "methods/registry.h"

namespace dpsbench {

/// A method to be timed, and what it is timed on.
struct MethodTrial {
  const MethodEntry* method;
  OptionValues options;
  const TaskEntry* task;
  std::string name;  ///< as the command line gave it
};

/// What sampling one batch took.
struct TrialFigures {
  std::int64_t image_steps = 0;  ///< images times the steps that the method reports
  NetworkAccount network;
  double seconds = 0;                 ///< as work_seconds() counts
  std::int64_t peak_bytes = 0;        ///< of tensors made while sampling
  std::int64_t resident_before = 0;   ///< bytes of the process in memory
  std::int64_t resident_at_peak = 0;  ///< the most of them while sampling
};

/// "dps-w:reference=naive:steps=100": a method and options of it; `steps` where the method has steps and is told none.
/// The task of that name, or if `task` is empty the first that the method serves under a network of inpainting, super
/// resolution and the others in the lists' order. Throws UserError for a method, an option or a task that does not fit.
MethodTrial read_trial(const std::string& words, std::int64_t steps, const std::string& task);

/// Why no task serves the method under a network; empty if one does.
std::string unserved(const MethodEntry& method);

/// Draws one sample of each of `batch` images of noise, from measurements of sigma_y = 0.05.
TrialFigures run_trial(const MethodTrial& trial, const Prior& prior, std::int64_t batch);

}  // namespace dpsbench
