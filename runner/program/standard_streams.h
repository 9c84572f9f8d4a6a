#pragma once

namespace dpsbench {

/// Makes standard input, output and error harmless before anything is opened: where one is closed, /dev/null stands in
/// its place, so that no file of ours gets its number; what is written to a closed output fails and is noticed. A pipe
/// whose reader went away makes writes fail instead of ending the program.
void secure_standard_streams();

/// The exit code after everything said has left the program: `code`, or 1 with a message on standard error where some
/// of standard output could not be written.
int exit_code_after_output(int code);

}  // namespace dpsbench
