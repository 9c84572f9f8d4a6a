// Gibbs sampling of Levy signals: how long a score takes, and whether the reference chains have converged. For every
// law and operator of the Levy-process benchmark (arXiv 2509.12821), 64 numbers a signal, noise 25 dB below A x.
//   ninja -C build/release levy_chains && OMP_NUM_THREADS=1 build/release/levy_chains [signals]
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <cmath>

#include "bench/work_clock.h"
#include "metrics/statistics/chain_convergence.h"
#include "priors/levy/prior.h"
#include "tasks/registry.h"

namespace {

using namespace dpsbench;

template <typename Work>
double timed(const Work& work) {
  const double started = work_seconds(at::kCPU);
  work();
  return 1e3 * (work_seconds(at::kCPU) - started);
}

struct Named {
  const char* name;
  LevyLaw law;
};

void report_scores(const Named& named, const PhiloxNoise& noise) {
  const LevyPrior prior(named.law, 64, {}, {}, TensorOptions().dtype(at::kDouble));
  const Tensor x = prior.sample(noise, Purpose::initial, 0);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const auto images = static_cast<double>(noise.images());
  fmt::print("{:24}", named.name);
  for (const Gradient gradient : {Gradient::none, Gradient::wanted}) {
    double total = 0;
    for (const std::int64_t i : {50, 300, 700})
      total += timed([&] { std::ignore = prior.evaluate(x, schedule.level(i), gradient); });
    fmt::print(" {:8.2f}", total / (3 * images));
  }
  fmt::print("\n");
}

void report_chains(const Named& named, const std::string& task, const PhiloxNoise& noise) {
  const TaskEntry& entry = find_task(task);
  const ImageShape shape{1, 1, 64};
  const auto op = entry.bind(OptionValues(entry.options, {}), shape, noise, at::kDouble);
  const LevyPrior prior(named.law, 64, {}, {}, TensorOptions().dtype(at::kDouble));
  const Tensor x = prior.sample(noise, Purpose::initial, 0);
  const Tensor seen = op->forward(x);
  const double sigma = std::sqrt(seen.flatten(1).square().mean(1).median().item<double>() / std::pow(10, 2.5));
  const Tensor y = measure(*op, x, sigma, noise, false).flatten(1);
  const Tensor a = op->forward(at::eye(64, at::kDouble).view({64, 1, 1, 64})).flatten(1).t();
  double r_hat = 1;
  double effective = INFINITY;
  double milliseconds = 0;
  double draws = 0;
  for (std::int64_t b = 0; b < noise.images(); ++b) {
    LevyReference found;
    const SignalEvidence evidence = SignalEvidence::of_matrix(a, y[b], sigma);
    milliseconds += timed([&] { found = levy_reference(named.law, evidence, {}); });
    r_hat = std::max(r_hat, split_r_hat(found.draws).max().item<double>());
    effective = std::min(effective, effective_sample_size(found.draws).min().item<double>());
    draws = static_cast<double>(found.draws.size(0) * found.draws.size(1));
  }
  fmt::print("{:24} {:16} {:9.4f} {:10.4f} {:8.0f} of {:.0f} {:10.0f}\n", named.name, task, sigma, r_hat, effective,
             draws, milliseconds / static_cast<double>(noise.images()));
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t signals = argc > 1 ? std::stol(argv[1]) : 8;
  const at::NoGradGuard no_grad;
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < signals; ++i) streams.push_back({"bench", std::to_string(i), 0});
  const PhiloxNoise noise(0, streams);
  const Named laws[] = {{"gaussian", {IncrementLaw::gaussian, 0.5}},
                        {"laplace", {IncrementLaw::laplace, 1}},
                        {"student, 3 freedoms", {IncrementLaw::student, 1, 3}},
                        {"student, 2 freedoms", {IncrementLaw::student, 1, 2}},
                        {"student, 1 freedom", {IncrementLaw::student, 1, 1}},
                        {"bernoulli_laplace", {IncrementLaw::bernoulli_laplace, 1, 3, 0.1}}};
  fmt::print("CPU milliseconds for the score of a signal, 100 + 300 sweeps\n{:24} {:>8} {:>8}\n", "law", "score",
             "+ slope");
  for (const Named& named : laws) report_scores(named, noise);
  fmt::print(
      "\nReference chains, 4 of 2500 + 5000 sweeps, worst of {} signals\n{:24} {:16} {:>9} {:>10} {:>16} {:>10}\n",
      signals, "law", "task", "sigma_y", "split R-hat", "effective", "ms");
  for (const Named& named : laws)
    for (const char* task : {"denoising", "imputation", "circular_blur", "partial_fourier"})
      report_chains(named, task, noise);
}
