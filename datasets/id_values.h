#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dpsbench {

/// What a text file says of images, a line "id,value" each: id -> value. The last comma parts them, so that ids may
/// have some; empty lines and those that start with # are left out. `what` is what a value is called, for messages:
/// "group". Throws UserError for a file that cannot be read, a line that is no such pair and an image that is named
/// twice.
std::map<std::string, std::string> read_id_values(const std::filesystem::path& file, const std::string& what);

/// The class of each image, from 0, of such a file; empty for no file. Throws UserError as that does, for what is no
/// whole number from 0 on, and for images without a class, naming the first.
std::vector<std::int64_t> image_labels(const std::filesystem::path& file, const std::vector<std::string>& image_ids);

}  // namespace dpsbench
