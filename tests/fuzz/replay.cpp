// Runs a fuzz target over its seeds and over mutations of them that are the same every time, with memory bounded: what
// the fuzzer proper (see CMakeLists.txt) does without end and with coverage, for the ordinary tests.
//   replay_TARGET MUTATIONS FILE|FOLDER...
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t max_size, unsigned int seed);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t longest_growth = 64;
constexpr rlim_t most_memory = rlim_t{3} << 30;

std::mt19937& random_numbers() {
  static std::mt19937 numbers(20240624);
  return numbers;
}

std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_numbers()() % bound; }

std::vector<Input> read_seeds(int count, char** paths) {
  std::vector<std::filesystem::path> files;
  for (int k = 0; k < count; ++k) {
    if (!std::filesystem::is_directory(paths[k])) {
      files.emplace_back(paths[k]);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(paths[k]))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Input> seeds;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return seeds;
}

/// The exact bytes on the heap, so that a sanitizer sees a read past their end.
void try_input(const Input& input) {
  const Input exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

/// One change of a kind that readers stumble over.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
  if (size == 0) return 0;
  const std::size_t at = below(size);
  switch (below(6)) {
    case 0:
      data[at] ^= static_cast<std::uint8_t>(1U << below(8));
      return size;
    case 1: {
      constexpr std::uint8_t extremes[] = {0, 1, 0x7f, 0x80, 0xff, '{', '[', '-', '9', '\n'};
      data[at] = extremes[below(std::size(extremes))];
      return size;
    }
    case 2:  // a number of several bytes
      for (std::size_t k = at; k < std::min(size, at + 8); ++k) data[k] = static_cast<std::uint8_t>(-(k % 2));
      return size;
    case 3:  // cut off
      return at;
    case 4: {  // a part of it taken out
      const std::size_t length = std::min(size - at, 1 + below(16));
      std::copy(data + at + length, data + size, data + at);
      return size - length;
    }
    default: {  // a part of it twice
      const std::size_t length = std::min({size - at, max_size - size, 1 + below(longest_growth)});
      std::copy_backward(data + at, data + size, data + size + length);
      return size + length;
    }
  }
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const rlimit limit{most_memory, most_memory};
  setrlimit(RLIMIT_DATA, &limit);
  const auto mutations = static_cast<std::size_t>(std::strtoull(argv[1], nullptr, 10));
  const std::vector<Input> seeds = read_seeds(argc - 2, argv + 2);
  if (seeds.empty()) return 2;
  Input input;
  try {
    for (const Input& seed : seeds) try_input(input = seed);
    for (std::size_t k = 0; k < mutations; ++k) {
      input = seeds[k % seeds.size()];
      const std::size_t longest = input.size() + longest_growth;
      for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
        std::size_t size = input.size();
        input.resize(longest);
        size = LLVMFuzzerCustomMutator != nullptr
                   ? LLVMFuzzerCustomMutator(input.data(), size, longest, static_cast<unsigned int>(random_numbers()()))
                   : LLVMFuzzerMutate(input.data(), size, longest);
        input.resize(size);
      }
      try_input(input);
    }
  } catch (const std::exception& error) {
    std::ofstream("fuzz-failure", std::ios::binary)
        .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
    std::fprintf(stderr, "not refused as it should: %s; the input is in fuzz-failure\n", error.what());
    return 1;
  }
  std::printf("%zu seeds, %zu mutations\n", seeds.size(), mutations);
  return 0;
}
