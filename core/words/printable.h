#pragma once
#include <string>
#include <string_view>

namespace dpsbench {

/// A text from a stranger (a title, a name, a message that quotes one) made fit for a terminal or a line of a table:
/// control characters (C0, DEL and, in UTF-8, C1), which move the cursor, recolour or rename the terminal, become '?',
/// those in `blanks` a blank; those in `kept` stay.
std::string printable(std::string_view text, std::string_view kept = "", std::string_view blanks = "\t\n\v\f\r");

/// The first control character of a text as "U+001B"; empty: there is none.
std::string first_control_character(std::string_view text);

/// Whether the bytes are UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace dpsbench
