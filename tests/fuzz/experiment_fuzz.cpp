#include "core/error.h"
#include "runner/experiment/plan.h"
#include "tests/fuzz/input_file.h"

/// Any bytes are an experiment whose work can be laid out, or a UserError.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dpsbench::InputFile file(data, size);
  try {
    const dpsbench::Experiment experiment = dpsbench::read_experiment(file.path());
    (void)dpsbench::make_plan(experiment, {3, 32, 32}, 4);
  } catch (const dpsbench::UserError&) {
    return 0;
  }
  return 0;
}
