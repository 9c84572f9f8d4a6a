#include <gmock/gmock.h>

#include <fstream>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/hdf5/file.h"
#include "tests/message_of.h"
#include "tests/results/synthetic_unit.h"

namespace dpsbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::wave;

TEST(Hdf5, ReadsBackTensorsOfEveryTypeAndShape) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.h5";
  const Tensor numbers = wave({7, 3, 5}, 0);
  {
    hdf5::File file = hdf5::File::create(path);
    for (const auto type : {at::kFloat, at::kDouble, at::kLong, at::kByte})
      file.root().write(at::toString(type), (numbers * 100).abs().to(type));
    file.root().write("compressed", numbers, {.deflate = 4});
    file.root().write("empty", at::empty({0, 3}));
    file.root().write("strided", numbers.transpose(0, 2));
    file.close();
  }

  const hdf5::File file = hdf5::File::open(path);

  for (const auto type : {at::kFloat, at::kDouble, at::kLong, at::kByte})
    EXPECT_TRUE(at::equal(file.root().read(at::toString(type)), (numbers * 100).abs().to(type)));
  EXPECT_TRUE(at::equal(file.root().read("compressed"), numbers));
  EXPECT_TRUE(at::equal(file.root().read("strided"), numbers.transpose(0, 2)));
  EXPECT_EQ(file.root().read("empty").sizes(), at::IntArrayRef({0, 3}));
  EXPECT_TRUE(at::equal(file.root().dataset("Float").read_rows(2, 3), (numbers * 100).abs().slice(0, 2, 5)));
}

TEST(Hdf5, RefusesADataSetThatClaimsWhatTheFileCannotHold) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "bomb.h5";
  {
    hdf5::File file = hdf5::File::create(path);
    (void)file.root().create_dataset("rows", {1 << 20, 1 << 20}, at::kFloat);
    file.root().write("zeros", at::zeros({1 << 20}), {.deflate = 9});
    file.close();
  }
  ASSERT_LT(std::filesystem::file_size(path), 100000U);
  const hdf5::File file = hdf5::File::open(path);

  EXPECT_THAT(message_of<DataError>([&] { (void)file.root().read("rows"); }),
              HasSubstr("rows: claims to be [1048576, 1048576], but only 0 bytes of it are in the file"));
  EXPECT_EQ(file.root().read("zeros").numel(), 1 << 20);
}

TEST(Hdf5, WritesRowsInAnyOrder) {
  const hdf5::File file = hdf5::File::in_memory();
  const Tensor numbers = wave({4, 2}, 0);
  hdf5::Dataset rows = file.root().create_dataset("rows", {4, 2}, at::kFloat);

  rows.write_rows(2, numbers.slice(0, 2, 4));
  rows.write_rows(0, numbers.slice(0, 0, 2));

  EXPECT_TRUE(at::equal(rows.read(), numbers));
  EXPECT_THAT(message_of<DataError>([&] { rows.write_rows(3, numbers.slice(0, 0, 2)); }), HasSubstr("has 4 rows"));
  EXPECT_THAT(message_of<DataError>([&] { rows.write_rows(0, at::zeros({1, 3})); }), HasSubstr("do not fit"));
  EXPECT_THAT(message_of<DataError>([&] {
                rows.write_rows(0, at::zeros({1, 2}, at::kDouble));
              }),
              HasSubstr("do not fit"));
}

TEST(Hdf5, ReadsBackAttributesAndTexts) {
  const hdf5::File written = hdf5::File::in_memory();
  const hdf5::Group group = written.root().create_group("cell");
  group.set_attribute("flag", true);
  group.set_attribute("steps", std::int64_t{1000});
  group.set_attribute("sigma_y", 0.05);
  const std::string long_text(100000, 'x');  // attributes of more than 64 kB need care
  group.set_attribute("text", long_text);
  group.set_attribute("nothing", std::string());
  group.set_attribute("list", std::vector<std::string>{"a", "ö", ""});
  group.write_texts("image_ids", {"00001", "längere Kennung", ""});

  const Bytes image = written.image();
  const hdf5::File read = hdf5::File::from_image(image, "copy");
  const auto attributes = read.root().group("cell").attributes();

  EXPECT_EQ(attributes, group.attributes());
  EXPECT_EQ(std::get<bool>(attributes.at("flag")), true);
  EXPECT_EQ(std::get<std::int64_t>(attributes.at("steps")), 1000);
  EXPECT_EQ(std::get<double>(attributes.at("sigma_y")), 0.05);
  EXPECT_EQ(std::get<std::string>(attributes.at("text")).size(), 100000U);
  EXPECT_EQ(std::get<std::string>(attributes.at("nothing")), "");
  EXPECT_THAT(std::get<std::vector<std::string>>(attributes.at("list")), ElementsAre("a", "ö", ""));
  EXPECT_THAT(read.root().group("cell").read_texts("image_ids"), ElementsAre("00001", "längere Kennung", ""));
  EXPECT_THAT(read.root().group("cell").names(), ElementsAre("image_ids"));
}

TEST(Hdf5, ALinkIsASecondNameOfTheSameData) {
  const hdf5::File file = hdf5::File::in_memory();
  const Tensor numbers = wave({1000, 100}, 0);
  file.root().write("first", numbers);
  const std::size_t before = file.image().size();

  file.root().create_group("cell").link("second", file.root().dataset("first"));

  EXPECT_TRUE(at::equal(file.root().group("cell").read("second"), numbers));
  EXPECT_LT(file.image().size(), before + 10000);
}

TEST(Hdf5, NamesFileAndObjectInErrors) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.h5";
  EXPECT_THAT(message_of<DataError>([&] { hdf5::File::open(path); }),
              HasSubstr(path.string() + ": there is no such file"));
  std::ofstream(path) << "this is not HDF5";
  EXPECT_THAT(message_of<DataError>([&] { hdf5::File::open(path); }),
              HasSubstr(path.string() + ": cannot open this HDF5 file: "));
  EXPECT_THAT(message_of<DataError>([&] { (void)hdf5::File::create(path); }), HasSubstr("File exists"));
  std::filesystem::remove(path);
  (void)hdf5::File::create(path).root().create_group("cells");
  const hdf5::File file = hdf5::File::open(path);
  EXPECT_THAT(message_of<DataError>([&] { (void)file.root().group("cells").read("samples"); }),
              HasSubstr(path.string() + ": /cells/samples: cannot open this data set: "));
  EXPECT_THAT(message_of<DataError>([&] { file.root().write("x", at::zeros({1}, at::kInt)); }), HasSubstr("type Int"));
  EXPECT_THAT(message_of<DataError>([&] { file.root().write("x", at::zeros({})); }),
              HasSubstr("a single number is an attribute"));
}

TEST(Hdf5, ChecksumsNoticeAlteredNumbers) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.h5";
  hdf5::File::create(path).root().write("x", at::full({64, 64}, 0.7215));
  Bytes bytes = read_bytes(path);
  const float value = 0.7215F;
  const auto* pattern = reinterpret_cast<const std::byte*>(&value);
  const auto found = std::search(bytes.begin(), bytes.end(), pattern, pattern + 4);
  ASSERT_NE(found, bytes.end());
  *found ^= std::byte{1};
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));

  const hdf5::File file = hdf5::File::open(path);

  EXPECT_THAT(message_of<DataError>([&] { (void)file.root().read("x"); }), HasSubstr("/x: cannot read"));
}

TEST(Hdf5, TheSameContentGivesTheSameBytes) {
  const auto image = [] {
    const hdf5::File file = hdf5::File::in_memory();
    file.root().create_group("cells").write("x", wave({3, 3}, 0));
    file.root().write_texts("ids", {"a", "b"});
    return file.image();
  };
  EXPECT_EQ(image(), image());
}

}  // namespace
}  // namespace dpsbench
