"""The two steps of `correct_index` as one loop compiled by Numba: same candidates, same features, a tenth of the time.

Not a notebook: it is dense mechanism with nothing to look at. `nbs/22b_correct_index.ipynb` explains what is computed and shows it in SciPy;
`tests/unit/test_correct.py` holds the two equal. Imported only when Numba is there (`pip install shopvision[fast]`) and an index asks for it.
"""
import numpy as np
from numba import njit

from .correct_index import FEATURES, MAX_LETTERS, SAME, SLOTS, TOP, UP, Batch, Tables

__all__ = ["score_numba"]

_NONE = np.int32(-1)
_F = len(FEATURES)
_ONE, _ZERO = np.uint64(1), np.uint64(0)
_ODD, _PAIRS, _FOURS, _BYTES = (np.uint64(int(digits * 8, 16)) for digits in ("55", "33", "0f", "01"))


@njit(cache=True, nogil=True)
def _add_products(trigrams, lo, hi, idf, indptr, names, weights, dot):
    """Add to `dot` (N) the products of trigrams [lo, hi) with every name they meet."""
    for i in range(lo, hi):
        t = trigrams[i]
        if t < 0: continue
        w = idf[t]
        for j in range(indptr[t], indptr[t + 1]): dot[names[j]] += w * weights[j]


@njit(cache=True, nogil=True)
def _scale(trigrams, lo, hi, idf, rarest, times):
    """1 / length of trigrams [lo, hi) as a TF-IDF row; `times` is a zeroed scratch (T)."""
    squares = np.float32(0)
    for i in range(lo, hi):
        t = trigrams[i]
        if t < 0:
            squares += rarest * rarest
            continue
        squares += idf[t] * idf[t] * np.float32(2 * times[t] + 1)  # seen for the k-th time: its weight grows from (k-1)^2 to k^2
        times[t] += 1
    for i in range(lo, hi):
        if trigrams[i] >= 0: times[trigrams[i]] = 0
    return np.float32(1 / (np.sqrt(squares) + 1e-9))


@njit(cache=True, nogil=True)
def _letter_masks(letters, masks):
    """Bit i of masks[c] says that letter i of the typed level is c; returns how many letters there are."""
    n = 0
    for i in range(len(letters)):
        if letters[i] < 0: break  # the end; 0 is a letter no name has
        masks[letters[i]] |= _ONE << np.uint64(i)
        n += 1
    return n


@njit(cache=True, nogil=True)
def _ratio(masks, n, name, m):
    """RapidFuzz's `ratio` / 100 of a typed level (masks, n letters) and a name (m letters): 2 LCS / (n + m), by Hyyro's bit-parallel LCS."""
    s = ~_ZERO
    for i in range(m):
        match = s & masks[name[i]]
        s = (s + match) | (s - match)
    x = ~s if n == 64 else ~s & ((_ONE << np.uint64(n)) - _ONE)
    x -= (x >> _ONE) & _ODD  # count the set bits: in pairs, fours, bytes, all
    x = (x & _PAIRS) + ((x >> np.uint64(2)) & _PAIRS)
    x = (x + (x >> np.uint64(4))) & _FOURS
    common = (x * _BYTES) >> np.uint64(56)
    return np.float32(np.uint64(2) * common) / np.float32(n + m)


@njit(cache=True, nogil=True)
def _run(level_ptr, trigrams, trigram_ptr, words, word_ptr, leaf_words, leaf_word_ptr, word_mass, leaf_mass, head, prefix, letters, level_len,
         idf, rarest, indptr, posting_names, posting_weights, name_scale, path_scale, own, parent, chain, depth,
         word_idf, path_words, name_words, name_idf, name_letters, name_len, alphabet_size):
    count, n_cat, n_names, pad = len(level_ptr) - 1, len(own), len(name_scale), len(word_idf) - 1
    slots = np.full((count, SLOTS), _NONE)
    out = np.zeros((count, SLOTS, _F), np.float32)
    leaf_dot, all_dot = np.zeros(n_names, np.float32), np.zeros(n_names, np.float32)
    path_dot, score = np.zeros(n_cat + 1, np.float32), np.zeros(n_cat, np.float32)  # a root's parent is n_cat: its product stays 0
    times = np.zeros(len(idf) + 1, np.int32)
    typed, typed_leaf = np.zeros(pad + 1, np.bool_), np.zeros(pad + 1, np.bool_)
    place = np.full(n_names, _NONE)                        # column of a name in `similar`
    most = 1
    for b in range(count): most = max(most, level_ptr[b + 1] - level_ptr[b])
    masks = np.zeros((most, alphabet_size), np.uint64)
    similar = np.zeros((most, SLOTS * chain.shape[1]), np.float32)
    met = np.zeros(SLOTS * chain.shape[1], np.int32)
    best, best_at = np.zeros(TOP, np.float32), np.zeros(TOP, np.int32)
    for b in range(count):
        first, stop = level_ptr[b], level_ptr[b + 1]
        levels, last = stop - first, stop - 1
        # retrieve: products with names, summed from the root down, and the TOP largest sums of two cosines
        leaf_dot[:] = 0
        all_dot[:] = 0
        leaf_at, end = trigram_ptr[last], trigram_ptr[stop]
        _add_products(trigrams, leaf_at, end, idf, indptr, posting_names, posting_weights, leaf_dot)
        _add_products(trigrams, trigram_ptr[first], leaf_at, idf, indptr, posting_names, posting_weights, all_dot)
        leaf_scale = _scale(trigrams, leaf_at, end, idf, rarest, times)
        all_scale = _scale(trigrams, trigram_ptr[first], end, idf, rarest, times)
        for i in range(n_names):
            all_dot[i] += leaf_dot[i]
            leaf_dot[i] = leaf_dot[i] * name_scale[i] * leaf_scale
        for c in range(n_cat): path_dot[c] = all_dot[own[c]] + path_dot[parent[c]]  # parents stand before children
        for c in range(n_cat): score[c] = path_dot[c] * path_scale[c] * all_scale + leaf_dot[own[c]]
        found, worst = 0, np.float32(-1)
        for block in range(0, n_cat, 32):                  # most blocks hold none of the best
            hopeful = False
            for c in range(block, min(block + 32, n_cat)): hopeful |= score[c] > worst
            if not hopeful: continue
            for c in range(block, min(block + 32, n_cat)):
                if score[c] <= worst: continue             # of equals the first stays
                at = found if found < TOP else TOP - 1
                while at > 0 and best[at - 1] < score[c]:
                    best[at], best_at[at] = best[at - 1], best_at[at - 1]
                    at -= 1
                best[at], best_at[at] = score[c], c
                if found < TOP: found += 1
                if found == TOP: worst = best[TOP - 1]
        for i in range(found): slots[b, i] = best_at[i]
        for i in range(1 + UP):
            extra = prefix[b]
            if i > 0: extra = np.int32(parent[slots[b, i - 1]]) if slots[b, i - 1] >= 0 else _NONE
            if extra == n_cat: extra = _NONE
            for j in range(TOP + i):
                if slots[b, j] == extra: extra = _NONE
            slots[b, TOP + i] = extra
        # describe: every typed level against every distinct name of the candidates
        masks[:levels] = _ZERO
        for i in range(levels): _letter_masks(letters[first + i], masks[i])
        n_met = 0
        for i in range(SLOTS):
            c = slots[b, i]
            if c < 0: continue
            for d in range(depth[c]):
                name = chain[c, d]
                if place[name] >= 0: continue
                place[name], met[n_met] = n_met, name
                for lv in range(levels): similar[lv, n_met] = _ratio(masks[lv], level_len[first + lv], name_letters[name], name_len[name])
                n_met += 1
        for i in range(word_ptr[b], word_ptr[b + 1]): typed[words[i]] = True
        for i in range(leaf_word_ptr[b], leaf_word_ptr[b + 1]): typed_leaf[leaf_words[i]] = True
        for i in range(SLOTS):
            c = slots[b, i]
            if c < 0: continue
            row, name, deep = out[b, i], own[c], depth[c]
            row[0] = leaf_dot[name]
            row[1] = path_dot[c] * path_scale[c] * all_scale
            found_levels = np.float32(0)
            for d in range(deep):
                p = place[chain[c, d]]
                row[2] = max(row[2], similar[levels - 1, p])
                nearest = np.float32(0)
                for lv in range(levels): nearest = max(nearest, similar[lv, p])
                found_levels += nearest
            row[3] = found_levels / np.float32(deep)
            row[4] = similar[0, place[chain[c, 0]]]
            if levels > 1: row[5] = similar[levels - 2, place[name]]
            length = level_len[last]
            same = 0
            while same < length and same < name_len[name] and letters[last, same] > 0 and letters[last, same] == name_letters[name, same]: same += 1
            row[7] = np.float32(same) / np.float32(max(1, length))
            mass = np.float32(0)
            for j in range(path_words.shape[1]):
                w = path_words[c, j]
                if w == pad: break
                if typed[w]: mass += word_idf[w]
            row[8] = mass / word_mass[b]
            mass, leaf_shared = np.float32(0), np.float32(0)
            for j in range(name_words.shape[1]):
                w = name_words[name, j]
                if w == pad: break
                if typed[w]: mass += word_idf[w]
                if typed_leaf[w]: leaf_shared += word_idf[w]
                if w == head[b]: row[11] = 1
            row[9] = mass / (name_idf[name] + np.float32(1e-6))
            row[6] = 1 if leaf_shared > name_idf[name] - SAME and leaf_shared > leaf_mass[b] - SAME else 0
            row[10] = leaf_shared / leaf_mass[b]
            row[12] = np.float32(max(0, deep - levels)) / 4
            row[13] = np.float32(max(0, levels - deep)) / 4
        for i in range(word_ptr[b], word_ptr[b + 1]): typed[words[i]] = False
        for i in range(leaf_word_ptr[b], leaf_word_ptr[b + 1]): typed_leaf[leaf_words[i]] = False
        for i in range(n_met): place[met[i]] = _NONE
    return slots, out


def score_numba(
    tables: Tables,  # of the taxonomy
    batch: Batch,    # B queries
) -> tuple[np.ndarray, np.ndarray]:  # candidates (B x SLOTS), features (B x SLOTS x features)
    """Candidates and their features, as `retrieve_scipy` and `describe_scipy` give them."""
    lengths = np.array([len(level) for level in batch.levels], np.int32)
    letters = np.full((len(lengths), MAX_LETTERS), -1, np.int32)
    codes = np.frombuffer("".join(batch.levels).encode("utf-32-le", "surrogatepass"), np.uint32)
    letters[np.arange(MAX_LETTERS) < lengths[:, None]] = tables.alphabet[np.minimum(codes, len(tables.alphabet) - 1)]
    p = tables.postings
    own = tables.own.astype(np.uint32)                     # unsigned numbers cannot wrap around: a check less
    parent = np.where(tables.parent < 0, len(own), tables.parent).astype(np.uint32)
    return _run(batch.level_ptr, batch.trigrams, batch.trigram_ptr, batch.words, batch.word_ptr, batch.leaf_words, batch.leaf_word_ptr,
                batch.word_mass, batch.leaf_mass, batch.head, batch.prefix, letters, lengths, tables.trigram_idf, np.float32(tables.lexicon.rarest),
                p.indptr, p.indices, p.data, tables.name_scale, tables.path_scale, own, parent, tables.chain, tables.depth,
                tables.word_idf, tables.path_words, tables.name_words, tables.name_idf, tables.letters, tables.name_len,
                int(tables.alphabet.max()) + 1)
