#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dpsbench {

/// One of the things that an experiment file can name, as a list of them shows it.
struct CatalogueEntry {
  std::string name;
  std::string line;             ///< what it is, in a few words
  std::string page;             ///< all there is to say, with its options; ends its lines
  nlohmann::ordered_json json;  ///< the same for programs
};

std::vector<CatalogueEntry> method_catalogue();  ///< the samplers
std::vector<CatalogueEntry> task_catalogue();    ///< the measurements
std::vector<CatalogueEntry> key_catalogue();     ///< the groups of keys of an experiment file

}  // namespace dpsbench
