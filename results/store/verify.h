#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dpsbench {

/// Something wrong in an output folder.
struct Damage {
  std::string file;
  std::string what;
};

/// What re-reading an output folder found.
struct Verification {
  std::int64_t units_planned = 0;
  std::int64_t units_whole = 0;
  std::int64_t units_absent = 0;  ///< not yet done: no damage
  std::int64_t images_whole = 0;
  std::int64_t images_failed = 0;  ///< noted as failures: absent from their units, no damage
  std::int64_t units_earlier = 0;  ///< of earlier experiments of the folder, whole, in no table: no damage
  std::vector<Damage> damages;

  [[nodiscard]] bool sound() const { return damages.empty(); }
};

/// Reads every byte of every unit, of what units have in common and of results.h5: checksums, agreement with the
/// manifest, finite numbers, files that no plan asks for. Throws UserError if the folder has no manifest, DataError if
/// that is damaged.
Verification verify(const std::filesystem::path& folder);

}  // namespace dpsbench
