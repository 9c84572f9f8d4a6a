#include "results/files/sealed_json.h"

#include "core/error.h"
#include "core/sha256.h"

namespace dpsbench {
namespace {

constexpr std::string_view object_start = "{\n";

std::string head_for(std::string_view rest) { return fmt::format("{{\n \"sha256\": \"{}\",\n", sha256(rest)); }

}  // namespace

std::string sealed_json(const std::string& document) {
  if (!document.starts_with(object_start)) throw Error("only a JSON object over several lines can be sealed");
  const std::string rest = document.substr(object_start.size());
  return head_for(rest) + rest;
}

bool json_seal_holds(std::string_view text) {
  const std::size_t head_size = head_for({}).size();
  return text.size() > head_size && text.starts_with(head_for(text.substr(head_size)));
}

}  // namespace dpsbench
