#pragma once
#include <string>

namespace dpsbench {

/// What should be known of a noise level that is greater than the way from grey to white, as one is that was meant in
/// levels of 255; empty for others.
std::string sigma_y_remark(double sigma_y);

}  // namespace dpsbench
