#include "methods/parts/problem_posterior.h"

#include "core/error.h"
#include "methods/parts/measured_components.h"

namespace dpsbench {
namespace {

/// A as dense matrices [B, m, C H W], or [1, m, C H W] where it is the same for all images, from the unit images.
Tensor dense_matrices(const Operator& op, const ImageShape& shape, std::int64_t batch, const TensorOptions& options) {
  const Spectral* spectral = op.spectral();
  const bool same = spectral != nullptr && spectral->singular_values().size(0) == 1;
  const std::int64_t images = same ? 1 : batch;
  std::vector<Tensor> columns;
  for (const Tensor& unit : at::eye(shape.elements(), options).unbind(0)) {
    const Tensor image = unit.reshape(shape.batch(1)).expand(shape.batch(images));
    columns.push_back(op.forward(image).flatten(1));
  }
  return at::stack(columns, 2);
}

LinearMeasurement linear_measurement(const Prior& prior, const Operator& op, const Tensor& y, double sigma_y) {
  LinearMeasurement measurement{y.flatten(1),
                                sigma_y,
                                [&op, shape = prior.shape(), batch = y.size(0), options = prior.options()] {
                                  return dense_matrices(op, shape, batch, options);
                                },
                                {}};
  if (const Spectral* basis = op.spectral()) {
    const MeasuredComponents measured = measured_components(*basis, y, sigma_y);
    measurement.components = {[basis](const Tensor& x) { return basis->v_transpose(x); },
                              [basis](const Tensor& z) { return basis->v(z); }, basis->has_one_basis(), measured.value,
                              measured.sigma.square().reciprocal()};
  }
  return measurement;
}

}  // namespace

std::unique_ptr<ExactPosterior> exact_posterior(const Prior& prior, const Operator& op, const Tensor& y,
                                                double sigma_y) {
  const auto* tractable = dynamic_cast<const TractablePrior*>(&prior);
  if (tractable == nullptr) throw Error("a network does not know its posterior");
  const std::int64_t batch = y.size(0);
  Measurement measurement{batch, {}, {}};
  measurement.log_likelihood = [&op, y, sigma_y, batch](const Tensor& x) {
    Tensor residual = op.forward(x.expand({batch, -1, -1, -1})) - y;
    if (const Tensor measured = op.measured(); measured.defined()) residual = residual * measured;
    return residual.flatten(1).to(at::kDouble).square().sum(1) * (-0.5 / (sigma_y * sigma_y));
  };
  if (op.is_linear()) measurement.linear = linear_measurement(prior, op, y, sigma_y);
  return tractable->exact_posterior(measurement);
}

}  // namespace dpsbench
