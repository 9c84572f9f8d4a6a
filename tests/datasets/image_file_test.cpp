#include "datasets/image_file.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using test::Folder;

const std::filesystem::path kImages = std::filesystem::path(DPSBENCH_SOURCE_DIR) / "tests/datasets/images";

/// The bytes that make_images.py puts into its files: (40 c + 17 y + 5 x) mod 256, [channels, 6, 10].
Tensor pattern(std::int64_t channels) {
  const auto numbers = [](std::int64_t count) { return at::arange(count, at::kLong); };
  return (numbers(channels).reshape({-1, 1, 1}) * 40 + numbers(6).reshape({-1, 1}) * 17 + numbers(10) * 5)
      .remainder(256)
      .to(at::kByte);
}

Tensor bytes_of(const std::string& name) { return bytes_from_image(read_image(kImages / name)); }

TEST(ImageFile, PngsOfEveryKindHoldTheirPattern) {
  for (const char* name : {"rgb.png", "rgba.png", "rgb16.png", "interlaced.png"})
    EXPECT_TRUE(at::equal(bytes_of(name), pattern(3))) << name;
  for (const char* name : {"grey.png", "grey_alpha.png", "grey16.png"})
    EXPECT_TRUE(at::equal(bytes_of(name), pattern(1))) << name;
}

TEST(ImageFile, ReadWholeAPngOfSixteenBitsKeepsThem) {
  const Tensor pixels = pattern(3).to(at::kLong);
  const Tensor stored = (pixels * 257 + at::where(pixels.remainder(2) == 1, 120, -120)).clamp(0, 65535);
  const Tensor expected = stored.to(at::kFloat) / 65535 * 2 - 1;
  EXPECT_TRUE(at::allclose(read_image(kImages / "rgb16.png", Fidelity::whole), expected, 0, 1e-6));
  for (const char* name : {"rgb.png", "grey16.png", "grey.png", "interlaced.png", "one_bit.png", "baseline.jpg"})
    EXPECT_TRUE(at::allclose(read_image(kImages / name, Fidelity::whole), read_image(kImages / name), 0, 1e-6)) << name;
}

TEST(ImageFile, ReadWholeAPictureThatIsTransparentInPlacesIsRefused) {
  for (const char* name : {"rgba.png", "grey_alpha.png", "palette.png"})
    EXPECT_THAT(message_of<DataError>([&] { read_image(kImages / name, Fidelity::whole); }),
                testing::AllOf(testing::HasSubstr(name), testing::HasSubstr("transparent")));
}

TEST(ImageFile, TheHeaderTellsTheShapeOfEveryKind) {
  for (const char* name :
       {"rgb.png", "rgba.png", "rgb16.png", "interlaced.png", "grey.png", "grey_alpha.png", "grey16.png", "one_bit.png",
        "palette.png", "baseline.jpg", "progressive.jpg", "grey_jpeg.jpg", "orientation-6.jpg", "orientation-8.jpg"}) {
    const Tensor image = read_image(kImages / name);
    EXPECT_EQ(encoded_shape(read_file(kImages / name), name), (ImageShape{image.size(0), image.size(1), image.size(2)}))
        << name;
  }
}

TEST(ImageFile, SidesThatAreTooLongAndOtherFormatsAreSaidAsWhatTheyAre) {
  std::string png = read_file(kImages / "rgb.png");
  png.replace(20, 4, std::string("\0\0\x4e\x20", 4));
  EXPECT_THAT(message_of<DataError>([&] { decode_image(png, "tall.png"); }),
              testing::AllOf(testing::HasSubstr("10 x 20000"), testing::HasSubstr("1 to 16384")));
  EXPECT_THAT(message_of<DataError>([] { decode_image("GIF89a", "x.png"); }), testing::HasSubstr("GIF picture"));
  EXPECT_THAT(message_of<DataError>([] { decode_image("<html>", "x.png"); }), testing::HasSubstr("web page"));
}

TEST(ImageFile, OneBitPngIsBlackAndWhite) {
  EXPECT_TRUE(at::equal(read_image(kImages / "one_bit.png"), (pattern(1) > 60).to(at::kFloat) * 2 - 1));
}

TEST(ImageFile, PaletteIsExpandedAndItsTransparencyDropped) {
  const Tensor index = pattern(1)[0].to(at::kLong).floor_divide(17).remainder(16);
  const Tensor expected = at::stack({index * 16, 255 - index * 16, index * 5}).to(at::kByte);
  EXPECT_TRUE(at::equal(bytes_of("palette.png"), expected));
}

TEST(ImageFile, JpegsDecodeAsAnotherProgramDecodesThem) {
  for (const char* name : {"baseline", "progressive", "grey_jpeg"})
    EXPECT_TRUE(at::equal(bytes_of(std::string(name) + ".jpg"), bytes_of(std::string(name) + ".decoded.png"))) << name;
  for (const char* name : {"orientation-6", "orientation-8"})
    EXPECT_TRUE(at::equal(bytes_from_image(decode_upright(read_file(kImages / (std::string(name) + ".jpg")), name)),
                          bytes_of(std::string(name) + ".decoded.png")))
        << name;
}

TEST(ImageFile, CmykJpegIsRefused) {
  EXPECT_THAT(message_of<DataError>([] { read_image(kImages / "cmyk.jpg"); }), testing::HasSubstr("4 colour"));
}

TEST(ImageFile, EveryByteSurvivesTheWayToFloatAndBack) {
  const Tensor bytes = at::arange(256, at::kLong).to(at::kByte).reshape({1, 16, 16});
  const Tensor image = image_from_bytes(bytes);
  EXPECT_EQ(image.min().item<float>(), -1.0f);
  EXPECT_EQ(image.max().item<float>(), 1.0f);
  EXPECT_FLOAT_EQ(image[0][3][3].item<float>(), 51.0f / 255 * 2 - 1);
  EXPECT_TRUE(at::equal(bytes_from_image(image), bytes));
}

TEST(ImageFile, WrittenPngReadsBackTheSame) {
  const Folder folder;
  for (const std::int64_t channels : {1, 3}) {
    const Tensor image = test::ramp_image(channels, 5, 9);
    write_png(folder / "x.png", image);
    EXPECT_TRUE(at::equal(read_image(folder / "x.png"), image));
  }
}

TEST(ImageFile, WritingClampsAndRounds) {
  const Folder folder;
  const float quiet_nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor image = at::tensor({-7.0f, 7.0f, 0.0f, 0.49f / 127.5f, 0.51f / 127.5f, quiet_nan}).reshape({1, 1, 6});
  write_png(folder / "x.png", image);
  const Tensor expected = at::tensor({0, 255, 128, 128, 128, 0}).to(at::kByte).reshape({1, 1, 6});
  EXPECT_TRUE(at::equal(bytes_from_image(read_image(folder / "x.png")), expected));
}

TEST(ImageFile, PlacesThatCannotBeWrittenAreNamed) {
  const Folder folder;
  write_png(folder / "file.png", test::ramp_image(3, 2, 2));
  const auto below_a_file = folder / "file.png" / "x.png";
  EXPECT_THAT(message_of<DataError>([&] { write_png(below_a_file, test::ramp_image(3, 2, 2)); }),
              testing::HasSubstr(below_a_file.string() + ": cannot create: Not a directory"));
}

TEST(ImageFile, IsWrittenInPlaceOfALinkAndNotThroughIt) {
  const Folder folder;
  write_png(folder / "other.png", test::ramp_image(1, 2, 2));
  std::filesystem::create_symlink(folder / "other.png", folder / "x.png");
  write_png(folder / "x.png", test::ramp_image(3, 4, 4));
  EXPECT_EQ(read_image(folder / "other.png").size(0), 1);
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "x.png"));
}

TEST(ImageFile, MissingFilesFoldersAndOtherFormatsAreNamed) {
  const Folder folder;
  test::write_file(folder / "notes.png", "not an image");
  test::write_file(folder / "empty.png", "");
  EXPECT_THAT(message_of<DataError>([&] { read_image(folder / "absent.png"); }), testing::HasSubstr("absent.png"));
  EXPECT_THAT(message_of<DataError>([&] { read_image(folder.path()); }), testing::HasSubstr(folder.path().string()));
  for (const char* name : {"notes.png", "empty.png"})
    EXPECT_THAT(message_of<DataError>([&] { read_image(folder / name); }),
                testing::AllOf(testing::HasSubstr(name), testing::HasSubstr("neither")));
}

TEST(ImageFile, EveryTruncationIsAnErrorThatNamesTheFile) {
  for (const char* name : {"rgb.png", "rgb16.png", "palette.png", "baseline.jpg", "progressive.jpg", "grey_jpeg.jpg"}) {
    const std::string whole = read_file(kImages / name);
    for (std::size_t length = 0; length + 2 < whole.size(); ++length)
      EXPECT_THAT(message_of<DataError>([&] { decode_image(std::string_view(whole).substr(0, length), name); }),
                  testing::HasSubstr(name))
          << "cut to " << length << " of " << whole.size();
  }
}

TEST(ImageFile, EveryFlippedByteOfAPngsPixelsOrHeaderIsFound) {
  std::string bytes = read_file(kImages / "rgb.png");
  for (std::size_t k = 0; k + 4 < bytes.size(); ++k) {
    bytes[k] = static_cast<char>(bytes[k] ^ 0x5a);
    EXPECT_THROW(decode_image(bytes, "rgb.png"), DataError) << "byte " << k;
    bytes[k] = static_cast<char>(bytes[k] ^ 0x5a);
  }
}

TEST(ImageFile, FlippedBytesOfAJpegNeverCrash) {
  for (const char* name : {"baseline.jpg", "progressive.jpg"}) {
    std::string bytes = read_file(kImages / name);
    for (std::size_t k = 0; k < bytes.size(); ++k) {
      const char before = bytes[k];
      for (const int change : {0x01, 0x80, 0xff}) {
        bytes[k] = static_cast<char>(before ^ change);
        try {
          decode_image(bytes, name);
        } catch (const DataError&) {
        }
      }
      bytes[k] = before;
    }
  }
}

TEST(ImageFile, APngInMemoryIsTheFileThatWouldBeWritten) {
  const Folder folder;
  for (const std::int64_t channels : {1, 3}) {
    const Tensor image = image_from_bytes(pattern(channels));
    write_png(folder / "x.png", image);
    EXPECT_EQ(encode_png(image), read_file(folder / "x.png"));
    EXPECT_TRUE(at::equal(bytes_from_image(decode_image(encode_png(image), "x")), pattern(channels)));
  }
  EXPECT_THROW((void)encode_png(at::zeros({2, 4, 4})), Error);
}

TEST(ImageFile, AHighPictureIsWrittenWhole) {
  const Tensor image = at::linspace(-1.1, 1.1, 3 * 200 * 7).view({3, 200, 7});
  EXPECT_TRUE(at::equal(bytes_from_image(decode_image(encode_png(image), "x")), bytes_from_image(image)));
}

TEST(ImageFile, HeadersThatClaimTooMuchAreRefusedBeforeMemoryIsTaken) {
  // a JPEG header's height and width lie 5 and 7 bytes after its frame marker
  std::string jpeg = read_file(kImages / "baseline.jpg");
  const std::size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\x3f\xff\x3f\xff");
  EXPECT_THAT(message_of<DataError>([&] { decode_image(jpeg, "x.jpg"); }), testing::HasSubstr("cannot hold"));
  jpeg.replace(frame + 5, 4, "\x40\x01\x40\x01");
  EXPECT_THAT(message_of<DataError>([&] { decode_image(jpeg, "x.jpg"); }), testing::HasSubstr("1 to 16384"));
}

}  // namespace
}  // namespace dpsbench
