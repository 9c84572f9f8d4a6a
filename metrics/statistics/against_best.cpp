#include "metrics/statistics/against_best.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/noise.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_enumerated = 13;  // groups
constexpr std::int64_t flips_at_once = 256;
constexpr double rounding = 1e-9;  // of equal statistics computed in different orders

/// What flips of whole groups leave and change: sums of losses by group, [G, k].
struct GroupedLosses {
  Tensor sums;
  Tensor sizes;                              ///< images of each group, [G, 1]
  std::vector<std::vector<double>> squares;  ///< of the differences of two methods' sums, added over groups
  double images = 0;
  double size_squares = 0;
  bool single = true;  ///< groups of one image each

  [[nodiscard]] std::int64_t groups() const { return sums.size(0); }
};

void check(const std::vector<std::vector<double>>& losses) {
  if (losses.empty()) throw Error("a comparison with the best needs at least one method");
  for (const std::vector<double>& of_method : losses) {
    if (of_method.size() != losses.front().size())
      throw Error(fmt::format("a comparison with the best takes as many values of one method ({}) as of another ({})",
                              losses.front().size(), of_method.size()));
    for (const double value : of_method)
      if (!std::isfinite(value))
        throw Error(fmt::format("a comparison with the best takes finite values, not {}", value));
  }
}

GroupedLosses grouped(const std::vector<std::vector<double>>& losses, const Groups& groups) {
  const std::size_t images = losses.front().size();
  const std::size_t methods = losses.size();
  const std::vector<std::size_t> group_of = group_numbers(groups, images);
  const std::size_t count = images == 0 ? 0 : 1 + *std::ranges::max_element(group_of);
  GroupedLosses result;
  result.sums = at::zeros({static_cast<std::int64_t>(count), static_cast<std::int64_t>(methods)}, at::kDouble);
  result.sizes = at::zeros({static_cast<std::int64_t>(count), 1}, at::kDouble);
  result.images = static_cast<double>(images);
  auto* const sums = result.sums.data_ptr<double>();
  auto* const sizes = result.sizes.data_ptr<double>();
  for (std::size_t i = 0; i < images; ++i) {
    double mean = 0;  // over the methods: differences do not know of it, and rounding gains
    for (const std::vector<double>& of_method : losses) mean += of_method[i] / static_cast<double>(methods);
    for (std::size_t k = 0; k < methods; ++k) sums[group_of[i] * methods + k] += losses[k][i] - mean;
    ++sizes[group_of[i]];
  }
  for (std::size_t g = 0; g < count; ++g) {
    result.size_squares += sizes[g] * sizes[g];
    result.single = result.single && sizes[g] == 1;
  }
  result.squares.assign(methods, std::vector<double>(methods));
  for (std::size_t g = 0; g < count; ++g)
    for (std::size_t a = 0; a < methods; ++a)
      for (std::size_t b = 0; b < methods; ++b) {
        const double difference = sums[g * methods + a] - sums[g * methods + b];
        result.squares[a][b] += difference * difference;
      }
  return result;
}

/// The signs of all groups: every pattern of few groups, drawn ones of many. The first is the observed one.
class Flips {
 public:
  Flips(std::int64_t groups, std::int64_t drawn)
      : groups_(groups),
        drawn_(drawn),
        all_(groups <= static_cast<std::int64_t>(most_enumerated)),
        noise_(0, {{"sign flips", "", 0}}) {}

  [[nodiscard]] std::int64_t count() const { return all_ ? std::int64_t{1} << groups_ : drawn_ + 1; }

  /// Patterns first .. first + rows - 1: [rows, G] of +1 and -1.
  [[nodiscard]] Tensor signs(std::int64_t first, std::int64_t rows) const {
    Tensor result = at::ones({rows, groups_}, at::kDouble);
    auto* const sign = result.data_ptr<double>();
    constexpr std::int64_t word = 16;  // signs a number gives
    const std::int64_t words = (groups_ + word - 1) / word;
    Tensor uniform;
    if (!all_) uniform = noise_.uniform(Purpose::bootstrap, first, {rows, words}, at::kFloat).contiguous();
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t g = 0; g < groups_; ++g) {
        std::int64_t bits = first + row;
        if (!all_)
          bits = bits == 0
                     ? 0
                     : static_cast<std::int64_t>(uniform.const_data_ptr<float>()[row * words + g / word] * 65536.0F);
        if ((bits >> (all_ ? g : g % word) & 1) != 0) sign[row * groups_ + g] = -1;
      }
    return result;
  }

 private:
  std::int64_t groups_;
  std::int64_t drawn_;
  bool all_;
  PhiloxNoise noise_;
};

/// Of every flip the methods' mean losses and what their standard errors need: [flips, k] each.
struct Flipped {
  Tensor means;
  Tensor weighted;  ///< sums of the groups' sums, weighted by the groups' sizes
};

Flipped flipped(const GroupedLosses& losses, std::int64_t drawn) {
  const Flips flips(losses.groups(), drawn);
  std::vector<Tensor> means;
  std::vector<Tensor> weighted;
  for (std::int64_t first = 0; first < flips.count(); first += flips_at_once) {
    const Tensor signs = flips.signs(first, std::min(flips_at_once, flips.count() - first));
    const Tensor sums = signs.matmul(losses.sums);
    means.push_back(sums / losses.images);
    weighted.push_back(losses.single ? sums : signs.matmul(losses.sums * losses.sizes));
  }
  return {at::cat(means).contiguous(), at::cat(weighted).contiguous()};
}

/// t of one method's difference from another, of a flip's row.
double statistic(const GroupedLosses& losses, const double* means, const double* weighted, std::size_t a,
                 std::size_t b) {
  const double mean = means[a] - means[b];
  const double all = losses.squares[a][b];
  if (mean == 0 || all == 0) return 0;
  const double squares = all - 2 * mean * (weighted[a] - weighted[b]) + mean * mean * losses.size_squares;
  if (squares <= rounding * all)
    return mean > 0 ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  const auto groups = static_cast<double>(losses.groups());
  return mean / (std::sqrt(groups / (groups - 1) * squares) / losses.images);
}

/// The method of the largest t against the best of some, and that t.
struct Worst {
  std::size_t best;
  std::size_t method;  ///< the best itself where there is no other
  double t = -std::numeric_limits<double>::infinity();
};

Worst worst_of(const GroupedLosses& losses, const double* means, const double* weighted,
               const std::vector<std::size_t>& methods, std::size_t best) {
  Worst found{best, best};
  for (const std::size_t method : methods) {
    if (method == best) continue;
    const double t = statistic(losses, means, weighted, method, best);
    if (found.method == best || t > found.t) found = {best, method, t};
  }
  return found;
}

std::size_t best_of(const double* means, const std::vector<std::size_t>& methods) {
  return *std::ranges::min_element(methods, {}, [&](std::size_t method) { return means[method]; });
}

/// The largest t of every flip among methods of which one after the other is taken away. A flip's is worked out anew
/// only where the method taken was its best or its worst.
class LargestOfFlips {
 public:
  LargestOfFlips(const GroupedLosses& losses, const Flipped& flipped, const std::vector<std::size_t>& methods)
      : losses_(losses), flipped_(flipped) {
    for (std::int64_t row = 0; row < flipped.means.size(0); ++row) worst_.push_back(of_row(row, methods));
  }

  void take(std::size_t method, const std::vector<std::size_t>& left) {
    for (std::size_t row = 0; row < worst_.size(); ++row)
      if (worst_[row].best == method || worst_[row].method == method)
        worst_[row] = of_row(static_cast<std::int64_t>(row), left);
  }

  /// The share of flips whose largest t reaches `least`.
  [[nodiscard]] double share(double least) const {
    const auto reached = std::ranges::count_if(worst_, [&](const Worst& worst) { return worst.t >= least; });
    return static_cast<double>(reached) / static_cast<double>(worst_.size());
  }

 private:
  [[nodiscard]] Worst of_row(std::int64_t row, const std::vector<std::size_t>& methods) const {
    const std::int64_t at = row * flipped_.means.size(1);
    const double* const means = flipped_.means.const_data_ptr<double>() + at;
    return worst_of(losses_, means, flipped_.weighted.const_data_ptr<double>() + at, methods, best_of(means, methods));
  }

  const GroupedLosses& losses_;
  const Flipped& flipped_;
  std::vector<Worst> worst_;
};

}  // namespace

AgainstBest against_best(const std::vector<std::vector<double>>& losses, const Groups& groups,
                         std::optional<std::size_t> best, std::int64_t flips) {
  check(losses);
  const std::size_t count = losses.size();
  AgainstBest result{0, std::vector<double>(count, 1)};
  for (std::size_t k = 1; k < count; ++k)
    if (mean_of(losses[k]) < mean_of(losses[result.best])) result.best = k;
  if (best) result.best = *best;
  const GroupedLosses sums = grouped(losses, groups);
  if (count < 2 || sums.groups() < 2) return result;

  const Flipped flips_of_all = flipped(sums, flips);
  std::vector<std::size_t> left(count);
  for (std::size_t k = 0; k < count; ++k) left[k] = k;
  LargestOfFlips largest(sums, flips_of_all, left);
  double so_far = 0;
  while (left.size() > 1) {
    const Worst observed = worst_of(sums, flips_of_all.means.const_data_ptr<double>(),
                                    flips_of_all.weighted.const_data_ptr<double>(), left, result.best);
    so_far = std::max(so_far, largest.share(observed.t > 0 ? observed.t * (1 - rounding) : observed.t));
    result.p_values[observed.method] = so_far;
    std::erase(left, observed.method);
    largest.take(observed.method, left);
  }
  return result;
}

}  // namespace dpsbench
