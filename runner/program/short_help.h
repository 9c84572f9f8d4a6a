#pragma once

namespace dpsbench {

/// What the program says where nothing is asked of it: a page for who meets it for the first time.
extern const char* const short_help;

/// Below the whole help: examples and exit codes.
extern const char* const examples;

}  // namespace dpsbench
