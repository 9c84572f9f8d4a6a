#pragma once
#include "core/exact_posterior.h"
#include "priors/mixture/prior.h"

namespace dpsbench {

/// p(x_0 | y) of a mixture of low rank with variance in all other directions, where components of x_0 in a singular
/// basis of A were measured. At a noise level the state is one more measurement of every component; together they are a
/// Gaussian view of x_0 whose noise is diagonal, and Woodbury's identity leaves systems of the mixture's rank.
class ComponentPosterior final : public ExactPosterior {
 public:
  /// Worked in double; answers are in the measurement's number type.
  ComponentPosterior(const GaussianMixturePrior& prior, ComponentMeasurement measurement);
  ~ComponentPosterior() override;

  [[nodiscard]] Tensor draw(const Noise& noise, Purpose purpose, std::int64_t draw) const override;
  [[nodiscard]] Tensor mean() const override;
  [[nodiscard]] Tensor deviation() const override;
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const override;
  [[nodiscard]] Tensor mode_weights() const override;
  [[nodiscard]] Tensor mode_shares(const Tensor& x) const override { return prior_.component_shares(x); }

 private:
  struct View;
  struct Law;
  struct Group;
  [[nodiscard]] bool has_one_view() const;
  [[nodiscard]] std::vector<Group> groups_of(std::int64_t image) const;
  [[nodiscard]] Tensor gram(std::int64_t image, const Tensor& weight) const;
  [[nodiscard]] View view(std::int64_t image, double precision_of_state) const;
  [[nodiscard]] std::vector<View> views(double precision_of_state) const;  ///< an image each
  [[nodiscard]] Law law(const View& view, std::int64_t image, const Tensor& observed) const;
  [[nodiscard]] Tensor to_images(const Tensor& in_basis) const;

  const GaussianMixturePrior& prior_;
  ComponentMeasurement measurement_;
  TensorOptions of_images_;
  Tensor log_weights_;  ///< [K]
  Tensor rest_;         ///< [K, 1]
  Tensor means_;        ///< [B or 1, K, D] in the basis
  Tensor factors_;      ///< [B or 1, K, D, R] in the basis: what Sigma_k has above its rest is F F^T
  std::vector<std::vector<Group>> groups_;  ///< a row an image, or one for all
  std::vector<Law> laws_;                   ///< without noise, an image each
};

}  // namespace dpsbench
