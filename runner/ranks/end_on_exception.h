#pragma once
#include <exception>
#include <utility>

#include "runner/ranks/communicator.h"
#include "runner/ranks/exit_code.h"

namespace dpsbench {

/// What `work` returns. An exception that leaves it ends the whole job with its message at once, before what was made
/// outside of `work` is destroyed: a destructor may wait for ranks that wait for this one.
template <typename Work>
auto end_on_exception(Communicator& communicator, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& error) {
    abort_job(communicator, sentence_of(error), exit_code_of(error));
  }
}

}  // namespace dpsbench
