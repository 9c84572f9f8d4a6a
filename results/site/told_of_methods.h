#pragma once
#include <string>

namespace dpsbench {

/// What the documentation's tables say of a method: docs/methods.md and docs/checked.md, a row a method.
struct ToldOfMethod {
  std::string deviations;    ///< beside its authors' code; "–": none
  std::string held_against;  ///< what its numbers were compared with
  std::string how_far;       ///< and how far off they were
  std::string tests;         ///< that do it
  std::string not_checked;
};

/// Of a built-in method by its name; all empty where the documentation has no row for it, as of plugins'.
ToldOfMethod told_of_method(const std::string& method);

}  // namespace dpsbench
