import json

import pytest
from hypothesis import given, settings, strategies as st

from shopvision.understanding.parse import ParseFailure, Step1Answer, Step2Answer, parse_step1, parse_step2

ANSWER = {"category": "Clothing > Dresses", "simplified_description": 'A long dress, "boho" {style}.', "image_description": None,
          "brand": "Acme", "is_secondhand": False}
TEXT = json.dumps(ANSWER)
HANDLES = ["color", "neckline", "sleeve_length"]


def test_a_clean_reply_needs_no_repair():
    answer = parse_step1(json.dumps(ANSWER))
    assert answer == Step1Answer(**ANSWER)
    assert answer.repaired == ()


@pytest.mark.parametrize("text", [
    f"```json\n{json.dumps(ANSWER, indent=2)}\n```",
    f"Sure! Here it is: {TEXT} Hope it helps.",
    f'<think>{{"category": "Shoes"}} no</think>\n{TEXT}',
    json.dumps({"answer": ANSWER}), json.dumps([ANSWER]), json.dumps({"category": "draft"}) + "\n" + json.dumps(ANSWER),
    json.dumps(ANSWER)[:-1] + ",}", repr(ANSWER), json.dumps({k.upper(): v for k, v in ANSWER.items()}),
])
def test_wrapping_and_broken_syntax_do_not_hide_the_answer(text):
    answer = parse_step1(text)
    assert isinstance(answer, Step1Answer), answer
    assert (answer.category, answer.brand, answer.is_secondhand) == ("Clothing > Dresses", "Acme", False)


def test_only_requested_fields_are_read():
    assert parse_step1(json.dumps(ANSWER), ["brand"]) == Step1Answer(brand="Acme")
    assert isinstance(parse_step1('{"brand": "Acme"}', ["category"]), ParseFailure)


def test_other_types_are_coerced_and_noted():
    answer = parse_step1('{"category": ["Clothing", "Dresses"], "brand": 47, "is_secondhand": "used"}')
    assert (answer.category, answer.brand, answer.is_secondhand) == ("Clothing > Dresses", "47", True)
    assert len(answer.repaired) == 3


def test_a_cut_off_reply_keeps_what_was_said_and_says_so():
    text = json.dumps(ANSWER)
    answer = parse_step1(text[:text.index("boho")])
    assert answer.category == "Clothing > Dresses"
    assert "the reply was cut off" in answer.repaired


@pytest.mark.parametrize("text", ["", "  ", "I am sorry, I cannot help.", "{}", "[]", "null", '{"error": "busy"}', "{" * 5000, "[" * 5000, '{"a":' * 3000])
def test_no_answer_is_a_failure_that_keeps_the_reply(text):
    failure = parse_step1(text)
    assert isinstance(failure, ParseFailure)
    assert failure.raw == text and failure.reason


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(),
                st.text(alphabet='{}[]",:\\ \nacdnetoruy\'`<>/think', max_size=200),
                st.binary().map(lambda b: b.decode("utf-8", "surrogateescape"))))
def test_no_text_raises(text):
    assert isinstance(parse_step1(text), (Step1Answer, ParseFailure))
    assert isinstance(parse_step2(text, HANDLES), (Step2Answer, ParseFailure))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 200), st.sampled_from(["", "```json\n", "<think>x</think>"]), st.booleans())
def test_every_cut_after_the_category_still_gives_it(cut, before, pretty):
    text = before + json.dumps(ANSWER, indent=2 if pretty else None)
    answer = parse_step1(text[:text.index("Dresses") + len('Dresses"') + cut])
    assert isinstance(answer, Step1Answer) and answer.category == "Clothing > Dresses"


def test_attribute_keys_and_values_come_in_many_shapes():
    said = {"attributes": {"Color": "Navy, White", "Neck line": ["V-neck"], "sleeve length": {"value": "Short", "confidence": 0.8}, "extra": "x"}}
    answer = parse_step2(json.dumps(said), HANDLES)
    assert answer.attributes == {"color": ("Navy", "White"), "neckline": ("V-neck",), "sleeve_length": ("Short",)}
    pairs = [{"name": "color", "value": "Navy"}, {"name": "neckline", "value": None}]
    assert parse_step2(json.dumps(pairs), HANDLES).attributes == {"color": ("Navy",)}


def test_an_empty_object_is_an_answer_and_other_keys_are_not():
    assert parse_step2("{}", HANDLES) == Step2Answer({})
    assert isinstance(parse_step2('{"status": "ok"}', HANDLES), ParseFailure)
