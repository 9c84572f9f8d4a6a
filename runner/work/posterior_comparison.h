#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/operator.h"
#include "core/prior.h"
#include "metrics/metric_set.h"

namespace dpsbench {

/// What the metrics of whole posteriors say of a batch: all samples of each image [B, S, C, H, W] against the exact
/// posterior of its measurement y under `law`, which must know it. `truth` [B, C, H, W]; noise is of the images and of
/// no sample, so that all samplers meet the same exact draws. Under a law of latents all is compared in latents: of
/// what the decoder leaves out nothing enters. Returns [B] double by name.
std::map<std::string, Tensor> compare_with_posterior(const MetricSet& metrics, const Prior& law, const Operator& op,
                                                     const Tensor& y, double sigma_y, const Tensor& samples,
                                                     const Tensor& truth, const Noise& noise);

}  // namespace dpsbench
