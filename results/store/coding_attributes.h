#pragma once
#include "core/method_entry.h"
#include "results/hdf5/file.h"

namespace dpsbench {

/// What an image cost of passes through an autoencoder, as units and cells tell it.
inline void set_coding(const hdf5::Group& group, const CodingCost& coding) {
  group.set_attribute("decodings", coding.decodings);
  group.set_attribute("decodings_back", coding.decodings_back);
  group.set_attribute("encodings", coding.encodings);
  group.set_attribute("encodings_back", coding.encodings_back);
}

}  // namespace dpsbench
