#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/operator.h"
#include "core/options.h"

namespace dpsbench {

/// A task: a family of measurement operators with its options.
struct TaskEntry {
  std::string name;    ///< as experiment files write it
  std::string title;   ///< one line for people
  std::string source;  ///< paper or code whose convention is followed
  bool linear = true;
  bool has_denoising_reference = false;  ///< DPS-w applies
  bool hides_pixels = false;             ///< y is the image where it is measured (Operator::measured), and no more
  bool has_svd = false;                  ///< a cheap singular value decomposition is at hand
  std::vector<OptionSpec> options;

  // whether a picture that a user brings can be a measurement of this task
  std::string measures = {};   ///< what y is, if no picture: "the magnitudes of a Fourier transform"
  std::string drawn = {};      ///< what is drawn at random for each image, and so not a picture's own: "mask"
  bool measures_grey = false;  ///< pictures must be grey

  std::string required_file = {};  ///< the option without whose file there is no task; empty: it needs none

  bool of_signals = false;  ///< it measures signals, images of height 1, and nothing else

  /// Throws UserError when options and image shape do not fit (a scale that does not divide the height, say).
  std::function<void(const OptionValues&, const ImageShape&)> check = [](const OptionValues&, const ImageShape&) {};

  /// Draws what is random (Purpose::mask) and binds the operator to a batch of noise.images() images. Of an entry of
  /// tasks() it runs `check` first.
  std::function<std::unique_ptr<Operator>(const OptionValues&, const ImageShape&, const Noise&, const TensorOptions&)>
      bind;

  /// Of a task that is no part of this program: what its answers depend on beyond its options, as a method's.
  std::string origin = {};
};

}  // namespace dpsbench
