"Fine-tuning: what is learnt from, what counts, what survives a kill or a full disk, what comes out"
import errno
import json
import os
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip('torch')
pytest.importorskip('peft')

from shopvision.data.build import Golden, GoldenError, GoldenSet, build_golden, embed_pictures
from shopvision.listing import Listing
from shopvision.runs import read_parameters
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.training import finetune as ft
from shopvision.training.embedded import first_weights, make_tokenizer, save_model
from shopvision.training.encode import IGNORED, Collator, Encoded, LikeLengths, encode, open_processor, text_tokens
from shopvision.training.exchanges import (
    Conversation, ConversationFile, ExchangeConfig, answerable, converse, corpus_golden, draw_fields, golden_rows, open_source, write_conversations,
)
from shopvision.training.finetune import FinetuneConfig, FinetuneError, finetune, last_checkpoint
from shopvision.understanding.engines.base import Reply, Request, load_engine
from shopvision.understanding.engines.checkpoint import read_weights
from shopvision.understanding.engines.network import NetworkConfig
from shopvision.understanding.predict import PredictConfig, Predictor
from shopvision.understanding.prompts import FIELDS

STARTER = load_taxonomy('starter')
ALONE = PredictConfig(candidates=0, rescore=1.)


class Prepared:
    "Gives prepared answers and remembers the questions"
    name, model, concurrency, candidates, rescore = 'prepared', 'prepared', 1, 8, 1.
    def __init__(self, answers=()): self.answers, self.asked = list(answers), []
    async def complete(self, request): self.asked.append(request); return Reply(self.answers.pop(0))
    async def close(self): pass


@pytest.fixture(scope='module')
def tiny(tmp_path_factory):
    "A model of the embedded one's kind, with random weights"
    tokenizer = make_tokenizer(['title: Maxi dress'], 700)
    config = NetworkConfig(vocab=tokenizer.get_vocab_size(), width=64, layers=2, heads=1, kv_heads=1, mlp=96, eye_width=64, eye_layers=1, eye_heads=1,
                           eye_mlp=64)
    table = np.random.default_rng(0).standard_normal((config.vocab, config.width)).astype(np.float32)
    return save_model(tmp_path_factory.mktemp('tiny') / 'tiny', config, first_weights(config, table), tokenizer, packed=False)


@pytest.fixture(scope='module')
def pool(tmp_path_factory):
    "Ten short questions, some with a picture"
    file = tmp_path_factory.mktemp('pool') / 'c.jsonl'
    asker = Predictor(Prepared(), STARTER, replace(ALONE, fields=('category', 'brand', 'is_secondhand'), attributes=()))
    write_conversations(((g, asker) for g in islice(corpus_golden(), 10)), file)
    return ConversationFile(file)


def small(tiny, **more): return FinetuneConfig(**dict(base=str(tiny), method='full', vision=True, steps=6, batch=2, lr=1e-3, save_every=3, seed=1) | more)


def stop_at(step):
    def hear(row):
        if row['step'] == step: raise KeyboardInterrupt
    return hear


# what is learnt from

@given(st.lists(st.sampled_from([*FIELDS]), min_size=1, unique=True), st.randoms(use_true_random=False))
def test_drawn_fields_are_some_of_them_in_order(asked, rng):
    drawn = draw_fields(asked, rng, 0.)
    assert drawn and list(drawn) == [f for f in asked if f in drawn]
    assert len(drawn) < len(asked) or len(asked) == 1
    assert draw_fields(asked, rng, 1.) == tuple(asked)


@pytest.mark.parametrize('seed', range(3))
def test_training_asks_what_serving_asks(seed):
    for g in islice(corpus_golden('heldout', seed), 8):
        made = converse(g, Predictor(Prepared(), STARTER, ALONE), ExchangeConfig(seed=seed))
        asks = replace(ALONE, fields=made[0].asked, attributes=tuple(h for c in made[1:] for h in c.asked))
        if 'category' not in asks.fields: asks, made = replace(asks, attributes=()), made[:1]
        engine = Prepared(c.answer for c in made)
        p = Predictor(engine, STARTER, asks).predict(g.listing)
        assert json.dumps([r.messages for r in engine.asked]).encode() == json.dumps([c.request.messages for c in made]).encode()
        assert engine.asked == [c.request for c in made] and p.status == 'ok'
        assert {f: getattr(p, f) for f in asks.fields if f != 'category'} == {f: getattr(g, f) for f in asks.fields if f != 'category'}


def test_the_fields_of_a_listing_do_not_depend_on_its_place():
    some, p = list(islice(corpus_golden(), 6)), Predictor(Prepared(), STARTER, ALONE)
    assert [converse(g, p) for g in some] == [converse(g, p) for g in reversed(some)][::-1]
    assert [c.asked for g in some for c in converse(g, p, ExchangeConfig(0.))] != [c.asked for g in some for c in converse(g, p, ExchangeConfig(0., seed=1))]


def test_what_nobody_answers_for_is_not_asked(tmp_path):
    g = Golden(Listing('1', 'Candle'), next(i for i in STARTER.ids if 'Candles' in STARTER.path(i)), dict(category='merchant'))
    assert answerable(g, shown=True) == ('category',)
    assert answerable(g, shown=False) == ('category', 'image_description')  # without a picture it is null
    brands = Predictor(Prepared(), STARTER, replace(ALONE, fields=('brand',)))
    assert converse(g, brands) == []
    with pytest.raises(ValueError, match='nothing to learn from 1 listings: nobody answers for brand; labels are there for category'):
        write_conversations([(g, brands)], tmp_path / 'c.jsonl')
    assert not (tmp_path / 'c.jsonl').exists()


def test_a_golden_set_gives_back_what_it_was_built_from():
    by = {k: 'authors' for k in ('category', 'simplified_description', 'is_secondhand')}
    told = [replace(embed_pictures(g), labelled_by=by, brand=None, image_description=None, attributes={})
            for g in islice(corpus_golden(), 4)]
    built = build_golden(told, ['train'] * 3 + ['test'], range(4), STARTER)
    assert isinstance(built, GoldenSet)
    back = {g.listing.id: g for s in ('train', 'test') for g in golden_rows(built, s, STARTER)}
    assert [back[g.listing.id] for g in told] == told
    with pytest.raises(GoldenError, match="has no split 'valid'; it has"): list(golden_rows(built, 'valid', STARTER))


def test_sources_that_are_none_are_said_to_be_none(tmp_path):
    with pytest.raises(GoldenError, match='is no source'): open_source(str(tmp_path))
    (tmp_path / 'listings.jsonl').write_text('{"id": "1", "title": "a", "description": "", "category_path": "No > Such"}\n')
    with pytest.raises(GoldenError, match="listing 1: 'No > Such' is no path of starter"): open_source(str(tmp_path))


def test_a_file_is_a_sequence(pool):
    assert len(list(pool)) == len(pool) == 10
    assert [c.request.id for c in pool[2:4]] == [pool[2].request.id, pool[3].request.id]
    with pytest.raises(IndexError): pool[10]
    assert ConversationFile(pool.file).digest == pool.digest


# what counts

@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(exclude_categories=('Cs',)), min_size=1, max_size=40), title=st.text(st.characters(exclude_categories=('Cs',)), max_size=40))
def test_the_loss_counts_the_answer_and_its_end_alone(tiny, text, title):
    processor = open_processor(tiny)
    asked = {'role': 'user', 'content': [{'type': 'text', 'text': title + '\n'}, {'type': 'text', 'text': 'What?'}]}
    c = Conversation(Request(({'role': 'system', 'content': 's'}, asked)), json.dumps({'brand': text}, ensure_ascii=False), 1, ('brand',))
    read = encode(c, processor)
    ids, labels = read['input_ids'], read['labels']
    counts = labels != IGNORED
    first = int(counts.nonzero()[0])
    assert counts[first:].all() and not counts[:first].any() and (ids[first:] == labels[first:]).all()
    assert processor.tokenizer.decode(labels[counts]) == c.answer + '<|im_end|>'
    assert processor.tokenizer.decode(ids[:first]).endswith('<|im_start|>assistant\n')
    assert text_tokens([c], processor)[0] == len(ids) - 1


def test_filling_up_neither_counts_nor_is_attended_to(tiny, pool):
    data = Encoded(pool, open_processor(tiny), range(len(pool)))
    rows = [data[i] for i in range(4)]
    batch = Collator(9)(rows)
    for i, r in enumerate(rows):
        n = len(r['input_ids'])
        assert (batch['input_ids'][i, n:] == 9).all() and (batch['labels'][i, n:] == IGNORED).all() and not batch['attention_mask'][i, n:].any()
        assert (batch['input_ids'][i, :n] == r['input_ids']).all() and batch['attention_mask'][i, :n].all()
    assert len(batch['image_grid_thw']) == sum(bool(pool[i].pictures) for i in range(4))


@given(st.lists(st.integers(1, 500), min_size=1, max_size=300), st.integers(1, 9), st.integers(0, 5))
def test_an_epoch_meets_everything_once_and_like_lengths_together(lengths, batch, seed):
    order = LikeLengths(np.array(lengths), batch, seed, pools=5)
    one = list(order)
    assert sorted(one) == list(range(len(lengths))) and one == list(LikeLengths(np.array(lengths), batch, seed, pools=5))
    def waste(rows): return sum(max(lengths[i] for i in rows[s:s + batch]) * len(rows[s:s + batch]) for s in range(0, len(rows), batch)) - sum(lengths)
    if len(lengths) <= 5 * batch and len(lengths) % batch == 0: assert waste(one) <= waste(list(range(len(lengths))))
    order.set_epoch(1)
    if len(set(lengths)) == len(lengths) > 4 * batch: assert list(order) != one


# what survives

@pytest.mark.parametrize('method', ['full', 'lora'])
def test_going_on_gives_the_same_loss_curve(tiny, pool, tmp_path, method):
    config = small(tiny, method=method, dropout=.1)
    whole = finetune(config, pool, tmp_path / 'whole')
    with pytest.raises(KeyboardInterrupt): finetune(config, pool, tmp_path / 'killed', stop_at(5))
    assert last_checkpoint(tmp_path / 'killed').name == 'checkpoint-3'
    steps = []
    again = finetune(config, pool, tmp_path / 'killed', lambda row: steps.append(row['step']))
    assert steps == [4, 5, 6] and len(whole.losses) == 6
    assert again.losses == pytest.approx(whole.losses, abs=1e-6)
    one, two = (read_weights(f.folder) for f in (whole, again))
    assert all(torch.equal(one[k], two[k]) for k in one)


@pytest.mark.parametrize('error', [OSError(errno.ENOSPC, 'No space left on device'), RuntimeError('I/O error: No space left on device (os error 28)')])
def test_a_full_disk_keeps_the_last_checkpoint(tiny, pool, tmp_path, monkeypatch, error):
    save, config = ft.Tuner._save_optimizer_and_scheduler, small(tiny)
    def full(self, folder):
        if self.state.global_step > 3: raise error
        save(self, folder)
    with monkeypatch.context() as m:
        m.setattr(ft.Tuner, '_save_optimizer_and_scheduler', full)
        with pytest.raises(FinetuneError, match=r'the disk is full: the checkpoint of step 6.*checkpoint-3 is whole; free some room'):
            finetune(config, pool, tmp_path)
    assert [p.name for p in tmp_path.glob('checkpoint-*')] == ['checkpoint-3']
    assert len(finetune(config, pool, tmp_path).losses) == 6


def test_a_full_disk_at_the_end_costs_the_saving_only(tiny, pool, tmp_path, monkeypatch):
    config = small(tiny, steps=2, save_every=2)
    with monkeypatch.context() as m:
        def full(*_): raise OSError(errno.ENOSPC, 'No space left on device')
        m.setattr(ft, 'model_card', full)
        with pytest.raises(FinetuneError, match='it has only the saving to do'): finetune(config, pool, tmp_path)
    assert not list(tmp_path.glob('model*'))
    steps = []
    assert finetune(config, pool, tmp_path, steps.append).folder.is_dir() and not steps


def test_a_checkpoint_that_was_cut_off_is_none(tmp_path):
    assert last_checkpoint(tmp_path) is None
    for step, text in ((2, '{"global_step": 2}'), (4, '{"global_st'), (6, ''), (8, '{"global_step": 2}')):
        (tmp_path / f'checkpoint-{step}').mkdir()
        (tmp_path / f'checkpoint-{step}' / 'trainer_state.json').write_text(text)
    (tmp_path / 'checkpoint-10').mkdir()
    assert last_checkpoint(tmp_path).name == 'checkpoint-2'


def test_other_errors_are_not_taken_for_a_full_disk(): assert not ft.is_full(OSError(errno.EACCES, 'Permission denied')) and not ft.is_full(KeyError('x'))


# what is refused

def test_every_epoch_has_an_order_of_its_own(tiny, pool, tmp_path, monkeypatch):
    orders, walk = [], LikeLengths.__iter__
    monkeypatch.setattr(LikeLengths, '__iter__', lambda self: orders.append(list(walk(self))) or iter(orders[-1]))
    finetune(small(tiny, steps=11), pool, tmp_path)
    assert len(orders) == 3 and len({tuple(o) for o in orders}) == 3


def test_a_folder_belongs_to_one_training(tiny, pool, tmp_path):
    finetune(small(tiny, steps=1), pool, tmp_path)
    with pytest.raises(FinetuneError, match=r'belongs to another training \(lr: 0\.001 there, 0\.5 now'): finetune(small(tiny, steps=1, lr=.5), pool, tmp_path)
    finetune(small(tiny, steps=1, save_every=9, workers=0), pool, tmp_path)  # how often it is kept changes nothing


def test_trainings_that_cannot_be_are_refused(tiny, pool, tmp_path):
    with pytest.raises(FinetuneError, match='0 of 10 conversations have at most 5 tokens, and a batch has 2'):
        finetune(small(tiny, longest=5), pool, tmp_path / 'a')
    with pytest.raises(FinetuneError, match='is not there; base is embedded'): finetune(small('/no/such'), pool, tmp_path / 'b')
    with pytest.raises(ValueError, match='steps=0'): small(tiny, steps=0)
    with pytest.raises(ValueError, match='keeps a whole copy on each GPU'): small(tiny, method='qlora', fsdp=True)
    if not torch.cuda.is_available():
        with pytest.raises(FinetuneError, match='qlora needs a GPU and bitsandbytes; here is no GPU'):
            finetune(small(tiny, method='qlora'), pool, tmp_path / 'c')


def test_wandb_is_for_those_who_have_a_key(monkeypatch):
    assert ft.trackers({}) == ft.trackers({'WANDB_API_KEY': ''}) == []
    monkeypatch.setattr(ft, 'find_spec', lambda name: None)
    with pytest.raises(FinetuneError, match='pip install wandb, or unset'): ft.trackers({'WANDB_API_KEY': 'k'})
    monkeypatch.setattr(ft, 'find_spec', lambda name: object())
    monkeypatch.setenv('WANDB_PROJECT', 'mine')
    assert ft.trackers({'WANDB_API_KEY': 'k'}) == ['wandb'] and os.environ['WANDB_PROJECT'] == 'mine'


def test_parameters_of_the_job_are_the_fields_of_the_configuration():
    known = read_parameters(Path(__file__).parents[2] / 'nbs' / 'jobs' / 'finetune.ipynb')
    assert {f.name: f.default for f in fields(FinetuneConfig)} == {f.name: known[f.name].default for f in fields(FinetuneConfig)}
    assert all(p.help for p in known.values())


# what comes out

@pytest.mark.parametrize('method,vision', [('lora', False), ('lora', True), ('full', False), ('full', True)])
def test_only_what_was_to_learn_has_changed(tiny, pool, tmp_path, method, vision):
    done = finetune(small(tiny, method=method, vision=vision, steps=2, lr=.05, batch=5), pool, tmp_path)
    before, after = read_weights(tiny), read_weights(done.folder)
    assert before.keys() == after.keys() and {k: t.shape for k, t in before.items()} == {k: t.shape for k, t in after.items()}
    changed = {k for k in before if not torch.equal(before[k].bfloat16(), after[k].bfloat16())}
    assert any(k.startswith('model.layers') for k in changed)
    assert any(k.startswith('visual.blocks') for k in changed) == vision
    assert ('model.embed_tokens.weight' in changed) == (method == 'full')
    assert (tmp_path / 'adapter').is_dir() == (method == 'lora')


def test_the_embedded_engine_answers_with_what_was_trained(tiny, pool, tmp_path):
    done = finetune(small(tiny, steps=1), pool, tmp_path)
    assert {f.name for f in tiny.iterdir()} <= {f.name for f in done.folder.iterdir()}
    for name in ('config.json', 'tokenizer.json', 'chat_template.jinja'): assert (done.folder / name).read_bytes() == (tiny / name).read_bytes()
    engine = load_engine(f'embedded:{done.folder}')
    assert engine.model.startswith('model-') and Predictor(engine, STARTER, replace(ALONE, max_tokens=8)).predict(Listing('1', 'Candle')).listing_id == '1'
    card = (done.folder / 'README.md').read_text()
    assert pool.digest in card and f'base_model: {tiny}' in card and done.about['prompt'] in card
    again = finetune(small(done.folder, steps=1), pool, tmp_path / 'again')  # a trained model is a base like any other
    assert again.about['named'] == engine.model


@pytest.mark.slow
def test_two_processes_train_together(tiny, pool, tmp_path):
    done = ft.launch(small(tiny, steps=3), pool.file, tmp_path, processes=2)
    assert len(done.losses) == 3 and done.about['world'] == 2 and (done.folder / 'model.safetensors').exists()
    (tmp_path / 'finetune.json').unlink()
    with pytest.raises(FinetuneError, match=r'training in 2 processes ended with 1: .*longest'):
        ft.launch(small(tiny, longest=5), pool.file, tmp_path / 'x', processes=2)
