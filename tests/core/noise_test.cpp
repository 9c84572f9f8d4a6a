#include "core/noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/philox_stream.h"

namespace dpsbench {
namespace {

const TensorOptions floats = TensorOptions().dtype(at::kFloat);

TEST(Philox, MatchesTheKnownAnswersOfRandom123) {
  struct Vector {
    r123::Philox4x32::ctr_type counter;
    r123::Philox4x32::key_type key;
    r123::Philox4x32::ctr_type answer;
  };
  const std::vector<Vector> vectors = {
      {{{0, 0, 0, 0}}, {{0, 0}}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
      {{{~0u, ~0u, ~0u, ~0u}}, {{~0u, ~0u}}, {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
      {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
       {{0xa4093822, 0x299f31d0}},
       {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}}};
  for (const Vector& vector : vectors) EXPECT_EQ(r123::Philox4x32{}(vector.counter, vector.key), vector.answer);
}

TEST(Philox, RowUsesSeedAsKeyAndBlockPurposeStepStreamAsCounter) {
  const philox::Row row{0x299f31d0a4093822u, 0x85a308d3, 0x0370734413198a2eu};
  const r123::Philox4x32::ctr_type answer = {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  EXPECT_EQ(philox::words(row, 0x243f6a88), answer);
}

TEST(Gaussian, LogarithmSineAndCosineAgreeWithDoublePrecision) {
  for (std::uint32_t k = 0; k < 200000; ++k) {
    const std::uint32_t word = k * 2654435761u;
    const float unit = static_cast<float>(word) * 0x1p-32f + 0x1p-33f;
    const double logarithm = std::log(static_cast<double>(unit));
    EXPECT_NEAR(gaussian::log_unit(unit), logarithm, 2e-7 * std::abs(logarithm) + 1e-10);
    float sine = 0;
    float cosine = 0;
    gaussian::sine_cosine(word, sine, cosine);
    const double angle = 2 * M_PI * word * 0x1p-32;
    EXPECT_NEAR(sine, std::sin(angle), 1.5e-7);
    EXPECT_NEAR(cosine, std::cos(angle), 1.5e-7);
  }
}

TEST(Gaussian, ExtremeWordsGiveFiniteNumbers) {
  for (const std::uint32_t first : {0u, 1u, ~0u, ~0u - 1}) {
    float n0 = 0;
    float n1 = 0;
    gaussian::pair_from_words(first, 0x12345678u, n0, n1);
    EXPECT_TRUE(std::isfinite(n0) && std::isfinite(n1));
  }
}

TEST(PhiloxNoise, IsStandardNormal) {
  const std::int64_t n = 1000000;
  const Tensor z = PhiloxNoise(3, {{"d", "a", 0}}).normal(Purpose::step, 5, {n}, floats).to(at::kDouble);
  const double deviation = 1 / std::sqrt(static_cast<double>(n));
  EXPECT_NEAR(z.mean().item<double>(), 0, 4 * deviation);
  EXPECT_NEAR(z.pow(2).mean().item<double>(), 1, 4 * std::sqrt(2.0) * deviation);
  EXPECT_NEAR(z.pow(3).mean().item<double>(), 0, 4 * std::sqrt(15.0) * deviation);
  EXPECT_NEAR(z.pow(4).mean().item<double>(), 3, 4 * std::sqrt(96.0) * deviation);
  // Kolmogorov-Smirnov distance to the normal distribution, 99.9 % point 1.95 / sqrt(n)
  const Tensor sorted = std::get<0>(z.flatten().sort());
  const Tensor cdf = 0.5 * (1 + at::erf(sorted / std::sqrt(2.0)));
  const Tensor empirical = (at::arange(n, at::kDouble) + 0.5) / static_cast<double>(n);
  EXPECT_LT((cdf - empirical).abs().max().item<double>(), 1.95 * deviation);
}

/// Long rows are worked out many blocks at a time, their ends block by block.
TEST(PhiloxNoise, OfAnyLengthBeginsAsTheLongestDoes) {
  const PhiloxNoise noise(3, {{"d", "a", 0}});
  const Tensor longest = noise.normal(Purpose::step, 5, {1031}, floats);
  for (const std::int64_t length : {1, 4, 255, 256, 257, 515})
    EXPECT_TRUE(at::equal(noise.normal(Purpose::step, 5, {length}, floats), longest.narrow(1, 0, length))) << length;
}

TEST(PhiloxNoise, UniformIsInsideTheOpenUnitInterval) {
  const Tensor u = PhiloxNoise(3, {{"d", "a", 0}}).uniform(Purpose::mask, 0, {100000}, floats);
  EXPECT_GT(u.min().item<float>(), 0);
  EXPECT_LT(u.max().item<float>(), 1);
  EXPECT_NEAR(u.mean().item<double>(), 0.5, 4 * std::sqrt(1.0 / 12 / 100000));
}

TEST(PhiloxNoise, DoesNotDependOnTheBatch) {
  const PhiloxNoise together(7, {{"d", "a", 0}, {"d", "b", 0}, {"d", "c", 0}});
  const PhiloxNoise alone(7, {{"d", "b", 0}});
  const std::vector<std::int64_t> shape = {3, 5, 7};
  const Tensor all = together.normal(Purpose::initial, 0, shape, floats);
  EXPECT_TRUE(all[1].equal(alone.normal(Purpose::initial, 0, shape, floats)[0]));
}

TEST(PhiloxNoise, EveryPartOfTheKeyMatters) {
  const auto first = [](std::uint64_t seed, const StreamId& id, Purpose purpose, std::int64_t step) {
    return PhiloxNoise(seed, {id}).normal(purpose, step, {64}, floats);
  };
  const Tensor base = first(1, {"d", "a", 0}, Purpose::step, 1);
  EXPECT_TRUE(base.equal(first(1, {"d", "a", 0}, Purpose::step, 1)));
  for (const Tensor& other : {first(2, {"d", "a", 0}, Purpose::step, 1), first(1, {"e", "a", 0}, Purpose::step, 1),
                              first(1, {"d", "b", 0}, Purpose::step, 1), first(1, {"d", "a", 1}, Purpose::step, 1),
                              first(1, {"d", "a", 0}, Purpose::inner, 1), first(1, {"d", "a", 0}, Purpose::step, 2),
                              first(1, {"da", "", 0}, Purpose::step, 1)})
    EXPECT_LT(((base - other).abs() < 1e-6).sum().item<std::int64_t>(), 2);
}

TEST(PhiloxNoise, StepOutsideTheCounterIsAnError) {
  const PhiloxNoise noise(1, {{"d", "a", 0}});
  EXPECT_THROW(std::ignore = noise.normal(Purpose::step, 1 << 24, {4}, floats), Error);
  EXPECT_THROW(std::ignore = noise.normal(Purpose::step, -1, {4}, floats), Error);
}

#ifdef DPSBENCH_WITH_CUDA
TEST(PhiloxNoise, IsTheSameBitsOnAGpu) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no CUDA device";
  const PhiloxNoise noise(11, {{"d", "a", 0}, {"d", "b", 3}});
  const auto on_gpu = floats.device(at::kCUDA);
  for (const std::int64_t n : {1, 5, 1023, 3 * 64 * 64}) {
    EXPECT_TRUE(noise.normal(Purpose::step, 9, {n}, floats).equal(noise.normal(Purpose::step, 9, {n}, on_gpu).cpu()));
    EXPECT_TRUE(noise.uniform(Purpose::step, 9, {n}, floats).equal(noise.uniform(Purpose::step, 9, {n}, on_gpu).cpu()));
  }
}
#endif

}  // namespace
}  // namespace dpsbench
