#pragma once
#include <map>
#include <string>
#include <vector>

#include "results/hdf5/file.h"

namespace dpsbench {

/// Parameters of cells, given as text, as typed values. A parameter has one type in all cells: true or false if all its
/// values are; whole numbers if all are written so; numbers; else text. Texts like "00012" stay text.
std::vector<std::map<std::string, hdf5::AttributeValue>> typed_attributes(
    const std::vector<std::map<std::string, std::string>>& cells);

/// A value as a person writes it.
std::string attribute_text(const hdf5::AttributeValue& value);

}  // namespace dpsbench
