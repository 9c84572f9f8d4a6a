#pragma once
#include <memory>

#include "python/binding/problem_view.h"

namespace dpsbench {

/// A batch lent to Python: what Python keeps of it after the loan is over answers with UserError.
class Loan {
 public:
  /// Both must outlive the loan.
  Loan(const Problem& problem, Observer& observer)
      : batch_(std::make_shared<Batch>(problem, observer)),
        noise_(std::make_shared<NoiseView>(NoiseView{&problem.noise, problem.shape(), problem.options()})) {}
  ~Loan() {
    batch_->end();
    noise_->noise = nullptr;
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

  [[nodiscard]] ProblemView problem() const { return {batch_, noise_}; }
  [[nodiscard]] Batch& batch() const { return *batch_; }

 private:
  std::shared_ptr<Batch> batch_;
  std::shared_ptr<NoiseView> noise_;
};

}  // namespace dpsbench
