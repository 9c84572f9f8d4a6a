#include "core/words/colour.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace dpsbench {

bool takes_colour(std::FILE* stream) {
  const char* const refused = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  if (refused != nullptr && *refused != '\0') return false;
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return isatty(fileno(stream)) != 0;
}

}  // namespace dpsbench
