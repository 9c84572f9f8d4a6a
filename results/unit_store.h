#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "results/unit_record.h"

namespace dpsbench {

/// The finished and failed units of an output folder: DIR/units/<unit id>.h5, DIR/failures/<unit id>.json. A kill at
/// any instant leaves finished units whole and unfinished ones absent. Several processes may write different units at
/// once.
class UnitStore {
 public:
  explicit UnitStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Keeps a finished unit, durably, and forgets that it ever failed. Throws DataError naming the file and the system's
  /// reason (disk full, read-only folder).
  void write(const UnitRecord& unit) const;

  /// Whether the unit is there and every byte of its file verifies.
  [[nodiscard]] bool is_done(const std::string& unit_id) const;

  /// How long the unit took, in seconds, if it is there and every byte of its file verifies; else none.
  [[nodiscard]] std::optional<double> seconds_of(const std::string& unit_id) const;

  /// The unit; none if there is no such file. Throws DataError naming the file when it is damaged.
  [[nodiscard]] std::optional<UnitRecord> read(const std::string& unit_id) const;

  /// Ids of all units whose file is there, whole or not, sorted.
  [[nodiscard]] std::vector<std::string> present() const;
  /// Ids of all units that are there and verify, sorted.
  [[nodiscard]] std::vector<std::string> done() const;

  /// Notes that a unit could not be done. Throws DataError like write().
  void write_failure(const UnitFailure& failure) const;
  /// Forgets a failure, if there is one.
  void clear_failure(const std::string& unit_id) const;
  /// All failures, sorted by unit id. Throws DataError naming a file that cannot be read.
  [[nodiscard]] std::vector<UnitFailure> failures() const;

  /// Removes the temporary files of killed processes. Only while no other process writes here.
  void sweep() const;

  [[nodiscard]] std::filesystem::path unit_path(const std::string& unit_id) const;
  [[nodiscard]] std::filesystem::path failure_path(const std::string& unit_id) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace dpsbench
