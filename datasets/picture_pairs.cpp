#include "datasets/picture_pairs.h"

#include <map>
#include <set>

#include "core/error.h"
#include "core/files/text.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

fs::path partner_of(const fs::path& sample, const FolderFiles& references,
                    const std::multimap<fs::path, fs::path>& by_stem) {
  const auto [first, last] = by_stem.equal_range(sample.stem());
  for (auto candidate = first; candidate != last; ++candidate)
    if (candidate->second.filename() == sample.filename()) return candidate->second;
  if (first == last)
    throw UserError("{}: has no image '{}', which the samples have",
                    shown(references.pictures.front().parent_path().string()), shown(sample.stem().string()));
  if (std::next(first) != last)
    throw UserError("{} fits several references, {} and {}: delete all but one, or give them other names",
                    shown(sample.string()), shown(first->second.filename().string()),
                    shown(std::next(first)->second.filename().string()));
  return first->second;
}

}  // namespace

std::vector<PicturePair> pair_pictures(const FolderFiles& samples, const FolderFiles& references) {
  std::multimap<fs::path, fs::path> by_stem;
  for (const fs::path& reference : references.pictures) by_stem.emplace(reference.stem(), reference);
  std::set<fs::path> seen;
  std::vector<PicturePair> pairs;
  for (const fs::path& sample : samples.pictures) {
    const std::string name = sample.stem().string();
    if (!is_utf8(name)) throw UserError("the name of {} is not UTF-8: rename it", shown(sample.string()));
    if (!seen.insert(sample.stem()).second)
      throw UserError("{} holds two pictures called {}: nothing would tell their scores apart",
                      shown(sample.parent_path().string()), shown(name));
    pairs.push_back({name, sample, partner_of(sample, references, by_stem)});
  }
  return pairs;
}

std::vector<fs::path> left_over(const FolderFiles& references, const std::vector<PicturePair>& pairs) {
  std::set<fs::path> taken;
  for (const PicturePair& pair : pairs) taken.insert(pair.reference);
  std::vector<fs::path> rest;
  for (const fs::path& reference : references.pictures)
    if (!taken.contains(reference)) rest.push_back(reference);
  return rest;
}

}  // namespace dpsbench
