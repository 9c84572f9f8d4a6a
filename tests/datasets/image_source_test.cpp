#include "datasets/image_source.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <cstdlib>

#include "core/error.h"
#include "datasets/dataset.h"
#include "datasets/image_file.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using test::Folder;
using testing::HasSubstr;

/// Runs h5py on `code`, with h (h5py), np and the file's path there.
void make_hdf5(const std::filesystem::path& file, const std::string& code) {
  const std::string program =
      "import h5py, numpy as np; f = h5py.File('" + file.string() + "', 'w')\n" + code + "\nf.close()\n";
  test::write_file(file.string() + ".py", program);
  ASSERT_EQ(std::system((std::string(DPSBENCH_PYTHON) + " " + file.string() + ".py").c_str()), 0);
}

std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

/// Three idx images 2 x 3 with the bytes 0, 1, 2, ...
std::string idx_file() {
  std::string bytes = big_endian(0x803) + big_endian(3) + big_endian(2) + big_endian(3);
  for (char k = 0; k < 18; ++k) bytes += k;
  return bytes;
}

TEST(Hdf5Source, BytesAreNhwcAndFloatsNchw) {
  const Folder folder;
  make_hdf5(folder / "bytes.h5", "f['images'] = np.arange(2*3*4*3, dtype='u1').reshape(2, 3, 4, 3)");
  const auto bytes = open_hdf5_images(folder / "bytes.h5");
  EXPECT_EQ(bytes->size(), 2);
  EXPECT_EQ(bytes->id(1), "00001");
  const Tensor expected = (at::arange(36, at::kLong) + 36).reshape({3, 4, 3}).permute({2, 0, 1}).to(at::kByte);
  EXPECT_TRUE(at::equal(bytes_from_image(bytes->read(1)), expected));

  make_hdf5(folder / "floats.h5",
            "f['images'] = np.linspace(-1, 1, 2*3*4*5).reshape(2, 3, 4, 5)\nf['ids'] = ['cat', 'dog']");
  const auto floats = open_hdf5_images(folder / "floats.h5");
  EXPECT_EQ(floats->id(1), "dog");
  EXPECT_TRUE(at::allclose(floats->read(1), at::linspace(-1, 1, 120).reshape({2, 3, 4, 5})[1]));
  EXPECT_NE(floats->content(0), floats->content(1));
}

TEST(Hdf5Source, FixedLengthIdsAreRead) {
  const Folder folder;
  make_hdf5(folder / "x.h5", "f['images'] = np.zeros((2, 1, 1, 3), 'u1')\nf['ids'] = np.array([b'a', b'long'])");
  EXPECT_EQ(open_hdf5_images(folder / "x.h5")->id(1), "long");
}

TEST(Hdf5Source, OpensThroughADataset) {
  const Folder folder;
  make_hdf5(folder / "x.h5", "f['images'] = np.zeros((4, 2, 2, 3), 'u1')");
  DatasetSpec spec;
  spec.path = folder / "x.h5";
  spec.images = "1-2";
  const Dataset dataset = Dataset::open(spec);
  EXPECT_EQ(dataset.id(0), "00001");
  dataset.verify();
}

TEST(Hdf5Source, WrongContentIsNamed) {
  const Folder folder;
  const auto message = [&](const std::string& code) {
    make_hdf5(folder / "x.h5", code);
    return message_of<DataError>([&] { (void)open_hdf5_images(folder / "x.h5")->read(0); });
  };
  EXPECT_THAT(message("f['pictures'] = [1]"), HasSubstr("no data set called images"));
  EXPECT_THAT(message("f['images'] = np.zeros((2, 3))"), HasSubstr("[N, C, H, W]"));
  EXPECT_THAT(message("f['images'] = np.zeros((2, 8, 8, 3))"), HasSubstr("1 or 3 channels"));
  EXPECT_THAT(message("f['images'] = np.zeros((2, 3, 8, 8), 'i4')"), HasSubstr("[N, C, H, W]"));
  EXPECT_THAT(message("f['images'] = np.full((1, 3, 2, 2), 3.0)"), HasSubstr("outside [-1, 1]"));
  EXPECT_THAT(message("f['images'] = np.full((1, 3, 2, 2), np.nan)"), HasSubstr("outside [-1, 1]"));
  EXPECT_THAT(message("f['images'] = np.zeros((2, 3, 2, 2))\nf['ids'] = ['a']"), HasSubstr("2 strings"));
  EXPECT_THAT(message("f['images'] = np.zeros((1, 3, 99999, 2))"), HasSubstr("16384"));
}

TEST(Hdf5Source, TruncatedFilesAreErrors) {
  const Folder folder;
  make_hdf5(folder / "x.h5",
            "f.create_dataset('images', data=np.arange(4800, dtype='u1').reshape(1, 40, 40, 3), compression='gzip')");
  const std::string whole = read_file(folder / "x.h5");
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    test::write_file(folder / "cut.h5", whole.substr(0, length));
    EXPECT_THROW((void)open_hdf5_images(folder / "cut.h5")->read(0), DataError) << length;
  }
}

TEST(IdxSource, ReadsPlainAndGzippedFiles) {
  const Folder folder;
  test::write_file(folder / "x-ubyte", idx_file());
  const gzFile gz = gzopen((folder / "x-ubyte.gz").c_str(), "wb");
  gzwrite(gz, idx_file().data(), static_cast<unsigned>(idx_file().size()));
  gzclose(gz);
  for (const char* name : {"x-ubyte", "x-ubyte.gz"}) {
    const auto source = open_idx_images(folder / name);
    ASSERT_EQ(source->size(), 3);
    const Tensor expected = (at::arange(6, at::kLong) + 12).to(at::kByte).reshape({1, 2, 3});
    EXPECT_TRUE(at::equal(bytes_from_image(source->read(2)), expected));
  }
}

TEST(IdxSource, IsFramedInBlackWhenALargerSizeIsAskedFor) {
  const Folder folder;
  test::write_file(folder / "x-ubyte", idx_file());
  DatasetSpec spec;
  spec.path = folder / "x-ubyte";
  spec.channels = 1;
  spec.size = 5;
  const Tensor bytes = bytes_from_image(Dataset::open(spec).load(0));
  ASSERT_EQ(bytes.sizes(), (std::vector<std::int64_t>{1, 5, 5}));
  EXPECT_EQ(bytes.sum().item<int>(), 0 + 1 + 2 + 3 + 4 + 5);
  EXPECT_EQ(bytes[0][1][3].item<int>(), 2);
}

TEST(IdxSource, DamagedFilesAreErrors) {
  const Folder folder;
  const auto message = [&](const std::string& bytes) {
    test::write_file(folder / "x-ubyte", bytes);
    return message_of<DataError>([&] { open_idx_images(folder / "x-ubyte"); });
  };
  const std::string whole = idx_file();
  EXPECT_THAT(message(whole.substr(0, 30)), HasSubstr("only 14 bytes follow"));
  EXPECT_THAT(message(whole + "x"), HasSubstr("more than 18 bytes follow"));
  EXPECT_THAT(message(big_endian(0x803) + big_endian(60000) + big_endian(100) + big_endian(100) + "little"),
              HasSubstr("which its 22 bytes cannot"));
  EXPECT_THAT(message(whole.substr(0, 7)), HasSubstr("neither"));
  EXPECT_THAT(message(""), HasSubstr("neither"));
  EXPECT_THAT(message("hello"), HasSubstr("neither"));
  EXPECT_THAT(message(big_endian(0x803) + std::string(12, '\xff')), HasSubstr("sides of"));
  EXPECT_THAT(message(std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10) + "garbage"), HasSubstr("corrupt"));
}

}  // namespace
}  // namespace dpsbench
