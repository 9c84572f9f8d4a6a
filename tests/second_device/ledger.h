#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace dpsbench::second_device {

/// What an operator or a kernel of the device did, all its calls together.
struct Account {
  std::int64_t calls = 0;
  std::int64_t launches = 0;  ///< kernels that a GPU would be given for it
  double bytes = 0;           ///< that those read and write, each operand once a kernel
  double operations = 0;      ///< of products of matrices and convolutions; a multiply-add is two
};

/// What happened on the device of this process since clear().
struct Ledger {
  std::map<std::string, Account> accounts;    ///< by the operator's name
  std::map<std::string, std::int64_t> waits;  ///< where a host would wait for a GPU: "item", "to the host", ...
  std::vector<std::string> mixtures;          ///< operators that were given tensors of both devices; they throw, too
  std::vector<std::string> overruns;          ///< blocks of memory that were written behind their end
  bool only_counts = false;                   ///< convolutions are counted but not worked out: their answers are zeros
  std::function<void(const std::string&)> on_operator;  ///< called with each operator's name before it runs

  void add(const std::string& name, std::int64_t launches, double bytes, double operations = 0);
  [[nodiscard]] std::int64_t all_waits() const;
  [[nodiscard]] Account total() const;
  /// Forgets everything but on_operator and only_counts.
  void clear();
};

Ledger& ledger();

}  // namespace dpsbench::second_device
