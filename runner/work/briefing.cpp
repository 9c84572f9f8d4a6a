#include "runner/work/briefing.h"

#include <nlohmann/json.hpp>

#include "runner/ranks/exit_code.h"
#include "runner/ranks/signals.h"

namespace dpsbench {

Briefing brief(Communicator& communicator, const std::function<void(Briefing&)>& prepare) {
  Briefing mine;
  if (communicator.rank() == 0) try {
      prepare(mine);
    } catch (const std::exception& error) {
      mine.code = exit_code_of(error);
      mine.error = sentence_of(error);
    }
  const nlohmann::json json = {{"code", mine.code},   {"error", mine.error}, {"digests", to_text(mine.digests)},
                               {"batch", mine.batch}, {"units", mine.units}, {"todo", mine.todo},
                               {"begun", mine.begun}};
  const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const auto shared = nlohmann::json::parse(broadcast_text(communicator, text));
  return {shared.at("code"),  shared.at("error"), digests_from_text(shared.at("digests")),
          shared.at("batch"), shared.at("units"), shared.at("todo"),
          shared.at("begun")};
}

}  // namespace dpsbench
