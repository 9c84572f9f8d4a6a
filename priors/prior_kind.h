#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/exact_posterior.h"
#include "priors/prior_spec.h"
#include "priors/weights/mapped_file.h"

namespace dpsbench {

/// A kind of prior: what an experiment's block may say of it, and how it is made.
struct PriorKind {
  std::string name;   ///< as experiment files write it
  std::string title;  ///< one line for people

  std::string file_key = {};      ///< the block's key that names its file; empty: it is made of its options alone
  std::string file_content = {};  ///< what the file must hold, for messages
  bool made_of_file = false;      ///< it is made of its file's bytes, which rank 0 reads for all
  bool shape_of_file = true;      ///< where it has a file: its images' shape is known from that alone
  bool is_network = false;        ///< whose products of matrices and convolutions a GPU may round: precision tf32

  std::string remark = {};  ///< what whoever uses such a file should know, a sentence; empty: nothing

  KnownPosteriors posteriors = KnownPosteriors::none;  ///< of which measurements it knows the posterior
  bool has_modes = false;                              ///< whether those posteriors are sums of modes
  std::vector<OptionSpec> options = {};
  /// Whether options are part of what describes a prior where they are at their defaults: not so of a kind that gained
  /// options after results were kept.
  bool describes_defaults = true;

  /// Shape of its images. Throws UserError where the spec does not fit together, DataError for a damaged file.
  std::function<ImageShape(const PriorSpec&)> shape;
  /// What its answers depend on beyond its options and the bytes of its file, in a fixed form; empty: nothing.
  std::function<std::string(const PriorSpec&)> details = [](const PriorSpec&) { return std::string(); };
  /// Makes it on `options`' device and number type; `file` where it is made of that (its bytes may lie on that device
  /// already), `torso` is a network's. Throws as `shape` does.
  std::function<std::unique_ptr<Prior>(const PriorSpec&, const FileBytes* file, const TensorOptions& options,
                                       Torso torso)>
      make;
};

}  // namespace dpsbench
