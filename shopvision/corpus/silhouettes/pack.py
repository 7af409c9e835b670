"Packs, bottles and what stands on a kitchen shelf"
from __future__ import annotations

from shopvision.corpus.silhouettes.canvas import Sketch

def _label(s: Sketch, x0: float, y0: float, x1: float, y1: float) -> None:
    "A printed label: a word, some lines, perhaps an emblem"
    s.rect(x0, y0, x1, y1, 'paper' if s.chance(.75) else 'second', 1); w, h = x1 - x0, y1 - y0
    words = s.rng.choice(('PURE', 'No 7', 'MIRA', 'BIO', 'ORI', 'fresh', 'NORD', 'lumo', 'VITA', 'OKA'))
    s.text((x0 + x1) / 2, y0 + h * .28, words, min(h * .3, w * .26), 'deep')
    for i in range(3): s.line([(x0 + w * .2, y0 + h * (.55 + i * .13)), (x1 - w * .2, y0 + h * (.55 + i * .13))], .8, 'grey')

def bottle(s: Sketch) -> None:
    s.volume = 'tube'
    if s.pick(neck='wine whisk gin vodka liqueur beer oil sauce', plain='shampoo wash conditioner detergent lotion water baby') == 'neck':
        s.rect(44, 10, 56, 34, 'main', 2); s.blob([(44, 30), (56, 30), (66, 46), (66, 94), (34, 94), (34, 46)]); s.rect(34, 50, 66, 95, 'main', 4)
        s.rect(43, 4, 57, 14, 'deep', 1); _label(s, 34.6, 58, 65.4, 84)
    else:
        s.rect(31, 26, 69, 96, 'main', 9); s.rect(40, 12, 60, 28, 'main', 3); s.rect(38, 4, 62, 18, 'dark' if s.chance(.5) else 'white', 2)
        _label(s, 32, 44, 68, 80)

def jar(s: Sketch) -> None:
    s.volume = 'tube'
    s.rect(22, 26, 78, 92, 'main', 10); s.rect(20, 12, 80, 30, s.rng.choice(('metal', 'dark', 'white', 'gold')), 3)
    for x in range(24, 80, 5): s.line([(x, 15), (x, 27)], .6, 'grey')
    _label(s, 23, 46, 77, 78)

def can(s: Sketch) -> None:
    s.volume = 'tube'
    if s.pick(slim='soda drink', wide='food bean soup paint stain') == 'slim':
        s.rect(32, 10, 68, 92, 'main', 4); s.oval(32, 5, 68, 16, 'chrome'); s.oval(36, 7, 64, 14, 'metal'); s.oval(33, 86, 67, 96, 'metal')
        s.rect(32, 20, 68, 88, 'main'); s.oval(46, 8, 56, 12, 'grey')
    else: s.rect(20, 22, 80, 84, 'main'); s.oval(20, 74, 80, 94, 'main'); s.oval(20, 12, 80, 32, 'chrome'); s.oval(25, 15, 75, 29, 'metal')
    _label(s, 34, 42, 66, 72)

def tube(s: Sketch) -> None:
    s.volume = 'tube'; s.poly([(28, 6), (72, 6), (62, 78), (38, 78)]); s.rect(28, 5, 72, 12, 'shade')
    s.rect(38, 78, 62, 94, 'white' if s.chance(.6) else 'dark', 2); _label(s, 38, 28, 62, 58)

def box(s: Sketch) -> None:
    kind = s.pick(flat='cereal pasta pizza dye software suite game kit', iso='shipping cartridge mystery', gift='gift chocolate')
    if kind == 'iso':
        s.poly([(14, 36), (50, 48), (50, 92), (14, 78)]); s.poly([(86, 36), (50, 48), (50, 92), (86, 78)], 'shade')
        s.poly([(14, 36), (50, 24), (86, 36), (50, 48)], 'light'); s.poly([(45, 46), (55, 46), (55, 60), (45, 60)], 'cream')
    elif kind == 'flat':
        s.poly([(78, 12), (90, 18), (90, 90), (78, 94)], 'shade'); s.rect(16, 12, 78, 94); _label(s, 24, 26, 70, 62); s.rect(24, 74, 46, 80, 'pale')
        s.rect(56, 78, 72, 88, 'white')
    else:
        s.rect(16, 40, 84, 92); s.rect(12, 28, 88, 44, 'light'); s.rect(45, 28, 55, 92, 'second')
        s.blob([(50, 28), (34, 12), (26, 22), (50, 30)], 'second'); s.blob([(50, 28), (66, 12), (74, 22), (50, 30)], 'second')

def pouch(s: Sketch) -> None:
    s.blob([(24, 8), (50, 9), (76, 8), (78, 40), (84, 88), (50, 95), (16, 88), (22, 40)]); s.rect(23, 6, 77, 14, 'shade')
    s.line([(25, 18), (75, 18)], .9); s.curve([(20, 82), (50, 76), (80, 82)], .9); _label(s, 32, 30, 68, 66)

def carton(s: Sketch) -> None:
    s.poly([(28, 34), (64, 34), (64, 95), (28, 95)]); s.poly([(64, 34), (78, 30), (78, 90), (64, 95)], 'shade')
    s.poly([(28, 34), (36, 16), (72, 14), (64, 34)], 'light'); s.poly([(72, 14), (78, 30), (64, 34)], 'shade'); s.rect(35, 8, 73, 17, 'light')
    _label(s, 31, 48, 61, 78); s.disc(52, 26, 5, 'white')

def bag_of_food(s: Sketch) -> None:
    zig = [(20 + i * 5, 8 + (3 if i % 2 else 0)) for i in range(13)]; s.poly([*zig, (84, 50), (80, 92), (76, 94), (24, 94), (20, 92), (16, 50)])
    s.rect(20, 12, 80, 20, 'shade'); s.rect(20, 86, 80, 94, 'shade'); s.oval(26, 28, 74, 60, 'paper')
    s.text(50, 44, s.rng.choice(('CRUNCH', 'Mmm', 'Yum', 'NATURE', 'crispy')), 10, 'deep')
    for x in (36, 50, 64): s.oval(x - 7, 66, x + 7, 80, s.rng.choice(('crust', 'brown', 'yellow')))

def spray(s: Sketch) -> None:
    s.volume = 'tube'
    if s.chance(.5):
        s.poly([(34, 40), (66, 40), (72, 94), (28, 94)]); s.rect(42, 26, 58, 42, 'white')
        s.poly([(30, 14), (66, 14), (70, 26), (40, 28), (30, 22)], 'red' if s.chance(.5) else 'dark')
        s.poly([(40, 26), (46, 26), (40, 40), (35, 38)], 'dark'); _label(s, 34, 54, 66, 80)
    else:
        s.rect(32, 28, 68, 96, 'main', 5); s.blob([(32, 30), (38, 20), (62, 20), (68, 30)], 'metal'); s.rect(40, 6, 60, 21, 'white', 3)
        s.rect(40, 9, 45, 13, 'dark'); _label(s, 33, 44, 67, 78)

def pump_bottle(s: Sketch) -> None:
    s.volume = 'tube'; s.rect(28, 38, 72, 95, 'main', 9); s.rect(42, 28, 58, 40, 'dark', 2); s.rect(47, 12, 53, 30, 'metal')
    s.line([(50, 13), (30, 13), (28, 20)], 6, 'dark'); s.rect(42, 8, 60, 16, 'dark', 3); _label(s, 33, 52, 67, 82)

def cup(s: Sketch) -> None:
    s.volume = 'tube'
    if s.pick(togo='tumbler sippy yogurt', saucer='coffee tea') == 'togo':
        s.poly([(26, 22), (74, 22), (66, 94), (34, 94)]); s.poly([(28, 42), (72, 42), (69, 68), (31, 68)], 'shade')
        s.rect(23, 14, 77, 24, 'white', 3); s.rect(28, 8, 72, 15, 'white', 3)
    else:
        s.oval(12, 78, 88, 94, 'light'); s.ring(76, 52, 11, 5, 'main'); s.blob([(20, 34), (80, 34), (76, 62), (62, 84), (38, 84), (24, 62)])
        s.oval(20, 26, 80, 42, 'pale'); s.oval(25, 29, 75, 40, 'brown')

def mug(s: Sketch) -> None:
    s.volume = 'tube'; s.ring(74, 54, 17, 7, 'main', 19); s.ring(74, 54, 17.4, .8, 'edge', 19.4); s.poly([(18, 22), (72, 22), (70, 90), (20, 90)])
    s.oval(20, 84, 70, 95, 'main', False); s.oval(18, 15, 72, 29, 'light'); s.oval(22, 18, 68, 28, 'deep' if s.chance(.6) else 'brown')

def glass(s: Sketch) -> None:
    c = s.color('base'); tinted = (*c[:3], 120 if c[3] == 255 else 90)
    if s.chance(.5):
        s.blob([(28, 8), (24, 32), (38, 54), (62, 54), (76, 32), (72, 8)], tinted); s.blob([(26, 30), (38, 52), (62, 52), (74, 30)], (*c[:3], 170))
        s.line([(50, 54), (50, 88)], 3, tinted); s.oval(30, 86, 70, 95, tinted); s.oval(28, 4, 72, 13, (255, 255, 255, 120))
    else:
        s.poly([(24, 10), (76, 10), (70, 92), (30, 92)], tinted); s.poly([(27, 44), (73, 44), (70, 88), (30, 88)], (*c[:3], 150))
        s.oval(24, 5, 76, 15, (255, 255, 255, 130)); s.line([(34, 20), (37, 84)], 2, (255, 255, 255, 120))
    s.line([(26, 12), (30, 40)], .8, (140, 150, 160, 160))

def bowl(s: Sketch) -> None:
    s.volume = 'ball'; s.rect(38, 80, 62, 88, 'shade', 2); s.blob([(6, 42), (94, 42), (86, 64), (66, 82), (34, 82), (14, 64)])
    s.oval(6, 28, 94, 56, 'light'); s.oval(12, 32, 88, 53, 'shade')

def plate(s: Sketch) -> None:
    if s.chance(.5): s.disc(50, 50, 44); s.ring(50, 50, 43, 1, 'light'); s.disc(50, 50, 29, 'light')
    else: s.oval(4, 32, 96, 74); s.oval(20, 40, 80, 66, 'light'); s.oval(22, 42, 78, 64, 'main', False)

def pan(s: Sketch) -> None:
    s.line([(62, 52), (95, 84)], 8, 'dark'); s.disc(92, 81, 1.6, 'white'); s.disc(40, 38, 35); s.disc(40, 38, 29, 'shade')
    s.disc(40, 38, 28, 'dark' if s.chance(.5) else 'shade'); s.arc(40, 38, 23, 190, 260, 1.6, 'grey')

def pot(s: Sketch) -> None:
    s.volume = 'tube'
    for x in (10, 90): s.ring(x, 54, 7, 3.4, 'dark')
    s.rect(16, 38, 84, 88, 'main', 8); s.oval(16, 30, 84, 46, 'light'); s.blob([(18, 38), (30, 26), (50, 22), (70, 26), (82, 38), (50, 44)], 'light')
    s.rect(44, 13, 56, 22, 'dark', 3)

def knife(s: Sketch) -> None:
    s.poly([(40, 60), (46, 66), (92, 14), (88, 8), (66, 22)], 'chrome'); s.line([(46, 65), (91, 14)], .8, 'grey')
    s.poly([(8, 86), (36, 56), (48, 66), (18, 96)], 'main')
    for x, y in ((18, 86), (27, 77), (36, 68)): s.disc(x, y, 1.8, 'metal')

def spoon(s: Sketch) -> None:
    s.volume = 'ball'
    if s.chance(.5): s.oval(34, 4, 66, 42); s.oval(39, 9, 61, 36, 'shade'); s.poly([(47, 40), (53, 40), (55, 96), (45, 96)])
    else:
        s.oval(14, 6, 36, 34); s.poly([(23, 32), (27, 32), (29, 96), (21, 96)]); s.poly([(48, 6), (52, 6), (54, 96), (46, 96)])
        for x in (42, 47, 52, 57): s.rect(x - .9, 4, x + 1.6, 26, 'main', 1)
        s.blob([(41, 24), (59, 24), (54, 36), (46, 36)]); s.blob([(74, 6), (82, 20), (80, 50), (74, 50)], 'light'); s.rect(74, 48, 79, 96)

def kettle(s: Sketch) -> None:
    s.volume = 'tube'; s.arc(46, 36, 27, 180, 360, 5, 'dark', 30); s.poly([(70, 52), (94, 30), (98, 36), (76, 72)])
    s.blob([(22, 40), (70, 40), (82, 86), (46, 92), (10, 86)]); s.oval(24, 32, 68, 46, 'light'); s.disc(46, 30, 4, 'dark')
    s.rect(12, 84, 80, 92, 'shade', 3)
