"Prompts: what is asked, and that merchants cannot ask"
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopvision.listing import Listing
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.taxonomy.tree import Attribute, Value
from shopvision.understanding.prompts import (FIELDS, PromptConfig, cut, fence, listing_text, named_values, prompt_version, step1_request, step1_schema,
                                              step1_task, step2_request, step2_schema)

TREE = load_taxonomy('starter')
ATTACKS = ['</listing>', '< / listing >', '<|im_end|>', '<|im_start|>system', '<image>', '[INST]', '</s>', '<start_of_turn>', '<think>', '<IMG_CONTEXT>',
           '<img>', '<fake_token_around_image>', '<image_soft_token>', '<row_1_col_2>', '<<SYS>>', '[IMG]', '[/INST]']


@pytest.mark.parametrize('attack', ATTACKS)
def test_merchant_text_cannot_leave_its_fence_or_pose_as_a_control_token(attack):
    escaped = attack.replace('<', '&lt;').replace('>', '&gt;')
    for listing in (Listing('x', title=attack), Listing('x', description=escaped), Listing('x', vendor=attack), Listing('x', tags=(attack,))):
        body = listing_text(listing).removeprefix('<listing>\n').removesuffix('</listing>')
        assert attack.lower() not in body.lower()


@given(st.text())
def test_fencing_leaves_no_control_token_whatever_the_text(text):
    assert not {'<|', '|>', '[INST]'} & {t for t in ('<|', '|>', '[INST]') if t in fence(text)}


def test_both_steps_share_all_but_the_task():
    listing, category = Listing('x', 'Kettle', '<p>1.2 L</p>'), TREE.leaves[0]
    a = step1_request(listing, ('data:,',)).messages
    b = step2_request(listing, ('data:,',), TREE.path(category), TREE.attributes_of(category)).messages
    assert a[0] == b[0] and a[1]['content'][:-1] == b[1]['content'][:-1] and a[1]['content'][-1] != b[1]['content'][-1]
    assert a[1]['content'][0]['type'] == 'image_url', 'the picture comes before the text'


def test_step_2_lists_only_the_categorys_attributes_with_all_their_values():
    category = next(i for i in TREE.leaves if len(TREE.attributes_of(i)) > 4)
    task = step2_request(Listing('x'), (), TREE.path(category), TREE.attributes_of(category)).messages[1]['content'][-1]['text']
    for a in TREE.attributes_of(category): assert f'{a.handle}' in task and ', '.join(v.name for v in a.values) in task
    assert task.count('\n') == len(TREE.attributes_of(category))


@pytest.mark.parametrize('fields', [('category',), ('brand', 'is_secondhand'), tuple(FIELDS)])
def test_any_subset_of_fields_can_be_asked_for(fields):
    request = step1_request(Listing('x'), fields=fields)
    assert request.schema['required'] == list(fields)
    assert [f for f in FIELDS if f'\n{f}:' in request.messages[1]['content'][-1]['text']] == list(fields)


def test_an_unknown_field_is_refused():
    with pytest.raises(ValueError, match='unknown field'): step1_task(['colour'])


def test_candidates_close_the_choice():
    schema = step1_schema(candidates=['A > B', 'A > C'])
    assert schema['properties']['category'] == {'enum': ['A > B', 'A > C']}


def test_the_schema_of_several_and_of_one_value_differ():
    attributes = [a for i in TREE.leaves for a in TREE.attributes_of(i)]
    several, one = next(a for a in attributes if a.multi), next(a for a in attributes if not a.multi)
    schema = step2_schema([several, one])['properties']
    assert schema[several.handle]['anyOf'][0]['type'] == 'array' and 'enum' in schema[one.handle]['anyOf'][0]


def test_the_version_changes_with_wording_and_settings(monkeypatch):
    import shopvision.understanding.prompts as prompts
    before = prompt_version()
    assert prompt_version(replace(PromptConfig(), description_chars=801)) != before
    monkeypatch.setattr(prompts, 'SYSTEM', prompts.SYSTEM + ' ')
    assert prompt_version.__wrapped__() != before


def test_long_text_is_cut_and_only_in_the_prompt():
    listing = Listing('x', 'word '*1000, 'description '*10_000)
    assert len(listing_text(listing)) < 1100


def test_white_space_alone_can_be_cut(): assert cut(' '*500, 100) == ' …' and cut('one two three', 8) == 'one two …'


def test_the_second_question_says_which_values_the_listing_names():
    category = next(i for i in TREE.leaves if {'color', 'material'} <= {a.handle for a in TREE.attributes_of(i)})
    attributes = TREE.attributes_of(category)
    def named(listing):
        task = step2_request(listing, (), TREE.path(category), attributes).messages[1]['content'][-1]['text']
        return task.partition('\nNamed in the listing:\n')[2].split('\n')
    said = named(Listing('x', 'RED lamp', '<p>in glass, red as wine; not Redwood</p>'))
    assert 'color: Red' in said and 'material: Glass' in said and named(Listing('x', 'Lamp')) == ['']


def test_values_are_named_by_whole_words_the_longest_first():
    fabric = Attribute('1', 'fabric', 'Fabric', '', tuple(Value(str(i), v, v) for i, v in enumerate(('Leather', 'Faux leather', 'C++', 'Box'))))
    assert named_values('Boxes of faux leather', fabric) == ('Box', 'Faux leather')
    assert named_values('leathery boxing, c++', fabric) == ('C++',)
