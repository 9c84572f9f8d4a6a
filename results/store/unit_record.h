#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/method_entry.h"
#include "core/tensor.h"

namespace dpsbench {

/// What a finished unit holds: a fixed block of images of one cell, without those of them that failed. All tensors
/// float32 on the CPU unless said otherwise.
struct UnitRecord {
  std::string unit_id;  ///< 32 hexadecimal digits, a digest of everything that affects the answer
  std::string cell_id;  ///< e.g. "007-inpainting-0.7-s0.05-dps-w", as the experiment called it when the unit was done
  std::map<std::string, std::string> attributes;  ///< every parameter of the cell, as text

  std::vector<std::string> image_ids;   ///< N
  std::vector<std::int64_t> positions;  ///< N, place of each image in the experiment's list: the order of results.h5
  Tensor reference;                     ///< [N, C, H, W] in [-1, 1]
  Tensor measurement;                   ///< [N, ...]
  Tensor measurement_picture;           ///< [N, C, H, W]: the measurement for people to look at
  Tensor samples;                       ///< [N, C, H, W], or [N, S, C, H, W] when S > 1 samples an image are asked for
  Tensor trajectory;                    ///< [n, frames, C, H, W] of the first n <= N images; may be undefined
  Tensor step_size;                     ///< [N, steps] double; undefined for methods without a step size
  Tensor prior_share;  ///< [N, steps] double; of the exact denoising sampler (StepRecord), or undefined
  std::map<std::string, Tensor> metrics;  ///< name -> [N] or [N, S], double

  double seconds = 0;                 ///< wall time of sampling; never part of results.h5's data sets
  double network_evaluations = 0;     ///< forward passes of one image
  double passes_back = 0;             ///< passes back through the prior, of one image
  CodingCost coding = {};             ///< passes through an autoencoder, of one image; none under a prior of images
  std::vector<std::int64_t> batches;  ///< images sampled together, failed ones too: [8], or [4, 4] where 8 did not fit
  double peak_bytes = 0;  ///< of tensors alive at a time, of all images together; weights are not among them
};

/// A unit without its arrays.
struct UnitSummary {
  std::string unit_id;
  std::string cell_id;
  double seconds = 0;
  std::vector<std::string> image_ids;
  std::vector<std::int64_t> positions;
  std::vector<std::string> inputs = {};  ///< digests of what it has in common with others (InputStore)
};

/// An image that could not be done, and why.
struct ImageFailure {
  std::string image_id;
  std::string reason;
};

/// The images of a unit that could not be done.
struct UnitFailure {
  std::string unit_id;
  std::string cell_id;
  std::vector<ImageFailure> images;
};

}  // namespace dpsbench
