#pragma once
#include <string>

#include "core/method.h"
#include "python/binding/held_object.h"

namespace dpsbench {

/// A sampler written in Python: function(problem, options) -> x_0.
class PythonMethod final : public Method {
 public:
  PythonMethod(std::string name, HeldObject function, HeldObject options)
      : name_(std::move(name)), function_(std::move(function)), options_(std::move(options)) {}

  /// Runs the function with autograd on. An exception of it, and an answer that is no batch of images, is an Error with
  /// the traceback's last lines; what the observer throws passes through.
  [[nodiscard]] Tensor sample(const Problem& problem, Observer& observer) const override;

 private:
  std::string name_;
  HeldObject function_;
  HeldObject options_;
};

}  // namespace dpsbench
