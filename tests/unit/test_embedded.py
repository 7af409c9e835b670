"""The embedded model: its network, its tokens, its training loop and its engine"""
import asyncio
import base64
import io
import json
import re

import numpy as np
import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('tokenizers')
pytest.importorskip('safetensors')

from dataclasses import replace

from hypothesis import given, settings, strategies as st
from PIL import Image

from shopvision.demo import demo_folder
from shopvision.listing import Listing
from shopvision.readers import read_listings
from shopvision.training.embedded import CHAT_TEMPLATE, SPECIAL, choose_tokens, first_weights, inherit, make_tokenizer, save_model
from shopvision.training.eye import draw_looks, open_eye
from shopvision.training.fit import FitConfig, batch_loss, fill_up, fit_model, vary
from shopvision.training.pool import Exchange, candidate_paths, encode_exchange
from shopvision.understanding import prompts
from shopvision.understanding.engines.base import EngineError, Request
from shopvision.understanding.engines.embedded import EmbeddedEngine, answer_batch, chat_text, load_model, prepare, shipped_model
from shopvision.understanding.engines.checkpoint import load_network, pack_weights, unpack_weights, weights_file, write_checkpoint
from shopvision.understanding.engines.network import NetworkConfig, Prompt, embed, number_positions, predict_tokens, read, shrink
from shopvision.understanding.engines.writing import write
from shopvision.understanding.predict import PredictConfig, Predictor

torch.set_num_threads(1)
LISTING = Listing('l1', 'Navy maxi dress', 'Soft cotton, made in Portugal')


def picture(color='navy', size=(120, 90)) -> str:
    out = io.BytesIO()
    Image.new('RGB', size, color).save(out, 'PNG')
    return 'data:image/png;base64,' + base64.b64encode(out.getvalue()).decode()


@pytest.fixture
def request_(starter): return prompts.step1_request(LISTING, [picture()], max_tokens=6)


# network

def test_what_is_saved_is_what_is_loaded(folder, config, weights):
    again, loaded, raw = load_network(folder)
    assert again == config and raw['architectures'] == ['Qwen2_5_VLForConditionalGeneration']
    assert loaded.keys() == weights.keys() and all(torch.equal(loaded[k], weights[k].bfloat16().float()) for k in weights)


def test_the_network_gives_the_logits_that_transformers_gives(folder, config, request_):
    transformers = pytest.importorskip('transformers')
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
    theirs = transformers.AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32).eval()
    model = load_model(folder, 'float32')
    prompt = prepare(model, request_)
    seen = dict(Qwen2VLImageProcessorPil.from_pretrained(folder)([Image.new('RGB', (120, 90), 'navy')], return_tensors='pt'))
    ids = torch.from_numpy(prompt.ids)[None]
    with torch.no_grad():
        expected = theirs(input_ids=ids, attention_mask=torch.ones_like(ids), mm_token_type_ids=(ids == model.image).int(), **seen).logits
        x, positions, _ = embed(model.weights, config, [prompt], model.image)
        mine = predict_tokens(model.weights, read(model.weights, config, x, positions))
    assert torch.allclose(mine, expected, atol=1e-4)


def test_answers_do_not_depend_on_who_shares_the_batch(folder):
    model = load_model(folder, 'float32')
    asked = [prepare(model, prompts.step1_request(replace(LISTING, title=t), [picture(size=s)] if s else []))
             for t, s in (('Navy maxi dress', (120, 90)), ('x', None), ('A longer title than the others, which goes on', (60, 200)))]
    run = lambda p: write(model.weights, model.config, p, model.image, model.end, [9] * len(p))
    together, alone = run(asked), [run([p])[0] for p in asked]
    assert [t.ids for t in together] == [a.ids for a in alone]
    assert np.allclose([t.logprobs for t in together], [a.logprobs for a in alone], atol=1e-4)


def test_writing_with_memory_equals_reading_everything_again(folder):
    model = load_model(folder, 'float32')
    prompt = prepare(model, prompts.step1_request(LISTING, [picture()]))
    written = write(model.weights, model.config, [prompt], model.image, model.end, [5])[0]
    x, positions, _ = embed(model.weights, model.config, [Prompt(np.concatenate([prompt.ids, written.ids]), prompt.pictures)], model.image)
    logits = predict_tokens(model.weights, read(model.weights, model.config, x, positions))[0]
    assert logits.argmax(-1)[len(prompt.ids) - 1:-1].tolist() == written.ids


def test_positions_go_on_after_the_longer_side_of_a_picture():
    p = number_positions([5, 1, 1, 1, 1, 1, 1, 5, 5], [(4, 6)], image_token=1)
    assert p[:, 0].tolist() == [0, 0, 0] and p[:, 7].tolist() == [4, 4, 4] and p[:, 6].tolist() == [1, 2, 3]


def test_a_model_of_another_kind_is_refused(tmp_path):
    (tmp_path / 'config.json').write_text(json.dumps({'model_type': 'llama'}))
    with pytest.raises(ValueError, match=r"'llama'.*vLLM or SGLang"): load_network(tmp_path)


# tokens

@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_survives_the_tokenizer(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


def test_the_instructions_cost_one_token_each(tokenizer):
    for text in (prompts.SYSTEM, prompts.step1_task(), 'Choose the category from these:\n', '", "brand": null'): assert len(tokenizer.encode(text).ids) == 1


def test_the_chat_format_equals_the_template_that_servers_use(folder, request_):
    transformers = pytest.importorskip('transformers')
    theirs = transformers.AutoTokenizer.from_pretrained(folder)
    assert theirs.chat_template == CHAT_TEMPLATE
    assert theirs.apply_chat_template(list(request_.messages), add_generation_prompt=True, tokenize=False) == chat_text(request_.messages)[0]
    text = chat_text(request_.messages)[0]
    assert theirs(text)['input_ids'] == load_model(folder).tokenizer.encode(text).ids
    assert set(SPECIAL) <= set(theirs.get_vocab())


def test_a_kept_token_keeps_the_pieces_it_is_merged_from(pretrained):
    kept = choose_tokens(pretrained.tokens, pretrained.merges, {'Ġmaxi': 3}, 400)
    assert {'Ġm', 'Ġma', 'Ġmax', 'Ġmaxi'} <= kept and 'Ġdress' not in kept
    assert 'Ġmaxi' not in choose_tokens(pretrained.tokens, pretrained.merges, {'Ġmaxi': 3}, 258)  # no room for all of it


def test_the_layers_and_words_that_are_kept_are_inherited(pretrained, tokenizer, config):
    w = inherit(config, tokenizer, pretrained, (0, 3))
    assert torch.equal(w['model.layers.1.mlp.down_proj.weight'], pretrained.weights['3.mlp.down_proj'])
    assert torch.equal(w['model.layers.0.self_attn.qkv_proj.weight'][128:192], pretrained.weights['0.self_attn.k_proj'])
    words = pretrained.weights['embed']
    assert torch.allclose(w['model.embed_tokens.weight'][tokenizer.token_to_id('Ġmaxi')], words[list(pretrained.tokens).index('Ġmaxi')])
    with pytest.raises(ValueError, match='3 layers are to be kept'): inherit(config, tokenizer, pretrained, (0, 1, 2))


def test_packed_weights_are_within_half_a_step(weights):
    again = unpack_weights(pack_weights(weights))
    for k, t in weights.items():
        step = t.flatten(1).abs().amax(1) / 127 if t.ndim > 1 else t.abs() / 64
        assert ((again[k].float() - t).flatten(1 if t.ndim > 1 else 0).abs() <= 1.1 * (step[:, None] if t.ndim > 1 else step) + 1e-6).all()


def test_a_packed_folder_answers_and_becomes_a_checkpoint_for_servers(tmp_path, config, weights, tokenizer):
    packed = save_model(tmp_path / 'packed', config, weights, tokenizer)
    plain = write_checkpoint(packed, tmp_path / 'plain')
    a, b = load_network(packed)[1], load_network(plain)[1]
    assert all(torch.equal(a[k], b[k]) for k in a)
    assert (plain / 'model.safetensors').stat().st_size > 1.8 * (packed / 'weights.int8.safetensors').stat().st_size


# training

def exchange(tokenizer, config, title, category='Furniture') -> Exchange:
    pixels = shrink(Image.new('RGB', (90, 90), 'red'), config)
    answer = prompts.answer_text(dict(category=category, simplified_description='A dress.', image_description=None, brand=None, is_secondhand=False))
    return encode_exchange(prompts.step1_request(Listing('x', title), ['data:,']), answer, pixels, tokenizer, config)


def test_only_the_answer_counts_and_the_category_counts_most(tokenizer, config):
    e = exchange(tokenizer, config, 'maxi dress')
    spell = [tokenizer.id_to_token(int(i)) for i in e.ids]
    counted = [(t, float(w)) for t, w in zip(spell, e.weights, strict=True) if w]
    assert counted[0] == ('{"category": "', 1) and counted[1][1] == 2 and counted[-1] == ('<|im_end|>', 1)
    assert ' maxi dress' == tokenizer.decode(e.ids[e.free].tolist()).removeprefix('title:').rstrip('\n')


def test_words_left_out_are_the_merchants_only(tokenizer, config):
    e = exchange(tokenizer, config, 'navy maxi dress cotton')
    v = vary(e, np.random.default_rng(0), drop=0.9)
    assert len(v.ids) < len(e.ids) and v.ids[~v.free].tolist() == e.ids[~e.free].tolist()


def test_a_missing_truth_takes_the_place_of_a_candidate():
    vectors, paths = np.eye(12, dtype=np.float32), [f'A > {c}' for c in 'abcdefghijkl']
    for seed in range(20):
        import random
        found = candidate_paths(np.arange(12, dtype=np.float32), vectors, paths, 'B', random.Random(seed), mended=1)
        assert found.count('B') == 1 and len(found) in (6, 8, 10)
        known = candidate_paths(np.arange(12, dtype=np.float32), vectors, paths, 'A > l', random.Random(seed), mended=1)
        assert known[0] == 'A > l' and len(set(known)) == len(known)


def test_loss_of_a_batch_is_the_loss_of_its_exchanges(tokenizer, config, weights):
    a, b = exchange(tokenizer, config, 'maxi'), exchange(tokenizer, config, 'a navy dress of cotton')
    image, loss = tokenizer.token_to_id('<|image_pad|>'), []
    for group in ([a], [b], [a, b]):
        batch = fill_up(group, 448, 3, image, config)
        loss.append(batch_loss(weights, config, batch, image, torch.float32)[1].sum().item())
    assert loss[2] == pytest.approx(loss[0] + loss[1], rel=1e-4)


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path, tokenizer, config, weights):
    class Killed(list):
        left = 10**9
        def __getitem__(self, i):
            self.left -= 1
            if not self.left: raise KeyboardInterrupt
            return super().__getitem__(i)
    pool = Killed([exchange(tokenizer, config, t) for t in ('maxi', 'navy dress', 'cotton', 'dress of cotton') * 6])
    fit = FitConfig(steps=8, tokens=1344, checkpoint_minutes=0, warmup=2)
    image = tokenizer.token_to_id('<|image_pad|>')
    whole, _ = fit_model(weights, config, fit, pool, image, tmp_path / 'whole')
    pool.left = 17
    with pytest.raises(KeyboardInterrupt): fit_model(weights, config, fit, pool, image, tmp_path / 'killed')
    again, progress = fit_model(weights, config, fit, pool, image, tmp_path / 'killed')
    assert progress.step == 8 and all(torch.allclose(whole[k], again[k], atol=1e-6) for k in whole)
    with pytest.raises(ValueError, match='another configuration'): fit_model(weights, config, replace(fit, rate=1e-5), pool, image, tmp_path / 'killed')


def test_requests_in_flight_together_get_what_each_would_get_alone(folder, starter):
    asked = [prompts.step1_request(replace(LISTING, id=str(i), title=f'navy dress {i}'), [picture()] if i % 2 else [], max_tokens=5, logprobs=True)
             for i in range(7)]
    async def run():
        engine = EmbeddedEngine(folder, batch_size=4, dtype='float32')
        together = await asyncio.gather(*map(engine.complete, asked))
        alone = [await engine.complete(r) for r in asked]
        await engine.close()
        return together, alone
    together, alone = asyncio.run(run())
    assert [r.text for r in together] == [r.text for r in alone]
    assert all(r.finish_reason == 'length' and r.completion_tokens == len(r.logprobs) == 5 and r.prompt_tokens > 10 and r.seconds > 0 for r in together)
    assert all(p.logprob <= 0 for r in together for p in r.logprobs)


def test_sampling_with_a_seed_is_repeatable_and_differs_from_greedy(folder, request_):
    model = load_model(folder, 'float32')
    hot = replace(request_, temperature=2.0, seed=7, max_tokens=12)
    texts = [answer_batch(model, [r], [prepare(model, r)], [None])[0].text for r in (hot, hot, replace(hot, temperature=0.0), replace(hot, seed=8))]
    assert texts[0] == texts[1] and len({texts[0], texts[2], texts[3]}) == 3


def test_one_broken_picture_fails_its_own_listing_only(folder, request_):
    broken = replace(request_, id='bad-7', messages=({'role': 'user', 'content': [{'type': 'image_url', 'image_url': {'url': 'data:image/png;base64,AAAA'}}]},))
    async def run():
        engine = EmbeddedEngine(folder)
        out = await asyncio.gather(engine.complete(broken), engine.complete(request_), return_exceptions=True)
        await engine.close()
        with pytest.raises(EngineError, match='closed'): await engine.complete(request_)
        return out
    failed, fine = asyncio.run(run())
    assert isinstance(failed, EngineError) and failed.listing == 'bad-7' and not failed.retryable and 'picture' in str(failed)
    assert fine.completion_tokens


def test_a_prompt_beyond_the_models_reach_says_so(folder):
    long = Request(({'role': 'user', 'content': 'x ' * 5000},), id='long')
    with pytest.raises(EngineError, match=r'long: .*this model reads 4096'): prepare(load_model(folder), long)


def test_a_folder_without_a_model_says_what_to_do(tmp_path, request_):
    async def run():
        engine = EmbeddedEngine(tmp_path)
        try: await engine.complete(request_)
        finally: await engine.close()
    with pytest.raises(EngineError, match=r'no config.json .*train_embedded'): asyncio.run(run())


# the shipped model

shipped = pytest.mark.skipif(not weights_file(shipped_model()).exists(), reason='no weights in the package')


@shipped
def test_the_shipped_weights_stay_small(): assert sum(f.stat().st_size for f in shipped_model().iterdir()) < 34e6


@shipped
def test_the_shipped_model_answers_both_questions_with_every_key_and_allowed_values(starter):
    listing = Listing('d', 'Floral maxi dress with long sleeves', 'Flowing summer gown in navy cotton, lined. Free returns.', vendor='Maison Odile')
    model = load_model(shipped_model())
    def ask(request): return json.loads(answer_batch(model, [request], [prepare(model, request)], [None])[0].text)
    dresses = [p for p in starter.paths if 'Dress' in p][:8]
    first = ask(prompts.step1_request(listing, [picture()], candidates=dresses))
    assert list(first) == list(prompts.FIELDS) and first['category'] in dresses and first['brand'] == 'Maison Odile' and first['is_secondhand'] is False
    assert re.search('dress|gown', first['simplified_description']) and 'returns' not in first['simplified_description']
    attributes = starter.attributes_of(starter.by_path[first['category']])
    second = ask(prompts.step2_request(listing, [picture()], first['category'], attributes))
    assert list(second) == [a.handle for a in attributes]
    for a in attributes:
        said = second[a.handle] or []
        assert ({said} if isinstance(said, str) else set(said)) <= {v.name for v in a.values}


@shipped
def test_a_merchant_would_take_the_categories_of_the_demo(starter):
    pytest.importorskip('onnxruntime')
    wanted = dict(zip((f'demo-{n:02d}' for n in range(1, 14)), (
        'Stovetop Kettles', 'Dresses|Maxi Dresses|Sundresses', 'Drills', 'Mugs', 'Sneakers', 'Over-Ear Headphones', 'Armchairs', 'Pet Collars & Harnesses',
        'Coffee Beans', 'Digital Gift Cards', 'Laptop Backpacks', 'Acoustic Guitars', 'Stuffed Animals')))
    p = Predictor(EmbeddedEngine(threads=1), starter, PredictConfig(attributes=()))
    said = {l.id: p.predict(l).category.path.split(' > ')[-1] for l in read_listings(demo_folder())}
    assert said.keys() == wanted.keys()
    assert {i: leaf for i, leaf in said.items() if leaf not in wanted[i].split('|')} == {}


@shipped
def test_the_shipped_model_loads_as_an_ordinary_qwen2_5_vl(tmp_path):
    transformers = pytest.importorskip('transformers')
    folder = write_checkpoint(shipped_model(), tmp_path)
    assert type(transformers.AutoModelForImageTextToText.from_pretrained(folder)).__name__ == 'Qwen2_5_VLForConditionalGeneration'


def test_the_eye_learns_to_name_the_colours_of_new_pictures():
    tokenizer = make_tokenizer(['title: Maxi dress'], 700)
    config = NetworkConfig(vocab=tokenizer.get_vocab_size(), width=64, layers=1, heads=1, kv_heads=1, mlp=64, eye_width=64, eye_layers=1,
                           eye_heads=1, eye_mlp=64)
    first = first_weights(config, np.random.default_rng(0).standard_normal((config.vocab, config.width)).astype(np.float32))
    looks = draw_looks(600, config, processes=1)
    opened, named = open_eye(first, config, tokenizer, looks, steps=150, rate=3e-3, many=48, held_out=.2)
    assert named['color'] > .12  # chance: one in eighteen
    assert all(torch.equal(opened[k], first[k]) for k in first if not k.startswith('visual.'))
