#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// bfloat16 as float, others as they are.
inline Tensor widened(const Tensor& x) { return x.scalar_type() == at::kBFloat16 ? x.to(at::kFloat) : x; }

/// Queries, keys and values of attention, [B, heads, tokens, width] (Vaswani et al. 2017); those of keys and values may
/// be others, and of one image for all, [1, ...].
struct AttentionInputs {
  Tensor q, k, v;
};

/// softmax over the keys of q . k / sqrt(width), times v: [B, heads, tokens, width], rounded to q's type. On the CPU
/// bfloat16 is computed as float: logits of eight bits would be off by several percent.
Tensor attended(const AttentionInputs& inputs);

/// The gradients of q, k and v from that of the result, [K, B, heads, tokens, width], which they are shaped as too; in
/// single precision at least. `of_keys`: false leaves those of k and v undefined.
AttentionInputs attention_gradients(const AttentionInputs& inputs, const Tensor& gradient, bool of_keys = true);

}  // namespace dpsbench
