#include "results/site/told_of_methods.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "results/site/embedded_pages.h"

namespace dpsbench {
namespace {

/// A field of a Markdown table for people: without blanks around it, backticks and the addresses of links.
std::string plain_field(std::string_view field) {
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  std::string text;
  for (std::size_t at = 0; at < field.size(); ++at) {
    if (field[at] == '`' || field[at] == '[') continue;
    if (field[at] == ']' && at + 1 < field.size() && field[at + 1] == '(') {
      const std::size_t end = field.find(')', at);
      if (end == std::string_view::npos) break;
      at = end;
    } else {
      text += field[at];
    }
  }
  return text;
}

/// The fields of the row of a page's tables whose first is `name` and that has `count` of them; empty: there is none.
std::vector<std::string> row_of_page(std::string_view page, const std::string& name, std::size_t count) {
  for (std::size_t begin = 0; begin < page.size();) {
    const std::size_t end = std::min(page.find('\n', begin), page.size());
    std::string_view line = page.substr(begin, end - begin);
    begin = end + 1;
    if (!line.starts_with("| " + name + " |")) continue;
    std::vector<std::string> fields;
    line.remove_prefix(1);
    for (std::size_t bar = line.find(" |"); bar != std::string_view::npos; bar = line.find(" |")) {
      fields.push_back(plain_field(line.substr(0, bar)));
      line.remove_prefix(bar + 2);
    }
    if (fields.size() == count) return fields;
  }
  return {};
}

}  // namespace

ToldOfMethod told_of_method(const std::string& method) {
  ToldOfMethod told;
  if (const auto fields = row_of_page(embedded_methods_page, method, 5); !fields.empty()) told.deviations = fields[4];
  if (const auto fields = row_of_page(embedded_checked_page, method, 6); !fields.empty()) {
    told.held_against = fields[1] + (fields[2].empty() || fields[2] == "–" ? "" : ", on " + fields[2]);
    told.how_far = fields[3];
    told.tests = fields[4];
    told.not_checked = fields[5];
  }
  return told;
}

}  // namespace dpsbench
