// Pictures are shown as the camera was held.
#include "datasets/exif.h"

#include <gmock/gmock.h>

#include "core/sha256.h"
#include "datasets/dataset.h"
#include "datasets/image_file.h"
#include "tests/datasets/fixtures.h"

namespace dpsbench {
namespace {

using test::Folder;

const std::filesystem::path kTurnedImages = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "tests/datasets/images";

std::string number(unsigned value, std::size_t size, bool little) {
  std::string bytes;
  for (std::size_t k = 0; k < size; ++k) {
    const std::size_t shift = 8 * (little ? k : size - 1 - k);
    bytes += static_cast<char>(value >> shift & 0xFFU);
  }
  return bytes;
}

/// An APP1 segment's content that tells this orientation after another entry.
std::string exif_block(unsigned orientation, bool little) {
  const auto entry = [&](unsigned tag, unsigned type, unsigned value) {
    return number(tag, 2, little) + number(type, 2, little) + number(1, 4, little) + number(value, 2, little) +
           std::string(2, '\0');
  };
  return std::string("Exif\0\0", 6) + (little ? "II" : "MM") + number(42, 2, little) + number(8, 4, little) +
         number(2, 2, little) + entry(0x0100, 3, 7) + entry(0x0112, 3, orientation) + number(0, 4, little);
}

/// A JPEG with such a segment after its first two bytes.
std::string turned(const std::string& jpeg, unsigned orientation, bool little = false) {
  const std::string block = exif_block(orientation, little);
  return jpeg.substr(0, 2) + "\xff\xe1" + number(static_cast<unsigned>(block.size() + 2), 2, false) + block +
         jpeg.substr(2);
}

/// Where the pixel that is shown at (row, column) is stored, by EXIF 2.3's table: which sides of the picture the first
/// row and the first column are.
std::pair<std::int64_t, std::int64_t> stored_at(int orientation, std::int64_t row, std::int64_t column,
                                                std::int64_t stored_height, std::int64_t stored_width) {
  const std::int64_t last_row = stored_height - 1;
  const std::int64_t last_column = stored_width - 1;
  switch (orientation) {
    case 2:
      return {row, last_column - column};
    case 3:
      return {last_row - row, last_column - column};
    case 4:
      return {last_row - row, column};
    case 5:
      return {column, row};
    case 6:
      return {last_row - column, row};
    case 7:
      return {last_row - column, last_column - row};
    case 8:
      return {column, last_column - row};
    default:
      return {row, column};
  }
}

TEST(Exif, AllEightOrientationsAreShownUpright) {
  const std::string jpeg = read_file(kTurnedImages / "baseline.jpg");
  const Tensor stored = decode_image(jpeg, "stored");
  for (unsigned orientation = 1; orientation <= 8; ++orientation)
    for (const bool little : {true, false}) {
      const std::string file = turned(jpeg, orientation, little);
      EXPECT_EQ(orientation_of(file), static_cast<int>(orientation));
      EXPECT_TRUE(at::equal(decode_image(file, "turned"), stored));
      const Tensor shown = decode_upright(file, "turned");
      ASSERT_EQ(shown.size(1), orientation >= 5 ? stored.size(2) : stored.size(1));
      for (std::int64_t row = 0; row < shown.size(1); ++row)
        for (std::int64_t column = 0; column < shown.size(2); ++column) {
          const auto [y, x] = stored_at(static_cast<int>(orientation), row, column, stored.size(1), stored.size(2));
          ASSERT_EQ(shown[0][row][column].item<float>(), stored[0][y][x].item<float>())
              << orientation << " at " << row << ", " << column;
        }
    }
}

TEST(Exif, WhatTellsNoOrientationIsUpright) {
  const std::string jpeg = read_file(kTurnedImages / "baseline.jpg");
  EXPECT_EQ(orientation_of(jpeg), 1);
  EXPECT_EQ(orientation_of(read_file(kTurnedImages / "rgb.png")), 1);
  EXPECT_EQ(orientation_of(turned(jpeg, 0)), 1);
  EXPECT_EQ(orientation_of(turned(jpeg, 9)), 1);
  const std::string block = exif_block(6, true);
  EXPECT_EQ(orientation_in(block), 6);
  for (std::size_t size = 0; size < block.size() - 4; ++size)
    EXPECT_EQ(orientation_in(block.substr(0, size)), 1) << size;
  std::string far = block;
  far.replace(10, 4, "\xff\xff\xff\xff");  // a directory beyond the end
  EXPECT_EQ(orientation_in(far), 1);
}

TEST(Exif, ADatasetTakesPicturesAsTheyLieAsAuthorsLoadersDoAndSaysSo) {
  const Folder folder;
  const std::string jpeg = read_file(kTurnedImages / "baseline.jpg");
  test::write_file(folder / "a.jpg", turned(jpeg, 6));
  test::write_file(folder / "b.jpg", turned(jpeg, 1));
  DatasetSpec spec;
  spec.name = "phone";
  spec.path = folder.path();
  spec.size = 16;
  spec.resize = true;
  const Dataset dataset = Dataset::open(spec);
  EXPECT_TRUE(at::equal(dataset.load(0), dataset.load(1)));
  EXPECT_EQ(dataset.content_digest(0), sha256(turned(jpeg, 6)));
  EXPECT_THAT(dataset.remarks(),
              testing::ElementsAre(testing::AllOf(testing::HasSubstr("a.jpg"), testing::HasSubstr("EXIF"))));
}

}  // namespace
}  // namespace dpsbench
