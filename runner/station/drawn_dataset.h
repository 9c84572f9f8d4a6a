#pragma once
#include <memory>

#include "core/exact_posterior.h"
#include "datasets/dataset.h"
#include "runner/experiment/experiment.h"

namespace dpsbench {

/// The prior as one that can be drawn from. Throws UserError unless it is; `what` says for what, in messages.
const TractablePrior& require_drawable(const Prior& law, const std::string& what);

/// The images of a spec that is `drawn`: posterior samples' rightful truths, which intervals of exact samples cover as
/// often as they say. `law` must outlive the data set. Throws UserError unless it can be drawn from.
Dataset draw_dataset(const DatasetSpec& spec, std::uint64_t seed, const Prior& law);

/// The images of a spec: from files, or drawn with that seed from the law, which may be null where they are not drawn.
Dataset open_dataset(const DatasetSpec& spec, std::uint64_t seed, const Prior* law);

/// What the images of an experiment's tables or of its tuning are drawn from, on the processor; null: from nothing.
std::unique_ptr<Prior> law_of_images(const Experiment& experiment);

}  // namespace dpsbench
