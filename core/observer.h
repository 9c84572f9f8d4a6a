#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// What a sampler shows after each step.
struct StepRecord {
  std::int64_t done = 0;  ///< steps finished, 1..total
  std::int64_t total = 0;
  Tensor state;      ///< x after the step, [B, C, H, W]
  Tensor x0_hat;     ///< the step's estimate of the image, [B, C, H, W]
  Tensor step_size;  ///< the guidance's step size of each image, [B]; undefined where there is none
  /// Of samplers that follow the score of Proposition 4.1: how much of it is the prior's term,
  /// |prior| / (|prior| + |data|), [B] in [0, 1]; undefined for others.
  Tensor prior_share = {};
};

/// Watches a sampler. May throw to stop it (a signal, numbers that are not finite).
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_step(const StepRecord& record) = 0;
};

/// Watches nothing.
class SilentObserver final : public Observer {
 public:
  void on_step(const StepRecord&) override {}
};

/// Keeps `frames` evenly spread estimates x0_hat of the first `images` images, the last step among them, and the step
/// size and the prior's share of every step.
class TrajectoryRecorder final : public Observer {
 public:
  TrajectoryRecorder(std::int64_t images, std::int64_t frames) : images_(images), frames_(frames) {}
  void on_step(const StepRecord& record) override;

  /// [images, frames, C, H, W] on the CPU; undefined if nothing was kept.
  [[nodiscard]] Tensor trajectory() const;
  /// [B, steps] on the CPU; undefined for samplers without a step size.
  [[nodiscard]] Tensor step_sizes() const;
  /// [B, steps] on the CPU; undefined for samplers that do not follow the score of Proposition 4.1.
  [[nodiscard]] Tensor prior_shares() const;

 private:
  std::int64_t images_;
  std::int64_t frames_;
  std::vector<Tensor> kept_;
  std::vector<Tensor> step_sizes_;
  std::vector<Tensor> prior_shares_;
};

/// Watches for images that leave the finite numbers, every `interval` steps and at the last. Images do not know of each
/// other, so a sampler goes on while one of its images is finite; when none is left, throws NumericError naming the
/// step.
class FiniteCheck final : public Observer {
 public:
  explicit FiniteCheck(std::int64_t interval) : interval_(interval) {}
  void on_step(const StepRecord& record) override;

  /// What is wrong with image i of the batch, with the step; none if it was finite whenever it was looked at.
  [[nodiscard]] std::optional<std::string> trouble(std::int64_t i) const;

 private:
  std::int64_t interval_;
  std::int64_t steps_ = 0;
  std::vector<std::int64_t> first_bad_step_;  ///< of each image; 0: none
};

/// Shows each step to several observers in turn.
class ObserverChain final : public Observer {
 public:
  explicit ObserverChain(std::vector<Observer*> observers) : observers_(std::move(observers)) {}
  void on_step(const StepRecord& record) override {
    for (Observer* observer : observers_) observer->on_step(record);
  }

 private:
  std::vector<Observer*> observers_;
};

}  // namespace dpsbench
