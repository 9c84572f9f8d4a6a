#pragma once
#include "core/error.h"
#include "core/noise.h"

namespace dpsbench {

/// Plays back recorded normal numbers: x_T, and the noise of each step in the order of use (index steps-1 first).
class RecordedNoise final : public Noise {
 public:
  RecordedNoise(Tensor x_T, Tensor step_noise) : x_T_(std::move(x_T)), step_noise_(std::move(step_noise)) {}

  [[nodiscard]] Tensor normal(Purpose purpose, std::int64_t step, const std::vector<std::int64_t>&,
                              const TensorOptions& options) const override {
    if (purpose == Purpose::initial) return x_T_.to(options);
    if (purpose == Purpose::step) return step_noise_[step_noise_.size(0) - 1 - step].reshape_as(x_T_).to(options);
    throw Error("no numbers of this purpose were recorded");
  }
  [[nodiscard]] Tensor uniform(Purpose, std::int64_t, const std::vector<std::int64_t>&,
                               const TensorOptions&) const override {
    throw Error("no uniform numbers were recorded");
  }
  [[nodiscard]] std::int64_t images() const override { return x_T_.size(0); }

 private:
  Tensor x_T_;
  Tensor step_noise_;
};

/// Keeps every state of a run: [steps, B, C, H, W].
class StateRecorder final : public Observer {
 public:
  void on_step(const StepRecord& record) override {
    states_.push_back(record.state);
    if (record.step_size.defined()) step_sizes_.push_back(record.step_size);
  }
  [[nodiscard]] Tensor states() const { return at::stack(states_); }
  [[nodiscard]] Tensor step_sizes() const { return at::stack(step_sizes_); }

 private:
  std::vector<Tensor> states_;
  std::vector<Tensor> step_sizes_;
};

}  // namespace dpsbench
