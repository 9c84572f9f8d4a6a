#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/matrix_products.h"

namespace dpsbench {
namespace {

// The example tables of the JPEG standard (ITU-T T.81, Annex K), row by row.
constexpr double luminance_table[64] = {16, 11, 10, 16, 24,  40,  51,  61,   //
                                        12, 12, 14, 19, 26,  58,  60,  55,   //
                                        14, 13, 16, 24, 40,  57,  69,  56,   //
                                        14, 17, 22, 29, 51,  87,  80,  62,   //
                                        18, 22, 37, 56, 68,  109, 103, 77,   //
                                        24, 35, 55, 64, 81,  104, 113, 92,   //
                                        49, 64, 78, 87, 103, 121, 120, 101,  //
                                        72, 92, 95, 98, 112, 100, 103, 99};
constexpr double chrominance_table[64] = {17, 18, 24, 47, 99, 99, 99, 99,  //
                                          18, 21, 26, 66, 99, 99, 99, 99,  //
                                          24, 26, 56, 99, 99, 99, 99, 99,  //
                                          47, 66, 99, 99, 99, 99, 99, 99,  //
                                          99, 99, 99, 99, 99, 99, 99, 99,  //
                                          99, 99, 99, 99, 99, 99, 99, 99,  //
                                          99, 99, 99, 99, 99, 99, 99, 99,  //
                                          99, 99, 99, 99, 99, 99, 99, 99};

/// y = the image after JPEG's lossy part: YCbCr without subsampling, cosine transform of 8 x 8 blocks, rounding to
/// multiples of the tables, and back, not clipped. Linear up to the rounding L^{-1} round(L x), so that with the
/// rounding taken for the identity (straight through) the derivative is L^{-1} L = I.
class Jpeg final : public Operator {
 public:
  Jpeg(std::int64_t quality, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Tensor forward(const Tensor& x) const override;
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& v) const override { return v; }
  [[nodiscard]] bool is_linear() const override { return false; }
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override { return y; }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

 private:
  ImageShape shape_;
  Tensor height_;      ///< cosine transform of blocks of 8 along the height, [H, H]
  Tensor width_;       ///< [W, W]
  Tensor to_colours_;  ///< RGB to YCbCr, [C, C]
  Tensor from_colours_;
  Tensor level_shift_;  ///< 128 for Y, 0 for Cb and Cr, [C, 1, 1]
  Tensor quantum_;      ///< the tables, repeated over the image, [C, H, W]
};

/// A table at a quality of 1 to 100, by the rule of the Independent JPEG Group: [8, 8], whole numbers 1 to 255.
Tensor table_at_quality(const double (&table)[64], std::int64_t quality) {
  const std::int64_t percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  const Tensor scaled = at::tensor(at::ArrayRef<double>(table), at::kDouble) * static_cast<double>(percent);
  return ((scaled + 50) / 100).floor().clamp(1, 255).reshape({8, 8});
}

Jpeg::Jpeg(std::int64_t quality, const ImageShape& shape, const TensorOptions& options) : shape_(shape) {
  const auto blocks = [](std::int64_t length) { return at::kron(at::eye(length / 8, at::kDouble), cosine_matrix(8)); };
  height_ = blocks(shape.height).to(options);
  width_ = blocks(shape.width).to(options);
  Tensor colours = at::eye(1, at::kDouble);
  if (shape.channels == 3) {  // ITU-T T.871
    const Tensor luma = at::tensor({0.299, 0.587, 0.114}, at::kDouble);
    const Tensor unit = at::eye(3, at::kDouble);
    colours = at::stack({luma, (unit[2] - luma) / 1.772, (unit[0] - luma) / 1.402});
  }
  to_colours_ = colours.to(options);
  from_colours_ = at::linalg_inv(colours).to(options);
  std::vector<Tensor> quanta;
  for (std::int64_t channel = 0; channel < shape.channels; ++channel)
    quanta.push_back(table_at_quality(channel == 0 ? luminance_table : chrominance_table, quality)
                         .repeat({shape.height / 8, shape.width / 8}));
  quantum_ = at::stack(quanta).to(options);
  const Tensor shift = at::zeros({shape.channels, 1, 1}, at::kDouble);
  shift[0].fill_(128);
  level_shift_ = shift.to(options);
}

Tensor Jpeg::forward(const Tensor& x) const {
  const Tensor colours = on_channels(to_colours_, (x + 1) * 127.5) - level_shift_;
  const Tensor coefficients = on_axes(height_, colours, width_);
  const Tensor rounded = (coefficients / quantum_).round() * quantum_;
  const Tensor restored = on_axes(height_.t(), rounded, width_.t()) + level_shift_;
  return on_channels(from_colours_, restored) / 127.5 - 1;
}

void check_channels(const OptionValues&, const ImageShape& shape) {
  if (shape.height % 8 != 0 || shape.width % 8 != 0)
    throw UserError("jpeg: the image has {} x {} pixels; allowed: multiples of 8", shape.height, shape.width);
  if (shape.channels != 1 && shape.channels != 3)
    throw UserError("jpeg: images have {} channels; allowed: 1, 3", shape.channels);
}

}  // namespace

TaskEntry jpeg_task() {
  return {.name = "jpeg",
          .title = "JPEG artefacts: rounding of 8 x 8 cosine coefficients",
          .source = "ITU-T T.81; as an inverse problem: DDRM-JPEG (Kawar et al. 2022)",
          .linear = false,
          .has_denoising_reference = false,
          .has_svd = false,
          .options = {{.name = "quality",
                       .default_value = std::int64_t{10},
                       .description = "quality of the compression, 1 (worst) to 100",
                       .least = 1,
                       .greatest = 100,
                       .choices = {}}},
          .check = check_channels,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
            return std::make_unique<Jpeg>(values.integer("quality"), shape, options);
          }};
}

}  // namespace dpsbench
