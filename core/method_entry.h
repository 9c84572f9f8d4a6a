#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/method.h"
#include "core/options.h"
#include "core/tunable.h"

namespace dpsbench {

/// What one image costs: evaluations of the prior, and passes back through it.
struct Cost {
  double forward = 0;
  double backward = 0;
};

/// Passes through an autoencoder that one image costs, and back: of methods that sample latents.
struct CodingCost {
  double decodings = 0;
  double decodings_back = 0;
  double encodings = 0;
  double encodings_back = 0;

  [[nodiscard]] bool any() const { return decodings + decodings_back + encodings + encodings_back > 0; }
  CodingCost& operator+=(const CodingCost& other) {
    decodings += other.decodings;
    decodings_back += other.decodings_back;
    encodings += other.encodings;
    encodings_back += other.encodings_back;
    return *this;
  }
  [[nodiscard]] CodingCost times(double factor) const {
    return {decodings * factor, decodings_back * factor, encodings * factor, encodings_back * factor};
  }
};

/// What a method asks of its problem, beyond the prior and A itself.
struct Needs {
  bool gradient = false;             ///< passes back through the network
  bool linear = false;               ///< A must be linear (it uses the adjoint, the pseudo-inverse or the Gram solve)
  bool svd = false;                  ///< A must offer its singular value decomposition
  bool denoising_reference = false;  ///< the task must have a reference denoising task
  bool exact_posterior = false;      ///< the prior must know its posterior (but see any_prior_tasks)
  bool latents = false;              ///< the prior must be one of latents: it uses their decoder (Problem::decoded)
};

/// What another program says that an image cost it; NaN where it does not say.
struct Spent {
  double seconds;
  double network_evaluations;
  double passes_back;
};

/// A method with its options.
struct MethodEntry {
  std::string name;   ///< as experiment files write it
  std::string title;  ///< one line for people
  std::string paper;  ///< authors, year, arXiv number
  Needs needs = {};
  std::vector<OptionSpec> options;  ///< `steps` among them where the method has steps
  std::function<Cost(const OptionValues&, double sigma_y)> cost;
  std::function<std::unique_ptr<Method>(const OptionValues&)> make;

  /// The tasks it serves, if fewer than its needs allow; empty: all that meet the needs.
  std::vector<std::string> only_tasks = {};

  /// Of a method that needs the exact posterior: the tasks it serves although the prior does not know it.
  std::vector<std::string> any_prior_tasks = {};

  /// Of a method that needs the exact posterior: what one image costs on the other tasks, where that gives the score.
  std::function<Cost(const OptionValues&)> cost_by_posterior = {};

  /// Of a method that needs the exact posterior: whether the score of inpainting's is enough where pixels are hidden.
  bool inpaints_by_score = false;

  /// Whether its reverse step is that of a score: DDPM's, or DDIM's with option `eta` (methods/parts/implied_score.h).
  bool follows_score = false;

  /// Why it refuses measurements without noise (sigma_y 0); empty: it takes them, as its own limit or because it does
  /// not use sigma_y.
  std::string without_noise = "nothing is known of its limit";

  /// Whether it takes noise that grows with brightness (NoiseKind::poisson, speckle): it uses no likelihood, or theirs.
  bool takes_noise_of_brightness = false;

  /// Whether with these options it chooses its answer by the original, as an oracle could; empty: it never does. Such
  /// rows are no verdict on a method. Throws UserError where the options allow no such choice.
  std::function<bool(const OptionValues&)> chooses_by_original = {};

  /// Throws UserError where options that are each allowed do not go together; empty: all do.
  std::function<void(const OptionValues&)> check = {};

  /// Why a control is given the original whatever its options: "the decoder's own error". Its rows are no verdict.
  std::string given_original = {};

  /// What it costs of passes through an autoencoder under a prior of latents, but for the answer's own decoding; empty:
  /// taken to be one decoding an evaluation of the prior, and where there is a gradient one back.
  std::function<CodingCost(const OptionValues&)> coding = {};

  /// The options that `dpsbench tune` chooses where an experiment does not give them; empty: nothing is tuned.
  std::vector<Tunable> tunable = {};

  /// Of samples that were made elsewhere: what they cost there.
  std::optional<Spent> spent = {};

  /// Raised when its samples change and those of others do not. Part of what identifies stored results; 0: they never
  /// did.
  int revision = 0;

  /// Of a method that is no part of this program: what its answers depend on beyond its options, the digest of its
  /// source for one. Part of what identifies stored results; empty: it is built in.
  std::string origin = {};
};

}  // namespace dpsbench
