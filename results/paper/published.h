#pragma once
#include <map>
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// A mean that another group's paper prints: of a method on a task of one data set.
struct PublishedRow {
  std::string paper;    ///< a layout is named after it: "daps"
  std::string dataset;  ///< as experiment files name it
  std::string task;
  std::map<std::string, double> options;  ///< of the task, those that the paper says
  double sigma_y = 0;
  std::string method;                     ///< as experiment files name it
  std::map<std::string, double> metrics;  ///< by the names of ours that are nearest; those that are known here
};

/// All that results/paper/published.csv holds, in its order.
const std::vector<PublishedRow>& published_rows();

/// The papers that rows are of, in the order of their first row.
std::vector<std::string> published_papers();

/// What a paper is called and what its numbers are: images, protocol, where they were read.
std::string published_citation(const std::string& paper);
std::string published_remark(const std::string& paper);

/// Whether a cell is of the row's data set, task and noise level; its method may be another.
bool is_of_setting(const PublishedRow& row, const CellResult& cell);

}  // namespace dpsbench
