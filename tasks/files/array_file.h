#pragma once
#include "core/tensor.h"
#include "core/words/given_file.h"

namespace dpsbench {

/// SHA-256 of a file's content, 64 hexadecimal digits. Throws UserError where it cannot be read.
std::string digest_of_file(const std::string& path);

/// Throws UserError where a file has a digest that its content no longer is: it was changed since.
void require_unchanged(const GivenFile& file);

/// The numbers of a file that a task takes, double on the CPU: NumPy's .npy, HDF5 (.h5, .hdf5: its data set `dataset`),
/// a PNG or JPEG picture in grey ([H, W], black 0, white 1), or text: a row of numbers a line, blanks or commas between
/// them, # before a remark ([rows, columns]). Throws UserError or DataError naming the file and what is wrong, in text
/// the line; numbers that are not finite are refused.
Tensor read_array(const GivenFile& file, const std::string& dataset);

/// "2 x 3", for messages.
std::string sizes_text(const Tensor& array);

}  // namespace dpsbench
