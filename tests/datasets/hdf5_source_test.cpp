// What of an HDF5 file is read as images, and what is refused, with its reason.
#include <gmock/gmock.h>

#include <cstdlib>

#include "core/error.h"
#include "datasets/dataset.h"
#include "datasets/image_source.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using test::Folder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Files that h5py writes in a folder of the test's own.
class Hdf5Files : public testing::Test {
 protected:
  /// Runs Python there, with h (h5py), np, and u, two images of bytes [2, 4, 4, 3]; f is images.h5.
  void python(const std::string& code) {
    test::write_file(folder_ / "make.py", "import h5py as h, numpy as np, os\nos.chdir('" + folder_.path().string() +
                                              "')\nu = np.arange(96, dtype='u1').reshape(2, 4, 4, 3)\nf = "
                                              "h.File('images.h5', 'w')\n" +
                                              code + "\nf.close()\n");
    ASSERT_EQ(std::system((std::string(DPSBENCH_PYTHON) + " " + (folder_ / "make.py").string()).c_str()), 0);
  }
  std::string refusal(const std::string& code) {
    python(code);
    return message_of<DataError>([&] { (void)open_hdf5_images(folder_ / "images.h5")->read(0); });
  }
  std::vector<std::string> remarks() {
    DatasetSpec spec;
    spec.path = folder_ / "images.h5";
    return Dataset::open(spec).remarks();
  }
  Folder folder_;
};

TEST_F(Hdf5Files, LinksToOtherPlacesAreNotFollowed) {
  const std::string secret = "s = h.File('secret.h5', 'w'); s['images'] = u; s['ids'] = ['a', 'b']; s.close()\n";
  EXPECT_THAT(refusal(secret + "f['images'] = h.ExternalLink('secret.h5', '/images')"),
              AllOf(HasSubstr("images.h5"), HasSubstr("'images' is a link to another place")));
  EXPECT_THAT(refusal("f['there'] = u\nf['images'] = h.SoftLink('/there')"), HasSubstr("link to another place"));
  EXPECT_THAT(refusal(secret + "f['images'] = u\nf['ids'] = h.ExternalLink('secret.h5', '/ids')"),
              HasSubstr("'ids' is a link to another place"));
}

TEST_F(Hdf5Files, StorageOutsideOfTheFileIsNotFollowed) {
  EXPECT_THAT(refusal("open('secret.bin', 'wb').write(bytes(96))\n"
                      "f.create_dataset('images', (2, 4, 4, 3), 'u1', external=[('secret.bin', 0, 96)])"),
              HasSubstr("keeps its numbers in other files"));
}

/// Code for a virtual data set of what `source` names.
std::string virtual_images(const std::string& source, const std::string& more = "") {
  return "l = h.VirtualLayout((2, 4, 4, 3), 'u1')\n" + source + more + "\nf.create_virtual_dataset('images', l)";
}

TEST_F(Hdf5Files, AVirtualDataSetIsReadFromFilesBesideItAndThatIsTold) {
  python("s = h.File('shard.h5', 'w'); s['images'] = u; s.close()\n" +
         virtual_images("l[:] = h.VirtualSource('shard.h5', 'images', (2, 4, 4, 3))"));
  EXPECT_TRUE(at::equal((open_hdf5_images(folder_ / "images.h5")->read(1) * 127.5 + 127.5).round().to(at::kLong)[0][0],
                        at::arange(4, at::kLong) * 3 + 48));
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("its images are those of shard.h5")));
}

TEST_F(Hdf5Files, AVirtualDataSetWithoutAllOfItsSourcesIsRefused) {
  const std::string shard = "s = h.File('shard.h5', 'w'); s['images'] = u; s.close()\n";
  const std::string whole = "l[:] = h.VirtualSource('shard.h5', 'images', (2, 4, 4, 3))";
  EXPECT_THAT(refusal(shard + virtual_images(whole, "\nos.remove('shard.h5')")),
              AllOf(HasSubstr("shard.h5"), HasSubstr("is not there")));
  EXPECT_THAT(refusal(shard + virtual_images("l[0] = h.VirtualSource('shard.h5', 'images', (2, 4, 4, 3))[0]")),
              HasSubstr("some of it has no source"));
  EXPECT_THAT(refusal("s = h.File('shard.h5', 'w'); s['images'] = u[:1]; s.close()\n" + virtual_images(whole)),
              HasSubstr("no data set images of the numbers and the size"));
  EXPECT_THAT(refusal("s = h.File('shard.h5', 'w'); s['images'] = u.astype('i1'); s.close()\n" + virtual_images(whole)),
              HasSubstr("no data set images of the numbers and the size"));
  EXPECT_THAT(refusal("os.mkdir('other'); s = h.File('other/shard.h5', 'w'); s['images'] = u; s.close()\n" +
                      virtual_images("l[:] = h.VirtualSource('other/shard.h5', 'images', (2, 4, 4, 3))")),
              HasSubstr("lies in another folder"));
  EXPECT_THAT(refusal("s = h.File('other/shard.h5', 'w'); s['images'] = u; s.close()\nos.path.exists('shard.h5') and "
                      "os.remove('shard.h5')\nos.symlink('other/shard.h5', 'shard.h5')\n" +
                      virtual_images(whole)),
              HasSubstr("lies in another folder"));
}

TEST_F(Hdf5Files, OnlyUnsignedBytesAndFloatsAreImages) {
  EXPECT_THAT(refusal("f['images'] = (u.astype(int) - 128).astype('i1')"),
              AllOf(HasSubstr("uint8"), HasSubstr("[2, 4, 4, 3] of int8")));
  EXPECT_THAT(refusal("f['images'] = u > 9"), HasSubstr("true and false"));
  EXPECT_THAT(refusal("f['images'] = u.astype('u2')"), HasSubstr("of uint16"));
  EXPECT_THAT(refusal("f['images'] = u.astype('c8')"), HasSubstr("no plain numbers"));
  EXPECT_THAT(refusal("f['images'] = u.astype('f2').transpose(0, 3, 1, 2) / 128 - 1"), IsEmpty());
}

TEST_F(Hdf5Files, AFilterThatTheLibraryLacksIsNamed) {
  EXPECT_THAT(refusal("f.create_dataset('images', data=np.zeros((2, 4, 4, 3), 'u1'), compression='lzf', "
                      "chunks=(1, 4, 4, 3))"),
              AllOf(HasSubstr("compressed by the filter 'lzf'"), HasSubstr("gzip")));
}

TEST_F(Hdf5Files, NumbersThatWereNeverWrittenAreNotBlackImages) {
  EXPECT_THAT(refusal("f.create_dataset('images', (2, 4, 4, 3), 'u1', chunks=(1, 4, 4, 3))[0] = 7"),
              HasSubstr("some of it was never written"));
  EXPECT_THAT(refusal("f.create_dataset('images', (1, 3, 16384, 16384), 'f4')"), HasSubstr("claims to be"));
  EXPECT_THAT(refusal("f.create_dataset('images', (1, 4, 4, 3), 'u1', chunks=(1, 30000, 30000, 3), maxshape=(1, None, "
                      "None, 3))"),
              HasSubstr("claims to be"));
  EXPECT_THAT(refusal("f.create_dataset('images', data=u, chunks=(1, 4, 4, 3), compression='gzip')"), IsEmpty());
}

TEST_F(Hdf5Files, IdsAreShort) {
  EXPECT_THAT(refusal("f['images'] = u\nf['ids'] = np.array([b'a', b'x' * 2000])"), HasSubstr("at most 1024 bytes"));
  EXPECT_THAT(refusal("f['images'] = u\nf['ids'] = ['a', 'x' * 2000]"), HasSubstr("at most 1024 bytes"));
}

TEST_F(Hdf5Files, FloatsThatLookLikeUnitRangeAreTold) {
  python("f['images'] = (u / 255.0).transpose(0, 3, 1, 2)");
  EXPECT_THAT(remarks(), ElementsAre(AllOf(HasSubstr("[-1, 1]"), HasSubstr("no number below 0"))));
  python("f['images'] = (u / 127.5 - 1).transpose(0, 3, 1, 2)");
  EXPECT_THAT(remarks(), IsEmpty());
  python("f['images'] = u");
  EXPECT_THAT(remarks(), IsEmpty());
}

TEST_F(Hdf5Files, AFormatOfALaterLibraryIsNoDamageForSure) {
  python("f['images'] = u");
  std::fstream file(folder_ / "images.h5", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(8).put(9);  // the superblock's version
  file.close();
  EXPECT_THAT(message_of<DataError>([&] { (void)open_hdf5_images(folder_ / "images.h5"); }),
              AllOf(HasSubstr("newer format"), HasSubstr("HDF5 ")));
}

}  // namespace
}  // namespace dpsbench
