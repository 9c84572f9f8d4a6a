// A picture replaced while the run goes on is never stored under the digest of the one that was there.
#include <gmock/gmock.h>

#include "core/error.h"
#include "datasets/image_file.h"
#include "runner/station/digest_inputs.h"
#include "runner/station/station.h"
#include "runner/work/unit_batch.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

TEST(ReplacedPicture, FailsAloneAndIsDoneWhenItIsBack) {
  const TinyExperiment tiny(2);
  RunOptions options;
  options.experiment = tiny.file();
  options.device = "cpu";
  Station station = set_up_station(options, 0);
  const InputDigests digests = digest_inputs(station.experiment, station.dataset, map_weights(station.experiment));
  station.dataset.expect(digests.image_digests);
  const Plan plan = make_plan(station.experiment, station.prior->shape(), digests);
  const Workbench bench{station.experiment, plan, station.dataset, *station.prior, station.law(), station.metrics};
  const auto done = [&] { return execute_batch(bench, plan.units.front(), {0, 1}, [](double) {}); };
  const auto done_of_images_read_ahead = [&] {
    ImagesAhead images(station.dataset);
    images.read(positions_of(plan.units.front()));
    Workbench with_them = bench;
    with_them.ahead = &images;
    return execute_batch(with_them, plan.units.front(), {0, 1}, [](double) {});
  };

  const std::filesystem::path picture = tiny.folder() / "images" / (station.dataset.id(1) + ".png");
  const std::string before = read_text(picture);
  const UnitRecord whole = done().record;
  EXPECT_TRUE(at::equal(done_of_images_read_ahead().record.samples, whole.samples));
  write_png(picture, at::full({3, 8, 8}, 0.25));
  for (const UnitResult& replaced : {done(), done_of_images_read_ahead()}) {
    ASSERT_EQ(replaced.failures.size(), 1U);
    EXPECT_EQ(replaced.failures[0].image_id, station.dataset.id(1));
    EXPECT_THAT(replaced.failures[0].reason, testing::HasSubstr("has been replaced since the run began"));
    EXPECT_EQ(replaced.record.image_ids, std::vector<std::string>{station.dataset.id(0)});
  }
  write_text(picture, before);
  EXPECT_TRUE(at::equal(done().record.samples, whole.samples));
}

}  // namespace
}  // namespace dpsbench
