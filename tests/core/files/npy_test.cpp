#include "core/files/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "core/error.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

class NpyFiles : public testing::Test {
 protected:
  NpyFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "dpsbench-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~NpyFiles() override { std::filesystem::remove_all(folder_); }

  /// A file of format version 1 with that dictionary and these bytes behind it.
  std::filesystem::path file(const std::string& dictionary, const std::string& numbers, char version = 1) {
    const auto length = static_cast<unsigned>(dictionary.size());
    std::string bytes = std::string("\x93NUMPY") + version + '\0';
    for (int k = 0; k < (version == 1 ? 2 : 4); ++k) bytes += static_cast<char>(length >> (8 * k));
    std::ofstream(folder_ / "array.npy", std::ios::binary) << bytes << dictionary << numbers;
    return folder_ / "array.npy";
  }
  std::string refusal(const std::string& dictionary, const std::string& numbers, char version = 1) {
    return message_of<DataError>([&] { (void)read_npy(file(dictionary, numbers, version)); });
  }

 private:
  std::filesystem::path folder_;
};

const std::string two_floats = std::string("\0\0\x80\x3f\0\0\0\xc0", 8);  // 1, -2

TEST_F(NpyFiles, AreReadInEveryVersionAndShape) {
  const Tensor expected = at::tensor({1.0F, -2.0F});
  for (const char version : {1, 2, 3})
    EXPECT_TRUE(
        at::equal(read_npy(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }  \n", two_floats, version)),
                  expected));
  const Tensor column = read_npy(file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n", two_floats));
  EXPECT_TRUE(at::equal(column, expected.unsqueeze(1)));
  const Tensor scalar = read_npy(file("{'descr': '|u1', 'fortran_order': False, 'shape': (), }\n", "\x07"));
  EXPECT_EQ(scalar.dim(), 0);
  EXPECT_EQ(scalar.item<int>(), 7);
}

TEST_F(NpyFiles, SayWhatIsWrongWithThem) {
  EXPECT_THAT(refusal("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }\n", two_floats),
              HasSubstr("type '>f4'; allowed: <f4, <f8, |u1"));
  EXPECT_THAT(refusal("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }\n", two_floats),
              HasSubstr("in Fortran's order"));
  EXPECT_THAT(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", two_floats),
              HasSubstr("8 bytes of numbers for a shape of (3,)"));
  for (const char* shape : {"(2, x)", "(-2,)", "(99999999999999999999,)", "2"})
    EXPECT_THAT(
        refusal(std::string("{'descr': '<f4', 'fortran_order': False, 'shape': ") + shape + ", }\n", two_floats),
        HasSubstr("a header that is no array's"))
        << shape;
  EXPECT_THAT(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n", two_floats),
              HasSubstr("8 bytes of numbers"));
  EXPECT_THAT(refusal(std::string(60000, ' '), two_floats), HasSubstr("a header of 60000 bytes"));
  EXPECT_THAT(refusal("{}", "", 4), HasSubstr("of format version 4"));
}

}  // namespace
}  // namespace dpsbench
