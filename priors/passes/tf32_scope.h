#pragma once
#include <ATen/Context.h>

#include "core/tensor.h"

namespace dpsbench {

/// While it lives, products of matrices and convolutions of single precision on a GPU may (or must not) round their
/// factors to ten bits of mantissa, TF32. What was allowed before is allowed again at its end. LibTorch keeps this for
/// the whole process: one thread computes at a time. On the CPU nothing changes.
class Tf32Scope {
 public:
  Tf32Scope(bool allowed, const at::Device& device) : changes_(!device.is_cpu()) {
    if (!changes_) return;
    at::Context& context = at::globalContext();
    products_ = context.allowTF32CuBLAS();
    convolutions_ = context.allowTF32CuDNN();
    context.setAllowTF32CuBLAS(allowed);
    context.setAllowTF32CuDNN(allowed);
  }
  ~Tf32Scope() {
    if (!changes_) return;
    at::globalContext().setAllowTF32CuBLAS(products_);
    at::globalContext().setAllowTF32CuDNN(convolutions_);
  }
  Tf32Scope(const Tf32Scope&) = delete;
  Tf32Scope& operator=(const Tf32Scope&) = delete;

 private:
  bool changes_;
  bool products_ = false;
  bool convolutions_ = false;
};

}  // namespace dpsbench
