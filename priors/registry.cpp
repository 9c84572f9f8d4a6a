#include "priors/registry.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {

#define PRIOR(name) PriorKind name##_kind();
#include "priors/kinds.inc"
#undef PRIOR

namespace {

std::vector<PriorKind>& kind_table() {
  static std::vector<PriorKind> kinds = {
#define PRIOR(name) name##_kind(),
#include "priors/kinds.inc"
#undef PRIOR
  };
  return kinds;
}

}  // namespace

const std::vector<PriorKind>& prior_kinds() { return kind_table(); }

void add_prior_kind(PriorKind kind) {
  const std::vector<std::string> taken = prior_kind_names();
  if (std::ranges::find(taken, kind.name) != taken.end())
    throw UserError("prior kind '{}' is there already; give yours another name", kind.name);
  kind_table().push_back(std::move(kind));
}

std::vector<std::string> prior_kind_names() {
  std::vector<std::string> names;
  for (const PriorKind& kind : prior_kinds()) names.push_back(kind.name);
  return names;
}

const PriorKind& find_prior_kind(const std::string& name) {
  for (const PriorKind& kind : prior_kinds())
    if (kind.name == name) return kind;
  throw UserError("prior kind '{}' is unknown; there are {}", name, fmt::join(prior_kind_names(), ", "));
}

KnownPosteriors known_posteriors(const PriorSpec& spec) {
  const bool told_each_pixel = spec.kind == "unet" && network_options(spec).noise_map;
  return told_each_pixel ? KnownPosteriors::inpainting_scores : find_prior_kind(spec.kind).posteriors;
}

std::vector<std::string> remarks(const PriorSpec& spec) {
  const std::string& remark = find_prior_kind(spec.kind).remark;
  return remark.empty() ? std::vector<std::string>() : std::vector{fmt::format("{}: {}", spec.file, remark)};
}

std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const TensorOptions& options, Torso torso) {
  const PriorKind& kind = find_prior_kind(spec.kind);
  if (!kind.made_of_file) return kind.make(spec, nullptr, options, torso);
  return make_prior(spec, map_file(spec.file), options, torso);
}

std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const FileBytes& file, const TensorOptions& options,
                                  Torso torso) {
  return find_prior_kind(spec.kind).make(spec, &file, options, torso);
}

}  // namespace dpsbench
