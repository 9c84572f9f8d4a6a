#pragma once
#include <filesystem>

namespace dpsbench::testing_support {

/// Expects every data set of every cell in two output folders' results.h5 to be the same, bit by bit.
void expect_same_results(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace dpsbench::testing_support
