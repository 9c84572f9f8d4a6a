#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"

namespace dpsbench {

/// A cell as planned: data set, task, sigma_y, method, each with its parameters.
struct PlannedCell {
  std::string id;
  std::map<std::string, std::string> attributes;  ///< every parameter, as text
};

/// A unit as planned: a fixed block of images of a cell.
struct PlannedUnit {
  std::string id;
  std::string cell;
  std::vector<std::string> image_ids;
  std::vector<std::int64_t> positions;  ///< of the images in the experiment's list
};

/// What an output folder is for. Written before any sampling, so that a folder can be resumed, checked and reported
/// without the experiment file.
struct Manifest {
  std::string experiment;       ///< its name
  std::string experiment_text;  ///< the experiment file with every default filled in
  std::string configuration;    ///< digest of all that affects the results; folders of different ones never mix
  std::vector<PlannedCell> cells;
  std::vector<PlannedUnit> units;
  std::map<std::string, std::string> groups =
      {};  ///< image id -> its group, for statistics; empty: none belong together

  /// One entry a start of the program: version, git revision, host, date, device, weights_sha256, ranks, ...
  std::vector<std::map<std::string, std::string>> runs;

  bool sealed = true;  ///< whether the file that it was read from has a seal; those of earlier versions have none
};

/// A manifest whose bytes are not those that were written.
class DamagedManifest final : public DataError {
 public:
  using DataError::DataError;
};

/// DIR/manifest.json.
std::filesystem::path manifest_path(const std::filesystem::path& folder);

/// Writes the folder's manifest durably, sealed (results/files/sealed_json.h).
void write_manifest(const std::filesystem::path& folder, const Manifest& manifest);

/// The folder's manifest; none if it has none. Throws DamagedManifest naming the file and the remedy.
std::optional<Manifest> find_manifest(const std::filesystem::path& folder);

/// The folder's manifest. Throws UserError if it has none.
Manifest read_manifest(const std::filesystem::path& folder);

/// The list of runs in a damaged manifest as it stands there, altered perhaps; empty where none can be read.
std::vector<std::map<std::string, std::string>> runs_of_damaged(const std::filesystem::path& folder);

/// An output folder that was begun or resumed.
struct OpenedOutput {
  Manifest manifest;   ///< as it is now on disk
  std::string mended;  ///< what had to be mended, for people; empty if nothing
};

/// Begins or resumes an output folder. A new folder is made and gets `plan` as its manifest. An existing one must be of
/// the same configuration: plan.runs is added to the list of runs, and plan.groups replace its groups. Else throws
/// UserError saying what differs and what to do. A damaged manifest is written anew with what can be read of its runs,
/// unless the folder holds a unit of another experiment. Only one process of a job calls this, holding the OutputLock.
OpenedOutput open_output(const std::filesystem::path& folder, const Manifest& plan);

/// The first differences between two plans, for a person; empty if there are none.
std::vector<std::string> differences(const Manifest& before, const Manifest& now);

}  // namespace dpsbench
