#include "runner/work/done_units.h"

#include <nlohmann/json.hpp>

namespace dpsbench {
namespace {

nlohmann::json to_json(const UnitSummary& unit) {
  return {{"unit", unit.unit_id},
          {"cell", unit.cell_id},
          {"seconds", unit.seconds},
          {"images", unit.image_ids},
          {"positions", unit.positions}};
}

UnitSummary summary_of(const nlohmann::json& json) {
  return {json.at("unit"), json.at("cell"), json.at("seconds"), json.at("images"), json.at("positions")};
}

}  // namespace

std::vector<std::optional<UnitSummary>> read_summaries(Communicator& communicator, const UnitStore& store,
                                                       const std::vector<std::string>& units) {
  const auto ranks = static_cast<std::size_t>(communicator.size());
  nlohmann::json own = nlohmann::json::object();
  for (auto k = static_cast<std::size_t>(communicator.rank()); k < units.size(); k += ranks)
    if (const auto unit = store.summary_of(units[k])) own[std::to_string(k)] = to_json(*unit);
  const std::string text = own.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::vector<std::optional<UnitSummary>> summaries;
  for (const std::string& of_rank : communicator.gather(text)) {
    summaries.resize(units.size());
    const auto found = nlohmann::json::parse(of_rank);
    for (const auto& [place, unit] : found.items()) summaries.at(std::stoul(place)) = summary_of(unit);
  }
  return summaries;
}

}  // namespace dpsbench
