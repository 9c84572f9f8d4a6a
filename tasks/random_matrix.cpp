#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/files/matrix_file.h"
#include "tasks/parts/reflections.h"
#include "tasks/parts/spectral_operator.h"
#include "tasks/parts/whole_matrix.h"

namespace dpsbench {
namespace {

/// y = U diag(s) V^T x: m numbers of a whole image through singular vectors and values of its own.
class RandomMatrix final : public SpectralOperator {
 public:
  /// singular_values: [B, m].
  RandomMatrix(const Tensor& singular_values, Reflections left, Reflections right, const ImageShape& shape)
      : s_(singular_values), left_(std::move(left)), right_(std::move(right)), shape_(shape) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override {
    return left_.apply(v_transpose(x).narrow(1, 0, s_.size(1)) * s_);
  }
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& w) const override {
    return v(embedded(left_.transpose(w) * s_));
  }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override { return {s_.size(1)}; }
  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override {
    std::vector<Tensor> rows;
    for (const Tensor& unit : at::eye(s_.size(1), s_.options()).unbind())
      rows.push_back(vjp({}, unit.expand({s_.size(0), s_.size(1)})).flatten(1));
    return {{"matrix", at::stack(rows, 1)}};
  }

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override { return right_.transpose(x.flatten(1)); }
  [[nodiscard]] Tensor v(const Tensor& z) const override { return right_.apply(z).reshape(shape_.batch(z.size(0))); }
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override { return embedded(left_.transpose(y)); }
  [[nodiscard]] Tensor u(const Tensor& z) const override { return left_.apply(z.narrow(1, 0, s_.size(1))); }
  [[nodiscard]] bool has_one_basis() const override { return false; }
  [[nodiscard]] Tensor singular_values() const override { return embedded(s_); }

 private:
  [[nodiscard]] Tensor embedded(const Tensor& z) const {
    return at::constant_pad_nd(z, {0, shape_.elements() - s_.size(1)});
  }

  Tensor s_;
  Reflections left_;
  Reflections right_;
  ImageShape shape_;
};

constexpr std::int64_t most_columns = 4096;  // its singular vectors are kept whole

Tensor given_matrix(const GivenFile& file, const ImageShape& shape) {
  const Tensor matrix = read_matrix(file);
  const std::int64_t columns = matrix.size(1);
  if (columns != shape.elements())
    throw UserError("{}: the matrix has {} columns, but an image has {} x {} x {} = {} numbers", file.path, columns,
                    shape.channels, shape.height, shape.width, shape.elements());
  if (columns > most_columns || matrix.size(0) > columns)
    throw UserError(
        "{}: a matrix of {} x {}; allowed: up to {} columns, and no more rows than columns; task ct takes "
        "larger ones that are sparse",
        file.path, matrix.size(0), columns, most_columns);
  return matrix;
}

void check_size(const OptionValues& values, const ImageShape& shape) {
  if (const std::string& word = values.word("matrix_file"); !word.empty()) {
    (void)given_matrix(given_file(word), shape);
    return;
  }
  if (values.integer("measurements") > shape.elements())
    throw UserError("measurements: {} is more than the image's {} numbers", values.integer("measurements"),
                    shape.elements());
}

}  // namespace

TaskEntry random_matrix_task() {
  return {.name = "random_matrix",
          .title =
              "Random matrix: a few numbers of the whole image, singular values between 0 and 1, or a matrix "
              "from a file",
          .source = "MCG-Diff (Cardoso et al. 2023, arXiv 2308.07983), mixture example; here one matrix an image",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = true,
          .options = {{.name = "measurements",
                       .default_value = std::int64_t{2},
                       .description = "numbers that are measured; their singular values are uniform in [0, 1]",
                       .least = 1,
                       .greatest = 64,
                       .choices = {}},
                      {.name = "matrix_file",
                       .default_value = "",
                       .description = "a file of the matrix of every image, in place of measurements: .npy, HDF5 (data "
                                      "set matrix), Matrix Market (.mtx) or text; a column for each number of an "
                                      "image, channel by channel and row by row",
                       .choices = {}}},
          .measures = "a few numbers",
          .drawn = "matrix",
          .check = check_size,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise& noise,
                     const TensorOptions& options) -> std::unique_ptr<Operator> {
            if (const std::string& word = values.word("matrix_file"); !word.empty())
              return std::make_unique<WholeMatrix>(given_matrix(given_file(word), shape), shape, options);
            const std::int64_t m = values.integer("measurements");
            const Tensor s = std::get<0>(noise.uniform(Purpose::mask, 0, {m}, options).sort(1, /*descending=*/true));
            return std::make_unique<RandomMatrix>(s, Reflections(m, m, noise, 1, options),
                                                  Reflections(m, shape.elements(), noise, 2, options), shape);
          }};
}

}  // namespace dpsbench
