"""Makes the goldens of packages/core/test/golden/adapters: PEFT adapters that use its rarer options, with the logits they
give, the gradient of everything they train in float64, and the logits after merging.

    python scripts/reference/make_adapter_goldens.py   # from the root, after make_model_family_goldens.py

Everything is seeded and random; nothing is downloaded. The base models are those of golden/families.
"""

import copy
import json
import shutil
import warnings
from pathlib import Path

import make_llama_goldens as shared
import make_model_family_goldens as families
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

OUT = Path("packages/core/test/golden/adapters")

ADAPTERS = {
    "patterns": ("qwen2", dict(
        target_modules=["q_proj", "o_proj", "down_proj", "up_proj"], use_rslora=True,
        rank_pattern={"o_proj": 3, "layers.1.self_attn.q_proj": 1, r"layers\.\d+\.mlp\.up_proj": 4},
        alpha_pattern={"(down_proj|up_proj)": 5, "^model.layers.0.self_attn.q_proj": 2},
    )),
    "layers-and-biases": ("gpt-neo", dict(
        target_modules=["out_proj", "c_fc", "q_proj"], layers_to_transform=[1, 3], layers_pattern="h", bias="lora_only",
    )),
    "qwen2-biases": ("qwen2", dict(target_modules=["q_proj", "v_proj", "o_proj"], layers_to_transform=1, bias="lora_only")),
    "saved-untied": ("mistral-wide-heads", dict(
        target_modules=["q_proj", "v_proj"], modules_to_save=["lm_head", "model.embed_tokens", "norm", "layers.1.self_attn.v_proj"],
    )),
    "saved-embedding-of-tied": ("gpt-neo", dict(target_modules=["v_proj"], modules_to_save=["wte", "wpe", "ln_f"])),
    "saved-head-of-tied": ("qwen2", dict(target_modules=["k_proj"], modules_to_save=["lm_head"])),
    "saved-both-of-tied": ("qwen2", dict(target_modules=["k_proj"], modules_to_save=["lm_head", "embed_tokens"])),
    "saved-tied-together": ("qwen2", dict(target_modules=["k_proj"], modules_to_save=["embed_tokens"], ensure_weight_tying=True)),
    # Names, endings after a dot, a whole path; and two that name nothing: the end of a name, the start of a path.
    "excluded": ("gpt-neo", dict(target_modules="all-linear", exclude_modules=[
        "c_fc", "attention.k_proj", "transformer.h.2.attn.attention.q_proj", "proj", "transformer.h.1",
    ])),
}  # fmt: skip


def checkpoint_name(name: str) -> str:
    """Our name of a parameter of PEFT's model."""
    name = name.removeprefix("base_model.model.").replace(".modules_to_save.default", "").replace(".base_layer", "")
    return name.replace(".default", "")


def make_adapter(name: str, seed: int) -> None:
    base_name, options = ADAPTERS[name]
    base = AutoModelForCausalLM.from_pretrained(families.OUT / base_name, dtype=torch.float64, attn_implementation="eager").eval()
    config = LoraConfig(task_type="CAUSAL_LM", r=2, lora_alpha=8, lora_dropout=0.0, **options)
    peft = get_peft_model(copy.deepcopy(base), config).double().eval()
    generator = shared.numbers(seed)
    with torch.no_grad():
        for _, p in sorted(peft.named_parameters()):
            if p.requires_grad:
                p.add_(0.1 * torch.randn(p.shape, generator=generator).double())
                p.copy_(p.float().double())
    folder = OUT / name
    copy.deepcopy(peft).float().save_pretrained(folder)
    (folder / "README.md").unlink()
    # What is on disk is what is measured.
    peft = PeftModel.from_pretrained(copy.deepcopy(base), folder, is_trainable=True).double().eval()
    ids, mask, labels = shared.make_batch(seed + 1)
    count = int((labels[:, 1:] != shared.IGNORED).sum())
    loss = shared.summed_loss(peft, ids, mask, labels) / count
    loss.backward()
    tensors = {"logits": shared.logits_of(peft, ids)}
    for parameter, p in peft.named_parameters():
        if p.grad is not None and p.requires_grad:
            tensors[f"gradient:{checkpoint_name(parameter)}"] = p.grad
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensors["merged_logits"] = shared.logits_of(copy.deepcopy(peft).merge_and_unload(), ids)
    save_file(shared.f32(tensors), folder / "golden.safetensors")
    golden = {"base": base_name, "ids": ids.tolist(), "labels": labels.tolist(), "loss": loss.item()}
    golden["trainable"], golden["total"] = peft.get_nb_trainable_parameters()
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    fields = json.loads((folder / "adapter_config.json").read_text())
    fields["base_model_name_or_path"] = base_name
    for names in ("target_modules", "exclude_modules"):
        if fields[names]:
            fields[names] = sorted(fields[names])  # a set, in any order
    (folder / "adapter_config.json").write_text(json.dumps(fields, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    torch.manual_seed(0)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    for i, name in enumerate(ADAPTERS):
        make_adapter(name, 600 + 10 * i)
