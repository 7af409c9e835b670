"Agreement, against the package that others use and against the published example."
import random

import numpy as np
import pytest

from shopvision.evaluation.agreement import agreement, apart, cohen_kappa, krippendorff_alpha, label_counts, nominal


def test_the_published_example():
    # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), four observers: nominal alpha 0.743
    table = [[1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
             [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]]
    labels = {str(u): {str(k): str(row[u]) for k, row in enumerate(table) if row[u] is not None} for u in range(12)}
    assert agreement(labels, times=0).alpha == pytest.approx(.743, abs=5e-4)


def test_the_same_as_the_package():
    krippendorff = pytest.importorskip('krippendorff')
    rng = random.Random(4)
    labels = {str(u): {a: rng.choice('xyz') if rng.random() < .4 else 'x' for a in 'ABCD' if rng.random() < .7} for u in range(60)}
    table = [[ord(said[a]) if a in said else np.nan for said in labels.values()] for a in 'ABCD']
    assert agreement(labels, times=0).alpha == pytest.approx(krippendorff.alpha(np.array(table, float), level_of_measurement='nominal'))


def test_strangers_do_not_agree_and_friends_do():
    rng = random.Random(1)
    strangers = {str(u): {a: rng.choice('xxxxy') for a in 'AB'} for u in range(800)}
    a = agreement(strangers, times=200)
    assert a.low < 0 < a.high and a.same > .6, 'they say the same by chance'
    friends = {u: {**said, 'B': said['A']} for u, said in strangers.items()}
    assert agreement(friends, times=0).alpha == 1


def test_a_near_path_is_less_of_a_disagreement():
    near = {str(k): dict(A='Toys > Balls', B='Toys > Dolls' if k % 3 else 'Toys > Balls') for k in range(30)}
    near |= {f'h{k}': dict(A='Home > Rugs', B='Home > Rugs') for k in range(10)}
    assert agreement(near, apart, times=0).alpha > agreement(near, nominal, times=0).alpha
    counts, names = label_counts(near)
    assert krippendorff_alpha(counts, np.zeros((len(names),) * 2)) == 1


def test_kappa_needs_the_same_items():
    with pytest.raises(ValueError, match='3 labels by one and 2 by the other'): cohen_kappa('abc', 'ab')
