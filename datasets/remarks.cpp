#include "datasets/remarks.h"

#include "core/words/tell.h"

namespace dpsbench {

void tell(const std::vector<std::string>& remarks) {
  for (const std::string& remark : remarks) tell("note: {}\n", remark);
}

}  // namespace dpsbench
