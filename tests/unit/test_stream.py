"A batch of events: crashes in between, engines that are away, bytes of any kind"
import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip('sqlalchemy')
from steady import SteadyEngine  # noqa: E402

from shopvision.listing import Listing  # noqa: E402
from shopvision.serving.messages import DeadLetter, ListingEvent, RawMessage, event_message, message_key, out_messages, read_event  # noqa: E402
from shopvision.serving.store import Store  # noqa: E402
from shopvision.serving.stream import EnginesDown, Stream  # noqa: E402
from shopvision.understanding.predict import PredictConfig, Predictor  # noqa: E402

MUG = Listing('mug-1', 'Stoneware mug', merchant_id='north')


def stream_over(engine, starter, **options):
    return Stream(Predictor(engine, starter, PredictConfig(candidates=0, logprobs=False)), Store('sqlite://'), **options)


def message(listing, sequence, id='', **options):
    return RawMessage(event_message(listing, sequence, id or f'e-{sequence}', **options), message_key(listing.merchant_id, listing.id), time=1_700_000_000_000)


def test_a_crash_after_storing_makes_nothing_twice(starter, monkeypatch):
    stream = stream_over(SteadyEngine(), starter)
    put = stream.store.put
    def killed(*a):
        put(*a)
        raise RuntimeError('killed')
    monkeypatch.setattr(stream.store, 'put', killed)
    batch = [message(replace(MUG, id=f'm-{i}'), 1) for i in range(5)]
    with pytest.raises(RuntimeError): asyncio.run(stream.work(batch))
    monkeypatch.setattr(stream.store, 'put', put)
    asked = stream.predictor.engine.asked
    again = asyncio.run(stream.work(batch))
    assert [d.act for d in again] == ['predicted']*5 and stream.predictor.engine.asked == asked
    assert all(len(stream.store.history('north', f'm-{i}')) == 1 for i in range(5))
    assert len(stream.store.get_listings([('north', f'm-{i}') for i in range(5)])) == 5


def test_batches_that_overlap_decide_a_listing_in_turn(starter):
    stream = stream_over(SteadyEngine(0.05), starter)
    async def both():
        first = asyncio.create_task(stream.work([message(MUG, 1), message(replace(MUG, id='other'), 2)]))
        await asyncio.sleep(0)
        second = asyncio.create_task(stream.work([message(replace(MUG, extra=dict(price=9)), 3), message(replace(MUG, id='third'), 4)]))
        return await first, await second
    first, second = asyncio.run(both())
    assert [d.act for d in first] == ['predicted']*2
    assert [d.act for d in second] == ['skipped', 'predicted'] and not stream.turns


def test_engines_that_are_away_are_waited_for(starter):
    class Away(SteadyEngine):
        async def complete(self, request):
            self.fails = 1.0 if self.asked < 3 else 0.0
            return await super().complete(request)
    stream = stream_over(Away(), starter)
    told, = asyncio.run(stream.work([message(MUG, 1)]))
    assert told.act == 'predicted' and told.prediction.status == 'ok'


def test_past_the_patience_nothing_is_stored_and_nothing_lost(starter):
    stream = stream_over(SteadyEngine(fails=1.0), starter, patience=0.2)
    with pytest.raises(EnginesDown, match='told to fail'): asyncio.run(stream.work([message(MUG, 1)]))
    assert not stream.store.get_listings([('north', 'mug-1')]) and not stream.store.history('north', 'mug-1')


def test_events_out_of_order_after_a_deletion_and_one_id_for_two_listings(starter):
    stream = stream_over(SteadyEngine(), starter)
    async def work(): return [await stream.work([m]) for m in (message(MUG, 5), message(MUG, 9, deleted=True), message(replace(MUG, title='Late'), 7))]
    (first,), (gone,), (late,) = asyncio.run(work())
    assert (first.act, gone.act, late.act) == ('predicted', 'skipped', 'skipped') and 'came before it' in late.why
    both = asyncio.run(stream.work([message(replace(MUG, id='a'), 1, 'same'), message(replace(MUG, id='b'), 1, 'same')]))
    assert len({d.prediction.prediction_id for d in both}) == 2


NAMES = st.sampled_from(['schema', 'event_id', 'sequence', 'listing', 'deleted', 'id', 'merchant_id', 'images', 'title'])
BODIES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just('listings.v1'),
                      lambda x: st.lists(x, max_size=3) | st.dictionaries(NAMES, x, max_size=6), max_leaves=12)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.none(), st.binary(max_size=60), BODIES), st.binary(max_size=10))
def test_whatever_comes_is_an_event_or_a_dead_letter(value, key):
    import json
    raw = RawMessage(value if value is None or isinstance(value, bytes) else json.dumps(value).encode(), key)
    found = read_event(raw)
    assert isinstance(found, (ListingEvent, DeadLetter))
    if isinstance(found, DeadLetter):
        from shopvision.serving.messages import Decided
        assert found.reason and out_messages(Decided(found.event_id, 'dead', found.reason, dead=found))
