#include "core/error.h"
#include "core/words/tell.h"
#include "results/files/passing_folder.h"
#include "runner/afterwards/differences.h"
#include "runner/afterwards/finished_results.h"
#include "runner/commands/collective_command.h"
#include "runner/commands/commands.h"
#include "runner/exchange/import_answers.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/signals.h"

namespace dpsbench {
namespace {

constexpr std::size_t longest_label = 80;

void check_label(const std::string& label) {
  const bool plain = std::ranges::none_of(label, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (label.empty() || label.size() > longest_label || !plain)
    throw UserError("--as: a name of 1 to {} characters for the tables, on one line", longest_label);
}

/// Imports the answers anew beside the output that is said to be theirs, and says in what the two differ.
void verify_import(const ImportOptions& options) {
  const ResultsFile told = finished_results(options.output, "dpsbench import --verify");
  const PassingFolder beside(std::filesystem::temp_directory_path(), "dpsbench-import-");
  ImportOptions again = options;
  again.output = beside.path() / "again";
  run_on_all_ranks([&](Communicator& communicator) { return import_answers(again, communicator); });
  const std::vector<std::string> found = differences(told, finished_results(again.output, "dpsbench import --verify"));
  for (const std::string& difference : found) say("{}\n", difference);
  say("{}: {} of these answers\n", options.output.string(),
      found.empty() ? "every sample and every number is" : "not what would come");
  if (!found.empty()) throw CLI::RuntimeError(exit_code::internal_error);
}

}  // namespace

void add_import_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("import", "Judge samples that another program made of exported problems");
  const auto options = std::make_shared<ImportOptions>();
  command->add_option("PROBLEMS", options->problems, "Folder that dpsbench export wrote")->required();
  command->add_option("ANSWERS", options->answers, "Folder of the answers: STEM.h5, .pt, .npy, or STEM/ID.png")
      ->required();
  command->add_option("--as", options->label, "What they are called in tables: \"PSLD (authors' code)\"")->required();
  command->add_option("--output", options->output, "Output folder, for report beside others")->required();
  command->add_option("--experiment", options->experiment, "The experiment's file, if it has moved since the export");
  command
      ->add_option("--range", options->range,
                   "What the numbers are in: signed, [-1, 1]; unit, [0, 1]; bytes, [0, 255]. Where nothing is said, "
                   "[-1, 1], and numbers that do not look like it are refused")
      ->transform(CLI::CheckedTransformer(std::map<std::string, AnswerRange>{
          {"signed", AnswerRange::signed_}, {"unit", AnswerRange::unit}, {"bytes", AnswerRange::bytes}}));
  command->add_flag("--quiet", options->quiet, "Show no progress");
  const auto verify = std::make_shared<bool>(false);
  command->add_flag("--verify", *verify,
                    "Write nothing: check that --output, which somebody sent, is what these answers give. Exit code 1 "
                    "where a sample or a number differs");
  command->footer(
      "An answer is [N, C, H, W], or [N, samples, C, H, W], in [-1, 1]. HDF5 and .pt dictionaries hold `samples`, and\n"
      "may hold `image_ids` (then in any order), `digest` (the problem's), and what an image cost: `seconds`,\n"
      "`network_evaluations`, `passes_back`. All is checked before anything is written. Then:\n"
      "  dpsbench import problems answers --as \"PSLD (authors' code)\" --output imported\n"
      "  dpsbench report out imported                       in one table with the methods of out, tested in pairs");
  command->callback([options, verify] {
    check_label(options->label);
    catch_stop_signals();
    if (*verify) return verify_import(*options);
    run_on_all_ranks([&](Communicator& communicator) { return import_answers(*options, communicator); });
  });
}

}  // namespace dpsbench
