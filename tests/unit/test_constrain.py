"Guides: whatever a model would like to write, the answer has the schema's form, in the tokens a tokenizer would make of it"
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.constrain import AnswerGrammar
from shopvision.understanding.engines.embedded import shipped_model
from shopvision.understanding.prompts import FIELDS, answer_text, step1_schema, step2_schema
from shopvision.understanding.vocabulary import Vocabulary, read_vocabulary, scan_string

TREE = load_taxonomy('starter')
PATHS = [TREE.path(i) for i in TREE.ids]
TEXTS = [answer_text({'category': p, 'brand': 'Nordlys & Söhne', 'color': ['Red', 'Blue'], 'is_secondhand': False}) for p in PATHS]


def byte_level() -> Tokenizer:
    "As GPT-2, Qwen and Llama 3 have it"
    t = Tokenizer(models.BPE())
    t.pre_tokenizer, t.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    t.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=900, special_tokens=['<end>'], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return t


def glueing() -> Tokenizer:
    "Its tokens run across quotes, spaces and arrows"
    t = Tokenizer(models.BPE())
    t.pre_tokenizer, t.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False), decoders.ByteLevel()
    t.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=900, special_tokens=['<end>'], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return t


def sentencepiece() -> Tokenizer:
    "As Llama 2 and Gemma have it: a space before everything, bytes for letters it does not know"
    t = Tokenizer(models.BPE(byte_fallback=True, unk_token='<unk>'))
    t.normalizer = normalizers.Sequence([normalizers.Prepend('▁'), normalizers.Replace(' ', '▁')])
    t.decoder = decoders.Sequence([decoders.Replace('▁', ' '), decoders.ByteFallback(), decoders.Fuse()])
    special = ['<unk>', '<end>']
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split('▁', 'merged_with_next'), pre_tokenizers.Punctuation('contiguous')])  # for training
    t.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=800, special_tokens=special))
    t.add_tokens([f'<0x{b:02X}>' for b in range(256)])
    whole = json.loads(t.to_str()) | {'pre_tokenizer': None}
    for a in whole['added_tokens']:
        if a['content'] not in special: whole['model']['vocab'][a['content']] = a['id']
    whole['added_tokens'] = [a for a in whole['added_tokens'] if a['content'] in special]
    return Tokenizer.from_str(json.dumps(whole))


def shipped() -> Tokenizer: return Tokenizer.from_file(str(shipped_model() / 'tokenizer.json'))


MADE = {'byte_level': (byte_level, '<end>'), 'glueing': (glueing, '<end>'), 'sentencepiece': (sentencepiece, '<end>'), 'shipped': (shipped, '<|im_end|>')}
_VOCABULARIES: dict[str, Vocabulary] = {}


def vocabulary(name: str) -> Vocabulary:
    if name not in _VOCABULARIES:
        make, end = MADE[name]
        t = make()
        _VOCABULARIES[name] = read_vocabulary(t, t.token_to_id(end))
    return _VOCABULARIES[name]


def babble(guide, seed: int, jump: bool = True) -> list[int]:
    "An answer of a model that wants nothing in particular"
    rng, ids = random.Random(seed), []
    while not guide.done:
        if jump: ids += guide.jump()
        if guide.done: break
        allowed = guide.allowed().tolist()
        if guide.writing and not guide.waiting and rng.random() < .3: allowed = [t for t in allowed if b'"' in guide.vocabulary.spelled[t]] or allowed
        ids.append(rng.choice(allowed))
        guide.advance(ids[-1])
    assert guide.allowed().tolist() == [guide.vocabulary.end]
    return ids


@pytest.mark.parametrize('canonical', [True, False])
@pytest.mark.parametrize('name', MADE)
def test_a_babbling_model_names_categories_that_exist(name, canonical):
    grammar, schema = AnswerGrammar(vocabulary(name), canonical), step1_schema(candidates=PATHS)
    for seed in range(40):
        answer = json.loads(vocabulary(name).spell(babble(grammar.guide(schema), seed, jump=seed % 2 == 0)).decode('utf8', 'replace'))
        assert list(answer) == list(FIELDS) and answer['category'] in PATHS and isinstance(answer['is_secondhand'], bool)


@pytest.mark.parametrize('canonical', [True, False])
@pytest.mark.parametrize('name', MADE)
def test_a_babbling_model_names_allowed_values_none_twice(name, canonical):
    grammar = AnswerGrammar(vocabulary(name), canonical)
    for seed, i in enumerate(TREE.leaves[::17]):
        attributes = TREE.attributes_of(i)
        if not attributes: continue
        ids = babble(grammar.guide(step2_schema(attributes)), seed)
        text = vocabulary(name).spell(ids).decode()
        for a, said in zip(attributes, json.loads(text).values(), strict=True):
            names = [v.name for v in a.values]
            assert said is None or (len(set(said)) == len(said) > 0 and set(said) <= set(names) if a.multi else said in names)
        if canonical and name != 'glueing': assert vocabulary(name).cut([text])[0] == ids, 'the tokens of the whole answer'


names = st.text(st.characters(codec='utf8', exclude_categories=['Cs', 'Cc']), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(names, min_size=1, max_size=3).map(' > '.join), min_size=1, max_size=12, unique=True), st.sampled_from(list(MADE)), st.booleans(),
       st.integers(0, 99))
def test_any_taxonomy_any_tokenizer(paths, name, canonical, seed):
    grammar = AnswerGrammar(vocabulary(name), canonical)
    schema = {'type': 'object', 'properties': {'category': {'enum': paths}, 'tags': {'type': 'array', 'items': {'enum': paths}}}}
    answer = json.loads(vocabulary(name).spell(babble(grammar.guide(schema), seed)).decode())
    assert answer['category'] in paths and set(answer['tags']) <= set(paths) and len(set(answer['tags'])) == len(answer['tags'])


@pytest.mark.parametrize('name', MADE)
def test_every_path_can_be_reached_in_its_own_tokens(name):
    v = vocabulary(name)
    grammar, schema = AnswerGrammar(v), step1_schema(('category',), candidates=PATHS)
    for p in PATHS[::23]:
        text = answer_text({'category': p})
        guide = grammar.guide(schema)
        for t in v.cut([text])[0]: guide.advance(t)
        assert guide.done


ODD = [['Only'], ['A', 'A > B'], ['A > B', 'A'], ['Smørrebrød > Æbler', '茶 > 緑茶'], ['12" pans', 'back\\slash', 'a"b\\"c'], ['A", "brand": "x']]


@pytest.mark.parametrize('paths', ODD)
@pytest.mark.parametrize('name', MADE)
def test_odd_taxonomies(name, paths):
    grammar, schema = AnswerGrammar(vocabulary(name)), step1_schema(('category', 'brand'), candidates=paths)
    said = {json.loads(vocabulary(name).spell(babble(grammar.guide(schema), s)).decode('utf8', 'replace'))['category'] for s in range(60)}
    assert said == set(paths), 'each of them is said by somebody'


def test_a_tokenizer_without_letters_for_a_path_says_so(caplog):
    t = Tokenizer(models.WordLevel({'<unk>': 0, 'a': 1, '{"category": "': 2, '"}': 3, '<end>': 4}, unk_token='<unk>'))
    t.add_tokens(['{"category": "', '"}'])
    grammar = AnswerGrammar(read_vocabulary(t, 4))
    stage = grammar.stages(step1_schema(('category',), candidates=['a', 'ß']))[0]
    assert stage.choices.unspelled == ('{"category": "ß"}',) and 'cannot spell 1 of 2 allowed texts' in caplog.text
    with pytest.raises(ValueError, match='can spell none of 1 allowed texts'): grammar.stages(step1_schema(('category',), candidates=['ß']))


def test_a_value_listed_twice_is_one_value():
    grammar = AnswerGrammar(vocabulary('byte_level'))
    schema = {'type': 'object', 'properties': {'tags': {'type': 'array', 'items': {'enum': ['a', 'b', 'a']}}}}
    assert all(sorted(json.loads(grammar.vocabulary.spell(babble(grammar.guide(schema), s)))['tags']) in (['a'], ['b'], ['a', 'b']) for s in range(30))


def test_what_may_not_follow_is_refused_and_named():
    v = vocabulary('byte_level')
    guide = AnswerGrammar(v).guide(step1_schema(('category',), candidates=['Toys']))
    with pytest.raises(ValueError, match='is not among the 1 that may follow'): guide.advance(v.cut(['x'])[0][0])
    guide.jump()
    assert guide.done
    with pytest.raises(ValueError, match='complete'): guide.advance(v.cut(['x'])[0][0])


def test_schemas_beyond_a_trie_are_refused():
    grammar = AnswerGrammar(vocabulary('byte_level'))
    for schema in ({'type': 'object', 'properties': {'price': {'type': 'number'}}}, {'type': 'array'}, {'type': 'object', 'properties': {}}):
        with pytest.raises(ValueError, match='held by a trie'): grammar.stages(schema)


def test_lists_of_values_are_shared_between_schemas_and_the_memory_is_bounded():
    v = vocabulary('byte_level')
    values, grammar = {'type': 'array', 'items': {'enum': ['Red', 'Blue']}}, AnswerGrammar(v)
    one, two = (grammar.stages({'type': 'object', 'properties': {'size': {'enum': ['S']}, k: values, 'x': {'type': 'null'}}}) for k in ('color', 'shade'))
    assert {id(s.choices) for s in one if len(s.choices.exits) == 4} == {id(s.choices) for s in two if len(s.choices.exits) == 4} != set()
    small = AnswerGrammar(v, most=10)
    for i in TREE.leaves[:30]: 
        if a := TREE.attributes_of(i): babble(small.guide(step2_schema(a)), 0)
    assert len(small._kept) == 10


@given(st.text())
def test_a_string_closes_where_json_says(text):
    whole = json.dumps(text, ensure_ascii=False)[1:].encode() + b', "brand": null}'
    quote, _ = scan_string(whole)
    if quote == -2: assert b'\\u' in whole  # control letters as numbers: our answers have none
    else: assert json.loads('"' + whole[:quote + 1].decode()) == text


def test_a_hundred_thousand_paths():
    paths = [f"Aisle {i} > Shelf {j} > Product “{k}”" for i in range(10) for j in range(100) for k in range(100)]
    schema, grammar = step1_schema(("category", "brand"), paths), AnswerGrammar(vocabulary("shipped"))
    for path in paths[::9_999]:
        guide = grammar.guide(schema)
        for token in grammar.vocabulary.cut([answer_text(dict(category=path, brand="x"))])[0]: guide.advance(token)
        assert guide.done
