#pragma once
#include <string>

#include "core/error.h"
#include "core/options.h"

namespace dpsbench {

/// `select`: whether the last iterate is the answer or the one nearest to the original.
inline OptionSpec select_option() {
  return {"select",
          std::string("last"),
          "the answer: the last estimate; or, as_published only, that nearest to the original, which an oracle knows",
          -1,
          1,
          {"last", "oracle"}};
}

/// For MethodEntry::chooses_by_original of a method with `select` and `as_published`. Throws UserError where an oracle
/// is asked for in a form that is not the published one.
inline bool chooses_as_published(const OptionValues& options) {
  if (options.word("select") != "oracle") return false;
  if (!options.flag("as_published"))
    throw UserError(
        "select: oracle chooses by the original, as the authors' code does and nobody else can; it needs "
        "as_published: true (select: last otherwise)");
  return true;
}

}  // namespace dpsbench
