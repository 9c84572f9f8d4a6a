#include "results/store/unit_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/files/sealed_file.h"
#include "results/files/sealed_json.h"
#include "results/files/temporary_file.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

constexpr const char* unit_ending = ".h5";
constexpr const char* failure_ending = ".json";

/// Names without ending of a folder's files that have this ending, sorted; temporary ones left out.
std::vector<std::string> stems(const fs::path& folder, const char* ending) {
  std::vector<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ending && !entry.path().filename().string().starts_with('.'))
      names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

/// How notes of failures begin that have no seal, as earlier versions wrote them.
constexpr std::string_view unsealed_note = "{\n  \"unit_id\": \"";

UnitFailure read_failure(const fs::path& path) {
  const Bytes bytes = read_bytes(path);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::string what = "it was altered or cut off";
  if (json_seal_holds(text) || text.starts_with(unsealed_note)) try {
      const auto document = nlohmann::json::parse(text);
      UnitFailure failure{document.at("unit_id"), document.at("cell_id"), {}};
      for (const auto& image : document.at("images")) failure.images.push_back({image.at("id"), image.at("reason")});
      if (failure.unit_id == path.stem()) return failure;
      what = "it is of unit " + failure.unit_id;
    } catch (const nlohmann::json::exception& error) {
      what = error.what();
    }
  throw DataError(
      "{0}: damaged, or no note of this unit's failures: {1}; rm '{0}' and run again: its images are done anew",
      path.string(), what);
}

void require_name(const fs::path& path, const UnitRecord& unit, const std::string& unit_id) {
  if (unit.unit_id != unit_id)
    throw DataError("{}: holds unit {} instead; 'dpsbench run' does the unit anew", path.string(), unit.unit_id);
}

}  // namespace

fs::path UnitStore::unit_path(const std::string& unit_id) const { return folder_ / "units" / (unit_id + unit_ending); }

fs::path UnitStore::failure_path(const std::string& unit_id) const {
  return folder_ / "failures" / (unit_id + failure_ending);
}

void UnitStore::write(const UnitRecord& unit, const std::vector<ImageFailure>& failures) const {
  if (!failures.empty()) write_failures({unit.unit_id, unit.cell_id, failures});
  if (unit.image_ids.empty()) {
    std::error_code ignored;  // mostly there is none
    fs::remove(unit_path(unit.unit_id), ignored);
  } else {
    make_folder(folder_ / "units");
    write_sealed(unit_path(unit.unit_id), encode_unit(unit, [this](const Tensor& rows) { return inputs_.keep(rows); }));
  }
  if (failures.empty()) clear_failures(unit.unit_id);
}

bool UnitStore::is_done(const std::string& unit_id) const { return summary_of(unit_id).has_value(); }

bool UnitStore::is_there(const std::string& unit_id) const {
  const auto unit = content_of(unit_id);
  return unit && unit->unit_id == unit_id;
}

std::optional<UnitSummary> UnitStore::content_of(const std::string& name) const {
  const fs::path path = unit_path(name);
  if (!fs::exists(path)) return std::nullopt;
  try {
    return StoredUnit(read_sealed(path), path.string()).summary();
  } catch (const DataError&) {
    return std::nullopt;  // damaged: to be done again
  }
}

std::optional<UnitSummary> UnitStore::summary_of(const std::string& unit_id) const {
  std::optional<UnitSummary> unit = content_of(unit_id);
  const auto is_lost = [this](const std::string& digest) { return !inputs_.holds(digest); };
  if (unit && (unit->unit_id != unit_id || std::ranges::any_of(unit->inputs, is_lost))) unit.reset();
  return unit;
}

std::optional<UnitRecord> UnitStore::read(const std::string& unit_id) const {
  const fs::path path = unit_path(unit_id);
  if (!fs::exists(path)) return std::nullopt;
  UnitRecord unit =
      decode_unit(read_sealed(path), path.string(), [this](const std::string& digest) { return inputs_.read(digest); });
  require_name(path, unit, unit_id);
  return unit;
}

std::optional<StoredUnit> UnitStore::open(const std::string& unit_id) const {
  const fs::path path = unit_path(unit_id);
  if (!fs::exists(path)) return std::nullopt;
  StoredUnit unit(read_sealed(path), path.string());
  require_name(path, unit.numbers(), unit_id);
  return unit;
}

std::vector<std::string> UnitStore::present() const { return stems(folder_ / "units", unit_ending); }

std::vector<std::string> UnitStore::done() const {
  std::vector<std::string> ids = present();
  std::erase_if(ids, [this](const std::string& id) { return !is_done(id); });
  return ids;
}

void UnitStore::write_failures(const UnitFailure& failure) const {
  make_folder(folder_ / "failures");
  auto images = nlohmann::ordered_json::array();
  for (const ImageFailure& image : failure.images) images.push_back({{"id", image.image_id}, {"reason", image.reason}});
  const nlohmann::ordered_json document = {
      {"unit_id", failure.unit_id}, {"cell_id", failure.cell_id}, {"images", images}};
  // what() of a library's exception need not be UTF-8
  const std::string text = document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  write_durably(failure_path(failure.unit_id), as_bytes(sealed_json(text)));
}

void UnitStore::remove(const std::string& unit_id) const {
  std::error_code ignored;
  fs::remove(unit_path(unit_id), ignored);
}

void UnitStore::clear_failures(const std::string& unit_id) const {
  std::error_code ignored;  // mostly there is none
  fs::remove(failure_path(unit_id), ignored);
}

std::vector<UnitFailure> UnitStore::failures() const {
  std::vector<UnitFailure> failures;
  for (const std::string& id : noted()) failures.push_back(read_failure(failure_path(id)));
  return failures;
}

std::optional<UnitFailure> UnitStore::failure_of(const std::string& unit_id) const {
  const fs::path path = failure_path(unit_id);
  return fs::exists(path) ? std::optional(read_failure(path)) : std::nullopt;
}

std::vector<std::string> UnitStore::noted() const { return stems(folder_ / "failures", failure_ending); }

void UnitStore::sweep() const {
  sweep_temporary_files(folder_);
  sweep_temporary_files(folder_ / "units");
  sweep_temporary_files(folder_ / "inputs");
  sweep_temporary_files(folder_ / "failures");
}

}  // namespace dpsbench
