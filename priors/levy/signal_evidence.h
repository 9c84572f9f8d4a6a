#pragma once
#include <cstdint>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// What Gaussian measurements say of a signal x of L numbers: exp(-x^T Lambda x / 2 + h^T x), up to a factor.
struct SignalEvidence {
  std::vector<double> precision;    ///< Lambda: its diagonal [L], or all of it, row by row [L L]
  std::vector<double> information;  ///< h, [L]

  [[nodiscard]] std::int64_t length() const { return static_cast<std::int64_t>(information.size()); }
  [[nodiscard]] bool is_diagonal() const { return precision.size() == information.size(); }

  /// Of the numbers x themselves, each with noise of its own variance > 0: both [L].
  static SignalEvidence of_numbers(const Tensor& values, const Tensor& variances);

  /// Of y = A x + sigma n, A [m, L], y [m]; diagonal where A^T A is.
  static SignalEvidence of_matrix(const Tensor& matrix, const Tensor& y, double sigma);

  /// A number that differs, as good as surely, between evidences that differ in any bit.
  [[nodiscard]] std::uint64_t digest() const;

  /// This and `of_state` (diagonal) together.
  [[nodiscard]] SignalEvidence with(const SignalEvidence& of_state) const;
};

}  // namespace dpsbench
