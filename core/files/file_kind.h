#pragma once
#include <string>
#include <string_view>

namespace dpsbench {

/// What a file is that is not what was asked for, with what to do about it, as the end of a sentence: "; it is a web
/// page: ...". Told from its first bytes; empty for what is not known here.
std::string kind_in_words(std::string_view bytes);

}  // namespace dpsbench
