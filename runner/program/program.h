#pragma once

namespace dpsbench {

/// The whole program, of `main` or of an interpreter that was asked to be it: does what the words say, argv[0] being
/// the program's own. Returns the exit code; the user has been told why. Once a process.
int run_program(int argc, char** argv);

}  // namespace dpsbench
