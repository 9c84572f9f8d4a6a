#pragma once
#include <map>
#include <string>

#include "core/operator.h"
#include "core/prior.h"
#include "metrics/metric_set.h"

namespace dpsbench {

/// The deviation of the noise at which a prior is asked for its score by those metrics, in units of [-1, 1] images, or
/// the smallest that it knows.
inline constexpr double noise_of_scores = 0.01;

/// What the metrics of scores say of a batch: all samples of each image [B, S, C, H, W], and at each the score of prior
/// (noised by noise_of_scores) and likelihood, grad log p(x) + A^T (y - A x) / sigma_y^2. One evaluation of the prior a
/// sample. sigma_y > 0. Returns [B] double by name.
std::map<std::string, Tensor> compare_with_score(const MetricSet& metrics, const Prior& law, const Operator& op,
                                                 const Tensor& y, double sigma_y, const Tensor& samples);

}  // namespace dpsbench
