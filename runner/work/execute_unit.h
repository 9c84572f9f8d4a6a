#pragma once
#include "results/store/unit_store.h"
#include "runner/ranks/dispatcher.h"
#include "runner/work/first_unit.h"
#include "runner/work/metric_means.h"
#include "runner/work/unit_batch.h"
#include "runner/work/unit_writer.h"

namespace dpsbench {

/// Does the images of a unit at these positions. Where a batch cannot be done as a whole (it does not fit into the
/// device's memory, a solver gives up), its halves are tried, and theirs: images do not know of each other, so that
/// what is wrong with one fails that one alone. Throws Interrupted after a stop request, and what the device answers
/// when it no longer works. `begun`: a unit of the same images that lacks only metrics or samples; null: none.
UnitResult execute_unit(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions,
                        const std::function<void(double)>& on_progress, const UnitRecord* begun = nullptr);

/// Does those images of a unit that the store lacks, all of them or after a failure the rest, and hands what came of
/// them to the writer; `means` gets what this call did. What lacks only metrics or samples is taken from the unit
/// `begun`, an id, where it is not empty. Throws only when a unit could not be written, the device is lost or `first`
/// judges that all is lost: then no other unit would fare better.
Outcome do_unit(const Workbench& bench, const UnitStore& store, UnitWriter& writer, const Unit& unit,
                const std::string& begun, MetricMeans& means, FirstUnit& first,
                const std::function<void(double)>& on_progress);

}  // namespace dpsbench
