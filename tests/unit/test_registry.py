"The registry: what events add up to, and what it refuses"
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopvision.training.registry import Registry, RegistryError, entries_of, promoted_before, weights_digest


def model(folder, weights, **more):
    folder.mkdir()
    (folder / 'model.safetensors').write_bytes(weights)
    for name, text in more.items():
        (folder / name.replace('_', '/')).parent.mkdir(exist_ok=True)
        (folder / name.replace('_', '/')).write_text(text)
    return folder


@pytest.fixture
def registry(tmp_path): return Registry(tmp_path / 'registry')


def put(registry, tmp_path, n, **more):
    return registry.register('m', model(tmp_path / f'm{n}', b'%d' % n), **dict(base='b', data='d', metrics=dict(exact=n / 10)) | more)


def registered(v): return dict(event='registered', name='m', version=v, weights=v, files={}, base='b', data='d', code='c', by='', time=v)
def moved(event, v, **more): return dict(event=event, name='m', version=v, reason='r', by='', time='t', **more)


@given(st.lists(st.tuples(st.sampled_from(['promoted', 'retired']), st.sampled_from('123')), max_size=12))
def test_at_most_one_serves_and_it_is_the_last_promoted(moves):
    entries = entries_of([*map(registered, '123'), *(moved(*m) for m in moves)])
    serving = [e.version for e in entries.values() if e.stage == 'promoted']
    assert len(serving) <= 1
    last = next((v for e, v in reversed(moves) if e == 'promoted'), None)
    assert serving in ([], [last])
    assert sum(len(e.moves) for e in entries.values()) >= len(moves)  # nothing noted is lost
    assert all(e.stage == 'retired' and not e.moves[-1].final for e in promoted_before([*entries.values()]))


def test_events_of_a_model_that_was_never_registered_change_nothing():
    assert entries_of([registered('1'), moved('promoted', '2')])['m/1'].stage == 'candidate'


def test_rolling_back_goes_back_past_withdrawn_models(registry, tmp_path):
    one, two, three = (put(registry, tmp_path, n) for n in (1, 2, 3))
    for e in (one, two, three): registry.promote('m', e.version, 'better')
    registry.retire('m', two.version, 'wrong licence')
    assert registry.rollback('m', 'slow').version == one.version
    stages = {e.version: e.stage for e in registry.entries('m')}
    assert stages == {one.version: 'promoted', two.version: 'retired', three.version: 'retired'}
    assert [m.reason for m in registry.get('m', three.version).moves] == ['better', 'slow']
    with pytest.raises(RegistryError, match='nothing to go back to'): registry.rollback('m', 'slow too')


def test_a_replaced_model_may_serve_again(registry, tmp_path):
    one, two = put(registry, tmp_path, 1), put(registry, tmp_path, 2)
    registry.promote('m', one.version, 'first'); registry.promote('m', two.version, 'second')
    assert registry.promote('m', one.version, 'third').stage == 'promoted'
    assert registry.get('m').version == one.version


def test_changes_of_stage_want_a_reason_and_a_model(registry, tmp_path):
    one = put(registry, tmp_path, 1)
    with pytest.raises(RegistryError, match='why is it promoted'): registry.promote('m', one.version, ' ')
    registry.promote('m', 'newest', 'good')
    with pytest.raises(RegistryError, match='serves already'): registry.promote('m', one.version, 'good')
    with pytest.raises(RegistryError, match="no version 'v0'"): registry.retire('m', 'v0', 'bad')
    with pytest.raises(RegistryError, match="no model 'n'"): registry.get('n')


def test_an_empty_registry_says_so(registry):
    assert registry.entries() == []
    with pytest.raises(RegistryError, match='it is empty'): registry.get('m')


def test_beginnings_of_versions_have_to_be_of_one(registry, tmp_path):
    one = put(registry, tmp_path, 1); put(registry, tmp_path, 2)
    assert registry.get('m', one.version[:-1]).version == one.version
    with pytest.raises(RegistryError, match='2 versions like'): registry.get('m', 'v')
    with pytest.raises(RegistryError, match="no version 'promoted'"): registry.get('m')


@pytest.mark.parametrize('odd', ['', 'a/b', '.hidden', 'two words'])
def test_names_are_names_of_folders(registry, tmp_path, odd):
    with pytest.raises(RegistryError, match='is no name'): registry.register(odd, model(tmp_path / 'x', b'1'), 'b', 'd', dict(a=1))


def test_a_model_without_a_past_is_not_taken(registry, tmp_path):
    with pytest.raises(RegistryError, match='metrics is missing'): put(registry, tmp_path, 1, metrics={})
    with pytest.raises(RegistryError, match="parent 'm/v9' is not registered"): put(registry, tmp_path, 2, parents=['m/v9'])
    with pytest.raises(RegistryError, match=r'no file of weights among README\.md'): weights_digest({'README.md': 'x'})
    assert registry.entries() == []


def test_registering_once_more_changes_nothing(registry, tmp_path):
    one = put(registry, tmp_path, 1)
    assert registry.register('m', tmp_path / 'm1', 'b', 'd', dict(exact=.2)).id == one.id and len(registry.events) == 1
    with pytest.raises(RegistryError, match=r'these weights are m/v.* already'): registry.register('m', tmp_path / 'm1', 'b', 'other data', dict(exact=.2))


def test_files_in_folders_come_back_as_they_were(registry, tmp_path):
    e = registry.register('m', model(tmp_path / 'm', b'w', adapter_config='{}'), 'b', 'd', dict(a=1), method='lora')
    there = registry.fetch(registry.get('m', e.version), tmp_path / 'there')
    assert (there / 'adapter' / 'config').read_text() == '{}'
    assert registry.get('m', 'newest').about == dict(method='lora')
    assert replace(registry.get('m', 'newest'), moves=()) == e


def test_a_broken_event_is_named(registry, tmp_path):
    put(registry, tmp_path, 1)
    (tmp_path / 'registry' / 'events' / '0.json').write_text('{')
    with pytest.raises(RegistryError, match=r'0\.json is no event'): registry.entries()


def test_a_full_disk_leaves_nothing_behind(registry, tmp_path, monkeypatch):
    def full(event): raise OSError(28, 'No space left on device')
    monkeypatch.setattr(registry, '_note', full)
    with pytest.raises(RegistryError, match=r'No space left on device\. Nothing of it was left there'): put(registry, tmp_path, 1)
    assert not list((tmp_path / 'registry').rglob('*.safetensors'))


def test_a_bucket_does_as_well_as_a_folder(tmp_path):
    registry = Registry('memory://models-of-a-test')
    one, two = put(registry, tmp_path, 1), put(registry, tmp_path, 2, parents=())
    registry.promote('m', one.version, 'good'); registry.promote('m', two.version, 'better')
    assert Registry('memory://models-of-a-test').rollback('m', 'worse').version == one.version
    assert (registry.fetch(one, tmp_path / 'back') / 'model.safetensors').read_bytes() == b'1'
    with pytest.raises(RegistryError, match='cannot be opened'): Registry('nosuch://x').entries()


def test_entries_are_plain_json(registry, tmp_path):
    put(registry, tmp_path, 1)
    assert [json.loads(json.dumps(e))['event'] for e in registry.events] == ['registered']
