#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dpsbench {

/// The positions that a text such as "0-199" or "3,5,9-12" names, in its order; empty text: 0 .. count - 1.
/// Throws UserError for anything else, for positions from `count` on and for one named twice. `what` stands for the
/// list in messages.
std::vector<std::int64_t> parse_positions(const std::string& text, std::int64_t count, const std::string& what);

/// The lines of an id list; empty lines, blanks at the ends and lines that start with # are left out. Throws UserError
/// when the file cannot be read, is not UTF-8, is empty or repeats an id.
std::vector<std::string> read_id_list(const std::filesystem::path& file);

/// Where each wanted id stands in `available`. An id also fits the one name that ends with "_" and it, so that
/// 00000022 finds ILSVRC2012_val_00000022. Throws UserError naming the ids that have no image, or several, and an image
/// that two ids name.
std::vector<std::int64_t> find_ids(const std::vector<std::string>& wanted, const std::vector<std::string>& available,
                                   const std::filesystem::path& id_file, const std::string& what);

}  // namespace dpsbench
