#include "priors/registry.h"

#include <algorithm>

#include "core/error.h"
#include "core/latent/latent_prior.h"

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
  const KnownPosteriors of_kind = find_prior_kind(spec.kind).posteriors;
  if (spec.autoencoder)  // a linear task stays linear behind a linear decoder
    return spec.autoencoder->is_linear() ? of_kind : KnownPosteriors::none;
  const bool told_each_pixel = spec.kind == "unet" && network_options(spec).noise_map;
  return told_each_pixel ? KnownPosteriors::inpainting_scores : of_kind;
}

std::vector<std::string> remarks(const PriorSpec& spec) {
  const std::string& remark = find_prior_kind(spec.kind).remark;
  return remark.empty() ? std::vector<std::string>() : std::vector{fmt::format("{}: {}", spec.file, remark)};
}

ImageShape prior_shape(const PriorSpec& spec) {
  if (spec.autoencoder) return image_shape(*spec.autoencoder);
  const ImageShape shape = find_prior_kind(spec.kind).shape(spec);
  if (!spec.tiles) return shape;
  static_cast<void>(tile_count(*spec.tiles, shape));
  return {shape.channels, spec.tiles->height, spec.tiles->width};
}

std::int64_t passes_of_an_evaluation(const PriorSpec& spec) {
  return spec.tiles ? tile_count(*spec.tiles, find_prior_kind(spec.kind).shape(spec)) : 1;
}

std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const TensorOptions& options, Torso torso) {
  const PriorKind& kind = find_prior_kind(spec.kind);
  std::optional<FileBytes> autoencoder;
  if (spec.autoencoder && !spec.is_whole_model()) autoencoder = map_file(spec.autoencoder->file);
  if (!kind.made_of_file) {
    auto prior = kind.make(spec, nullptr, options, torso);
    return spec.autoencoder
               ? make_latent_prior(std::move(prior), make_autoencoder(*spec.autoencoder, *autoencoder, options,
                                                                      torso != Torso::as_the_rest))
               : std::move(prior);
  }
  return make_prior(spec, map_file(spec.file), options, torso, autoencoder ? &*autoencoder : nullptr);
}

std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const FileBytes& file, const TensorOptions& options,
                                  Torso torso, const FileBytes* autoencoder) {
  auto prior = find_prior_kind(spec.kind).make(spec, &file, options, torso);
  if (spec.tiles) return std::make_unique<TiledPrior>(std::move(prior), *spec.tiles);
  if (!spec.autoencoder) return prior;
  const bool in_tf32 = torso != Torso::as_the_rest;
  return make_latent_prior(std::move(prior),
                           make_autoencoder(*spec.autoencoder, autoencoder ? *autoencoder : file, options, in_tf32));
}

}  // namespace dpsbench
