#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// What a file of answers holds, not yet held against anything.
struct AnswerFile {
  Tensor samples;                       ///< [N, C, H, W] or [N, S, C, H, W], any type of numbers
  std::vector<std::string> image_ids;   ///< empty: the file names none
  std::string digest;                   ///< of the problem; empty: the file names none
  std::map<std::string, double> costs;  ///< seconds, network_evaluations, passes_back of one image, where it says so
  std::vector<std::string> remarks = {};
};

/// HDF5: a data set `samples`, optionally `image_ids`; attributes `digest`, `seconds`, `network_evaluations`,
/// `passes_back`. Throws DataError.
AnswerFile read_hdf5_answers(const std::filesystem::path& path);

/// NumPy's .npy: one array of 32 or 64 bit floats or bytes in C order. Throws DataError.
AnswerFile read_npy_answers(const std::filesystem::path& path);

/// What torch.save writes of a tensor, or of a dictionary with the names of the HDF5 file. Read without running
/// anything that it holds. Throws DataError.
AnswerFile read_torch_answers(const std::filesystem::path& path);

/// A folder of PNG or JPEG files: 8 or 16 bits a number, which a remark says.
AnswerFile read_picture_answers(const std::filesystem::path& folder);

}  // namespace dpsbench
