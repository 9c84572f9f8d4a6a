#include "runner/station/cuda/network_graphs.h"

#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>

namespace dpsbench {
namespace {

using at::cuda::CUDAGraph;
using MemoryPool = decltype(at::cuda::graph_pool_handle());

/// Records what `work` launches, and keeps what it returns. It is done once before, unrecorded: libraries that set
/// themselves up must not do so while recorded. Other threads may use the GPU meanwhile.
template <typename Work>
auto record(CUDAGraph& graph, const MemoryPool& pool, const Work& work) {
  c10::cuda::getCurrentCUDAStream().synchronize();
  const c10::cuda::CUDAStreamGuard aside(c10::cuda::getStreamFromPool());
  static_cast<void>(work());
  c10::cuda::getCurrentCUDAStream().synchronize();
  c10::cuda::CUDACachingAllocator::emptyCache();  // what that pass left, which nobody else uses on this stream
  graph.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
  try {
    auto results = work();
    graph.capture_end();
    return results;
  } catch (...) {
    try {
      graph.capture_end();  // the stream must not stay in a recording
    } catch (const std::exception&) {
    }
    throw;
  }
}

std::vector<Tensor> copies(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> copied;
  for (const Tensor& tensor : tensors) copied.push_back(tensor.clone());
  return copied;
}

}  // namespace

NetworkGraphs::NetworkGraphs(const FrozenUNet& network, const Tensor& x, Gradient gradient)
    : network_(network),
      keeps_tape_(gradient == Gradient::wanted),
      x_(x.clone(at::MemoryFormat::Contiguous)),
      time_(at::zeros({1}, x.options())),
      forward_(std::make_unique<CUDAGraph>()) {
  std::tie(output_, tape_) = record(*forward_, at::cuda::graph_pool_handle(), [&] {
    Tape tape;
    Tensor output = network_.forward(x_, time_, keeps_tape_ ? &tape : nullptr);
    return std::pair{output, tape};
  });
}

void NetworkGraphs::replay_forward(const Tensor& x, double time) {
  x_.copy_(x);
  time_.fill_(time);
  forward_->replay();
}

NetworkGraphs::Pass NetworkGraphs::forward(const Tensor& x, double time) {
  replay_forward(x, time);
  on_tape_ = ++passes_;
  return {on_tape_, keeps_tape_ ? x.clone() : Tensor(), time, output_.clone()};
}

NetworkGraphs::Back NetworkGraphs::record_back(std::size_t cotangents) {
  Back back;
  for (std::size_t k = 0; k < cotangents; ++k) back.cotangents.push_back(at::zeros_like(x_));
  back.graph = std::make_unique<CUDAGraph>();
  back.gradients = record(*back.graph, forward_->pool(), [&] {
    Tape tape = tape_;  // the tensors themselves stay where the forward pass puts them
    return network_.pull_back(tape, back.cotangents);
  });
  return back;
}

std::vector<Tensor> NetworkGraphs::pull_back(const Pass& pass, const std::vector<Tensor>& cotangents) {
  if (cotangents.empty()) return {};
  if (pass.number != on_tape_) {
    replay_forward(pass.x, pass.time);
    on_tape_ = pass.number;
  }
  if (!back_.contains(cotangents.size())) back_.emplace(cotangents.size(), record_back(cotangents.size()));
  const Back& back = back_.at(cotangents.size());
  for (std::size_t k = 0; k < cotangents.size(); ++k) Tensor(back.cotangents[k]).copy_(cotangents[k]);
  back.graph->replay();
  return copies(back.gradients);
}

}  // namespace dpsbench
