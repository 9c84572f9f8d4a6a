#include <algorithm>

#include "priors/registry.h"
#include "runner/catalogue/catalogue.h"
#include "runner/catalogue/option_table.h"
#include "runner/experiment/experiment_keys.h"

namespace dpsbench {
namespace {

bool has_kinds(const KeyBlock& block) { return block.name == prior_keys().name; }

std::string first_sentence(const std::string& text) {
  const std::size_t end = text.find(". ");
  return end == std::string::npos ? text : text.substr(0, end + 1);
}

std::string default_text(const KeySpec& key) {
  if (!key.otherwise) return "required";
  return key.otherwise->empty() ? "may be left out" : *key.otherwise;
}

std::string page_of(const KeyBlock& block) {
  std::string page = fmt::format("{}\n    {}\n", block.name, block.meaning);
  std::size_t width = 0;
  for (const KeySpec& key : block.keys) width = std::max(width, key.name.size() + default_text(key).size() + 2);
  for (const KeySpec& key : block.keys)
    page += fmt::format("    {:<{}}  {} [{}]\n", key.name + ": " + default_text(key), width, key.meaning,
                        allowed_text(key));
  if (!has_kinds(block)) return page;
  for (const PriorKind& kind : prior_kinds())
    if (!kind.options.empty())
      page += fmt::format("    options of kind {}:\n{}", kind.name, option_table(kind.options, 6));
  return page;
}

nlohmann::ordered_json as_json(const KeyBlock& block) {
  auto keys = nlohmann::ordered_json::array();
  for (const KeySpec& key : block.keys)
    keys.push_back({{"name", key.name},
                    {"required", !key.otherwise},
                    {"default", key.otherwise.value_or("")},
                    {"allowed", allowed_text(key)},
                    {"meaning", key.meaning}});
  nlohmann::ordered_json json = {{"name", block.name}, {"meaning", block.meaning}, {"keys", keys}};
  if (!has_kinds(block)) return json;
  for (const PriorKind& kind : prior_kinds())
    json["kinds"].push_back({{"name", kind.name},
                             {"title", kind.title},
                             {"file_key", kind.file_key},
                             {"options", options_as_json(kind.options)}});
  return json;
}

}  // namespace

std::vector<CatalogueEntry> key_catalogue() {
  std::vector<CatalogueEntry> entries;
  for (const KeyBlock& block : all_experiment_keys())
    entries.push_back({block.name, first_sentence(block.meaning), page_of(block), as_json(block)});
  return entries;
}

}  // namespace dpsbench
