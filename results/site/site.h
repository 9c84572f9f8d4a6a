#pragma once
#include <map>
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// A method as the catalogue has it.
struct SiteMethod {
  std::string title;  ///< one line for people
  std::string paper;
  std::string needs;
};

/// A file that a site's readers can take away.
struct SiteDownload {
  std::string path;   ///< within the site
  std::string title;  ///< what is in it
};

/// What a site is made of.
struct SiteParts {
  std::string title;
  const ResultsFile& results;                 ///< of one run, or of several beside each other (compare())
  std::vector<Table> tables;                  ///< general_tables() of them, each with its stem
  std::map<std::string, SiteMethod> methods;  ///< those that this program knows, by name
  std::vector<SiteDownload> downloads;
  std::map<std::string, std::string> reports;  ///< run, empty where there is one -> its report's path within the site
};

/// The pages of a site for any static host, which ask other hosts for nothing: index.html with the finding, the board
/// and all methods in all settings; methods/NAME.html with what a method is, its paper, its deviations, how it was
/// checked, its rows; settings/NAME.html with all rows of a setting and their differences from the best. Answers made
/// by other programs are marked as imported everywhere. Path within the site -> text.
std::map<std::string, std::string> site_pages(const SiteParts& parts);

}  // namespace dpsbench
