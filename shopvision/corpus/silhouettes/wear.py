"Clothes and shoes"
from __future__ import annotations

from shopvision.corpus.silhouettes.canvas import Point, Sketch, flipped, smooth

SLEEVES = {'Sleeveless': 0., 'Cap': .15, 'Short': .35, 'Elbow': .5, 'Three-quarter': .75, 'Long': 1.}

def _sleeves(s: Sketch, reach: float, y: float = 22, wide: float = 11) -> None:
    "Two arms from the shoulders, `reach` of their full length"
    if reach < .1: return
    ex, ey = 30 - 22 * reach * .9 - 4, y + 4 + 54 * reach
    arm = [(34, y - 2), (26, y + 2), (ex - wide / 2, ey - 2), (ex + wide / 2 + 1, ey + 3), (32, y + 22)]
    for points in (arm, flipped(arm)):
        s.poly(points)
        s.line(points[2:4], 1.6, 'edge')

def _neck(s: Sketch, style: str, y: float = 17) -> None:
    "Opening of a garment"
    if style in ('V-neck', 'Sweetheart'): s.poly([(41, y - 2), (50, y + 16), (59, y - 2)], 'deep')
    elif style in ('High neck', 'Turtleneck', 'Collar'): s.rect(42, y - 6, 58, y + 3, 'shade', 2)
    elif style == 'Square': s.rect(40, y - 3, 60, y + 8, 'deep')
    elif style == 'Boat': s.oval(36, y - 4, 64, y + 4, 'deep')
    else:
        s.oval(41, y - 5, 59, y + 7, 'deep')
        s.arc(50, y + 1, 9.5, 0, 180, 1.6, 'edge', 7)

def _body(s: Sketch, top: float, bottom: float, waist: float, hem: float, shoulder: float = 19) -> None:
    "Torso from the shoulders to the hem; `waist` and `hem` are half widths"
    mid = top + (bottom - top) * .55
    left = [(50 - 8, top - 1), (50 - shoulder, top + 3), (50 - shoulder + 1, top + 18), (50 - waist, mid), (50 - hem, bottom)]
    s.poly([*left, *reversed(flipped(left))])

def tshirt(s: Sketch) -> None:
    s.volume = 'cloth'
    reach = SLEEVES.get(s.features.get('sleeve_length', ''), .36)
    _sleeves(s, min(reach, .75), wide=15)
    _body(s, 17, s.between(82, 90), 20, s.between(20, 23), 21)
    _neck(s, s.features.get('neckline', s.rng.choice(('Crew', 'Crew', 'V-neck'))))
    s.line([(50 - 21, 84), (50 + 21, 84)], .6)

def longsleeve(s: Sketch) -> None:
    s.volume = 'cloth'
    _sleeves(s, SLEEVES.get(s.features.get('sleeve_length', ''), 1), wide=10)
    _body(s, 17, 88, 19, 21, 20)
    style = s.features.get('neckline', s.rng.choice(('Crew', 'V-neck', 'Collar', 'buttons')))
    _neck(s, 'V-neck' if style == 'buttons' else style)
    if style == 'buttons':
        s.poly([(40, 15), (50, 24), (43, 29)], 'light'); s.poly([(60, 15), (50, 24), (57, 29)], 'light')
        s.line([(50, 26), (50, 88)], .8)
        for y in range(34, 86, 10): s.disc(51.5, y, 1, 'pale')

def hoodie(s: Sketch) -> None:
    s.volume = 'cloth'
    _sleeves(s, 1, wide=12)
    s.blob([(36, 24), (36, 8), (50, 3), (64, 8), (64, 24), (50, 30)], 'shade')
    _body(s, 20, 86, 22, 21, 22)
    s.blob([(40, 20), (41, 10), (50, 7), (59, 10), (60, 20), (50, 30)], 'deep')
    for x in (46, 54): s.line([(x, 28), (x, 44)], 1.2, 'white')
    s.poly([(36, 62), (64, 62), (68, 78), (32, 78)], 'light')
    s.rect(29, 83, 71, 88, 'shade')
    if s.chance(.4): s.line([(50, 30), (50, 86)], 1.2, 'metal')

def jacket(s: Sketch) -> None:
    s.volume = 'cloth'
    _sleeves(s, 1, wide=13)
    low = s.between(80, 92)
    _body(s, 17, low, 23, 24, 22)
    s.poly([(42, 13), (50, 34), (58, 13), (50, 17)], 'deep')
    s.poly([(40, 13), (50, 36), (40, 44), (34, 24)], 'light'); s.poly(flipped([(40, 13), (50, 36), (40, 44), (34, 24)]), 'light')
    s.line([(50, 36), (50, low)], 1.2, 'metal' if s.chance(.5) else 'edge')
    for x in (32, 58): s.rect(x, 62, x + 11, 65, 'shade')
    if s.chance(.6):
        for y in range(44, int(low) - 4, 10): s.disc(53, y, 1.3, 'deep')

def dress(s: Sketch) -> None:
    s.volume = 'cloth'
    lengths = {'Mini': 70, 'Above knee': 76, 'Knee-length': 82, 'Midi': 88, 'Maxi': 97, 'High-low': 90}
    low = lengths.get(s.features.get('dress_length', ''), s.rng.choice((76, 84, 92, 96)))
    flare, reach = s.between(22, 32), SLEEVES.get(s.features.get('sleeve_length', ''), s.rng.choice((0, 0, .2, .5)))
    neck = s.features.get('neckline', s.rng.choice(('V-neck', 'Scoop', 'Square', 'straps', 'straps')))
    if reach: _sleeves(s, reach * .8, 14, 9)
    wave = [(50 - flare + i * flare / 3, low + (1.5 if i % 2 else -1)) for i in range(7)]
    side: list[Point] = [(37, 12), (35, 20), (37, 30), (41, 42), (50 - flare * .62, 62)]
    s.poly([*side, *wave, *reversed(flipped(side)), (50, 18)] if neck == 'straps' else [*side, *wave, *reversed(flipped(side))])
    if neck == 'straps':
        for x in (39, 61): s.line([(x, 14), (x - (50 - x) * .05, 5)], 1.6, 'edge')
    else: _neck(s, neck, 11)
    s.poly([(41, 40), (59, 40), (60, 45), (40, 45)], 'shade')
    for at in (-.5, 0, .5): s.curve([(50 + at * 14, 46), (50 + at * flare * .9, 66), (50 + at * flare * 1.3, low - 1)], .6)

def skirt(s: Sketch) -> None:
    s.volume = 'cloth'
    low = {'Mini': 66, 'Above knee': 72, 'Knee-length': 78, 'Midi': 86, 'Maxi': 95}.get(s.features.get('skirt_length', ''), s.rng.choice((70, 80, 90)))
    flare = s.between(26, 38); wave = [(50 - flare + i * flare / 4, low + (1.6 if i % 2 else -1)) for i in range(9)]
    s.poly([(35, 20), *wave, (65, 20)])
    for i in range(1, 8): s.line([(35 + i * 3.75, 26), (50 - flare + i * flare / 4, low)], .6)
    s.rect(34, 16, 66, 23, 'shade', 1)

def trousers(s: Sketch) -> None:
    s.volume = 'cloth'
    hem = s.rng.choice((7, 9, 12))
    leg = [(33, 10), (27, 46), (33 - hem, 95), (33 + hem - 1, 95), (48, 40), (50, 36), (50, 10)]
    s.poly(leg); s.poly(flipped(leg), 'main')
    s.rect(32, 6, 68, 12, 'shade', 1)
    s.line([(50, 10), (50, 34)], .9); s.curve([(35, 14), (38, 20), (34, 24)], .9); s.curve([(65, 14), (62, 20), (66, 24)], .9)
    s.disc(50, 9, 1.2, 'metal')

def shorts(s: Sketch) -> None:
    s.volume = 'cloth'
    leg = [(28, 26), (18, 76), (47, 80), (50, 48), (50, 26)]
    s.poly(leg); s.poly(flipped(leg))
    s.rect(27, 20, 73, 29, 'shade', 1)
    s.line([(50, 28), (50, 50)], .9)
    for x in (46, 54): s.line([(x, 28), (x - (50 - x) * .4, 42)], 1.2, 'white')

def underwear(s: Sketch) -> None:
    s.volume = 'cloth'
    if s.chance(.5): s.blob([(18, 32), (50, 34), (82, 32), (80, 42), (62, 58), (55, 72), (45, 72), (38, 58), (20, 42)])
    else:
        s.poly([(20, 30), (80, 30), (84, 66), (55, 70), (50, 58), (45, 70), (16, 66)])
        s.curve([(42, 36), (41, 50), (50, 60), (59, 50), (58, 36)], .9)
    s.rect(19, 28, 81, 35, 'shade', 1)

def bra(s: Sketch) -> None:
    s.volume = 'cloth'
    for x in (28, 72): s.line([(x, 20), (x + (50 - x) * .15, 44)], 2.6, 'shade')
    s.line([(28, 20), (16, 58)], 2, 'shade'); s.line([(72, 20), (84, 58)], 2, 'shade')
    s.poly([(12, 54), (88, 54), (88, 66), (12, 66)], 'shade')
    for x in (34, 66): s.blob([(x - 15, 56), (x - 9, 42), (x, 37), (x + 9, 42), (x + 15, 56), (x + 9, 68), (x, 71), (x - 9, 68)])
    s.poly([(46, 55), (54, 55), (53, 63), (47, 63)], 'light')

def socks(s: Sketch) -> None:
    s.volume = 'cloth'
    heights = {'No-show': 52, 'Ankle': 44, 'Quarter': 36, 'Crew': 22, 'Mid-calf': 14, 'Knee-high': 6, 'Over-the-knee': 3}
    top = heights.get(s.features.get('sock_height', ''), s.rng.choice((10, 22, 34)))
    for dx, dy in ((-16, 0), (18, 6)):
        foot = smooth([(36, 60), (36, 74), (28, 84), (14, 88), (12, 94), (22, 98), (40, 94), (54, 84), (56, 70), (56, 60)], False)
        s.poly([(36 + dx, top + dy), *((x + dx, y + dy - 6) for x, y in foot), (56 + dx, top + dy)])
        s.rect(35 + dx, top + dy - 2, 57 + dx, top + dy + 5, 'shade', 1)
        s.curve([(42 + dx, 90 + dy - 6), (50 + dx, 80 + dy - 6), (56 + dx, 76 + dy - 6)], 1)

def hat(s: Sketch) -> None:
    kind = s.pick(cap='cap', brim='sun', beanie='beanie wig headband'); s.volume = 'ball'
    if kind == 'cap':
        s.blob([(22, 60), (26, 36), (46, 24), (66, 32), (74, 60), (48, 64)]); s.blob([(20, 58), (6, 70), (16, 76), (46, 68), (50, 60)], 'shade')
        s.curve([(46, 25), (44, 44), (48, 63)], .9); s.disc(46, 25, 2, 'shade')
    elif kind == 'brim':
        s.oval(6, 54, 94, 80); s.blob([(28, 66), (30, 32), (40, 24), (50, 28), (60, 24), (70, 32), (72, 66), (50, 72)])
        s.poly([(29, 56), (71, 56), (72, 66), (50, 70), (28, 66)], 'deep')
    else:
        s.blob([(22, 70), (26, 36), (50, 20), (74, 36), (78, 70)]); s.rect(20, 60, 80, 78, 'shade', 4); s.disc(50, 17, 7, 'light')
        for x in range(24, 80, 6): s.line([(x, 61), (x, 77)], .7)

def glove(s: Sketch) -> None:
    s.volume = 'cloth'
    for x, y in ((37, 14), (48, 9), (59, 13), (69, 24)): s.rect(x - 5, y, x + 5.4, 54, 'main', 5)
    s.blob([(38, 60), (24, 46), (15, 40), (13, 47), (24, 62), (36, 76)])
    s.rect(32, 42, 74, 80, 'main', 8, edge=False); s.rect(34, 74, 72, 94, 'shade', 2)
    for y in (79, 84, 89): s.line([(35, y), (71, y)], .7)

def scarf(s: Sketch) -> None:
    s.volume = 'cloth'
    s.poly([(44, 36), (60, 36), (68, 92), (50, 94)]); s.poly([(38, 36), (52, 40), (42, 86), (22, 82)], 'shade')
    s.blob([(20, 26), (50, 14), (80, 26), (78, 40), (50, 48), (22, 40)]); s.oval(32, 19, 68, 32, 'deep')
    for i in range(7): s.line([(51 + i * 2.8, 93), (51 + i * 2.9, 98)], .9); s.line([(23 + i * 2.8, 83 + i * .6), (22 + i * 2.8, 89 + i * .6)], .9)

def tie(s: Sketch) -> None:
    s.volume = 'cloth'
    s.poly([(43, 20), (57, 20), (63, 80), (50, 96), (37, 80)]); s.poly([(40, 6), (60, 6), (56, 21), (44, 21)], 'shade')

def belt(s: Sketch) -> None:
    if s.chance(.45):
        s.rect(3, 41, 97, 59, 'main', 3); s.line([(5, 43.5), (95, 43.5)], .6); s.line([(5, 56.5), (95, 56.5)], .6); s.rect(6, 36, 28, 64, 'metal', 3)
        s.rect(11, 42, 23, 58, 'main'); s.line([(17, 50), (29, 50)], 2, 'chrome'); s.rect(32, 39, 38, 61, 'shade', 1)
        for x in range(66, 92, 6): s.disc(x, 50, 1.2, 'black')
    else:
        for r in (40, 31): s.oval(50 - r, 58 - r * .6, 50 + r, 58 + r * .6, 'main'); s.oval(54 - r, 58 - r * .53, 46 + r, 58 + r * .53, 'deep')
        s.oval(26, 46, 74, 72, 'main'); s.oval(31, 49, 69, 69, 'white', False); s.poly([(30, 72), (70, 72), (70, 92), (30, 92)], 'main')
        s.rect(24, 68, 50, 96, 'metal', 3); s.rect(30, 74, 44, 90, 'main'); s.line([(37, 82), (54, 82)], 2, 'chrome')
        for x in (58, 64): s.disc(x, 82, 1.2, 'black')

def _sole(s: Sketch, y: float=74, role: str='white') -> None:
    s.blob([(6, y - 2), (8, y + 6), (50, y + 8), (92, y + 6), (94, y - 2), (50, y + 1)], role, False)

def shoe(s: Sketch) -> None:
    s.volume = 'ball'
    s.blob([(8, 74), (8, 50), (12, 38), (30, 36), (42, 44), (60, 56), (84, 60), (94, 68), (94, 76), (50, 78)])
    s.blob([(12, 40), (22, 34), (34, 38), (28, 46), (16, 46)], 'deep')
    s.blob([(70, 60), (86, 61), (94, 70), (92, 76), (74, 76)], 'light')
    _sole(s, 75, 'white' if s.chance(.7) else 'deep')
    for i in range(4): s.line([(38 + i * 7, 42 + i * 4.5), (46 + i * 7, 50 + i * 3)], 1.8, 'white')
    s.curve([(24, 70), (36, 58), (52, 62)], 2.4, 'second')

def boot(s: Sketch) -> None:
    s.volume = 'tube'
    s.poly([(28, 8), (58, 8), (58, 50), *smooth([(60, 54), (74, 62), (88, 68), (92, 78), (92, 84)], False), (28, 84)])
    s.rect(27, 6, 59, 14, 'shade', 2); s.blob([(74, 64), (88, 68), (93, 80), (76, 82)], 'light')
    s.rect(26, 82, 94, 90, 'black', 2); s.rect(26, 84, 44, 95, 'black', 1)
    if s.chance(.65):
        for i in range(6): s.line([(50, 18 + i * 7), (62, 15 + i * 7.4)], 1.6, 'cream')
    else: s.line([(40, 14), (40, 78)], 1.2, 'metal')

def sandal(s: Sketch) -> None:
    if s.chance(.6):
        for x, way in ((28, -1), (72, 1)):
            s.blob([(x - 4 * way, 4), (x + 12, 8), (x + 15, 30), (x + 10, 56), (x + 11, 84), (x, 97), (x - 11, 84), (x - 10, 56), (x - 15, 30),
                (x - 12, 8)])
            s.blob([(x - 3 * way, 9), (x + 9, 12), (x + 11, 30), (x + 7, 56), (x + 8, 82), (x, 92), (x - 8, 82), (x - 7, 56), (x - 11, 30),
                (x - 9, 12)], 'light', False)
            for side in (-1, 1): s.curve([(x - 2 * way, 26), (x + 7 * side, 36), (x + 10 * side, 54)], 4, 'deep')
    else:
        s.blob([(8, 78), (26, 70), (50, 74), (72, 76), (94, 78), (94, 88), (50, 90), (8, 90)], 'darkwood')
        s.blob([(8, 77), (26, 69), (50, 73), (72, 75), (94, 77), (90, 82), (50, 82), (12, 83)], 'lightwood')
        s.poly([(58, 77), (64, 54), (76, 54), (88, 78)]); s.poly([(10, 78), (14, 52), (24, 50), (26, 76)])
        s.poly([(13, 52), (40, 44), (44, 52), (24, 60)], 'light'); s.poly([(32, 75), (38, 46), (46, 46), (46, 77)]); s.rect(37, 50, 46, 58, 'gold', 1)

def heel(s: Sketch) -> None:
    s.volume = 'ball'
    s.blob([(12, 34), (24, 30), (34, 44), (52, 60), (70, 66), (92, 72), (96, 82), (84, 86), (62, 80), (36, 62), (16, 54)])
    s.blob([(16, 36), (24, 33), (36, 50), (54, 64), (70, 69), (56, 72), (34, 56)], 'deep')
    if s.features.get('heel_style') in ('Block', 'Wedge', 'Platform') or s.chance(.3): s.poly([(12, 48), (32, 60), (32, 90), (16, 90)], 'shade')
    else: s.poly([(11, 46), (24, 56), (17, 90), (13, 90)], 'shade')
