#pragma once
#include <string>
#include <vector>

namespace dpsbench {

/// What an answer depends on beyond the words of the experiment: the content of its files.
struct InputDigests {
  std::vector<std::string> image_ids;
  std::vector<std::string> image_digests;  ///< SHA-256 of each image as stored
  std::string prior;                       ///< SHA-256 of the prior's file
  std::string lpips;                       ///< SHA-256 of the LPIPS weights; empty: none
  std::string truth = {};                  ///< SHA-256 of the file of the law, if it is not the prior; empty: none
  std::string autoencoder =
      {};  ///< SHA-256 of the file of the prior's autoencoder; empty: none, or in the prior's file
  std::string truth_autoencoder = {};  ///< the same of the law
};

/// As one text, to send to other ranks; and back.
std::string to_text(const InputDigests& digests);
InputDigests digests_from_text(const std::string& text);

}  // namespace dpsbench
