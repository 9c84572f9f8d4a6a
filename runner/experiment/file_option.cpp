#include "runner/experiment/file_option.h"

#include "core/error.h"
#include "core/words/given_file.h"
#include "runner/experiment/input_path.h"
#include "tasks/files/array_file.h"

namespace dpsbench {

std::vector<OptionValue> read_file_option(const YamlReader& reader, const std::string& key,
                                          const std::filesystem::path& folder) {
  std::vector<OptionValue> values;
  const std::vector<std::string> words = reader.words(key);
  for (const std::string& word : words) {
    if (word.empty()) reader.fail(key, "'' is no file; leave the key out where there is none");
    GivenFile file = given_file(word);
    const bool alone = words.size() == 1 && file.digest.empty();
    const std::filesystem::path path = alone ? reader.path(key, folder) : input_path(file.path, folder);
    file.path = path.lexically_normal().string();
    try {
      require_path(path, key, "a file that the task is made of");
      require_unchanged(file);
      if (file.digest.empty()) file.digest = digest_of_file(file.path);
    } catch (const Error& error) {
      reader.fail(key, error.what());
    }
    values.emplace_back(to_word(file));
  }
  return values;
}

}  // namespace dpsbench
