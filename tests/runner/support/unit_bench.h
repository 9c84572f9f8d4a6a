#pragma once
#include <gtest/gtest.h>

#include "runner/ranks/signals.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/station.h"
#include "runner/work/execute_unit.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench::testing_support {

/// The tiny experiment, ready to do units.
class UnitBench {
 public:
  explicit UnitBench(const std::vector<std::string>& overrides = {})
      : station_(set_up_station({.experiment = tiny_.file(), .output = {}, .overrides = overrides, .part = {}}, 0)),
        plan_(make_plan(station_.experiment, station_.prior->shape(),
                        digest_inputs(station_.experiment, station_.dataset, map_weights(station_.experiment)))) {}

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const Prior& prior() const { return *station_.prior; }
  [[nodiscard]] UnitRecord execute(std::size_t unit) const { return execute(unit, *station_.prior); }
  [[nodiscard]] UnitRecord execute(std::size_t unit, const Prior& prior) const {
    const UnitResult result = try_unit(unit, prior);
    EXPECT_TRUE(result.failures.empty());
    return result.record;
  }
  [[nodiscard]] UnitResult try_unit(std::size_t unit, const Prior& prior) const {
    const Unit& planned = plan_.units.at(unit);
    std::vector<std::int64_t> positions;
    for (std::int64_t i = planned.first; i < planned.first + planned.count; ++i) positions.push_back(i);
    return execute_unit(workbench(prior), planned, positions, [](double) {});
  }
  [[nodiscard]] UnitResult execute_at(std::size_t unit, const std::vector<std::int64_t>& positions) const {
    return execute_unit(workbench(*station_.prior), plan_.units.at(unit), positions, [](double) {});
  }
  [[nodiscard]] Outcome do_unit(std::size_t unit, const UnitStore& store, const Prior& prior) const {
    MetricMeans means({"psnr"});
    UnitWriter writer([&](const UnitResult& result) { store.write(result.record, result.failures); });
    const Outcome outcome =
        dpsbench::do_unit(workbench(prior), store, writer, plan_.units.at(unit), "", means, first_, [](double) {});
    writer.finish();
    return outcome;
  }
  void remove_image(const std::string& id) const { std::filesystem::remove(image_path(id)); }
  [[nodiscard]] std::filesystem::path image_path(const std::string& id) const {
    return tiny_.folder() / "images" / (id + ".png");
  }
  [[nodiscard]] std::string output() const { return tiny_.output(); }

 private:
  [[nodiscard]] Workbench workbench(const Prior& prior) const {
    return {station_.experiment, plan_, station_.dataset, prior, station_.law(), station_.metrics};
  }
  TinyExperiment tiny_;
  Station station_;
  Plan plan_;
  mutable FirstUnit first_;
};

}  // namespace dpsbench::testing_support
