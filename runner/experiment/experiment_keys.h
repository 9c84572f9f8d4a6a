#pragma once
#include <vector>

#include "runner/experiment/key_spec.h"

namespace dpsbench {

// The tables of the keys of an experiment file. The reader takes names, ranges, words and defaults from here, and so
// does the reference (`dpsbench keys`). Options of tasks, methods and kinds of prior are tables of their own.

const KeyBlock& experiment_keys();   ///< the file itself
const KeyBlock& dataset_keys();      ///< `dataset`, and `dataset` of `tune`
const KeyBlock& prior_keys();        ///< `prior` and `truth`; the options of a kind come with it
const KeyBlock& autoencoder_keys();  ///< `autoencoder` of `prior` and `truth`
const KeyBlock& tile_keys();         ///< `tiles` of `prior` and `truth`
const KeyBlock& task_keys();         ///< an entry of `tasks`; the task's options come with it
const KeyBlock& method_keys();       ///< an entry of `methods`; the method's options come with it
const KeyBlock& trajectory_keys();
const KeyBlock& table_keys();  ///< an entry of `tables`
const KeyBlock& tune_keys();

/// All of them, in the order of the reference.
std::vector<KeyBlock> all_experiment_keys();

}  // namespace dpsbench
