#include "core/words/given_file.h"

namespace dpsbench {
namespace {

constexpr const char* before_digest = "#sha256=";
constexpr std::size_t digest_digits = 64;

}  // namespace

bool holds_file(const std::string& option) { return option.ends_with("_file"); }

std::string to_word(const GivenFile& file) {
  return file.digest.empty() ? file.path : file.path + before_digest + file.digest;
}

GivenFile given_file(const std::string& word) {
  const std::string mark = before_digest;
  const std::size_t tail = mark.size() + digest_digits;
  if (word.size() <= tail || word.compare(word.size() - tail, mark.size(), mark) != 0) return {word, ""};
  const std::string digest = word.substr(word.size() - digest_digits);
  if (digest.find_first_not_of("0123456789abcdef") != std::string::npos) return {word, ""};
  return {word.substr(0, word.size() - tail), digest};
}

std::string content_of(const GivenFile& file) { return file.digest.empty() ? file.path : "sha256:" + file.digest; }

std::string file_name(const GivenFile& file) { return file.path.substr(file.path.find_last_of('/') + 1); }

}  // namespace dpsbench
