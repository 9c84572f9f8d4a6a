#include "priors/checkpoints/checkpoint.h"

#include <algorithm>

#include "priors/checkpoints/class_label.h"
#include "priors/checkpoints/latent_diffusion_names.h"
#include "priors/checkpoints/stored_parameters.h"

namespace dpsbench {
namespace {

const ClassNames& own_classes() {
  static const ClassNames names{.table = "label_emb.weight", .rows = true};
  return names;
}

/// What stands before all names of the file, such as "model.".
std::string what_is_before(const std::vector<std::string>& names, const StoredParameters& stored) {
  const std::string& one = stored.at("time_embed.0.weight").names.front();
  const auto found = std::ranges::find_if(names, [&](const std::string& name) { return name.ends_with(one); });
  return found == names.end() ? std::string() : found->substr(0, found->size() - one.size());
}

/// With one class told, or with what each adds.
struct ToldClass {
  std::optional<std::int64_t> label;
  bool every;

  [[nodiscard]] UNetParameters in(UNetParameters parameters, const SafetensorsFile& file, const ClassNames& names,
                                  const std::string& before) const {
    return every ? with_every_class(std::move(parameters), file, names, before)
                 : with_class(std::move(parameters), file, names, before, label);
  }
};

/// guided-diffusion's names; with a class, of a file that has a table of classes.
UNetParameters by_own_names(const UNetOptions& options, const SafetensorsFile& file, const ToldClass& told) {
  if (!told.label && !told.every) return load_unet_parameters(options, file);
  StoredParameters as_here;
  for (const auto& [name, shape] : unet_parameters(options)) as_here[name] = {{name}};
  const auto is_table = [](const std::string& name) { return name == own_classes().table; };
  return told.in(load_unet_parameters(options, file, as_here, is_table), file, own_classes(), "");
}

}  // namespace

UNetParameters checkpoint_parameters(const UNetOptions& options, const SafetensorsFile& file,
                                     std::optional<std::int64_t> label, bool average, bool every_class) {
  const ToldClass told{label, every_class};
  if (has_latent_diffusion_names(file))
    return told.in(latent_diffusion_parameters(options, file, average), file, {}, "");
  const std::vector<std::string> names = file.names();
  for (const NamingConvention& convention : naming_conventions()) {
    const auto tells = [&](const std::string& name) { return name.ends_with(convention.telltale); };
    if (std::ranges::none_of(names, tells)) continue;
    const std::string before = what_is_before(names, stored_parameters(options, convention));
    const ClassNames& classes = convention.classes;
    const auto ignored = [&](const std::string& name) {
      const bool of_classes =
          !classes.table.empty() && (name == before + classes.table || name == before + classes.bias);
      return of_classes || std::ranges::any_of(convention.ignored, [&](const std::string& end) {
               return name.ends_with(end) || name == end.substr(1);
             });
    };
    const StoredParameters stored = stored_parameters(options, convention, before);
    return told.in(load_unet_parameters(options, file, stored, ignored), file, classes, before);
  }
  return by_own_names(options, file, told);
}

}  // namespace dpsbench
