#pragma once
#include <functional>
#include <string>

#include "results/formats/table.h"

namespace dpsbench {

/// A text that shows itself in HTML, within an element and within an attribute in double quotes.
std::string html_escaped(const std::string& text);

/// A table element with caption, scopes, and classes for best and tied; rows have their first entry as head. `link`
/// gives the address that an entry of the first column leads to, from its text; empty: none. Notes come as a list.
std::string to_html(const Table& table, const std::function<std::string(const std::string&)>& link = {});

}  // namespace dpsbench
