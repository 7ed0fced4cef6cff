"""Writes a Llama folder as the ONNX export that transformers.js loads: a peer of `npm run bench -- --only decode`.

    python scripts/reference/export_onnx.py MODEL OUTPUT_FOLDER [--dtype q4|fp32] [--block 32] [--accuracy-level 4]

The graph is the one that onnxruntime-genai's builder makes for a CPU and that onnx-community publishes:
GroupQueryAttention that turns inside, query, key and value from one product; SkipSimplifiedLayerNormalization;
MatMulNBits (4 bits, symmetric, blocks of 32 inputs, activations in 8 bits: accuracy level 4) for all linears, head too.
`num_logits_to_keep` lets a prompt compute the logits of its last position alone; transformers.js sets it. `fp32` writes
the same graph with f32 products: check_onnx.py uses it to tell an error of the graph from that of 4 bits.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from onnxruntime.capi._pybind_state import quantize_matmul_4bits
from safetensors import safe_open

MICROSOFT = "com.microsoft"
PAGE = 4096  # ONNX Runtime maps what starts at a page
SUFFIX = {"q4": "_q4", "fp32": ""}  # as transformers.js looks for a dtype


class Graph:
    """Nodes and initializers so far; large initializers go to the file of external data at once."""

    def __init__(self, data):
        self.data = data
        self.nodes, self.initializers = [], []

    def node(self, op, inputs, outputs, domain="", **attributes):
        self.nodes.append(helper.make_node(op, inputs, outputs, name=outputs[0], domain=domain, **attributes))
        return outputs[0]

    def constant(self, name, array):
        tensor = TensorProto(name=name, dims=array.shape, data_type=helper.np_dtype_to_tensor_dtype(array.dtype))
        array = np.ascontiguousarray(array)
        if array.nbytes < 1024:
            tensor.raw_data = array.tobytes()
        else:
            self.data.write(bytes(-self.data.tell() % PAGE))
            place = dict(location=Path(self.data.name).name, offset=self.data.tell(), length=array.nbytes)
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.extend(onnx.StringStringEntryProto(key=k, value=str(v)) for k, v in place.items())
            self.data.write(array.tobytes())
        self.initializers.append(tensor)
        return name


def linear(graph, x, name, weight, args):
    """x [B, T, In] times weight [Out, In] transposed."""
    out, width = weight.shape
    if args.dtype == "fp32":
        return graph.node("MatMul", [x, graph.constant(f"{name}.weight", weight.T)], [f"{name}.out"])
    blocks = width // args.block
    codes = np.zeros((out, blocks, args.block // 2), np.uint8)
    scales, zeros = np.zeros(out * blocks, np.float32), np.zeros(out * ((blocks + 1) // 2), np.uint8)
    quantize_matmul_4bits(codes, np.ascontiguousarray(weight.T), scales, zeros, args.block, out, width, True)
    inputs = [x, graph.constant(f"{name}.codes", codes), graph.constant(f"{name}.scales", scales)]
    attributes = dict(K=width, N=out, bits=4, block_size=args.block, accuracy_level=args.accuracy_level)
    return graph.node("MatMulNBits", inputs, [f"{name}.out"], MICROSOFT, **attributes)


def rotary_tables(config):
    """cos and sin [positions, head / 2] of plain rotary embedding."""
    head = config["hidden_size"] // config["num_attention_heads"]
    inverse = config.get("rope_theta", 10_000.0) ** -(np.arange(0, head, 2, dtype=np.float64) / head)
    angles = np.arange(config["max_position_embeddings"])[:, None] * inverse
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def lengths(graph):
    """What attention wants to know of the mask: positions of each row less one [B], and the longest row, both i32."""
    one = graph.constant("one", np.array([1], np.int64))
    graph.node("ReduceSum", ["attention_mask", one], ["mask.sum"], keepdims=0)
    graph.node("Sub", ["mask.sum", one], ["mask.last"])
    held = graph.node("Cast", ["mask.last"], ["seqlens_k"], to=TensorProto.INT32)
    graph.node("Shape", ["attention_mask"], ["mask.shape"])
    graph.node("Gather", ["mask.shape", graph.constant("axis", np.array(1, np.int64))], ["mask.width"], axis=0)
    return held, graph.node("Cast", ["mask.width"], ["total_sequence_length"], to=TensorProto.INT32)


def kept_rows(graph, x):
    """The last `num_logits_to_keep` rows of x [B, T, H], all of them where it is 0."""
    graph.node("Unsqueeze", ["num_logits_to_keep", graph.constant("first_axis", np.array([0], np.int64))], ["keep"])
    graph.node("Neg", ["keep"], ["keep.from"])
    ends = graph.constant("end", np.array([2**62], np.int64)), graph.constant("positions", np.array([1], np.int64))
    return graph.node("Slice", [x, "keep.from", *ends], ["kept"])


def build(graph, config, tensor, args):
    """All nodes, from the ids to the logits."""
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    epsilon = config["rms_norm_eps"]
    held, total = lengths(graph)
    tables = [graph.constant(name, table) for name, table in zip(("cos", "sin"), rotary_tables(config))]
    x = graph.node("Gather", [graph.constant("embed", tensor("model.embed_tokens")), "input_ids"], ["embedded"])

    def norm(x, residual, name, weight):
        """-> x plus residual, normed; and the sum itself, the next residual. Nothing is added to the first x."""
        scale = graph.constant(f"{name}.weight", tensor(weight))
        if residual is None:
            attributes = dict(axis=-1, stash_type=1, epsilon=epsilon)
            return graph.node("SimplifiedLayerNormalization", [x, scale], [name], **attributes), x
        outputs = [name, "", "", f"{name}.sum"]
        graph.node("SkipSimplifiedLayerNormalization", [residual, x, scale], outputs, MICROSOFT, epsilon=epsilon)
        return name, outputs[3]

    residual = None
    for i in range(config["num_hidden_layers"]):
        at = f"model.layers.{i}"
        normed, residual = norm(x, residual, f"{i}.norm", f"{at}.input_layernorm")
        packed = np.concatenate([tensor(f"{at}.self_attn.{name}_proj") for name in "qkv"])
        qkv = linear(graph, normed, f"{i}.qkv", packed, args)
        past = [f"past_key_values.{i}.key", f"past_key_values.{i}.value"]
        outputs = [f"{i}.attention", f"present.{i}.key", f"present.{i}.value"]
        attributes = dict(num_heads=heads, kv_num_heads=kv_heads, do_rotary=1, rotary_interleaved=0)
        inputs = [qkv, "", "", *past, held, total, *tables]
        attention = graph.node("GroupQueryAttention", inputs, outputs, MICROSOFT, **attributes)
        x = linear(graph, attention, f"{i}.o", tensor(f"{at}.self_attn.o_proj"), args)
        normed, residual = norm(x, residual, f"{i}.mlp_norm", f"{at}.post_attention_layernorm")
        gate = linear(graph, normed, f"{i}.gate", tensor(f"{at}.mlp.gate_proj"), args)
        up = linear(graph, normed, f"{i}.up", tensor(f"{at}.mlp.up_proj"), args)
        graph.node("Sigmoid", [gate], [f"{i}.sigmoid"])
        graph.node("Mul", [gate, f"{i}.sigmoid"], [f"{i}.silu"])
        graph.node("Mul", [f"{i}.silu", up], [f"{i}.product"])
        x = linear(graph, f"{i}.product", f"{i}.down", tensor(f"{at}.mlp.down_proj"), args)
    normed, _ = norm(x, residual, "norm", "model.norm")
    tied = config.get("tie_word_embeddings", False)
    head = tensor("model.embed_tokens" if tied else "lm_head")
    graph.node("Identity", [linear(graph, kept_rows(graph, normed), "lm_head", head, args)], ["logits"])


def model_of(graph, config):
    """The graph with its inputs and outputs. transformers.js makes an empty cache by the name `batch_size`."""
    kv_heads, head = config["num_key_value_heads"], config["hidden_size"] // config["num_attention_heads"]
    layers = range(config["num_hidden_layers"])

    def cache(name, length):
        shape = ["batch_size", kv_heads, length, head]
        names = [f"{name}.{i}.{part}" for i in layers for part in ("key", "value")]
        return [helper.make_tensor_value_info(one, TensorProto.FLOAT, shape) for one in names]

    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch_size", "sequence_length"]),
        helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"]),
        helper.make_tensor_value_info("num_logits_to_keep", TensorProto.INT64, []),
    ]
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch_size", "kept", config["vocab_size"]])
    inputs += cache("past_key_values", "past_sequence_length")
    outputs = [logits, *cache("present", "total_sequence_length")]
    made = helper.make_graph(graph.nodes, "llama", inputs, outputs, graph.initializers)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10, producer_name="alpacare export_onnx.py")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--dtype", choices=SUFFIX, default="q4")
    parser.add_argument("--block", type=int, default=32)
    parser.add_argument("--accuracy-level", type=int, default=4)
    args = parser.parse_args()
    config = json.loads((args.model / "config.json").read_text())
    if config["model_type"] != "llama" or config.get("rope_scaling"):
        found = config["model_type"]
        raise SystemExit(f"{args.model}/config.json: expected a llama without rope_scaling, found {found}")
    name = f"model{SUFFIX[args.dtype]}.onnx"
    (args.output / "onnx").mkdir(parents=True, exist_ok=True)
    file = args.output / "onnx" / name
    with safe_open(args.model / "model.safetensors", "pt") as weights, open(f"{file}_data", "wb") as data:
        graph = Graph(data)
        build(graph, config, lambda at: weights.get_tensor(f"{at}.weight").to(torch.float32).numpy(), args)
    onnx.save(model_of(graph, config), file)
    external = {one.name.removesuffix("_data"): True for one in sorted(file.parent.glob("*.onnx_data"))}
    ours = {"transformers.js_config": dict(use_external_data_format=external)}
    text = json.dumps({"architectures": ["LlamaForCausalLM"], **config, **ours}, indent=1)
    (args.output / "config.json").write_text(text)
    for extra in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        if (args.model / extra).exists():
            shutil.copy(args.model / extra, args.output / extra)


main()
