"A model of chance numbers, small enough for every test: it babbles"
import numpy as np
import pytest

from shopvision.taxonomy.releases import load_taxonomy


@pytest.fixture(scope='session')
def starter(): return load_taxonomy('starter')


@pytest.fixture(scope='session')
def pretrained():
    "Something of SmolLM2's shape: some words, and four layers of chance numbers"
    torch = pytest.importorskip('torch')
    from tokenizers import pre_tokenizers

    from shopvision.training.embedded import Pretrained
    merges, tokens = [], sorted(pre_tokenizers.ByteLevel.alphabet())
    for word in ('Ġdress', 'Ġmaxi', 'Ġnavy'):
        for end in range(2, len(word) + 1):
            if word[:end] not in tokens: merges.append((word[:end - 1], word[end - 1])); tokens.append(word[:end])
    g = torch.Generator().manual_seed(2)
    shapes = {'self_attn.q_proj': (128, 128), 'self_attn.k_proj': (64, 128), 'self_attn.v_proj': (64, 128), 'self_attn.o_proj': (128, 128),
              'mlp.gate_proj': (128, 128), 'mlp.up_proj': (128, 128), 'mlp.down_proj': (128, 128),
              'input_layernorm': (128,), 'post_attention_layernorm': (128,)}
    weights = {f'{i}.{n}': torch.randn(s, generator=g) for i in range(4) for n, s in shapes.items()}
    return Pretrained({'embed': torch.randn(len(tokens), 128, generator=g), 'norm': torch.ones(128), **weights}, tokens, merges)


@pytest.fixture(scope='session')
def tokenizer(pretrained):
    from shopvision.training.embedded import make_tokenizer
    return make_tokenizer([' maxi dress navy'] * 3, 700, pretrained)


@pytest.fixture(scope='session')
def config(tokenizer):
    from shopvision.understanding.engines.network import NetworkConfig
    return NetworkConfig(vocab=tokenizer.get_vocab_size(), width=128, layers=2, heads=2, kv_heads=1, mlp=128, eye_width=64, eye_layers=2, eye_heads=1,
                         eye_mlp=64)


@pytest.fixture(scope='session')
def weights(config):
    import torch

    from shopvision.training.embedded import first_weights
    w = first_weights(config, np.random.default_rng(0).standard_normal((config.vocab, config.width)).astype(np.float32))
    g = torch.Generator().manual_seed(1)
    return {k: torch.randn(t.shape, generator=g) * 0.1 if k.endswith('bias') else t for k, t in w.items()}  # biases that would show if they were mixed up


@pytest.fixture(scope='session')
def folder(tmp_path_factory, config, weights, tokenizer):
    from shopvision.training.embedded import save_model
    return save_model(tmp_path_factory.mktemp('tiny'), config, weights, tokenizer, packed=False)
