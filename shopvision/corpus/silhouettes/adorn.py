"Jewellery, eyewear, bags and other things one carries or wears"
from __future__ import annotations

import math

from shopvision.corpus.silhouettes.canvas import Sketch

def ring(s: Sketch) -> None:
    s.ring(50, 60, 32, 7, 'main'); s.ring(50, 60, 32, 1, 'edge')
    if s.chance(.75):
        s.poly([(40, 18), (60, 18), (67, 27), (50, 42), (33, 27)], s.rng.choice(('mirror', 'blue', 'green', 'red', 'purple')))
        s.line([(33, 27), (67, 27)], .8, 'white'); s.line([(44, 27), (50, 41), (56, 27)], .8, 'white'); s.line([(38, 34), (34, 22)], 1.6, 'edge')
        s.line([(62, 34), (66, 22)], 1.6, 'edge')

def necklace(s: Sketch) -> None:
    points = [(50 + 34 * math.cos(a), 30 + 40 * math.sin(a)) for i in range(25) if (a := math.pi * (1.12 - 1.24 * i / 24)) is not None]
    beads = s.chance(.5)
    if beads:
        for i, (x, y) in enumerate(points): s.disc(x, y, 3.4 if i % 2 else 2.6)
    else: s.line(points, 1.8, 'base')
    if beads and s.chance(.4): return
    kind = s.rng.choice(('heart', 'drop', 'disc', 'star'))
    if kind == 'heart':
        s.blob([(50, 78), (42, 71), (45, 66), (50, 70), (55, 66), (58, 71)]); s.blob([(50, 90), (36, 76), (40, 68), (50, 73), (60, 68), (64, 76)])
    elif kind == 'drop': s.blob([(50, 70), (58, 84), (50, 92), (42, 84)])
    elif kind == 'disc': s.disc(50, 80, 9); s.ring(50, 80, 6, 1, 'edge')
    else: s.star(50, 80, 11)

def earring(s: Sketch) -> None:
    kind = s.pick(hoop='hoop', stud='stud', drop='drop', tassel='tassel')
    for x in (28, 72):
        s.arc(x, 17, 5, 150, 380, 1.5, 'metal')
        if kind == 'hoop': s.ring(x, 52, 19, 4.5, 'main', 27)
        elif kind == 'drop': s.disc(x, 30, 6); s.blob([(x, 38), (x + 11, 66), (x, 80), (x - 11, 66)])
        elif kind == 'tassel':
            s.disc(x, 30, 7)
            for i in range(7): s.line([(x - 6 + i * 2, 38), (x - 9 + i * 3, 84)], 2.2, 'base')
        else: s.disc(x, 42, 17); s.star(x, 42, 10, 8, .5, 'light')

def watch(s: Sketch) -> None:
    s.rect(37, 2, 63, 98, 'main', 4)
    for y in (8, 14, 84, 90): s.line([(41, y), (59, y)], .8)
    if s.pick(dial='analog', smart='smart tracker', hands='watch') == 'smart':
        s.rect(28, 28, 72, 72, 'black', 10); s.rect(32, 32, 68, 68, 'screen', 7); s.text(50, 47, '10:09', 12, 'white')
        s.rect(40, 58, 60, 61, 'green', 1)
        return
    s.disc(50, 50, 27, 'metal'); s.disc(50, 50, 23, s.rng.choice(('white', 'paper', 'black', 'main'))); s.rect(77, 47, 82, 53, 'metal', 1)
    for i in range(12):
        a = i * math.pi / 6; s.line([(50 + 18 * math.cos(a), 50 + 18 * math.sin(a)), (50 + 21 * math.cos(a), 50 + 21 * math.sin(a))], 1.4, 'grey')
    s.line([(50, 50), (40, 42)], 2.2, 'gold'); s.line([(50, 50), (62, 36)], 1.5, 'gold'); s.disc(50, 50, 2, 'gold')

def glasses(s: Sketch) -> None:
    dark, lens = s.chance(.5), s.rng.choice(('round', 'square', 'cat'))
    glass = (40, 40, 46, 200) if dark else 'glass'
    for x in (28, 72):
        if lens == 'round': s.disc(x, 52, 18, glass, False); s.ring(x, 52, 20, 4, 'base')
        else:
            up = -4 if lens == 'cat' else 0
            out = -1 if x < 50 else 1
            pts = [(x - out * 17, 40), (x + out * 20, 38 + up), (x + out * 17, 64), (x - out * 13, 67)]
            s.poly(pts, glass); s.line([*pts, pts[0], pts[1]], 4, 'base')
    s.arc(50, 50, 8, 200, 340, 4, 'base'); s.line([(9, 44), (3, 34)], 4, 'base'); s.line([(91, 44), (97, 34)], 4, 'base')
    if dark: s.line([(22, 56), (30, 46)], 1.6, (255, 255, 255, 110)); s.line([(66, 56), (74, 46)], 1.6, (255, 255, 255, 110))

def handbag(s: Sketch) -> None:
    if s.chance(.6): s.arc(50, 44, 22, 185, 355, 4.5, 'shade', 34)
    else: s.arc(38, 44, 12, 190, 350, 3.6, 'shade', 28); s.arc(62, 44, 12, 190, 350, 3.6, 'shade', 28)
    s.poly([(18, 42), (82, 42), (90, 90), (10, 90)])
    if s.chance(.6): s.poly([(18, 42), (82, 42), (78, 62), (50, 70), (22, 62)], 'light'); s.rect(45, 62, 55, 72, 'gold', 2)
    else: s.line([(16, 50), (84, 50)], 1.4, 'gold'); s.line([(12, 84), (88, 84)], .9)

def backpack(s: Sketch) -> None:
    s.volume = 'tube'
    s.arc(50, 14, 9, 180, 360, 3.5, 'shade'); s.rect(18, 40, 30, 84, 'shade', 5); s.rect(70, 40, 82, 84, 'shade', 5)
    s.rect(24, 12, 76, 94, 'main', 20); s.rect(31, 52, 69, 86, 'light', 6); s.line([(31, 60), (69, 60)], 1.5, 'metal')
    s.arc(50, 46, 24, 195, 345, 1.4, 'metal', 28); s.rect(44, 30, 56, 40, 'shade', 2)

def suitcase(s: Sketch) -> None:
    for x in (40, 60): s.line([(x, 24), (x, 5)], 2.4, 'metal')
    s.line([(39, 5), (61, 5)], 4, 'black'); s.rect(24, 20, 76, 92, 'main', 8)
    for x in (34, 42, 50, 58, 66): s.line([(x, 26), (x, 86)], 1.6, 'edge')
    for x in (31, 69): s.rect(x - 4, 92, x + 4, 98, 'black', 2)
    s.rect(22, 52, 27, 62, 'dark', 2)

def wallet(s: Sketch) -> None:
    if s.chance(.5): s.rect(24, 24, 84, 40, 'green', 1); s.rect(20, 28, 76, 44, 'light', 1)
    s.rect(10, 34, 90, 80, 'main', 5); s.rect(13, 37, 87, 77, 'main', 3); s.line([(14, 40), (86, 40)], .8, 'edge')
    s.rect(70, 50, 94, 64, 'shade', 5); s.disc(77, 57, 2.8, 'gold')

def umbrella(s: Sketch) -> None:
    s.line([(50, 12), (50, 84)], 2.6, 'dark'); s.arc(57, 84, 7, 0, 180, 3.6, 'darkwood')
    dome = [(50 + 44 * math.cos(a), 54 + 42 * math.sin(a)) for i in range(19) if (a := math.pi * (1 + i / 18)) is not None]
    scallop = [(94 - i * 88 / 24, 54 - 5 * abs(math.sin(math.pi * i / 6))) for i in range(25)]
    s.poly([*dome, *scallop])
    for x in (28, 50, 72): s.curve([(50, 12), (50 + (x - 50) * .8, 30), (x, 54)], .9)
    s.line([(50, 6), (50, 13)], 2, 'dark')

def key(s: Sketch) -> None:
    s.ring(30, 32, 18, 9, 'main'); s.line([(42, 45), (86, 88)], 8, 'base'); s.line([(72, 76), (64, 84)], 6, 'base')
    s.line([(82, 86), (74, 94)], 6, 'base'); s.line([(42, 44), (85, 86)], 1, 'pale')

def lock(s: Sketch) -> None:
    s.arc(50, 44, 20, 180, 360, 7, 'chrome', 28); s.line([(30, 44), (30, 54)], 7, 'chrome'); s.line([(70, 44), (70, 54)], 7, 'chrome')
    s.rect(20, 48, 80, 92, 'main', 7); s.disc(50, 66, 6, 'black'); s.poly([(47, 68), (53, 68), (55, 82), (45, 82)], 'black')

def mask(s: Sketch) -> None:
    if s.pick(face='surgical', party='costume halloween') == 'face':
        s.arc(20, 50, 14, 90, 270, 1.6, 'white', 18); s.arc(80, 50, 14, 270, 450, 1.6, 'white', 18)
        s.blob([(18, 34), (50, 26), (82, 34), (80, 62), (50, 80), (20, 62)])
        for y in (44, 52, 60): s.curve([(19, y), (50, y + 2), (81, y)], .8)
        s.curve([(36, 32), (50, 29), (64, 32)], 1.4, 'metal')
    else:
        s.line([(6, 40), (94, 40)], 3, 'dark')
        s.blob([(10, 36), (30, 26), (50, 34), (70, 26), (90, 36), (88, 58), (66, 68), (50, 56), (34, 68), (12, 58)])
        for x in (31, 69): s.oval(x - 10, 40, x + 10, 54, 'black')
        s.star(50, 34, 5, 5, .45, 'gold')

def helmet(s: Sketch) -> None:
    s.volume = 'ball'; kind = s.pick(bike='bike', full='motorcycle', hard='hard')
    if kind == 'full':
        s.blob([(14, 54), (22, 22), (50, 8), (80, 22), (88, 54), (80, 84), (52, 90), (26, 84)])
        s.blob([(36, 38), (62, 34), (88, 42), (88, 60), (62, 64), (38, 58)], 'screen'); s.curve([(46, 46), (64, 42), (80, 46)], 1.4, 'grey')
    elif kind == 'bike':
        s.blob([(8, 60), (18, 32), (50, 18), (82, 32), (92, 60), (50, 68)])
        for x in (28, 46, 64): s.blob([(x - 3, 54), (x + 2, 32), (x + 9, 30), (x + 9, 54)], 'black')
        s.line([(22, 64), (46, 92), (74, 64)], 2, 'dark')
    else:
        s.blob([(16, 62), (22, 30), (50, 18), (78, 30), (84, 62)]); s.blob([(8, 62), (50, 54), (92, 62), (92, 68), (50, 74), (8, 68)], 'shade')
        s.rect(45, 18, 55, 58, 'light', 4)

def menorah(s: Sketch) -> None:
    for r in (8, 19, 30, 41): s.arc(50, 38, r, 0, 180, 2.6, 'base', r * .95)
    s.line([(50, 28), (50, 84)], 4, 'base'); s.poly([(32, 92), (68, 92), (58, 83), (42, 83)])
    for x in (9, 20, 31, 42, 50, 58, 69, 80, 91):
        y = 28 if x == 50 else 36
        s.rect(x - 1.8, y - 12, x + 1.8, y, 'paper'); s.blob([(x, y - 20), (x + 2, y - 14), (x, y - 12), (x - 2, y - 14)], 'flame')
        s.rect(x - 3, y, x + 3, y + 3, 'light')

def cross(s: Sketch) -> None:
    if s.chance(.4): s.arc(50, 12, 26, 200, 340, 1.6, 'metal', 14)
    s.rect(43, 10, 57, 92, 'main', 2); s.rect(22, 28, 78, 42, 'main', 2); s.rect(43.6, 28.6, 56.4, 41.4, 'main', edge=False)
    s.disc(50, 35, 3, 'gold')

def collar(s: Sketch) -> None:
    s.ring(50, 46, 40, 10, 'main', 30); s.ring(50, 46, 40, 1, 'edge', 30); s.rect(40, 68, 60, 82, 'metal', 3); s.rect(45, 71, 55, 79, 'main')
    s.ring(50, 84, 4, 1.5, 'metal'); s.disc(50, 91, 6, 'gold')
    for x, y in ((22, 66), (30, 71), (70, 71), (78, 66)): s.disc(x, y, 1.6, 'metal')

def bib(s: Sketch) -> None:
    s.volume = 'cloth'
    s.blob([(30, 12), (22, 30), (16, 60), (28, 88), (50, 92), (72, 88), (84, 60), (78, 30), (70, 12), (66, 30), (50, 40), (34, 30)])
    s.arc(50, 22, 18, 0, 180, 2, 'shade', 18); s.blob([(50, 74), (40, 62), (44, 56), (50, 60), (56, 56), (60, 62)], 'second')

def pacifier(s: Sketch) -> None:
    s.ring(50, 72, 17, 5, 'light'); s.blob([(14, 50), (22, 38), (50, 42), (78, 38), (86, 50), (78, 66), (50, 60), (22, 66)])
    s.blob([(50, 8), (62, 18), (58, 32), (56, 42), (44, 42), (42, 32), (38, 18)], (238, 214, 170, 235)); s.disc(50, 53, 8, 'shade')

def bead(s: Sketch) -> None:
    for i in range(18):
        a = i * math.pi / 9; s.disc(50 + 36 * math.cos(a), 46 + 34 * math.sin(a), 6.2, 'main' if i % 3 else 'light')
    s.line([(50, 84), (50, 96)], 2, 'edge')

def comb(s: Sketch) -> None:
    s.rect(6, 30, 94, 48, 'main', 5)
    for x in range(10, 92, 4): s.rect(x, 46, x + 2.2, 74, 'main', 1, False)

