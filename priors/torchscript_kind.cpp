#include <algorithm>

#include "priors/prior_kind.h"
#include "priors/schedule_options.h"
#include "priors/torchscript/prior.h"

namespace dpsbench {
namespace {

const std::vector<OptionSpec>& network_conventions() {
  static const std::vector<OptionSpec> options = [] {
    std::vector<OptionSpec> own = {
        {"channels", std::int64_t{3}, "of an image", 1, 16},
        {"height", std::int64_t{64}, "of an image, pixels", 1, 4096},
        {"width", std::int64_t{64}, "of an image, pixels", 1, 4096},
        {.name = "predicts",
         .default_value = "eps",
         .description = "what the network answers: the noise, x_0, v, a straight path's velocity x_0 - eps, EDM's D",
         .choices = {"eps", "x0", "v", "velocity", "edm"}},
        {.name = "input",
         .default_value = "preserving",
         .description =
             "what it is given: preserving, x_t; exploding, x_t / sqrt(alpha_bar). Of edm always exploding, of "
             "velocity t x_0 + (1 - t) eps with t = 1 / (1 + sigma)",
         .choices = {"preserving", "exploding"}},
        {.name = "conditioned_on",
         .default_value = "timestep",
         .description =
             "the number it is told: step of the schedule from 0, sigma, log(sigma) / 4, or time t, 1 at the image",
         .choices = {"timestep", "sigma", "log_sigma_over_4", "time"}}};
    std::ranges::copy(schedule_options("linear"), std::back_inserter(own));
    own.push_back({"clip", true, "whether estimates of x_0 are clamped to [-1, 1], as image networks' are"});
    return own;
  }();
  return options;
}

ImageShape shape_of(const OptionValues& values) {
  return {values.integer("channels"), values.integer("height"), values.integer("width")};
}

}  // namespace

PriorKind torchscript_kind() {
  return {.name = "torchscript",
          .title = "a network of your own, as torch.jit.save writes it",
          .file_key = "file",
          .file_content = "the network (TorchScript)",
          .made_of_file = true,
          .shape_of_file = false,
          .is_network = true,
          .remark = "a TorchScript file runs code of its own: use those whose origin you trust",
          .options = network_conventions(),
          .shape =
              [](const PriorSpec& spec) {
                const OptionValues values(network_conventions(), spec.options);
                static_cast<void>(schedule_of(values));
                return shape_of(values);
              },
          .make =
              [](const PriorSpec& spec, const FileBytes* file, const TensorOptions& options, Torso torso) {
                const OptionValues values(network_conventions(), spec.options);
                const NetworkConvention convention{values.word("predicts"), values.word("input"),
                                                   values.word("conditioned_on")};
                return std::make_unique<TorchScriptPrior>(*file, convention, schedule_of(values), shape_of(values),
                                                          values.flag("clip"), options, torso == Torso::tf32);
              }};
}

}  // namespace dpsbench
