#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/options.h"
#include "python/binding/loan.h"
#include "runner/work/counting_prior.h"

namespace dpsbench {

/// A small made-up batch on the CPU, in single precision, on which parts are tried before any run: images drawn from a
/// Gaussian mixture, measured by a task.
class MadeUpBatch {
 public:
  struct Setting {
    std::string task;
    std::map<std::string, OptionValue> task_options;
    double sigma_y = 0.05;
    std::vector<std::string> images;  ///< ids, by which noise is keyed
    ImageShape shape;
    std::string prior;  ///< a kind; empty: the mixture itself
    std::map<std::string, OptionValue> prior_options;
    std::string preset = {};   ///< of kind unet
    std::string weights = {};  ///< its file
  };

  /// Throws UserError for a task, prior or shape that cannot be.
  explicit MadeUpBatch(const Setting& setting);

  /// One sample an image [B, C, H, W] of the method of that name.
  [[nodiscard]] Tensor sample(const std::string& method, const std::map<std::string, OptionValue>& options);

  /// What the samples so far asked of the prior, image by image.
  [[nodiscard]] const PriorUse& use() const { return use_; }
  /// The batch as a method sees it, while the trial lives.
  [[nodiscard]] ProblemView problem() const { return loan_.problem(); }
  [[nodiscard]] const Tensor& original() const { return original_; }

  /// How many steps the samples so far showed.
  [[nodiscard]] std::int64_t steps_shown() const { return steps_.count; }

 private:
  struct StepCounter final : Observer {
    void on_step(const StepRecord&) override { ++count; }
    std::int64_t count = 0;
  };

  std::unique_ptr<Prior> prior_;
  PriorUse use_;
  std::unique_ptr<Prior> counting_;
  PhiloxNoise noise_;
  NoiseSchedule schedule_;
  Tensor original_;
  std::unique_ptr<Operator> op_;
  Tensor y_;
  Problem problem_;
  StepCounter steps_;
  Loan loan_;
};

}  // namespace dpsbench
