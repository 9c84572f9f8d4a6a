#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dpsbench {

/// A mean that the paper prints, with its 95 % half-width where it prints one (else NaN).
struct PaperNumber {
  double mean;
  double half_width;
};

/// A row of the paper's Tables 1 to 7 on one data set.
struct PaperRow {
  std::vector<int> tables;  ///< where it is printed; Tables 5 and 6 are Table 2 with intervals
  std::string dataset;
  std::string task;
  std::optional<double> mask_fraction;
  double sigma_y;
  std::string method;  ///< as experiment files write it, and dps-w-enhanced
  int steps;
  std::map<std::string, PaperNumber> metrics;  ///< lpips, ssim, psnr
};

/// Every row of the paper's tables ("Exploiting the Exact Denoising Posterior Score in Training-Free Guidance of
/// Diffusion Models"), in their order. Each is a mean over 200 images.
const std::vector<PaperRow>& paper_rows();

/// The rows of one table, in its order. Throws UserError unless 1 <= table <= 7.
std::vector<const PaperRow*> paper_rows(int table);

}  // namespace dpsbench
