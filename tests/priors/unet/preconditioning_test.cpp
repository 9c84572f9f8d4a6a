#include "priors/unet/preconditioning.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/message_of.h"

namespace dpsbench {
namespace {

Scalings scalings(const char* kind, double sigma) {
  return Preconditioning{kind, 0.5}.at(NoiseLevel::of_sigma(sigma, 0));
}

/// Karras et al. 2022, Table 1: D = c_skip u + c_out F(c_in u; c_noise), and eps = (u - D) / sigma.
TEST(Preconditioning, SaysWhatTheTableOfItsPaperSays) {
  for (const double sigma : {0.02, 0.5, 7.0, 80.0}) {
    const double signal = 1 / std::sqrt(1 + sigma * sigma);  // x_t = signal u
    const auto expect = [&](const char* kind, double c_skip, double c_out, double c_in, double c_noise) {
      const Scalings s = scalings(kind, sigma);
      EXPECT_NEAR(s.input * signal / c_in, 1, 1e-12) << kind << sigma;
      EXPECT_NEAR(s.told, c_noise, 1e-9 * (1 + std::abs(c_noise))) << kind << sigma;
      EXPECT_NEAR(s.output * sigma / -c_out, 1, 1e-12) << kind << sigma;
      EXPECT_NEAR(s.skip * signal, (1 - c_skip) / sigma, 1e-12 / sigma) << kind << sigma;
    };
    const double squares = sigma * sigma + 0.25;
    expect("edm", 0.25 / squares, sigma * 0.5 / std::sqrt(squares), 1 / std::sqrt(squares), std::log(sigma) / 4);
    expect("ve", 1, sigma, 1, std::log(sigma / 2));
    const double tau = (std::sqrt(0.01 + 39.8 * std::log(1 + sigma * sigma)) - 0.1) / 19.9;
    expect("vp", 1, -sigma, signal, 999 * tau);
  }
}

TEST(Preconditioning, OfImprovedDdpmTellsTheNearestStep) {
  const NoiseSchedule levels = Preconditioning{"iddpm", 0.5}.schedule();
  const double least = levels.level(0).sigma();
  const double greatest = levels.level(levels.steps() - 1).sigma();
  EXPECT_NEAR(scalings("iddpm", greatest).told, 999, 0);
  EXPECT_NEAR(scalings("iddpm", least).told, 0, 0);
  EXPECT_NEAR(scalings("iddpm", 1.3 * greatest).told, 999, 0);
  double before = -1;
  for (double sigma = least; sigma < greatest; sigma *= 1.1) {
    const double told = scalings("iddpm", sigma).told;
    EXPECT_GE(told, before) << sigma;
    EXPECT_EQ(told, std::floor(told));
    before = told;
  }
  EXPECT_EQ(scalings("iddpm", 1).output, 1);
}

TEST(Preconditioning, KnowsTheLevelsOfItsTraining) {
  const auto ends = [](const char* kind) {
    const NoiseSchedule levels = Preconditioning{kind, 0.5}.schedule();
    return std::pair{levels.level(0).sigma(), levels.level(levels.steps() - 1).sigma()};
  };
  const auto expect_near = [](const std::pair<double, double>& met, double least, double greatest) {
    EXPECT_NEAR(met.first / least, 1, 1e-4);
    EXPECT_NEAR(met.second / greatest, 1, 1e-4);
  };
  expect_near(ends("edm"), 0.002, 80);
  expect_near(ends("vp"), 0.0010005, 152.167);
  expect_near(ends("ve"), 0.02, 100);
  EXPECT_THAT(message_of([] { (void)scalings("none", 1); }), testing::HasSubstr("edm, vp, ve, iddpm"));
}

}  // namespace
}  // namespace dpsbench
