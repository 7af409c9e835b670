"Decoding: a model that babbles names only what exists, and what it likes best is found"
import asyncio
import json
from dataclasses import replace

import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('tokenizers')

from test_predict import DRESS, STEP1, Scripted

from shopvision.listing import Listing
from shopvision.understanding import prompts
from shopvision.understanding.engines.base import EngineError, TokenLogprob, fingerprint_request
from shopvision.understanding.engines.embedded import EmbeddedEngine, load_model, prepare
from shopvision.understanding.engines.writing import score, search, write
from shopvision.understanding.parse import parse_step1, parse_step2
from shopvision.understanding.predict import PredictConfig, Predictor
from shopvision.understanding.rescore import DECODINGS

torch.set_num_threads(1)
PATHS = ['Toys', 'Toys > Kites', 'Toys > Kites > Stunt Kites', 'Apparel > Dresses', 'Apparel > Dresses > Maxi Dresses', 'Electronics > Watches']
CLOSED = prompts.step1_schema(('category',), PATHS)
ASK = prompts.step1_request(DRESS, fields=('category',), max_tokens=90)
LED = ('trie', 'trie-any', 'beam:3', 'llguidance')


@pytest.fixture(scope='module')
def model(folder): return load_model(folder, 'float32')


def answers(folder, requests):
    async def run():
        engine = EmbeddedEngine(folder, threads=1, dtype='float32')
        try: return await asyncio.gather(*map(engine.complete, requests))
        finally: await engine.close()
    return [r.text for r in asyncio.run(run())]


@pytest.mark.parametrize('decoding', LED)
def test_a_babbling_model_is_led_to_categories_that_exist(folder, decoding):
    asked = [replace(ASK, schema=CLOSED, decoding=decoding, messages=prompts.chat(f'title: {t}', (), 'What is this product?')) for t in ('a', 'b b', 'navy')]
    assert {json.loads(t)['category'] for t in answers(folder, asked)} <= set(PATHS)


@pytest.mark.parametrize('decoding', LED)
def test_a_babbling_model_is_led_to_allowed_values(folder, starter, decoding):
    category = starter.by_path[STEP1['category']]
    attributes = starter.attributes_of(category)
    text, = answers(folder, [replace(prompts.step2_request(DRESS, (), starter.path(category), attributes, max_tokens=700), decoding=decoding)])
    said = parse_step2(text, [a.handle for a in attributes]).attributes
    for a in attributes: assert set(said.get(a.handle, ())) <= {v.name for v in a.values}


def test_jumping_over_forced_tokens_changes_nothing_but_the_number_of_passes(model):
    prompt, guide = prepare(model, ASK), model.grammar.guide(CLOSED)
    quick = write(model.weights, model.config, [prompt], model.image, model.end, [90], guides=[guide])[0]
    slow_guide = model.grammar.guide(CLOSED)
    slow_guide.jump = lambda: []
    slow = write(model.weights, model.config, [prompt], model.image, model.end, [90], guides=[slow_guide])[0]
    assert quick.ids == slow.ids and quick.finished and slow.finished and quick.passes < slow.passes


def test_rows_with_and_without_guides_share_a_batch(model):
    prompt = prepare(model, ASK)
    run = lambda guides: write(model.weights, model.config, [prompt] * len(guides), model.image, model.end, [40] * len(guides), guides=guides)
    led, free = run([model.grammar.guide(CLOSED)])[0], run([None])[0]
    assert [w.ids for w in run([None, model.grammar.guide(CLOSED), None])] == [free.ids, led.ids, free.ids]


def test_a_wide_search_finds_what_the_model_likes_best(model):
    prompt = prepare(model, ASK)
    texts = [model.tokenizer.encode(prompts.answer_text({'category': p})).ids for p in PATHS]
    totals = [float(p[torch.arange(len(t)), torch.tensor(t)].sum()) for t, p in zip(texts, score(model.weights, model.config, prompt, texts, model.image))]
    ways = search(model.weights, model.config, prompt, model.grammar.guide(CLOSED), 9, model.image)
    assert ways[0][1] == texts[max(range(len(PATHS)), key=totals.__getitem__)]
    assert ways[0][0] == pytest.approx(max(totals), abs=1e-3) and ways[0][0] == pytest.approx(sum(ways[0][2]), abs=1e-4)


def test_scores_are_those_of_writing(folder, model):
    prompt = prepare(model, ASK)
    written = write(model.weights, model.config, [prompt], model.image, model.end, [6])[0]
    found, = score(model.weights, model.config, prompt, [written.ids], model.image)
    assert found[torch.arange(6), torch.tensor(written.ids)].tolist() == pytest.approx(written.logprobs, abs=1e-4)

    async def ask():
        engine = EmbeddedEngine(folder, threads=1, dtype='float32')
        try: return await engine.score(ASK, ['{"category": "Toys"}', '{"category": "Toys > Kites"}'])
        finally: await engine.close()
    one, two = asyncio.run(ask())
    assert ''.join(t.token for t in two) == '{"category": "Toys > Kites"}' and all(t.logprob <= 0 for t in one + two)


class Judge(Scripted):
    "Scores answers as a function says"
    def __init__(self, likes, **script):
        super().__init__(**script)
        self.likes, self.scored = likes, []

    async def score(self, request, answers):
        self.scored.append(list(answers))
        if isinstance(self.likes, Exception): raise self.likes
        return [(TokenLogprob(a, self.likes(a)),) for a in answers]


MADE_UP = {**STEP1, 'category': 'Apparel & Accessories > Clothing > Dresses > Floor Dresses'}
RESCORE = PredictConfig(decoding='rescore', candidates=0, rescore=1.0)


def test_the_model_chooses_among_the_neighbours_of_a_made_up_path(starter):
    engine = Judge(lambda a: -0.1 if 'Maxi Dresses' in a else -3.0, step1=MADE_UP)
    p = Predictor(engine, starter, RESCORE).predict(DRESS)
    assert p.category.path.endswith('Maxi Dresses') and [(n.kind, n.raw) for n in p.corrections] == [('rescored', MADE_UP['category'])]
    assert len(engine.scored) == 1 and 2 < len(engine.scored[0]) <= RESCORE.scored and p.category.alternatives
    assert all(a.endswith('", "simplified_description": "') for a in engine.scored[0])
    assert all(r.schema is None for r in engine.requests), 'the draft is free'


def test_a_right_name_under_a_wrong_path_is_the_letters_case(starter):
    engine = Judge(lambda a: 0.0, step1={**STEP1, 'category': 'Apparel & Accessories > Jewelry > Maxi Dresses'})
    p = Predictor(engine, starter, RESCORE).predict(DRESS)
    assert (p.category.path, engine.scored, p.corrections[0].kind) == (STEP1['category'], [], 'fuzzy')


def test_a_path_that_exists_is_not_questioned(starter):
    engine = Judge(lambda a: 0.0)
    p = Predictor(engine, starter, RESCORE).predict(DRESS)
    assert (p.category.path, engine.scored, p.corrections) == (STEP1['category'], [], ())


def test_where_scores_cannot_be_had_the_letters_decide_and_the_record_says_so(starter):
    engine = Judge(EngineError('no prompt log-probabilities', kind='unsupported'), step1=MADE_UP)
    plain = Predictor(Scripted(step1=MADE_UP), starter, replace(RESCORE, decoding='free')).predict(DRESS)
    p = Predictor(engine, starter, RESCORE).predict(DRESS)
    assert p.category.path == plain.category.path and p.status == 'ok' and 'no prompt log-probabilities' in p.warnings[0]


def test_a_decoding_that_an_engine_cannot_do_is_refused_before_anything_is_asked(starter, folder):
    trie = PredictConfig(decoding='trie')
    with pytest.raises(ValueError, match="cannot do decoding 'trie'; it can do free, schema, enum"): Predictor(Scripted(), starter, trie)
    with pytest.raises(ValueError, match="cannot do decoding 'rescore'"): Predictor(Scripted(), starter, RESCORE)
    with pytest.raises(ValueError, match="cannot do decoding 'enum'"): Predictor(EmbeddedEngine(folder), starter, PredictConfig(decoding='enum'))
    with pytest.raises(ValueError, match='there is no decoding'): PredictConfig(decoding='grammar')


def test_an_enum_puts_the_whole_taxonomy_into_the_schema(starter):
    engine = Scripted()
    Predictor(engine, starter, PredictConfig(decoding='enum', candidates=3)).predict(DRESS)
    assert len(engine.requests[0].schema['properties']['category']['enum']) == len(starter)
    assert len(engine.requests[0].messages[1]['content'][-1]['text']) < 2000, 'only the three are read'


def test_an_engine_that_ignores_the_schema_is_found_out(starter):
    p = Predictor(Scripted(step1=MADE_UP), starter, PredictConfig(decoding='enum')).predict(DRESS)
    assert 'was not followed' in p.warnings[0] and 'Floor Dresses' in p.warnings[0] and p.category.path in starter.by_path
    assert Predictor(Scripted(), starter, PredictConfig(decoding='enum')).predict(DRESS).warnings == ()


@pytest.mark.parametrize('decoding', ['free', 'rescore', 'draft', 'trie', 'trie-any', 'beam', 'llguidance'])
def test_every_decoding_makes_records_with_categories_that_exist(folder, starter, decoding):
    config = PredictConfig(decoding=decoding, fields=('category', 'is_secondhand'), candidates=0, rescore=1.0, grounded=False, max_tokens=120, beams=2)
    p = Predictor(EmbeddedEngine(folder, threads=1, dtype='float32'), starter, config).predict(DRESS)
    assert p.produced_by['decoding'] != PredictConfig().decoded
    if decoding in ('trie', 'trie-any', 'beam', 'llguidance'): assert p.status == 'ok' and p.corrections == () and p.category.path in starter.by_path


def test_old_recordings_are_found_and_a_decoding_makes_another_request():
    assert 'decoding' not in json.dumps(fingerprint_request(ASK)) and fingerprint_request(ASK) != fingerprint_request(replace(ASK, decoding='trie'))


def test_the_command_line_knows_every_decoding():
    from shopvision.cli import DECODINGS as said
    assert said.split(', ') == list(DECODINGS)


def test_step_1_of_a_led_answer_parses(folder, starter):
    request = prompts.step1_request(DRESS, max_tokens=60)
    text, = answers(folder, [replace(request, schema=prompts.step1_schema(candidates=PATHS), decoding='trie')])
    assert text.startswith('{"category": "') and parse_step1(text).category in PATHS


def test_a_seed_gives_the_same_sample_again_and_other_listings_their_own_luck(model):
    from shopvision.understanding.engines.embedded import own_seed
    one, other = (replace(prompts.step1_request(Listing('x', t)), seed=3) for t in ('Kite', 'Kites'))
    assert own_seed(one, prepare(model, one)) == own_seed(one, prepare(model, one)) != own_seed(other, prepare(model, other))
    assert own_seed(one, prepare(model, one)) != own_seed(replace(one, seed=4), prepare(model, one))
    assert own_seed(replace(one, seed=None), prepare(model, one)) is None


def test_a_schema_that_cannot_be_held_fails_alone(folder):
    async def run():
        engine = EmbeddedEngine(folder, threads=1, dtype='float32')
        price = {'type': 'object', 'properties': {'price': {'type': 'number'}}}
        asked = [replace(ASK, schema=price, decoding='trie'), replace(ASK, schema=CLOSED, decoding='trie'), replace(ASK, schema=None, decoding='trie')]
        try: return await asyncio.gather(*map(engine.complete, asked), return_exceptions=True)
        finally: await engine.close()
    bad, good, bare = asyncio.run(run())
    assert json.loads(good.text)['category'] in PATHS
    assert isinstance(bad, EngineError) and 'cannot be held by a trie' in str(bad) and isinstance(bare, EngineError) and 'needs a schema' in str(bare)


def test_a_grammar_whose_package_is_missing_is_refused_before_anything_is_asked(folder, starter, monkeypatch):
    monkeypatch.setattr('shopvision.understanding.grammars.find_spec', lambda name: None)
    with pytest.raises(ValueError, match='needs the package outlines_core: pip install outlines-core'):
        Predictor(EmbeddedEngine(folder), starter, PredictConfig(decoding='outlines'))


def test_a_list_of_all_paths_is_made_only_where_it_is_asked_for(starter):
    for decoding, made in (('schema', False), ('free', False), ('enum', True)):
        p = Predictor(Scripted(), starter, PredictConfig(decoding=decoding))
        p.predict(DRESS)
        assert ('closed' in vars(p)) == made
