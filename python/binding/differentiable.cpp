#include "python/binding/differentiable.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

#include "core/error.h"

namespace dpsbench {
namespace {

/// A step of autograd's graph whose way back is not autograd's.
class OwnWayBack final : public torch::autograd::Node {
 public:
  OwnWayBack(std::string what, PullBack pull_back, bool only_once)
      : what_(std::move(what)), pull_back_(std::move(pull_back)), only_once_(only_once) {}

  [[nodiscard]] std::string name() const override { return "dpsbench " + what_; }

  void release_variables() override { pull_back_ = nullptr; }

  torch::autograd::variable_list apply(torch::autograd::variable_list&& cotangents) override {
    if (at::GradMode::is_enabled())
      throw Error(fmt::format("{}: second derivatives (create_graph) are not known", what_));
    if (!cotangents.at(0).defined()) return {Tensor()};
    if (!pull_back_)
      throw Error(
          fmt::format("{}: its pass back was taken already, and what it needs is gone; evaluate it again", what_));
    const PullBack pull_back = pull_back_;
    if (only_once_) pull_back_ = nullptr;
    return {pull_back(cotangents[0])};
  }

 private:
  std::string what_;
  PullBack pull_back_;
  bool only_once_;
};

}  // namespace

bool wants_gradient(const Tensor& x) { return at::GradMode::is_enabled() && x.requires_grad(); }

Tensor differentiable(const std::string& what, const Tensor& x, const Tensor& value, PullBack pull_back,
                      bool only_once) {
  if (!wants_gradient(x)) return value;
  const std::shared_ptr<OwnWayBack> step(new OwnWayBack(what, std::move(pull_back), only_once),
                                         torch::autograd::deleteNode);
  step->set_next_edges(torch::autograd::collect_next_edges(x));
  const Tensor result = value.detach();  // where it is x itself, x keeps its own history
  torch::autograd::set_history(result, step);
  return result;
}

}  // namespace dpsbench
