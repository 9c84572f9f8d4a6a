#pragma once
#include <string>

#include "core/error.h"

namespace dpsbench {

/// What a callable throws, as text; empty when it throws nothing of that type.
template <typename Exception = UserError, typename Callable>
std::string message_of(const Callable& callable) {
  try {
    callable();
  } catch (const Exception& error) {
    return error.what();
  }
  return {};
}

}  // namespace dpsbench
