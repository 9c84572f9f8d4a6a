#include "runner/program/short_help.h"

namespace dpsbench {

const char* const short_help =
    "dpsbench: diffusion posterior samplers, compared on images\n"
    "\n"
    "  dpsbench doctor                     what this machine offers, and what it lacks\n"
    "  dpsbench plan EXPERIMENT            what a run would cost\n"
    "  dpsbench run EXPERIMENT --output DIR\n"
    "                                      run it; the same line again resumes it\n"
    "  dpsbench report DIR [OTHER]         its tables, figures and report.html; two runs beside each other\n"
    "  dpsbench methods | tasks | keys     what an experiment file can name\n"
    "\n"
    "'dpsbench help' lists all commands, 'dpsbench help COMMAND' explains one.\n";

const char* const examples =
    "Examples:\n"
    "  dpsbench plan experiments/quickstart.yaml --ranks 4        what a run would cost, without running it\n"
    "  dpsbench run experiments/quickstart.yaml --output out      run it; the same line again resumes it\n"
    "  mpirun -n 4 dpsbench run experiments/quickstart.yaml --output out\n"
    "  dpsbench status out                                        what is done, what failed and why\n"
    "  dpsbench report out                                        tables and figures of what is done\n"
    "  dpsbench report out other                                  two runs beside each other, paired by image\n"
    "  dpsbench posterior-check out                               do its samples behave as posterior samples must?\n"
    "  dpsbench restore --help                                    any method on a degraded picture of your own\n"
    "  dpsbench toy double-well                                   samplers against a posterior in closed form\n"
    "  dpsbench methods dps-w                                     a method's options\n"
    "Exit codes: 0 all done; 2 bad usage, experiment file or input, output that cannot be\n"
    "  written; 3 finished, but some images failed; 75 stopped early, run again to resume; 1 anything else.";

}  // namespace dpsbench
