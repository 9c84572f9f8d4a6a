#pragma once
#include <string>
#include <string_view>

namespace dpsbench {

/// A JSON document whose every byte is vouched for: its first entry, alone on the second line, is "sha256", the digest
/// of all lines that follow. Any JSON reader reads it.
///
/// `document` is an object as nlohmann::json::dump(n >= 0) writes it, with a line end.
std::string sealed_json(const std::string& document);

/// Whether a text is such a document, unaltered.
bool json_seal_holds(std::string_view text);

}  // namespace dpsbench
