#include "datasets/remarks.h"

#include <cstdio>

namespace dpsbench {

void tell(const std::vector<std::string>& remarks) {
  for (const std::string& remark : remarks) std::fputs(("note: " + remark + "\n").c_str(), stderr);
}

}  // namespace dpsbench
