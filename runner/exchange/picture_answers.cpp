#include <fmt/format.h>

#include "datasets/image_source.h"
#include "runner/exchange/answer_file.h"

namespace dpsbench {

AnswerFile read_picture_answers(const std::filesystem::path& folder) {
  const auto source = open_image_folder(folder);
  AnswerFile answers;
  std::vector<Tensor> pictures;
  for (std::int64_t i = 0; i < source->size(); ++i) {
    answers.image_ids.push_back(source->id(i));
    pictures.push_back(source->read(i));
    if (pictures.back().sizes() != pictures.front().sizes())
      throw DataError("{}: another size than {}", source->describe(i), source->describe(0));
  }
  answers.samples = at::stack(pictures);
  answers.remarks = source->remarks();
  answers.remarks.push_back(
      fmt::format("{}: pictures of 8 bits hold samples to 1/255 and cut off what lies beyond [-1, 1]; numbers in HDF5, "
                  ".pt or .npy are what the program computed",
                  folder.string()));
  return answers;
}

}  // namespace dpsbench
