#include "runner/doctor/answer_of.h"
#include "runner/doctor/checks.h"

namespace dpsbench {

Finding check_gnuplot() {
  if (const auto version = answer_of("gnuplot --version 2>/dev/null")) return {"gnuplot", true, *version};
  return {"gnuplot", false,
          "is not installed: figures are written as data and scripts, but not drawn (Debian: gnuplot-nox)"};
}

}  // namespace dpsbench
