#include <variant>

#include "core/error.h"
#include "results/hdf5/file.h"
#include "runner/exchange/answer_file.h"
#include "runner/exchange/tried_apart.h"

namespace dpsbench {

namespace {

AnswerFile answers_in(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path);
  const hdf5::Group& root = file.root();
  if (!root.has("samples") || root.is_group("samples"))
    throw DataError("{}: no data set 'samples' [N, C, H, W] or [N, S, C, H, W]", path.string());
  AnswerFile answers{root.read("samples"), {}, {}, {}};
  if (root.has("image_ids")) answers.image_ids = root.read_texts("image_ids");
  for (const auto& [name, value] : root.attributes()) {
    if (name == "digest" && std::holds_alternative<std::string>(value)) answers.digest = std::get<std::string>(value);
    if (name != "seconds" && name != "network_evaluations" && name != "passes_back") continue;
    if (const auto* real = std::get_if<double>(&value)) answers.costs[name] = *real;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) answers.costs[name] = static_cast<double>(*whole);
  }
  return answers;
}

}  // namespace

AnswerFile read_hdf5_answers(const std::filesystem::path& path) {
  try_apart(path, [&] { static_cast<void>(answers_in(path)); });
  return answers_in(path);
}

}  // namespace dpsbench
