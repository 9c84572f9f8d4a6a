#include "tasks/parts/decomposed_matrix.h"

#include <gtest/gtest.h>

#include <thread>

namespace dpsbench {
namespace {

Tensor matrix_of(double salt) { return (at::arange(48, at::kDouble) * 0.7 + salt).sin().reshape({6, 8}); }

Tensor product(const DecomposedMatrix& parts) {
  return at::matmul(parts.u * parts.s, parts.v.slice(1, 0, parts.s.size(0)).t());
}

TEST(DecomposedMatrix, MultipliesToTheMatrix) {
  const auto parts = decomposed(matrix_of(1));
  EXPECT_LT((product(*parts) - matrix_of(1)).abs().max().item<double>(), 1e-14);
  EXPECT_EQ(parts->v.sizes(), (std::vector<std::int64_t>{8, 8}));
}

TEST(DecomposedMatrix, IsWorkedOutOnceForEqualMatricesAndAnewWhereOneNumberDiffers) {
  const auto first = decomposed(matrix_of(2));
  EXPECT_EQ(decomposed(matrix_of(2)), first);
  Tensor other = matrix_of(2);
  other[3][4] += 1e-15;
  EXPECT_NE(decomposed(other), first);
  EXPECT_NE(decomposed(matrix_of(2).slice(1, 0, 7).contiguous()), first);
}

TEST(DecomposedMatrix, IsTheSameBitsAfterItWasForgotten) {
  const auto first = decomposed(matrix_of(3));
  for (int k = 0; k < 20; ++k) (void)decomposed(matrix_of(100 + k));
  const auto again = decomposed(matrix_of(3));
  EXPECT_NE(again, first);
  EXPECT_TRUE(at::equal(again->u, first->u) && at::equal(again->s, first->s) && at::equal(again->v, first->v));
}

TEST(DecomposedMatrix, KeepsWhatItAnsweredWhenItsQuestionChanges) {
  Tensor matrix = matrix_of(4);
  const auto first = decomposed(matrix);
  matrix.mul_(2);
  EXPECT_NE(decomposed(matrix), first);
  EXPECT_EQ(decomposed(matrix_of(4)), first);
}

TEST(DecomposedMatrix, MayBeAskedByManyThreads) {
  std::vector<std::thread> threads;
  for (int k = 0; k < 4; ++k)
    threads.emplace_back([] {
      for (int salt = 0; salt < 30; ++salt)
        EXPECT_LT(
            (product(*decomposed(matrix_of(200 + salt % 12))) - matrix_of(200 + salt % 12)).abs().max().item<double>(),
            1e-14);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace dpsbench
