#include "priors/weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

class Safetensors : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / fmt::format("safetensors_{}_{}", ::getpid(), info->name());
    std::filesystem::create_directories(folder_);
    path_ = (folder_ / "file.safetensors").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write_raw(const std::string& header, std::size_t data_bytes) {
    const std::uint64_t length = header.size();
    std::string content(reinterpret_cast<const char*>(&length), sizeof length);
    write_bytes(content + header + std::string(data_bytes, '\1'));
  }
  void write_bytes(const std::string& content) {
    std::ofstream(path_, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  std::string read_bytes() {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string refusal() {
    try {
      const SafetensorsFile file(path_);
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path_));
      return error.what();
    }
    return "accepted";
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(Safetensors, GivesBackWhatWasWrittenInEveryType) {
  const std::map<std::string, Tensor> tensors{
      {"a", at::arange(7, at::kByte)},
      {"b", at::randn({2, 3}, at::kDouble)},
      {"c", at::randn({2, 3, 1}).to(at::kHalf)},
      {"d", at::randn({5}).to(at::kBFloat16)},
      {"e", at::arange(4, at::kLong).reshape({2, 2}).t()},
      {"f", at::randn({})},
      {"g", at::empty({0, 3})},
  };
  write_safetensors(path_, tensors, {{"shape", "3,2,1"}, {"quote", "\"\n\\"}});
  const SafetensorsFile file(path_);
  EXPECT_EQ(file.names(), (std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g"}));
  EXPECT_EQ(file.metadata(), (std::map<std::string, std::string>{{"shape", "3,2,1"}, {"quote", "\"\n\\"}}));
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(file.tensor(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(at::equal(file.tensor(name), tensor)) << name;
  }
}

TEST_F(Safetensors, LeavesNoTemporaryFileAndReplacesAnOldFileWhole) {
  write_safetensors(path_, {{"a", at::ones({3})}});
  write_safetensors(path_, {{"b", at::zeros({2})}});
  EXPECT_EQ(SafetensorsFile(path_).names(), std::vector<std::string>{"b"});
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  EXPECT_THROW(write_safetensors((folder_ / "none" / "x").string(), {{"a", at::ones({3})}}), Error);
}

TEST_F(Safetensors, KeepsATensorAliveAfterTheFileObjectAndNeverWritesToTheFile) {
  write_safetensors(path_, {{"a", at::arange(3, at::kFloat)}});
  const std::string before = read_bytes();
  Tensor a = SafetensorsFile(path_).tensor("a");
  a.add_(1);
  EXPECT_EQ(a.sum().item<float>(), 6);
  EXPECT_EQ(read_bytes(), before);
}

TEST_F(Safetensors, ReadsDataThatAnOddHeaderLeavesMisaligned) {
  const std::string header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} )";
  for (const std::string padding : {"", " ", "  ", "   "}) {
    write_raw(header + padding, 8);
    const Tensor a = SafetensorsFile(path_).tensor("a");
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.data_ptr()) % 4, 0U);
    EXPECT_EQ(a[1].item<float>(), a[0].item<float>());
  }
}

TEST_F(Safetensors, RequireConvertsToFloatAndNamesTheShapesThatDisagree) {
  write_safetensors(path_, {{"a", at::ones({2, 3}, at::kDouble)}});
  const SafetensorsFile file(path_);
  EXPECT_EQ(file.require("a", {2, 3}).scalar_type(), at::kFloat);
  try {
    (void)file.require("a", {3, 2});
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(HasSubstr(path_), HasSubstr("'a'"), HasSubstr("[2, 3]"), HasSubstr("[3, 2]")));
  }
  EXPECT_THROW((void)file.require("b", {1}), DataError);
}

TEST_F(Safetensors, RefusesHeadersThatLie) {
  const std::string good = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  const auto with = [&](const std::string& rest) {
    write_raw("{" + good + "," + rest + "}", 16);
    return refusal();
  };
  EXPECT_EQ(with(R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]})"), "accepted");
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]})"), HasSubstr("overlap"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]})"), HasSubstr("gap"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]})"), HasSubstr("4 bytes follow"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]})"), HasSubstr("truncated"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[2],"data_offsets":[16,8]})"), HasSubstr("truncated or corrupt"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[3],"data_offsets":[8,16]})"), HasSubstr("12 bytes"));
  EXPECT_THAT(with(R"("b":{"dtype":"F8","shape":[8],"data_offsets":[8,16]})"), HasSubstr("dtype"));
  EXPECT_THAT(with(R"("b":{"dtype":7,"shape":[2],"data_offsets":[8,16]})"), HasSubstr("dtype"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[-2],"data_offsets":[8,16]})"), HasSubstr("size"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[2.5],"data_offsets":[8,16]})"), HasSubstr("size"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":"x","data_offsets":[8,16]})"), HasSubstr("shape"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[8,16]})"), HasSubstr("large"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[16,16]})"),
              HasSubstr("large"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[8,16]})"), HasSubstr("at most 8"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8]})"), HasSubstr("data_offsets"));
  EXPECT_THAT(with(R"("b":{"dtype":"F32","data_offsets":[8,16]})"), HasSubstr("'shape'"));
  EXPECT_THAT(with(R"("b":[])"), HasSubstr("object"));
  EXPECT_THAT(with(good), HasSubstr("twice"));
  EXPECT_THAT(with(R"("__metadata__":{"a":1})"), HasSubstr("text"));
}

TEST_F(Safetensors, RefusesFilesThatAreNotSafetensors) {
  write_bytes("abc");
  EXPECT_THAT(refusal(), HasSubstr("too few"));
  write_bytes(std::string(16, '\xff'));
  EXPECT_THAT(refusal(), HasSubstr("truncated"));
  write_raw("[1,2]", 0);
  EXPECT_THAT(refusal(), HasSubstr("object"));
  write_raw("{\"a\":", 0);
  EXPECT_THAT(refusal(), HasSubstr("JSON"));
  write_raw("{\"a\xff\":1}", 0);
  EXPECT_THAT(refusal(), HasSubstr("JSON"));
  write_raw(std::string(1 << 20, '['), 0);
  EXPECT_THAT(refusal(), HasSubstr("deep"));
  write_raw(std::string((16 << 20) + 1, ' '), 0);
  EXPECT_THAT(refusal(), HasSubstr("header"));
  write_raw("", 4);
  EXPECT_THAT(refusal(), HasSubstr("JSON"));
}

TEST_F(Safetensors, SaysWhatAFileIsThatIsNone) {
  write_bytes(std::string("PK\x03\x04") + std::string(22, '\0') + "archive/data.pkl" + std::string(100, '\0'));
  EXPECT_THAT(refusal(), HasSubstr("convert it with scripts/convert_weights.py"));
  write_bytes("<!DOCTYPE html><html></html>");
  EXPECT_THAT(refusal(), HasSubstr("web page (HTML)"));
  write_bytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\n");
  EXPECT_THAT(refusal(), HasSubstr("Git LFS"));
}

TEST_F(Safetensors, TakesAHundredThousandEmptyTensors) {
  std::string header = "{";
  for (int k = 0; k < 100000; ++k)
    header += fmt::format(R"({}"{:06}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})", k == 0 ? "" : ",", k);
  write_raw(header + "}", 0);
  EXPECT_EQ(SafetensorsFile(path_).names().size(), 100000U);
}

TEST_F(Safetensors, NamesWhatItHoldsWhereATensorIsMissing) {
  write_safetensors(path_, {{"module.a", at::ones({3})}});
  EXPECT_THAT(message_of<DataError>([&] { (void)SafetensorsFile(path_).tensor("a"); }),
              HasSubstr("it holds 1: module.a"));
}

TEST_F(Safetensors, RefusesEveryTruncationOfAGoodFile) {
  write_safetensors(path_, {{"a", at::ones({3})}, {"b", at::ones({2}, at::kLong)}}, {{"k", "v"}});
  const std::string whole = read_bytes();
  for (std::size_t length = 1; length < whole.size(); ++length) {
    write_bytes(whole.substr(0, length));
    EXPECT_NE(refusal(), "accepted") << length;
  }
}

TEST_F(Safetensors, SurvivesFlippedBitsAllOverAGoodHeader) {
  write_safetensors(path_, {{"a", at::ones({3})}, {"b", at::ones({2}, at::kLong)}}, {{"k", "v"}});
  const std::string whole = read_bytes();
  for (std::size_t bit = 0; bit < 8 * (whole.size() - 28); bit += 3) {
    std::string changed = whole;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    write_bytes(changed);
    try {
      const SafetensorsFile file(path_);
      for (const std::string& name : file.names()) EXPECT_LE(file.tensor(name).sum().item<double>(), 1e19);
    } catch (const DataError&) {
      continue;
    }
  }
}

TEST_F(Safetensors, SaysThatAMissingFileOrAFolderCannotBeOpened) {
  EXPECT_THROW(SafetensorsFile{path_}, UserError);
  EXPECT_THROW(SafetensorsFile{folder_.string()}, UserError);
  write_bytes("");
  EXPECT_THROW(SafetensorsFile{path_}, UserError);
}

}  // namespace
}  // namespace dpsbench
