#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/noise.h"

namespace dpsbench {

/// The counter-based noise of a batch as Python sees it, while C++ has it.
struct NoiseView {
  const Noise* noise = nullptr;  ///< null: the batch is over
  ImageShape shape;              ///< of the numbers that are asked for without a shape
  TensorOptions options;

  /// Numbers [B, shape...] for `purpose`: initial, step, inner, accept or mask. Throws UserError for another word and
  /// when the batch is over.
  [[nodiscard]] Tensor normal(const std::string& purpose, std::int64_t step,
                              const std::optional<std::vector<std::int64_t>>& of_image) const;
  [[nodiscard]] Tensor uniform(const std::string& purpose, std::int64_t step,
                               const std::optional<std::vector<std::int64_t>>& of_image) const;
  [[nodiscard]] std::int64_t images() const;

 private:
  [[nodiscard]] const Noise& source() const;
  [[nodiscard]] std::vector<std::int64_t> asked(const std::optional<std::vector<std::int64_t>>& of_image) const {
    return of_image.value_or(std::vector<std::int64_t>{shape.channels, shape.height, shape.width});
  }
};

}  // namespace dpsbench
