#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/store/input_store.h"
#include "results/store/unit_file.h"
#include "results/store/unit_record.h"

namespace dpsbench {

/// The finished units of an output folder, DIR/units/<unit id>.h5, and those of their images that failed,
/// DIR/failures/<unit id>.json. Their references and measurements, which units of other cells have, too, lie once in
/// DIR/inputs (InputStore), so a unit is whole when those of its own are. A kill at any instant leaves finished units
/// whole and unfinished ones absent. Several processes may write different units at once.
class UnitStore {
 public:
  explicit UnitStore(std::filesystem::path folder) : folder_(std::move(folder)), inputs_(folder_ / "inputs") {}

  /// Keeps the images of a unit that were done, durably, and notes those that failed: the note first, so that no kill
  /// leaves a unit that lacks images without one. Without failures an old note goes; without images there is no unit,
  /// and a damaged file of it goes. Throws DataError naming the file and the system's reason (disk full, read-only
  /// folder).
  void write(const UnitRecord& unit, const std::vector<ImageFailure>& failures = {}) const;

  /// Whether the unit is there and every byte of it verifies.
  [[nodiscard]] bool is_done(const std::string& unit_id) const;

  /// Whether the unit's own file is there and every byte of it verifies, be its inputs there or not: without them it is
  /// not done, and they can be measured again.
  [[nodiscard]] bool is_there(const std::string& unit_id) const;

  /// The unit's images and how long it took, if it is there and every byte of it verifies; else none. A file that
  /// holds another unit is none.
  [[nodiscard]] std::optional<UnitSummary> summary_of(const std::string& unit_id) const;

  /// The same of whatever unit the file of that name holds, whether its inputs are there or not.
  [[nodiscard]] std::optional<UnitSummary> content_of(const std::string& name) const;

  /// The unit; none if there is no such file. Throws DataError naming the file when it is damaged, LostInput when that
  /// is only what it has in common with others.
  [[nodiscard]] std::optional<UnitRecord> read(const std::string& unit_id) const;

  /// The same, its arrays to be read when asked for.
  [[nodiscard]] std::optional<StoredUnit> open(const std::string& unit_id) const;
  [[nodiscard]] const InputStore& inputs() const { return inputs_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// Names without their ending of all files of units, whole or not, sorted: the units' ids, and what somebody else may
  /// have put there.
  [[nodiscard]] std::vector<std::string> present() const;
  /// Ids of all units that are there and verify, sorted.
  [[nodiscard]] std::vector<std::string> done() const;

  /// Removes a unit that another one has replaced, if it is there.
  void remove(const std::string& unit_id) const;

  /// Forgets the failures of a unit, if there are any.
  void clear_failures(const std::string& unit_id) const;
  /// All failures, sorted by unit id. Throws DataError naming a file that is damaged, or of another unit than its name.
  [[nodiscard]] std::vector<UnitFailure> failures() const;
  /// The failures of one unit; none if there are none. Throws DataError as above.
  [[nodiscard]] std::optional<UnitFailure> failure_of(const std::string& unit_id) const;
  /// Names without their ending of all files of failures, whole or not, sorted.
  [[nodiscard]] std::vector<std::string> noted() const;

  /// Removes the temporary files of killed processes (results/files/temporary_file.h). While this process writes none.
  void sweep() const;

  [[nodiscard]] std::filesystem::path unit_path(const std::string& unit_id) const;
  [[nodiscard]] std::filesystem::path failure_path(const std::string& unit_id) const;

 private:
  void write_failures(const UnitFailure& failures) const;

  std::filesystem::path folder_;
  InputStore inputs_;
};

}  // namespace dpsbench
