#include "datasets/dataset.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "datasets/image_file.h"
#include "datasets/resize.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::ramp_image;
using testing::AllOf;
using testing::HasSubstr;

DatasetSpec spec_of(const std::filesystem::path& path) {
  DatasetSpec spec;
  spec.name = "test";
  spec.path = path;
  return spec;
}

std::vector<std::string> ids_of(const Dataset& dataset) {
  std::vector<std::string> ids;
  for (std::int64_t i = 0; i < dataset.size(); ++i) ids.push_back(dataset.id(i));
  return ids;
}

/// Five images 8 x 8 under names whose natural order is not their alphabetic one, and files that are none.
void fill(const Folder& folder) {
  int start = 0;
  for (const char* name : {"img10.png", "img2.PNG", "img1.png", "img3.png", "img20.png"})
    write_png(folder / name, ramp_image(3, 8, 8, ++start));
  test::write_file(folder / "README.txt", "nothing");
  std::filesystem::create_directory(folder / "folder.png");
}

TEST(Dataset, ListsAFoldersImagesInNaturalOrder) {
  const Folder folder;
  fill(folder);
  const Dataset dataset = Dataset::open(spec_of(folder.path()));
  EXPECT_THAT(ids_of(dataset), testing::ElementsAre("img1", "img2", "img3", "img10", "img20"));
  EXPECT_EQ(dataset.shape(), (ImageShape{3, 8, 8}));
  EXPECT_TRUE(at::equal(dataset.load(3), ramp_image(3, 8, 8, 1)));
  dataset.verify();
}

TEST(Dataset, ChoosesByPositionByIdAndByPositionInAnIdList) {
  const Folder folder;
  fill(folder);
  test::write_file(folder / "ids.txt", "img20\nimg2\nimg10\n");
  DatasetSpec spec = spec_of(folder.path());
  spec.images = "0,2-3";
  EXPECT_THAT(ids_of(Dataset::open(spec)), testing::ElementsAre("img1", "img3", "img10"));
  spec.ids = folder / "ids.txt";
  spec.images = "";
  EXPECT_THAT(ids_of(Dataset::open(spec)), testing::ElementsAre("img20", "img2", "img10"));
  spec.images = "1-2";
  EXPECT_THAT(ids_of(Dataset::open(spec)), testing::ElementsAre("img2", "img10"));
}

TEST(Dataset, MissingAndEmptyFoldersSayWhatToDo) {
  const Folder folder;
  EXPECT_THAT(message_of<UserError>([&] { Dataset::open(spec_of(folder / "ffhq256")); }),
              AllOf(HasSubstr("ffhq256"), HasSubstr("put the images")));
  EXPECT_THAT(message_of<UserError>([&] { Dataset::open(spec_of(folder.path())); }), HasSubstr("no PNG or JPEG"));
}

TEST(Dataset, OneIdForTwoImagesIsRefused) {
  const Folder folder;
  write_png(folder / "a.png", ramp_image(3, 4, 4));
  write_png(folder / "a.jpg", ramp_image(3, 4, 4));
  EXPECT_THAT(message_of<UserError>([&] { Dataset::open(spec_of(folder.path())); }), HasSubstr("id a"));
}

TEST(Dataset, NonsenseInTheSpecIsTheUsersMistake) {
  const Folder folder;
  fill(folder);
  DatasetSpec spec = spec_of(folder.path());
  spec.channels = 2;
  EXPECT_THAT(message_of<UserError>([&] { Dataset::open(spec); }), HasSubstr("channels is 2"));
  spec = spec_of(folder.path());
  spec.size = -1;
  EXPECT_THROW(Dataset::open(spec), UserError);
  spec = spec_of(folder.path());
  spec.resize = true;
  EXPECT_THROW(Dataset::open(spec), UserError);
}

TEST(Dataset, OtherSizesAreErrorsUnlessResized) {
  const Folder folder;
  write_png(folder / "wide.png", ramp_image(3, 8, 12));
  DatasetSpec spec = spec_of(folder.path());
  spec.size = 4;
  EXPECT_THAT(message_of<DataError>([&] { (void)Dataset::open(spec).load(0); }),
              AllOf(HasSubstr("wide.png"), HasSubstr("12 x 8"), HasSubstr("4 x 4")));
  spec.resize = true;
  EXPECT_EQ(Dataset::open(spec).load(0).sizes(), (std::vector<std::int64_t>{3, 4, 4}));
  EXPECT_EQ(Dataset::open(spec).shape(), (ImageShape{3, 4, 4}));
}

TEST(Dataset, ChannelsAreConverted) {
  const Folder folder;
  write_png(folder / "grey.png", ramp_image(1, 4, 4));
  write_png(folder / "rgb.png", ramp_image(3, 4, 4));
  DatasetSpec spec = spec_of(folder.path());
  EXPECT_EQ(Dataset::open(spec).load(0).size(0), 3);
  Dataset::open(spec).verify();
  spec.channels = 1;
  EXPECT_EQ(Dataset::open(spec).load(1).size(0), 1);
}

TEST(Dataset, VerifyNamesDamagedAndOddImages) {
  const Folder folder;
  fill(folder);
  test::write_file(folder / "img4.png", read_file(folder / "img3.png").substr(0, 60));
  write_png(folder / "img5.png", ramp_image(3, 8, 9));
  const Dataset dataset = Dataset::open(spec_of(folder.path()));
  EXPECT_THAT(message_of<UserError>([&] { dataset.verify(); }),
              AllOf(HasSubstr("img4.png"), HasSubstr("img5.png has 9 x 8"), testing::Not(HasSubstr("img3"))));
}

TEST(Dataset, APictureThatIsReplacedIsNotReadUnderItsOldDigest) {
  const Folder folder;
  fill(folder);
  Dataset dataset = Dataset::open(spec_of(folder.path()));
  std::vector<std::string> digests;
  for (std::int64_t i = 0; i < dataset.size(); ++i) digests.push_back(dataset.content_digest(i));
  dataset.expect(digests);
  const Tensor before = dataset.load(1);
  write_png(folder / "img2.PNG", ramp_image(3, 8, 8, 77));
  EXPECT_THAT(message_of<DataError>([&] { (void)dataset.load(1); }),
              AllOf(HasSubstr("img2.PNG"), HasSubstr("replaced")));
  EXPECT_TRUE(at::equal(dataset.load(0), ramp_image(3, 8, 8, 3)));
  write_png(folder / "img2.PNG", before);
  EXPECT_TRUE(at::equal(dataset.load(1), before));
  digests.pop_back();
  EXPECT_THROW(dataset.expect(digests), UserError);
}

TEST(Dataset, AnImagesSizeIsJudgedFromItsHeaderBeforeItIsDecoded) {
  const Folder folder;
  write_png(folder / "a.png", ramp_image(3, 8, 8));
  // a header of 16384 x 16384 pixels of one bit with the bytes that they could be packed in, none of which is PNG data
  std::string bytes = read_file(folder / "a.png");
  bytes.replace(16, 9, std::string("\0\0\x40\0\0\0\x40\0\x01", 9));
  bytes[25] = 0;
  test::write_file(folder / "a.png", bytes + std::string(40000, 'x'));
  DatasetSpec spec = spec_of(folder.path());
  spec.size = 8;
  EXPECT_THAT(message_of<DataError>([&] { (void)Dataset::open(spec).load(0); }),
              HasSubstr("16384 x 16384 pixels, not"));
  EXPECT_THAT(message_of<UserError>([&] { Dataset::open(spec).verify(); }), HasSubstr("16384 x 16384 pixels, not"));
}

TEST(Dataset, GreyPicturesAreResampledAlikeBeforeAndAfterTheyAreRepeated) {
  const Folder folder;
  write_png(folder / "grey.png", ramp_image(1, 9, 12));
  DatasetSpec spec = spec_of(folder.path());
  spec.size = 4;
  spec.resize = true;
  const Tensor repeated = with_channels(read_image(folder / "grey.png"), 3);
  EXPECT_TRUE(at::equal(Dataset::open(spec).load(0), resize(centre_square(repeated), 4, 4)));
}

TEST(Dataset, DigestIsTheFilesSha256) {
  const Folder folder;
  test::write_file(folder / "a.png", "abc");
  EXPECT_EQ(Dataset::open(spec_of(folder.path())).content_digest(0),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace dpsbench
