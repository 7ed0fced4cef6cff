"""Greedy generation by transformers: one configuration, one JSON line. The peer of decode-worker.ts.

  transformers_generate.py --dtype f32|bf16 --layers 22 --prompt 512 --gen 16 --reps 2 --threads 2
"""
import argparse
import json
import re
import statistics
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--dtype", default="bf16", choices=["f32", "bf16"])
parser.add_argument("--layers", type=int, default=22)
parser.add_argument("--prompt", type=int, default=512)
parser.add_argument("--gen", type=int, default=16)
parser.add_argument("--reps", type=int, default=2)
parser.add_argument("--threads", type=int, default=2)
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(0)
config = LlamaConfig(
    hidden_size=2048, intermediate_size=5632, num_hidden_layers=args.layers, num_attention_heads=32,
    num_key_value_heads=4, vocab_size=32000, max_position_embeddings=2048, attn_implementation="sdpa",
)
torch.set_default_dtype(torch.bfloat16 if args.dtype == "bf16" else torch.float32)
model = LlamaForCausalLM(config).eval()
torch.set_default_dtype(torch.float32)


class Clock:
    """A streamer that keeps the time of each token; the first call is the prompt."""

    def __init__(self):
        self.at = []

    def put(self, _):
        self.at.append(time.perf_counter())

    def end(self):
        pass


with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
first, decode = [], []
for rep in range(args.reps + 1):
    count = args.gen if rep > 0 else 2
    ids = torch.randint(3, 32000, (1, args.prompt))
    clock = Clock()
    start = time.perf_counter()
    with torch.inference_mode():
        model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, min_new_tokens=count,
                       do_sample=False, streamer=clock, pad_token_id=0)
    at = clock.at[-count:]
    if rep > 0:
        first.append(at[0] - start)
        decode.append((count - 1) / (at[-1] - at[0]))
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024
print(json.dumps(dict(
    decode_tps_median=statistics.median(decode), first_token_s_median=statistics.median(first),
    prompt_tps_median=args.prompt / statistics.median(first), peak_rss_mib=peak,
)))
