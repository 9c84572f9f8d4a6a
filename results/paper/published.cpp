#include "results/paper/published.h"

#include <algorithm>
#include <cmath>

#include "core/words/number_text.h"
#include "results/paper/csv_rows.h"
#include "results/paper/embedded_published.h"

namespace dpsbench {
namespace {

struct Paper {
  std::string citation;
  std::string remark;
};

const std::map<std::string, Paper>& papers() {
  static const std::map<std::string, Paper> all = {
      {"daps",
       {"DAPS (Zhang et al., CVPR 2025, arXiv 2407.01521)",
        "means over 100 images that its authors offer for download, and rivals as they ran them; phase retrieval: the "
        "best of 4 samples. Taken are numbers that two public texts reprint alike or the authors' repository has; the "
        "paper itself was not at hand. Later papers also print 30.63 and 29.94 for phase retrieval on FFHQ, and RePS "
        "(arXiv 2511.20705), which ran DAPS's code, 29.55 on super resolution and 31.80 on motion blur."}},
      {"dps",
       {"DPS (Chung et al., ICLR 2023, arXiv 2209.14687), Tables 1 to 4, 6 and 7",
        "means over 1,000 images of validation sets, and rivals as its authors ran them; phase retrieval: the best of "
        "4 samples. SSIM is another implementation's."}},
      {"diffpir",
       {"DiffPIR (Zhu et al., NTIRE 2023, arXiv 2305.08995), as its repository prints it",
        "means over 100 images; DiffPIR in 100 evaluations, DPS in 1000, DDRM in 20, as its authors ran them. Super "
        "resolution is of pictures blurred by its own kernel, and blurs go around the edges."}},
  };
  return all;
}

/// Options as "kernel_size=61 intensity=0.5"; what is no other column is a metric.
PublishedRow published_row(std::map<std::string, std::string> fields) {
  const auto take = [&](const char* name) { return fields.extract(name).mapped(); };
  PublishedRow row{take("paper"), take("dataset"), take("task"), {}, std::stod(take("sigma_y")), take("method"), {}};
  for (const std::string& option : split(take("options"), ' ')) {
    const std::size_t equals = option.find('=');
    row.options[option.substr(0, equals)] = std::stod(option.substr(equals + 1));
  }
  for (const auto& [metric, number] : fields)
    if (!number.empty()) row.metrics[metric] = std::stod(number);
  return row;
}

std::vector<PublishedRow> rows_of_other_papers() {
  std::vector<PublishedRow> rows;
  for (const auto& fields : csv_rows(embedded_published_numbers)) rows.push_back(published_row(fields));
  return rows;
}

}  // namespace

const std::vector<PublishedRow>& published_rows() {
  static const std::vector<PublishedRow> rows = rows_of_other_papers();
  return rows;
}

std::vector<std::string> published_papers() {
  std::vector<std::string> names;
  for (const PublishedRow& row : published_rows())
    if (std::ranges::find(names, row.paper) == names.end()) names.push_back(row.paper);
  return names;
}

std::string published_citation(const std::string& paper) { return papers().at(paper).citation; }

std::string published_remark(const std::string& paper) { return papers().at(paper).remark; }

bool is_of_setting(const PublishedRow& row, const CellResult& cell) {
  const auto is = [&](const std::string& attribute, double value) {
    const std::optional<double> ours = real_from_text(cell.text(attribute));
    return ours && std::abs(*ours - value) < 1e-9;
  };
  return cell.text("dataset") == row.dataset && cell.text("task") == row.task && is("sigma_y", row.sigma_y) &&
         std::ranges::all_of(row.options, [&](const auto& one) { return is("task." + one.first, one.second); });
}

}  // namespace dpsbench
