// A picture is read while another thread encodes a finished unit: HDF5 is one thing for the whole process.
#include <gmock/gmock.h>

#include <thread>

#include "datasets/image_file.h"
#include "datasets/image_source.h"
#include "results/hdf5/file.h"
#include "results/store/unit_file.h"
#include "tests/runner/support/program.h"
#include "tests/runner/support/tiny_experiment.h"

namespace dpsbench {
namespace {

using namespace testing_support;

/// `count` images of bytes, [count, 8, 8, 3], the k-th of them all of the byte k modulo 256.
std::filesystem::path write_bytes(const std::filesystem::path& file, std::int64_t count) {
  hdf5::File images = hdf5::File::create(file);
  const Tensor bytes = at::arange(count, at::kLong).remainder(256).to(at::kByte).view({count, 1, 1, 1});
  images.root().write("images", bytes.expand({count, 8, 8, 3}).contiguous());
  images.close();
  return file;
}

/// A unit of two images.
UnitRecord small_unit() {
  UnitRecord unit;
  unit.unit_id = "u";
  unit.cell_id = "c";
  unit.attributes = {{"method", "dps"}};
  unit.image_ids = {"a", "b"};
  unit.positions = {0, 1};
  unit.reference = at::linspace(-1, 1, 2 * 3 * 8 * 8).reshape({2, 3, 8, 8});
  unit.measurement = unit.reference;
  unit.measurement_picture = unit.reference;
  unit.samples = unit.reference.clone();
  unit.metrics["psnr"] = at::ones({2}, at::kDouble);
  return unit;
}

TEST(Hdf5Threads, ReadImagesWhileUnitsAreEncoded) {
  const TinyExperiment tiny(1);
  const auto source = open_hdf5_images(write_bytes(tiny.folder() / "images.h5", 50));
  const UnitRecord unit = small_unit();
  const Bytes expected = encode_unit(unit);
  constexpr int times = 2000;
  std::size_t wrong = 0;
  std::thread encoding([&] {
    for (int k = 0; k < times; ++k) wrong += encode_unit(unit) == expected ? 0 : 1;
  });
  std::size_t misread = 0;
  for (int k = 0; k < times; ++k)
    misread += bytes_from_image(source->read(k % 50)).eq(k % 50).all().item<bool>() ? 0 : 1;
  encoding.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(misread, 0U);
}

TEST(Hdf5Threads, ARunOfManyUnitsFromAnHdf5FileEnds) {
  const TinyExperiment tiny(1);
  write_bytes(tiny.folder() / "images.h5", 120);
  tiny.edit("path: images,", "path: images.h5,");
  tiny.edit("batch: 2", "batch: 1");
  tiny.edit("  - {name: dps, steps: [10, 5]}\n", "  - {name: pseudo-inverse}\n");
  const Ended ended = run_program(dpsbench_words({"run", tiny.file(), "--output", tiny.output(), "--quiet"}));
  EXPECT_EQ(ended.code, 0) << ended.err;
}

}  // namespace
}  // namespace dpsbench
