#include "runner/work/briefing.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/signals.h"

namespace dpsbench {

int exit_code_of(const std::exception& error) {
  if (dynamic_cast<const Interrupted*>(&error) != nullptr) return exit_code::stopped_early;
  const bool of_user =
      dynamic_cast<const UserError*>(&error) != nullptr || dynamic_cast<const DataError*>(&error) != nullptr;
  return of_user ? exit_code::bad_usage : exit_code::internal_error;
}

Briefing brief(Communicator& communicator, const std::function<void(Briefing&)>& prepare) {
  Briefing mine;
  if (communicator.rank() == 0) try {
      prepare(mine);
    } catch (const std::exception& error) {
      mine.code = exit_code_of(error);
      mine.error = error.what();
    }
  const nlohmann::json json = {{"code", mine.code},
                               {"error", mine.error},
                               {"digests", to_text(mine.digests)},
                               {"batch", mine.batch},
                               {"todo", mine.todo}};
  const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const auto shared = nlohmann::json::parse(broadcast_text(communicator, text));
  return {shared.at("code"), shared.at("error"), digests_from_text(shared.at("digests")), shared.at("batch"),
          shared.at("todo")};
}

}  // namespace dpsbench
