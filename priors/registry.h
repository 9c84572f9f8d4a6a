#pragma once
#include <memory>
#include <string>
#include <vector>

#include "priors/prior_kind.h"

namespace dpsbench {

/// Every kind of prior there is: those built in, in the order of the lists, then those added.
const std::vector<PriorKind>& prior_kinds();

/// Adds a person's own prior as a kind. To be done before anything asks for prior_kinds(): entries may move. Throws
/// UserError where its name is taken.
void add_prior_kind(PriorKind kind);

/// The kind of that name. Throws UserError listing the names there are.
const PriorKind& find_prior_kind(const std::string& name);

/// What whoever uses this prior should know of its file, a sentence each.
std::vector<std::string> remarks(const PriorSpec& spec);

/// Their names.
std::vector<std::string> prior_kind_names();

/// Of which measurements a prior made of that spec knows the posterior.
KnownPosteriors known_posteriors(const PriorSpec& spec);

/// Shape of its images: those that its latents are decoded to, where it is of latents, and those that are cut into
/// tiles. Throws UserError where the spec does not fit together, DataError for a damaged file.
ImageShape prior_shape(const PriorSpec& spec);

/// Passes through a network that one evaluation of an image takes: one, or one for each tile. Throws as prior_shape
/// does.
std::int64_t passes_of_an_evaluation(const PriorSpec& spec);

/// Reads the files and makes the prior on `options`' device and number type; `torso` is a network's. Throws UserError
/// for a spec that cannot be and for a file that cannot be opened, DataError for a file that does not hold what the
/// spec says. With an autoencoder it is a LatentPrior, with tiles a TiledPrior.
std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const TensorOptions& options,
                                  Torso torso = Torso::as_the_rest);

/// The same of a file's content that is in memory, on `options`' device maybe. The kind must be made of it.
/// `autoencoder`: that file's likewise; null where it is the same file, or there is none.
std::unique_ptr<Prior> make_prior(const PriorSpec& spec, const FileBytes& file, const TensorOptions& options,
                                  Torso torso = Torso::as_the_rest, const FileBytes* autoencoder = nullptr);

}  // namespace dpsbench
