#pragma once
#include <string>

namespace dpsbench {

/// A text as part of a file's name: "Inpainting 70 %, σ_y = 0.05" -> "inpainting-70-sigma-0.05".
std::string file_stem(const std::string& text);

}  // namespace dpsbench
