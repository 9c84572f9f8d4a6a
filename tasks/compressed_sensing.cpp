#include <bit>
#include <cmath>

#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/matrix_products.h"
#include "tasks/parts/random_subset.h"
#include "tasks/parts/spectral_operator.h"

namespace dpsbench {
namespace {

/// y = R T D x on every channel: random signs D, an orthonormal transform T of both axes, a random subset R of its
/// coefficients; D and R are the image's own, the same for its channels. All singular values are 1 or 0.
class CompressedSensing final : public SpectralOperator {
 public:
  /// transforms [H, H] and [W, W], orthonormal; signs [B, 1, H, W] of -1 and 1; rows [B, m], long.
  CompressedSensing(const Tensor& along_height, const Tensor& along_width, const Tensor& signs, const Tensor& rows,
                    const ImageShape& shape)
      : height_(along_height), width_(along_width), signs_(signs), rows_(rows), shape_(shape) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return u(v_transpose(x)); }
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& w) const override { return v(u_transpose(w)); }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, rows_.size(1)};
  }
  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override {
    return {{"along_height", height_}, {"along_width", width_}, {"signs", signs_}, {"rows", rows_}};
  }

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override {
    return on_axes(height_, x * signs_, width_).flatten(1);
  }
  [[nodiscard]] Tensor v(const Tensor& z) const override {
    return on_axes(height_.t(), z.reshape(shape_.batch(z.size(0))), width_.t()) * signs_;
  }
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override {
    return at::zeros({y.size(0), shape_.channels, shape_.height * shape_.width}, y.options())
        .scatter(2, rows_of_channels(), y)
        .flatten(1);
  }
  [[nodiscard]] Tensor u(const Tensor& z) const override {
    return z.reshape({z.size(0), shape_.channels, -1}).gather(2, rows_of_channels());
  }
  [[nodiscard]] Tensor singular_values() const override {
    const Tensor plane =
        at::zeros({rows_.size(0), shape_.height * shape_.width}, signs_.options()).scatter(1, rows_, 1);
    return plane.repeat({1, shape_.channels});
  }

 private:
  [[nodiscard]] Tensor rows_of_channels() const {
    return rows_.unsqueeze(1).expand({rows_.size(0), shape_.channels, rows_.size(1)});
  }

  Tensor height_;
  Tensor width_;
  Tensor signs_;
  Tensor rows_;
  ImageShape shape_;
};

/// Sylvester's orthonormal Hadamard matrix [n, n], n a power of two.
Tensor hadamard_matrix(std::int64_t n) {
  Tensor matrix = at::ones({1, 1}, at::kDouble);
  while (matrix.size(0) < n) matrix = at::cat({at::cat({matrix, matrix}, 1), at::cat({matrix, -matrix}, 1)}, 0);
  return matrix / std::sqrt(static_cast<double>(n));
}

std::int64_t rows_kept(const OptionValues& values, const ImageShape& shape) {
  return static_cast<std::int64_t>(static_cast<double>(shape.height * shape.width) * values.real("ratio"));
}

void check_transform(const OptionValues& values, const ImageShape& shape) {
  if (rows_kept(values, shape) < 1)
    throw UserError("ratio: {} of {} x {} coefficients is none; allowed: at least one", values.real("ratio"),
                    shape.height, shape.width);
  const auto power_of_two = [](std::int64_t n) { return std::has_single_bit(static_cast<std::uint64_t>(n)); };
  if (values.word("transform") == "hadamard" && !(power_of_two(shape.height) && power_of_two(shape.width)))
    throw UserError("transform: hadamard needs sides that are powers of two, the image has {} x {}; allowed: dct",
                    shape.height, shape.width);
}

std::unique_ptr<Operator> bind(const OptionValues& values, const ImageShape& shape, const Noise& noise,
                               const TensorOptions& options) {
  const std::vector<std::int64_t> plane = {1, shape.height, shape.width};
  const Tensor signs = at::where(noise.uniform(Purpose::mask, 0, plane, options) < 0.5, -1.0, 1.0);
  const Tensor rows = random_subset(rows_kept(values, shape), shape.height * shape.width, noise, 1);
  const auto matrix = values.word("transform") == "dct" ? cosine_matrix : hadamard_matrix;
  return std::make_unique<CompressedSensing>(matrix(shape.height).to(options), matrix(shape.width).to(options),
                                             signs.to(options), rows.to(options.device()), shape);
}

}  // namespace

TaskEntry compressed_sensing_task() {
  return {.name = "compressed_sensing",
          .title = "Compressed sensing: some coefficients of a scrambled orthonormal transform",
          .source = "Do et al. 2012, structurally random matrices; DDRM (Kawar et al. 2022), Walsh-Hadamard",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = true,
          .options = {{.name = "ratio",
                       .default_value = 0.25,
                       .description = "fraction of the coefficients that are measured",
                       .least = 0,
                       .greatest = 1,
                       .choices = {}},
                      {.name = "transform",
                       .default_value = "dct",
                       .description = "the transform of both axes; hadamard needs sides that are powers of two",
                       .choices = {"dct", "hadamard"}}},
          .measures = "coefficients of a transform",
          .check = check_transform,
          .bind = bind};
}

}  // namespace dpsbench
