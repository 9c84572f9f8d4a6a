#pragma once
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/state.h"
#include "runner/experiment/presets.h"

namespace dpsbench {

/// The constants that `dpsbench tune` chose for a method in one setting.
struct TunedPreset {
  std::string method;
  State task;
  double sigma_y = 0;
  std::map<std::string, OptionValue> options;  ///< every option of the method
  double value = 0;                            ///< mean of the metric on the images it was chosen on
};

/// A file of presets named `tuned`, which experiments name by the key `presets`.
struct PresetFile {
  std::string name;        ///< of the file, for messages
  std::string experiment;  ///< that they were chosen by
  std::string dataset;     ///< that they were chosen on
  std::string prior;       ///< describe_prior()
  std::string prior_sha256;
  std::string metric;
  double budget = 0;     ///< evaluations of the prior that each method had in each setting
  double pass_back = 0;  ///< evaluations that a pass back counted as
  std::uint64_t seed = 0;
  std::string date;                        ///< of the day they were begun
  std::string revision;                    ///< of dpsbench
  std::vector<std::string> image_digests;  ///< image_digests() of the images they were chosen on
  std::vector<TunedPreset> presets;

  /// Whether it has presets of the method at all.
  [[nodiscard]] bool has(const std::string& method) const;
  /// The method's constants for a setting. Throws UserError naming the settings there are.
  [[nodiscard]] Preset find(const std::string& method, const State& task, double sigma_y) const;
};

/// What experiments call these presets.
inline constexpr const char* tuned_preset = "tuned";

/// Reads such a file. Throws UserError naming place, key, value and what is allowed.
PresetFile read_preset_file(const std::filesystem::path& file);

/// The file's text: the same bytes for the same presets.
std::string to_text(const PresetFile& presets);

}  // namespace dpsbench
