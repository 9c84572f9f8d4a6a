#include "priors/mixture/component_posterior.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

namespace dpsbench {
namespace {

/// Up to how many different precisions components are kept in groups: of each image, or of all that are seen alike.
constexpr std::int64_t most_groups = 4;
constexpr std::int64_t most_shared_groups = 64;

/// Row b of a tensor with a row an image, or of one with a row for all.
Tensor row_of(const Tensor& rows, std::int64_t b) { return rows[rows.size(0) == 1 ? 0 : b]; }

}  // namespace

/// A component is x_0 = mu + F a + sqrt(rest) e, a and e standard normal. Once basis component i is seen with precision
/// total_i, what is left of e is independent of a: its share 1 / (1 + rest total_i), and a has the precision matrix
/// I + F^T diag(weight) F.
struct ComponentPosterior::View {
  Tensor total;            ///< [D], >= 0
  Tensor kept;             ///< 1 / (1 + rest total), [K, D]
  Tensor weight;           ///< total kept, [K, D]
  Tensor inner;            ///< Cholesky factor of the precision of a, [K, R, R]
  Tensor half_log_volume;  ///< half the log determinant of the evidence's covariance but for a constant, [K]
};

/// The posterior mixture of one image under a view, in the basis.
struct ComponentPosterior::Law {
  View view;
  Tensor weights;  ///< [K]
  Tensor means;    ///< [K, D]
};

/// Components seen with the same precision: F^T F over them is the same at every noise level.
struct ComponentPosterior::Group {
  std::int64_t member;  ///< one of them
  Tensor gram;          ///< [K, R, R]
};

ComponentPosterior::ComponentPosterior(const GaussianMixturePrior& prior, ComponentMeasurement measurement)
    : prior_(prior), measurement_(std::move(measurement)), of_images_(measurement_.value.options()) {
  const at::NoGradGuard no_grad;
  const std::int64_t images = measurement_.value.size(0);
  const auto in_basis = [&](const Tensor& vector) {  // [D] -> [B or 1, D]
    const Tensor same = vector.to(of_images_).reshape(prior.shape().batch(1)).expand(prior.shape().batch(images));
    const Tensor all = measurement_.to_basis(same).to(at::kDouble);
    return measurement_.same_basis ? all.narrow(0, 0, 1) : all;
  };
  measurement_.value = measurement_.value.to(at::kDouble);
  measurement_.precision = measurement_.precision.to(at::kDouble);
  const GaussianMixture fine = prior.mixture().to(of_images_.dtype(at::kDouble));
  log_weights_ = fine.log_weights;
  rest_ = fine.rest_variance.unsqueeze(1);
  const Tensor above_rest = (fine.variances - rest_).clamp_min(0).sqrt().unsqueeze(1);
  const Tensor factors = fine.basis * above_rest;  // [K, D, R]
  std::vector<Tensor> means;
  std::vector<Tensor> rotated;
  for (std::int64_t k = 0; k < fine.components(); ++k) {
    means.push_back(in_basis(fine.means[k]));
    std::vector<Tensor> columns;
    for (const Tensor& column : factors[k].unbind(1)) columns.push_back(in_basis(column));
    rotated.push_back(at::stack(columns, 2));
  }
  means_ = at::stack(means, 1);
  factors_ = at::stack(rotated, 1);
  for (std::int64_t b = 0; b < (has_one_view() ? 1 : images); ++b) groups_.push_back(groups_of(b));
  const std::vector<View> without_state = views(0);
  for (std::int64_t b = 0; b < images; ++b)
    laws_.push_back(law(without_state[static_cast<std::size_t>(b)], b, measurement_.value[b]));
}

ComponentPosterior::~ComponentPosterior() = default;

bool ComponentPosterior::has_one_view() const { return measurement_.same_basis && measurement_.precision.size(0) == 1; }

/// Empty where there are too many: a mask has two, super resolution a few, a blur as many as it has singular values.
std::vector<ComponentPosterior::Group> ComponentPosterior::groups_of(std::int64_t image) const {
  const auto [values, member_of] = at::_unique(row_of(measurement_.precision, image), true, true);
  std::vector<Group> groups;
  if (values.size(0) > (has_one_view() ? most_shared_groups : most_groups)) return groups;
  for (std::int64_t g = 0; g < values.size(0); ++g) {
    const Tensor members = (member_of == g).nonzero().squeeze(1);
    const Tensor f = row_of(factors_, image).index_select(1, members);
    groups.push_back({members[0].item<std::int64_t>(), at::matmul(f.mT(), f)});
  }
  return groups;
}

/// F^T diag(weight) F, [K, R, R], of weights [K, D].
Tensor ComponentPosterior::gram(std::int64_t image, const Tensor& weight) const {
  const std::vector<Group>& groups = groups_[has_one_view() ? 0 : static_cast<std::size_t>(image)];
  if (groups.empty()) {
    const Tensor f = row_of(factors_, image);
    return at::matmul(f.mT(), f * weight.unsqueeze(2));
  }
  Tensor sum;
  for (const Group& group : groups) {
    const Tensor part = group.gram * weight.select(1, group.member).view({-1, 1, 1});
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

ComponentPosterior::View ComponentPosterior::view(std::int64_t image, double precision_of_state) const {
  View view;
  view.total = row_of(measurement_.precision, image) + precision_of_state;
  view.kept = (rest_ * view.total + 1).reciprocal();
  view.weight = view.total * view.kept;
  view.inner = at::linalg_cholesky(gram(image, view.weight) + at::eye(factors_.size(3), factors_.options()));
  view.half_log_volume = view.inner.diagonal(0, 1, 2).log().sum(1) - view.kept.log().sum(1) * 0.5;
  return view;
}

std::vector<ComponentPosterior::View> ComponentPosterior::views(double precision_of_state) const {
  std::vector<View> all;
  for (std::int64_t b = 0; b < measurement_.value.size(0); ++b)
    all.push_back(has_one_view() && b > 0 ? all.front() : view(b, precision_of_state));
  return all;
}

/// observed [D]: what was seen with the view's precision, anything where that is 0. Products take vectors as rows: with
/// a single column a product of matrices is six times slower.
ComponentPosterior::Law ComponentPosterior::law(const View& view, std::int64_t image, const Tensor& observed) const {
  const Tensor mu = row_of(means_, image);
  const Tensor f = row_of(factors_, image);
  const Tensor error = observed - mu;  // [K, D]
  const Tensor weighted = view.weight * error;
  const Tensor pull = at::matmul(weighted.unsqueeze(1), f).mT();  // F^T weighted, [K, R, 1]
  const Tensor a = at::cholesky_solve(pull, view.inner);          // its mean, [K, R, 1]
  const Tensor square = (weighted * error).sum(1) - (pull * a).sum({1, 2});
  const Tensor means = mu + view.kept * at::matmul(a.mT(), f.mT()).squeeze(1) + rest_ * weighted;
  return {view, (log_weights_ - square * 0.5 - view.half_log_volume).softmax(0), means};
}

Tensor ComponentPosterior::to_images(const Tensor& in_basis) const {
  return measurement_.from_basis(in_basis.to(of_images_));
}

Tensor ComponentPosterior::score(const Tensor& x_t, const NoiseLevel& level) const {
  const at::NoGradGuard no_grad;
  const double root = std::sqrt(level.alpha_bar);
  const double of_state = level.alpha_bar / (1 - level.alpha_bar);
  const Tensor x = measurement_.to_basis(x_t).to(at::kDouble);  // [B, D]
  const std::vector<View> all = views(of_state);
  std::vector<Tensor> means;
  for (std::int64_t b = 0; b < x.size(0); ++b) {
    const View& seen = all[static_cast<std::size_t>(b)];
    const Tensor measured = row_of(measurement_.precision, b) * measurement_.value[b];
    const Law posterior = law(seen, b, (measured + x[b] * (of_state / root)) / seen.total);
    means.push_back(at::matmul(posterior.weights, posterior.means));
  }
  return (to_images(at::stack(means)) * root - x_t) * (1 / (1 - level.alpha_bar));
}

Tensor ComponentPosterior::draw(const Noise& noise, Purpose purpose, std::int64_t draw) const {
  const at::NoGradGuard no_grad;
  const std::int64_t rank = factors_.size(3);
  const Tensor u = noise.uniform(purpose, 2 * draw, {1}, means_.options());
  const Tensor n = noise.normal(purpose, 2 * draw + 1, {rank + means_.size(2)}, means_.options());
  std::vector<Tensor> drawn;
  for (std::int64_t b = 0; b < u.size(0); ++b) {
    const Law& posterior = laws_[static_cast<std::size_t>(b)];
    const auto k = (u[b] > posterior.weights.cumsum(0)).sum().clamp_max(log_weights_.size(0) - 1).item<std::int64_t>();
    const Tensor of_a = at::linalg_solve_triangular(posterior.view.inner[k].t(), n[b].narrow(0, 0, rank).unsqueeze(1),
                                                    /*upper=*/true);
    const Tensor along = at::matmul(row_of(factors_, b)[k], of_a).squeeze(1) * posterior.view.kept[k];
    const Tensor across = (rest_[k] * posterior.view.kept[k]).sqrt() * n[b].slice(0, rank);
    drawn.push_back(posterior.means[k] + along + across);
  }
  return to_images(at::stack(drawn));
}

Tensor ComponentPosterior::mean() const {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> means;
  for (const Law& posterior : laws_) means.push_back(at::matmul(posterior.weights, posterior.means));
  return to_images(at::stack(means));
}

// The variance of a pixel is the sum of those of e, of a and of the component's mean.
Tensor ComponentPosterior::deviation() const {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> of_e;   // [D] each
  std::vector<Tensor> roots;  // [D, K R + K]: columns whose squares add up
  for (std::size_t b = 0; b < laws_.size(); ++b) {
    const Law& posterior = laws_[b];
    const Tensor root_weight = posterior.weights.sqrt();
    const Tensor f = row_of(factors_, static_cast<std::int64_t>(b)) * posterior.view.kept.unsqueeze(2);
    const Tensor of_a =
        at::linalg_solve_triangular(posterior.view.inner, f.mT(), /*upper=*/false) * root_weight.view({-1, 1, 1});
    const Tensor of_mean =
        (posterior.means - at::matmul(posterior.weights, posterior.means)) * root_weight.unsqueeze(1);
    roots.push_back(at::cat({of_a.flatten(0, 1), of_mean}));
    of_e.push_back(at::matmul(posterior.weights, rest_ * posterior.view.kept));
  }
  Tensor variance = at::zeros_like(to_images(at::stack(of_e)));
  for (const Tensor& column : at::stack(roots, 1).unbind(0)) variance = variance + to_images(column).square();
  const Tensor deviations = at::stack(of_e).sqrt();  // [B, D]: a column an axis of the basis
  for (std::int64_t i = 0; i < deviations.size(1); ++i) {
    Tensor axis = at::zeros_like(deviations);
    axis.select(1, i).copy_(deviations.select(1, i));
    variance = variance + to_images(axis).square();
  }
  return variance.sqrt();
}

Tensor ComponentPosterior::mode_weights() const {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> weights;
  for (const Law& posterior : laws_) weights.push_back(posterior.weights);
  return at::stack(weights);
}

}  // namespace dpsbench
