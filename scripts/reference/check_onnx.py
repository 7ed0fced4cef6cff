"""Compares the logits of export_onnx.py's graphs with transformers in f32: a prompt, then tokens from the cache.

    python scripts/reference/check_onnx.py MODEL_FOLDER EXPORT_FOLDER [--dtype q4|fp32]

`fp32` must agree to rounding. For `q4`, what its codes and scales stand for is put into transformers' model, so what
remains is the error of activations in 8 bits; the error against the weights as they were is printed beside it.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from transformers import LlamaForCausalLM

PROMPT, STEPS = 48, 4
LIMIT = {"fp32": 1e-5, "q4": 0.05}  # of the norm of the difference by that of the logits

parser = argparse.ArgumentParser()
parser.add_argument("model", type=Path)
parser.add_argument("export", type=Path)
parser.add_argument("--dtype", choices=LIMIT, default="q4")
args = parser.parse_args()
file = args.export / "onnx" / f"model{'_q4' if args.dtype == 'q4' else ''}.onnx"

config = json.loads((args.model / "config.json").read_text())
reference = LlamaForCausalLM.from_pretrained(args.model, dtype=torch.float32).eval()
ids = torch.randint(3, config["vocab_size"], (1, PROMPT + STEPS), generator=torch.Generator().manual_seed(5))


def expected():
    with torch.no_grad():
        return reference(ids).logits[0].numpy()


def found():
    """All rows of the prompt, then one row for each token that follows."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    head = config["hidden_size"] // config["num_attention_heads"]
    cache = [one.name for one in session.get_inputs() if one.name.startswith("past_key_values")]
    held = {name: np.zeros((1, config["num_key_value_heads"], 0, head), np.float32) for name in cache}
    rows, seen = [], 0
    for count, keep in [(PROMPT, 0)] + [(1, 1)] * STEPS:
        feed = dict(input_ids=ids[:, seen : seen + count].numpy(), num_logits_to_keep=np.array(keep, np.int64))
        seen += count
        logits, *present = session.run(None, {**feed, "attention_mask": np.ones((1, seen), np.int64), **held})
        held = dict(zip(cache, present))
        rows.append(logits[0])
    return np.concatenate(rows)


def put_dequantised():
    """The weights of the reference become what MatMulNBits reads: (code - 8) x scale."""
    graph = onnx.load(file).graph
    arrays = {one.name: one for one in graph.initializer}
    for node in graph.node:
        if node.op_type != "MatMulNBits":
            continue
        codes, scales = (numpy_helper.to_array(arrays[name], str(file.parent)) for name in node.input[1:3])
        out, blocks, _ = codes.shape
        pairs = np.stack([codes & 15, codes >> 4], -1).reshape(out, blocks, -1).astype(np.float32) - 8
        weight = torch.from_numpy((pairs * scales.reshape(out, blocks, 1)).reshape(out, -1))
        name = node.output[0].removesuffix(".out")
        if name == "lm_head":
            reference.lm_head.weight.data = weight
            continue
        layer, part = name.split(".")
        block = reference.model.layers[int(layer)]
        if part == "qkv":
            linears = [block.self_attn.q_proj, block.self_attn.k_proj, block.self_attn.v_proj]
            for linear, rows in zip(linears, weight.split([one.out_features for one in linears])):
                linear.weight.data = rows
        else:
            getattr(block.self_attn if part == "o" else block.mlp, f"{part}_proj").weight.data = weight


def error(found, expected):
    prompt, after = (np.linalg.norm((found - expected)[part]) / np.linalg.norm(expected[part]) for part in parts)
    return f"prompt {prompt:.2e}, from the cache {after:.2e}", max(prompt, after)


parts = slice(0, PROMPT), slice(PROMPT, None)
ours = found()
text, worst = error(ours, expected())
print(f"{args.dtype} against the weights as they are: {text}")
if args.dtype == "q4":
    put_dequantised()
    text, worst = error(ours, expected())
    print(f"q4 against what its codes stand for: {text}")
assert worst < LIMIT[args.dtype], worst
