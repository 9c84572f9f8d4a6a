#pragma once
#include "results/store/manifest.h"
#include "runner/experiment/plan.h"
#include "runner/station/station.h"

namespace dpsbench {

/// What an output folder is told about itself: the plan, the experiment with every default filled in, and this start of
/// the program (version, host, date, device, ranks, digests of weights).
Manifest make_manifest(const Station& station, const Plan& plan, const InputDigests& digests, int ranks);

/// "0.1.0, revision 1a2b3c4d5e6f": of this program.
std::string program_version();

/// An experiment as YAML with every default filled in.
std::string resolved_text(const Experiment& experiment);

}  // namespace dpsbench
