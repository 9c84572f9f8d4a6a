#include "runner/experiment/experiment_keys.h"

#include "datasets/dataset.h"
#include "results/paper/published_table.h"
#include "results/paper/tables.h"
#include "runner/experiment/experiment.h"

namespace dpsbench {
namespace {

std::vector<std::string> table_layouts() {
  std::vector<std::string> names = paper_table_names();
  names.insert(names.begin(), "summary");
  for (const std::string& layout : published_layouts()) names.push_back(layout);
  return names;
}

}  // namespace

const KeyBlock& experiment_keys() {
  static const KeyBlock block = {
      "experiment",
      "The experiment file itself.",
      {{"name", "letters, digits, '-', '_', '.'", {}, "what the experiment is called"},
       {"title", "text", "", "a line for heads of tables and the report"},
       KeySpec::group("dataset", {}, "which images are measured and restored"),
       KeySpec::group("prior", {}, "the diffusion model that every method uses"),
       KeySpec::group("truth", "",
                      "the law that images are drawn from and samples judged by, where it is not the prior; its keys "
                      "are those of prior"),
       KeySpec::whole("seed", "0", "of all random numbers", {0}),
       {"sigma_y",
        "a number, or a list of such",
        {},
        "standard deviation of the measurement's noise, in units of [-1, 1] images: noise of 8-bit pixels over 127.5. "
        "0, no noise, only with methods that take it ('dpsbench methods --long'). A list: each is a setting of its own",
        {0, 10}},
       KeySpec::groups("tasks", {}, "how images are measured"),
       KeySpec::groups("methods", {}, "the samplers that are compared"),
       KeySpec::path("presets", "", "a file of constants that 'dpsbench tune' wrote, for methods with preset: tuned"),
       {"metrics", "a list of names", "psnr, ssim", "what is computed of each sample: docs/metrics.md"},
       KeySpec::path("lpips_weights", "", "weights as safetensors; metrics whose name begins with lpips need it"),
       KeySpec::group("trajectory", "", "images whose samplers are filmed"),
       KeySpec::groups("tables", "", "layouts of tables beside the summary"),
       KeySpec::whole("samples", "1", "samples of each image", {1, 100000}),
       {"batch",
        "auto, or a whole number",
        fmt::format("{}", default_batch),
        "images that go through the network together; auto: chosen when an output is begun",
        {1, 4096}},
       KeySpec::word("precision", "auto", "what a network computes in; auto: tf32 on a GPU, fp32 elsewhere",
                     {"auto", "fp32", "tf32", "bf16"}),
       KeySpec::word(
           "noise", "gaussian",
           "of measurements; poisson: photons are counted, of white 4 / sigma_y^2; speckle: brightness from 0 to 1 is "
           "multiplied by 1 + (sigma_y / 2) n, n normal. Of both sigma_y is white's deviation; only with methods that "
           "take it, and tasks that measure pictures",
           {"gaussian", "poisson", "speckle"}),
       KeySpec::flag("hidden_noise", false,
                     "measurement noise on hidden pixels too, as published code of DPS and DSG adds it"),
       KeySpec::group("tune", "", "what 'dpsbench tune' chooses constants by")}};
  return block;
}

const KeyBlock& dataset_keys() {
  static const KeyBlock block = {
      "dataset",
      "Which images. Of images that are drawn only name, family, kind and images may be given.",
      {{"name",
        "text",
        {},
        "part of what the random numbers of an image hang on: the same name gives the same measurements wherever the "
        "files lie"},
       KeySpec::word("family", "", "whose published constants presets take, where the name is not one itself",
                     dataset_families()),
       KeySpec::word("kind", "files", "drawn: images are drawn from truth, or else from the prior", {"files", "drawn"}),
       {"images", "positions from 0, as 0-199 or \"3,5,9-12\"", "",
        "which of the sorted images; nothing: all of them. Of drawn images it must be there: how many"},
       KeySpec::path("path", {}, "of files: a folder of PNG and JPEG pictures, an HDF5 file, or an idx file"),
       {"groups", "a pattern or a path", "",
        "images that belong together, as crops of one photograph: a pattern of ids that captures the group, as "
        "\"(.*)-[0-9]+\", or a file of lines id,group"},
       KeySpec::path("labels", "",
                     "a text file of lines id,class: the class that the prior is told of each image, with its "
                     "label_of_image: true"),
       KeySpec::path("ids", "", "a text file of image ids, one a line: the list that images counts in"),
       KeySpec::whole("size", "", "side of the square images in pixels; nothing: as they are", {1, 16384}),
       KeySpec::word("channels", "3", "1: grey, 3: colour", {"1", "3"}),
       KeySpec::flag("resize", false,
                     "images of another size are cropped to the largest square in the middle and resampled")}};
  return block;
}

const KeyBlock& task_keys() {
  static const KeyBlock block = {
      "tasks",
      "An entry of the list: a task and any of its options. A list as an option's value is a scan: each value is a "
      "setting of its own.",
      {{"name", "the name of a task", {}, "'dpsbench tasks' lists them"}}};
  return block;
}

const KeyBlock& method_keys() {
  static const KeyBlock block = {
      "methods",
      "An entry of the list: a method and any of its options. A list as an option's value is a scan: each value is a "
      "row of its own.",
      {{"name", "the name of a method", {}, "'dpsbench methods' lists them"},
       {"preset", "the name of a preset", "",
        "published constants of each task, or tuned: those of the file presets; options beside it come before it"},
       {"scaled", "steps, side, or a list of both", "",
        "brings a preset's constants to the steps and images of this experiment, where the preset says how they "
        "scale"},
       {"tasks", "a list of tasks", "", "the tasks that the method is run on; nothing: all"},
       {"no_verdict", "text", "", "why its rows say nothing of the method: they enter no mean and no rank"}}};
  return block;
}

const KeyBlock& trajectory_keys() {
  static const KeyBlock block = {"trajectory",
                                 "What is filmed.",
                                 {KeySpec::whole("images", {}, "so many, from the first on", {1, 1e6}),
                                  KeySpec::whole("frames", "20", "of each, evenly spread over the steps", {1, 1000})}};
  return block;
}

const KeyBlock& table_keys() {
  static const KeyBlock block = {
      "tables", "An entry of the list.", {KeySpec::word("layout", {}, "of the table", table_layouts())}};
  return block;
}

const KeyBlock& tune_keys() {
  static const KeyBlock block = {
      "tune",
      "How 'dpsbench tune' chooses constants.",
      {KeySpec::group("dataset", {}, "images that no table uses; its keys are those of dataset"),
       {"budget",
        "a number",
        {},
        "evaluations of the prior that each method may spend on each setting",
        {0, 1e12, true}},
       {"pass_back",
        "a number",
        fmt::format("{}", usual_pass_back),
        "evaluations that a pass back counts as",
        {0, 100}},
       {"metric", "the name of a metric", "psnr", "what is made best: of each sample, or of all samples of an image"},
       KeySpec::whole("seed", "0", "of the values that are tried", {0})}};
  return block;
}

std::vector<KeyBlock> all_experiment_keys() {
  return {experiment_keys(), dataset_keys(), prior_keys(),      autoencoder_keys(), tile_keys(),
          task_keys(),       method_keys(),  trajectory_keys(), table_keys(),       tune_keys()};
}

}  // namespace dpsbench
