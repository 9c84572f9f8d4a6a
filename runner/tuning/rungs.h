#pragma once
#include <cstdint>
#include <functional>
#include <vector>

namespace dpsbench {

/// Successive halving (Jamieson & Talwalkar 2016): on every rung the candidates left run on images that none has seen,
/// and the worse half of them, by the mean over all images so far, goes. Published constants run on every rung: a few
/// images must not decide against them.
struct Rungs {
  std::vector<std::int64_t> images;  ///< how many images have been seen at the end of each rung; the last: all
};

/// Three rungs, on a quarter, half and all of the images; fewer where there are fewer than four.
Rungs make_rungs(std::int64_t images);

/// How many of so many candidates run on a rung: all on rung 0, half of them on the next; at least one.
std::size_t left_on_rung(std::size_t candidates, std::size_t rung);

/// What candidates with these costs of an image come to at most, whoever goes: the dearest are taken to stay.
/// `staying`: the costs of those that run on every image, of which none goes.
double halving_cost(const Rungs& rungs, std::vector<double> costs, const std::vector<double>& staying = {});

}  // namespace dpsbench
