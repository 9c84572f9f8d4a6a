#pragma once
#include <cstdio>

namespace dpsbench {

/// Whether text that goes to this stream may be bold or underlined: a terminal that is not called dumb, unless the
/// environment's NO_COLOR is set to anything (https://no-color.org).
bool takes_colour(std::FILE* stream);

}  // namespace dpsbench
