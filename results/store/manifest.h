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
  std::string base = {};  ///< the same for units that differ only in metrics and samples; empty: by an earlier version
};

/// A unit that an earlier experiment of a folder asked for and the present one does not.
struct EarlierUnit {
  std::string id;
  std::string base;  ///< PlannedUnit::base
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

  /// One entry a start of the program: version, git revision, host, date, device, weights_sha256, ranks, configuration,
  /// ...
  std::vector<std::map<std::string, std::string>> runs;

  std::vector<EarlierUnit> earlier = {};  ///< kept, in no table; the latest last

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
  Manifest manifest;                    ///< as it is now on disk
  std::string mended = {};              ///< what had to be mended, for people; empty if nothing
  std::vector<std::string> grown = {};  ///< what it asks for that it did not before, or no more, for people
};

/// Whether other jobs are at work on an output.
enum class Others { none, at_work };

/// Begins or resumes an output folder. A new folder is made and gets `plan` as its manifest. In an existing one of the
/// same configuration plan.runs is added to the list of runs, and plan.groups replace its groups. One of another
/// configuration gets `plan` if nothing that its experiment said was changed, only added or left out
/// (results/store/growth.h). Else throws UserError saying what differs and what to do, and likewise if others are at
/// work on what it was. A damaged manifest is written anew with what can be read of its runs, unless the folder holds a
/// unit of another experiment. Only one process of a job calls this, holding the OutputLock.
OpenedOutput open_output(const std::filesystem::path& folder, const Manifest& plan, Others others = Others::none);

/// Whether a run of this configuration was ever begun in the folder.
bool had_configuration(const Manifest& manifest, const std::string& configuration);

}  // namespace dpsbench
