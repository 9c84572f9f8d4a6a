#include "results/store/verify.h"

#include "core/error.h"
#include "core/words/tell.h"
#include "runner/commands/commands.h"
#include "runner/ranks/exit_code.h"

namespace dpsbench {
namespace {

void print_verification(const std::string& folder) {
  const Verification found = verify(folder);
  for (const Damage& damage : found.damages) say("damaged: {}: {}\n", damage.file, damage.what);
  say("{} of {} units whole ({} images), {} absent, {} images failed, {} damages\n", found.units_whole,
      found.units_planned, found.images_whole, found.units_absent, found.images_failed, found.damages.size());
  if (found.units_earlier > 0)
    say("kept of earlier experiments of this folder, in no table: {} unit{}\n", found.units_earlier,
        found.units_earlier == 1 ? "" : "s");
  if (!found.sound()) throw CLI::RuntimeError(exit_code::internal_error);
}

}  // namespace

void add_verify_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("verify", "Re-read every byte of an output folder and check it");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Output folder of a run")->required();
  command->footer(
      "Exit code 1 where something is damaged. 'dpsbench run' of the same experiment into this folder does damaged "
      "units\n"
      "again and writes a damaged manifest and results.h5 anew.");
  command->callback([folder] { print_verification(*folder); });
}

}  // namespace dpsbench
