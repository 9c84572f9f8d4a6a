#pragma once
#include <string>

namespace dpsbench {

/// A file that an option of a task holds: a mask, a kernel, a matrix. As the option's word: the path, and behind
/// "#sha256=" the digest of the content that was found when the experiment was read.
struct GivenFile {
  std::string path;
  std::string digest;  ///< 64 hexadecimal digits; empty: whatever the file holds when it is read
};

/// Whether an option holds a file: its name ends in _file. Such an option is empty unless a file is given, and an empty
/// one is no part of a State.
bool holds_file(const std::string& option);

/// The option's word of a file.
std::string to_word(const GivenFile& file);

/// The file of an option's word.
GivenFile given_file(const std::string& word);

/// What identifies a file wherever it lies: "sha256:" and its digest, or without one its path.
std::string content_of(const GivenFile& file);

/// For people: the file's name without its folder.
std::string file_name(const GivenFile& file);

}  // namespace dpsbench
