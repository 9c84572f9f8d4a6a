#include "python/binding/part_name.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool may_be_in_a_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

}  // namespace

void require_part_name(const std::string& what, const std::string& name) {
  if (name.empty() || !is_letter(name.front()) || !std::ranges::all_of(name, may_be_in_a_name))
    throw UserError("{} '{}': a name has letters, digits, '-' and '_', and begins with a letter", what, name);
}

}  // namespace dpsbench
