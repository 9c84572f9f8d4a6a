#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/tensor.h"

namespace dpsbench::test {

/// An empty folder that goes when the test does.
class Folder {
 public:
  Folder() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name =
        std::string("dpsbench-") + std::to_string(getpid()) + "-" + test->test_suite_name() + "-" + test->name();
    std::replace(name.begin(), name.end(), '/', '-');  // parametrised tests' names have some
    path_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

/// An image whose pixels all differ, made of whole bytes: [C, H, W] in [-1, 1].
inline Tensor ramp_image(std::int64_t channels, std::int64_t height, std::int64_t width, std::int64_t start = 0) {
  const Tensor bytes = (at::arange(channels * height * width, at::kFloat) * 7 + start).remainder(256);
  return bytes.div(255).mul(2).sub(1).reshape({channels, height, width});
}

}  // namespace dpsbench::test
