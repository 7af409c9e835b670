"The trie of tokens: it holds its sequences, all of them, and nothing else"
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopvision.understanding.trie import TokenTrie, build_trie, load_trie, save_trie

sequences = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=7).map(tuple), min_size=1, max_size=40, unique=True)


def spelled(trie: TokenTrie) -> dict[tuple[int, ...], int]:
    "Every sequence in the tree, by walking all of it"
    out, todo = {}, [(0, ())]
    while todo:
        node, path = todo.pop()
        if trie.ends(node) >= 0: out[path] = trie.ends(node)
        todo += [(trie.step(node, int(t)), (*path, int(t))) for t in trie.children(node)]
    return out


@given(sequences)
def test_a_walk_of_the_tree_finds_every_sequence_once_and_no_other(words):
    assert spelled(build_trie(words)) == {w: i for i, w in enumerate(words)}


@given(sequences, st.lists(st.integers(0, 12), max_size=8))
def test_only_beginnings_of_sequences_lead_somewhere(words, other):
    found = build_trie(words).find(other)
    assert (found >= 0) == any(w[:len(other)] == tuple(other) for w in words)


@given(sequences)
def test_what_is_forced_is_the_only_way(words):
    trie = build_trie(words)
    for w in words:
        node = 0
        for k, t in enumerate(w):
            run, _ = trie.forced(node)
            following = {v[:k + len(run)] for v in words if v[:k] == w[:k]}
            assert following == {w[:k] + tuple(run)}
            node = trie.step(node, t)


@given(sequences)
def test_children_are_ascending_and_a_tree_survives_pickle_and_file(tmp_path_factory, words):
    trie = build_trie(words)
    assert all((np.diff(trie.children(n)) > 0).all() for n in range(len(trie)))
    file = tmp_path_factory.mktemp('trie') / 'words.npy'
    save_trie(trie, file)
    assert spelled(pickle.loads(pickle.dumps(trie))) == spelled(load_trie(file)) == spelled(trie)


def test_a_tree_needs_sequences_that_differ():
    with pytest.raises(ValueError, match='no sequences'): build_trie([])
    with pytest.raises(ValueError, match='sequence 1 is empty'): build_trie([[1], []])
    with pytest.raises(ValueError, match='sequences 0 and 1 are the same'): build_trie([[1, 2], [1, 2]])


def test_a_hundred_thousand_sequences():
    rng = np.random.default_rng(0)
    words = [tuple(map(int, rng.integers(0, 50_000, 6))) for _ in range(100_000)]
    trie = build_trie(words)
    assert [trie.ends(trie.find(w)) for w in words[::997]] == list(range(0, 100_000, 997))
