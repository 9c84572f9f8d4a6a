#include <torch/csrc/jit/serialization/pickle.h>

#include "core/error.h"
#include "core/files/text.h"
#include "runner/exchange/answer_file.h"
#include "runner/exchange/tried_apart.h"
#include "runner/exchange/zip_entries.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_bytes_of_torch = std::size_t{64} << 30;

c10::IValue unpickled(const std::string& bytes, const std::filesystem::path& path) {
  try {
    return torch::jit::pickle_load({bytes.begin(), bytes.end()});
  } catch (const std::exception& error) {  // a damaged file may also claim more memory than there is
    const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
    throw DataError("{}: not what torch.save writes of a tensor or a dictionary of tensors, texts and numbers ({})",
                    path.string(), of_torch == nullptr ? error.what() : of_torch->what_without_backtrace());
  }
}

c10::IValue content_of(const std::filesystem::path& path) {
  const std::string bytes = read_regular_file(path, most_bytes_of_torch);
  require_whole_entries(bytes, path.string());
  try_apart(path, [&] { static_cast<void>(unpickled(bytes, path)); });
  return unpickled(bytes, path);
}

}  // namespace

AnswerFile read_torch_answers(const std::filesystem::path& path) {
  const c10::IValue content = content_of(path);
  if (content.isTensor()) return {content.toTensor(), {}, {}, {}};
  if (!content.isGenericDict())
    throw DataError("{}: holds a {}; allowed: a tensor, or a dictionary with 'samples'", path.string(),
                    content.tagKind());
  AnswerFile answers;
  for (const auto& entry : content.toGenericDict()) {
    if (!entry.key().isString()) continue;
    const std::string& name = entry.key().toStringRef();
    const c10::IValue& value = entry.value();
    if (name == "samples" && value.isTensor()) answers.samples = value.toTensor();
    if (name == "digest" && value.isString()) answers.digest = value.toStringRef();
    if (name == "image_ids" && value.isList())
      for (const c10::IValue& id : value.toListRef())
        if (id.isString()) answers.image_ids.push_back(id.toStringRef());
    if ((name == "seconds" || name == "network_evaluations" || name == "passes_back") &&
        (value.isDouble() || value.isInt()))
      answers.costs[name] = value.toScalar().toDouble();
  }
  if (!answers.samples.defined())
    throw DataError("{}: no tensor 'samples' [N, C, H, W] or [N, S, C, H, W]", path.string());
  return answers;
}

}  // namespace dpsbench
