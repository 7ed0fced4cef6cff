"""LoRA training by PyTorch and PEFT: one configuration, one JSON line. The peer of train-worker.ts.

A step is zero_grad, forward, backward and AdamW. Peak memory counts from the first step on: building the model does not.
  peft_train.py --dtype f32|bf16 --layers 4 --batch 1 --seq 512 --supervised 1 --steps 3 --threads 2 [--lognormal]
"""
import argparse
import json
import re
import statistics
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--dtype", default="f32", choices=["f32", "bf16"])
parser.add_argument("--layers", type=int, default=4)
parser.add_argument("--batch", type=int, default=1)
parser.add_argument("--seq", type=int, default=512)
parser.add_argument("--supervised", type=float, default=1.0)
parser.add_argument("--lognormal", action="store_true")
parser.add_argument("--steps", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(0)
config = LlamaConfig(
    hidden_size=2048, intermediate_size=5632, num_hidden_layers=args.layers, num_attention_heads=32,
    num_key_value_heads=4, vocab_size=32000, max_position_embeddings=2048, attn_implementation="sdpa",
)
torch.set_default_dtype(torch.bfloat16 if args.dtype == "bf16" else torch.float32)
model = LlamaForCausalLM(config)
torch.set_default_dtype(torch.float32)
lora = LoraConfig(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
model = get_peft_model(model, lora)
model.train()
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
generator = torch.Generator().manual_seed(1)


def make_batch():
    """Random tokens, padded to the longest row; labels of what does not count are -100."""
    if args.lognormal:  # lengths of instruction records
        lengths = (200 * torch.exp(0.7 * torch.randn(args.batch, generator=generator))).round().clamp(8, args.seq).long()
    else:
        lengths = torch.full((args.batch,), args.seq)
    width = int(lengths.max())
    at = torch.arange(width)[None]
    mask = at < lengths[:, None]
    ids = torch.randint(3, 32000, (args.batch, width), generator=generator) * mask
    counts = mask & (at >= ((1 - args.supervised) * lengths[:, None]).round())
    feed = dict(input_ids=ids, labels=ids.masked_fill(~counts, -100))
    if args.lognormal:
        feed["attention_mask"] = mask.long()
    return feed, int(lengths.sum())


def step(feed):
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    model(**feed, use_cache=False).loss.backward()
    optimizer.step()
    return time.perf_counter() - start


with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
batches = [make_batch() for _ in range(args.steps + 1)]
seconds = [step(feed) for feed, _ in batches][1:]
tokens = [count for _, count in batches][1:]
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024
print(json.dumps(dict(
    tps_median=statistics.median(n / s for n, s in zip(tokens, seconds)),
    tps_total=sum(tokens) / sum(seconds), step_s_median=statistics.median(seconds), peak_rss_mib=peak,
)))
