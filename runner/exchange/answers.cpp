#include "runner/exchange/answers.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/files/text.h"
#include "runner/exchange/answer_file.h"

namespace dpsbench {
namespace {

constexpr std::size_t names_shown = 3;

AnswerFile read_any(const std::filesystem::path& file) {
  const std::string ending = file.extension().string();
  if (std::filesystem::is_directory(file)) return read_picture_answers(file);
  if (ending == ".npy") return read_npy_answers(file);
  if (ending == ".pt") return read_torch_answers(file);
  return read_hdf5_answers(file);
}

std::string names(const std::vector<std::string>& ids) {
  std::string text;
  for (std::size_t k = 0; k < std::min(ids.size(), names_shown); ++k) text += (k == 0 ? "" : ", ") + shown(ids[k]);
  return ids.size() > names_shown ? fmt::format("{} and {} more", text, ids.size() - names_shown) : text;
}

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& others) {
  std::vector<std::string> rest;
  for (const std::string& id : all)
    if (std::ranges::find(others, id) == others.end()) rest.push_back(id);
  return rest;
}

/// The file's rows in the problem's order.
std::vector<std::int64_t> rows_of(const AnswerFile& answers, const ExportedProblem& problem, const std::string& file) {
  std::vector<std::string> sorted = answers.image_ids;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    throw UserError("{}: image '{}' is answered twice", file, shown(*twice));
  if (const auto missing = without(problem.image_ids, answers.image_ids); !missing.empty())
    throw UserError("{}: no answer for {} of {} images: {}", file, missing.size(), problem.image_ids.size(),
                    names(missing));
  if (const auto unknown = without(answers.image_ids, problem.image_ids); !unknown.empty())
    throw UserError("{}: answers images that are not of this problem: {}", file, names(unknown));
  std::vector<std::int64_t> rows;
  for (const std::string& id : problem.image_ids)
    rows.push_back(std::ranges::find(answers.image_ids, id) - answers.image_ids.begin());
  return rows;
}

/// [N, S, C, H, W] float32, images as the file has them.
Tensor samples_of(const AnswerFile& answers, const ExportedProblem& problem, const std::string& file) {
  const ImageShape& shape = problem.shape;
  Tensor samples = answers.samples;
  if (samples.dim() == 4) samples = samples.unsqueeze(1);
  const auto images = static_cast<std::int64_t>(problem.image_ids.size());
  const bool fits = samples.dim() == 5 && samples.size(1) > 0 && samples.size(2) == shape.channels &&
                    samples.size(3) == shape.height && samples.size(4) == shape.width;
  if (!fits || (answers.image_ids.empty() ? images : static_cast<std::int64_t>(answers.image_ids.size())) !=
                   samples.size(0))
    throw UserError("{}: samples of shape ({}); allowed: ({}, {}, {}, {}), or ({}, samples, {}, {}, {})", file,
                    fmt::join(answers.samples.sizes(), ", "), images, shape.channels, shape.height, shape.width, images,
                    shape.channels, shape.height, shape.width);
  if (!at::isFloatingType(samples.scalar_type()) && samples.scalar_type() != at::kByte)
    throw UserError("{}: samples are {}; allowed: floating numbers, or bytes with --range bytes", file,
                    c10::toString(samples.scalar_type()));
  return samples.to(at::kCPU, at::kFloat);
}

/// What the numbers look like, if that is not [-1, 1].
std::string suspicion(const Tensor& samples) {
  const double least = samples.min().item<double>();
  const double greatest = samples.max().item<double>();
  if (greatest > 8) return fmt::format("numbers up to {:.4g}: they look like [0, 255]; say --range bytes", greatest);
  if (least > -0.05)  // of whole images in [-1, 1], none darker than middle grey
    return fmt::format("numbers from {:.4g} to {:.4g}: they look like [0, 1]; say --range unit, or --range signed if "
                       "they are in [-1, 1] after all",
                       least, greatest);
  return {};
}

Tensor in_signed_range(const Tensor& samples, AnswerRange range, const std::string& file) {
  if (range == AnswerRange::unit) return samples * 2 - 1;
  if (range == AnswerRange::bytes) return samples / 127.5 - 1;
  if (range == AnswerRange::told)
    if (const std::string text = suspicion(samples); !text.empty()) throw UserError("{}: {}", file, text);
  return samples;
}

void require_finite(const Tensor& samples, const ExportedProblem& problem, const std::string& file) {
  const Tensor good = samples.isfinite().flatten(1).all(1);
  for (std::int64_t i = 0; i < good.size(0); ++i)
    if (!good[i].item<bool>())
      throw UserError("{}: image '{}': numbers that are not finite", file,
                      shown(problem.image_ids[static_cast<std::size_t>(i)]));
}

double cost(const AnswerFile& answers, const std::string& name) {
  const auto found = answers.costs.find(name);
  return found == answers.costs.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

}  // namespace

std::filesystem::path find_answers(const std::filesystem::path& folder, const std::string& stem) {
  std::vector<std::filesystem::path> found;
  for (const char* ending : {".h5", ".pt", ".npy", ""})
    if (const auto path = folder / (stem + ending); std::filesystem::exists(path)) found.push_back(path);
  if (found.size() > 1)
    throw UserError("{} and {} answer the same problem: keep one of them", found[0].string(), found[1].string());
  return found.empty() ? std::filesystem::path{} : found.front();
}

Answers read_answers(const std::filesystem::path& path, const ExportedProblem& problem, AnswerRange range) {
  const std::string file = path.string();
  AnswerFile read = read_any(path);
  if (!read.digest.empty() && read.digest != digest_of(problem))
    throw UserError("{}: answers another problem: its digest is {}, the problem's is {}", file, shown(read.digest),
                    digest_of(problem));
  Tensor samples = samples_of(read, problem, file);
  if (!read.image_ids.empty())
    samples = samples.index_select(0, at::tensor(rows_of(read, problem, file), at::kLong)).contiguous();
  require_finite(samples, problem, file);
  samples = in_signed_range(samples, std::filesystem::is_directory(path) ? AnswerRange::signed_ : range, file);
  Answers answers{path, samples.contiguous(), cost(read, "seconds"), cost(read, "network_evaluations"),
                  cost(read, "passes_back"), std::move(read.remarks)};
  if (read.image_ids.empty())
    answers.remarks.push_back(fmt::format("{}: names no images; its rows are taken in the problem's order", file));
  if (read.digest.empty() && !std::filesystem::is_directory(path))
    answers.remarks.push_back(
        fmt::format("{}: does not say which problem it answers (attribute or entry 'digest')", file));
  return answers;
}

}  // namespace dpsbench
