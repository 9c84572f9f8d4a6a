#include "tasks/files/matrix_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/datasets/fixtures.h"
#include "tests/message_of.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::write_file;
using testing::HasSubstr;

class MatrixFiles : public testing::Test {
 protected:
  Tensor read(const std::string& text) {
    write_file(path_, text);
    return read_matrix({path_, ""});
  }
  std::string refusal(const std::string& text) {
    return message_of<DataError>([&] { (void)read(text); });
  }
  static Tensor numbers_of(const std::vector<double>& numbers, std::int64_t rows) {
    return at::tensor(numbers, at::kDouble).reshape({rows, -1});
  }
  const Folder folder_;
  const std::string path_ = folder_ / "m.mtx";
};

TEST_F(MatrixFiles, OfMatrixMarketAreReadWithRemarksAndRepeatedEntries) {
  EXPECT_TRUE(
      at::equal(read("%%MatrixMarket matrix coordinate real general\n% mine\n\n2 3 3\n1 1 0.5\n2 3 -1e1\n1 1 2\n"),
                numbers_of({2.5, 0, 0, 0, 0, -10}, 2)));
  EXPECT_TRUE(
      at::equal(read("%%matrixmarket MATRIX coordinate pattern general\n2 2 1\n2 1\n"), numbers_of({0, 0, 1, 0}, 2)));
}

TEST_F(MatrixFiles, OfMatrixMarketMayBeSymmetric) {
  EXPECT_TRUE(at::equal(read("%%MatrixMarket matrix coordinate integer symmetric\n2 2 2\n1 1 3\n2 1 4\n"),
                        numbers_of({3, 4, 4, 0}, 2)));
  EXPECT_TRUE(at::equal(read("%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 4\n"),
                        numbers_of({0, -4, 4, 0}, 2)));
}

TEST_F(MatrixFiles, OfMatrixMarketAreRefusedByTheLine) {
  const std::string head = "%%MatrixMarket matrix coordinate real general\n";
  EXPECT_THAT(refusal("%%MatrixMarket matrix array real general\n1 1\n"), HasSubstr("line 1: 'array real general'"));
  EXPECT_THAT(refusal("1 1 1\n"), HasSubstr("line 1: no Matrix Market file"));
  EXPECT_EQ(refusal(head + "2 2 1\n% remark\n3 1 1\n"), path_ + ", line 4: '3' is not allowed; allowed: 1 to 2");
  EXPECT_THAT(refusal(head + "2 2 1\n0 1 1\n"), HasSubstr("line 3: '0' is not allowed"));
  EXPECT_THAT(refusal(head + "2 2 2\n1 1 1\n"), HasSubstr("the file ends after 1 of 2 entries"));
  EXPECT_THAT(refusal(head + "2 2 1\n1 1 1\n2 2 1\n"), HasSubstr("more than the 1 entries"));
  EXPECT_THAT(refusal(head + "2 2 1\n1 1 nan\n"), HasSubstr("'nan' is no number"));
  EXPECT_THAT(refusal(head + "2 2 999999999\n1 1 1\n"), HasSubstr("line 2: '999999999' is not allowed"));
  EXPECT_THAT(refusal("%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 1\n"), HasSubstr("lower half"));
}

TEST_F(MatrixFiles, GiveTheSameEntriesDenseAndSparse) {
  const MatrixEntries entries = read_matrix_entries({data_file("matrix.txt"), ""});
  const Tensor matrix = read_matrix({data_file("matrix.txt"), ""});
  const Tensor again = at::zeros({entries.rows * entries.columns}, at::kDouble)
                           .scatter(0, entries.row * entries.columns + entries.column, entries.value)
                           .reshape({entries.rows, entries.columns});
  EXPECT_TRUE(at::equal(again, matrix));
}

TEST_F(MatrixFiles, OfAnotherWidthThanImagesAreRefused) {
  const auto refused = [](const std::string& task, const std::string& file, const ImageShape& shape) {
    const OperatorCase item{.task = task, .options = {{"matrix_file", data_file(file)}}, .shape = shape};
    return message_of<UserError>([&] { item.entry().check(OptionValues(item.entry().options, item.options), shape); });
  };
  EXPECT_THAT(refused("random_matrix", "matrix.txt", {1, 4, 7}),
              HasSubstr("the matrix has 24 columns, but an image has 1 x 4 x 7 = 28 numbers"));
  EXPECT_THAT(refused("random_matrix", "sparse.mtx", {1, 4, 6}), HasSubstr("a matrix of 30 x 24"));
  EXPECT_THAT(refused("ct", "sparse.mtx", {1, 5, 6}),
              HasSubstr("the matrix has 24 columns, but the images have 5 x 6 pixels (or 30 numbers)"));
}

/// A file of three lines must not ask for gigabytes: neither whole nor as lists, one a row or a column.
TEST_F(MatrixFiles, ThatClaimMoreThanTheyHoldAreRefusedBeforeMemoryIsTaken) {
  const TaskEntry& ct = OperatorCase{.task = "ct", .options = {}, .shape = {1, 4, 6}}.entry();
  const auto refused = [&](const std::string& text) {
    write_file(path_, text);
    const OptionValues values(ct.options, {{"matrix_file", path_}});
    return message_of<UserError>([&] { ct.check(values, {1, 4, 6}); });
  };
  const std::string head = "%%MatrixMarket matrix coordinate pattern general\n";
  EXPECT_THAT(refused(head + "2000000000 24 1\n7 3\n"), HasSubstr("2000000000 rows of up to 1 entries"));
  EXPECT_THAT(refused(head + "300000000 24 2\n7 3\n7 4\n"), HasSubstr("300000000 rows of up to 2 entries"));
  write_file(path_, head + "2000000 24 1\n7 3\n");
  EXPECT_THAT(message_of<UserError>([&] { (void)read_matrix({path_, ""}); }), HasSubstr("too large to be kept whole"));
}

TEST_F(MatrixFiles, ActAsTheirMatrix) {
  const Tensor matrix = read_matrix({data_file("sparse.mtx"), ""});
  const OperatorCase item{.task = "ct", .options = {{"matrix_file", data_file("sparse.mtx")}}, .shape = {2, 4, 6}};
  const Tensor x = trial(noise_of({"a"}), 1, {2, 4, 6}, at::kDouble);
  const Tensor y = item.bind(noise_of({"a"}), at::kDouble)->forward(x);
  EXPECT_LT(relative_distance(y, at::matmul(x.reshape({1, 2, 24}), matrix.t())), 1e-15);
}

}  // namespace
}  // namespace dpsbench
