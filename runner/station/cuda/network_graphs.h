#pragma once
#include <ATen/cuda/CUDAGraph.h>

#include <map>
#include <memory>

#include "core/prior.h"
#include "priors/unet/frozen_unet.h"

namespace dpsbench {

/// A network's passes through batches of one shape as CUDA graphs: recorded once, then replayed on the current stream
/// with the inputs copied to where the recording found them. Nothing waits for the GPU but a recording. For one thread.
class NetworkGraphs {
 public:
  /// One forward pass, for the pass back.
  struct Pass {
    std::int64_t number = 0;
    Tensor x;  ///< undefined without gradients
    double time = 0;
    Tensor output;  ///< [B, out_channels, H, W]
  };

  /// Records the forward pass for batches like x. The network must outlive this.
  NetworkGraphs(const FrozenUNet& network, const Tensor& x, Gradient gradient);

  Pass forward(const Tensor& x, double time);

  /// As FrozenUNet::pull_back, cotangents [B, C, H, W] like x; may be called again. There is one tape: if another
  /// forward pass has overwritten it, this one is done again first. Each number of cotangents has a recording, made
  /// when it is first met.
  std::vector<Tensor> pull_back(const Pass& pass, const std::vector<Tensor>& cotangents);

 private:
  using Graph = std::unique_ptr<at::cuda::CUDAGraph>;
  struct Back {
    std::vector<Tensor> cotangents;
    std::vector<Tensor> gradients;
    Graph graph;
  };
  void replay_forward(const Tensor& x, double time);
  Back record_back(std::size_t cotangents);

  const FrozenUNet& network_;
  bool keeps_tape_;
  Tensor x_;
  Tensor time_;
  Tape tape_;
  Tensor output_;
  Graph forward_;
  std::map<std::size_t, Back> back_;  ///< by the number of cotangents
  std::int64_t passes_ = 0;
  std::int64_t on_tape_ = 0;  ///< the number of the pass whose tape it is
};

}  // namespace dpsbench
