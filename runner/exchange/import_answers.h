#pragma once
#include <filesystem>
#include <string>

#include "runner/exchange/answers.h"
#include "runner/ranks/communicator.h"

namespace dpsbench {

/// What `dpsbench import` was asked.
struct ImportOptions {
  std::filesystem::path problems;    ///< a folder of export_problems
  std::filesystem::path answers;     ///< a folder with an answer to one or more of them
  std::string label;                 ///< what the answers are called in tables: "PSLD (authors' code)"
  std::filesystem::path experiment;  ///< that the problems are of; empty: the file that they were made of
  std::filesystem::path output;
  AnswerRange range = AnswerRange::told;
  bool quiet = false;
};

/// Makes an output folder of answers: a cell for each problem that is answered, with metrics, for tables beside others.
/// All is read and checked before anything is written. Collective. Returns the exit code. Throws UserError as
/// read_answers() does, and where the experiment now gives other measurements than those that were exported.
int import_answers(const ImportOptions& options, Communicator& communicator);

}  // namespace dpsbench
