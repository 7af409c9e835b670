"Sports, toys and music"
from __future__ import annotations

import math

from shopvision.corpus.silhouettes.canvas import Sketch

def ball(s: Sketch) -> None:
    s.volume = 'ball'; kind = s.pick(soccer='soccer', basket='basket', plain='balloon bath golf', tennis='tennis dog'); s.disc(50, 50, 42)
    if kind == 'soccer':
        s.star(50, 50, 14, 5, .81, 'deep')
        for i in range(5):
            a = i * 1.2566 - 1.57; x, y = 50 + 36 * math.cos(a), 50 + 36 * math.sin(a)
            s.line([(50 + 14 * math.cos(a), 50 + 14 * math.sin(a)), (50 + 28 * math.cos(a), 50 + 28 * math.sin(a))], 1.2, 'deep')
            s.blob([(x - 7 * math.sin(a), y + 7 * math.cos(a)), (x + 5 * math.cos(a), y + 5 * math.sin(a)),
                (x + 7 * math.sin(a), y - 7 * math.cos(a)), (x - 8 * math.cos(a), y - 8 * math.sin(a))], 'deep')
    elif kind == 'basket':
        s.line([(8, 50), (92, 50)], 1.4, 'deep'); s.line([(50, 8), (50, 92)], 1.4, 'deep'); s.arc(8, 50, 34, -58, 58, 1.4, 'deep')
        s.arc(92, 50, 34, 122, 238, 1.4, 'deep')
    elif kind == 'tennis': s.arc(10, 28, 44, -30, 75, 2.4, 'pale'); s.arc(90, 72, 44, 150, 255, 2.4, 'pale')
    else: s.curve([(12, 36), (50, 26), (88, 36)], 1, 'edge'); s.curve([(12, 64), (50, 74), (88, 64)], 1, 'edge')

def racket(s: Sketch) -> None:
    for i in range(-4, 5):
        s.line([(50 + i * 5.4, 34 - 26 * (1 - (i / 5) ** 2) ** .5), (50 + i * 5.4, 34 + 26 * (1 - (i / 5) ** 2) ** .5)], .7, 'grey')
        s.line([(50 - 25 * (1 - (i / 5.4) ** 2) ** .5, 34 + i * 6), (50 + 25 * (1 - (i / 5.4) ** 2) ** .5, 34 + i * 6)], .7, 'grey')
    s.ring(50, 34, 28, 5, 'main', 31); s.line([(38, 60), (48, 74)], 4, 'base'); s.line([(62, 60), (52, 74)], 4, 'base')
    s.rect(46, 72, 54, 98, 'main', 2); s.rect(46, 80, 54, 98, 'black', 2)

def bat(s: Sketch) -> None:
    if s.pick(baseball='baseball hockey golf', paddle='paddle') == 'baseball':
        s.poly([(74, 6), (90, 20), (34, 80), (24, 72)], 'main'); s.line([(30, 75), (14, 91)], 5, 'black'); s.disc(12, 93, 4, 'shade')
        s.disc(82, 13, 10.6, 'main', False); s.disc(26, 26, 11, 'white'); s.arc(18, 26, 12, -40, 40, .9, 'red')
    else:
        s.disc(54, 38, 34, 'main'); s.poly([(30, 58), (42, 70), (18, 96), (8, 86)], 'wood'); s.line([(32, 62), (46, 72)], 2, 'wood')
        s.disc(86, 82, 8, 'white')

def skate(s: Sketch) -> None:
    if s.pick(board='board', boot='ice roller') == 'board':
        s.poly([(8, 50), (16, 56), (84, 56), (92, 50), (95, 54), (86, 63), (14, 63), (5, 54)])
        for x in (26, 74): s.disc(x, 71, 7.4, 'white'); s.disc(x, 71, 3, 'metal')
        s.line([(30, 59), (70, 59)], 1, 'second')
    else:
        s.poly([(30, 8), (58, 8), (60, 42), (84, 54), (88, 70), (24, 70)]); s.rect(28, 6, 60, 14, 'shade', 2)
        for i in range(4): s.line([(52, 20 + i * 7), (64, 18 + i * 7.4)], 1.6, 'white')
        s.rect(26, 70, 90, 76, 'dark', 1)
        for x in (32, 49, 66, 83): s.disc(x, 85, 8, 'second'); s.disc(x, 85, 3, 'metal')

def ski(s: Sketch) -> None:
    for x in (34, 54): s.poly([(x - 4, 14), (x, 2), (x + 4, 14), (x + 3.4, 97), (x - 3.4, 97)]); s.rect(x - 4.4, 48, x + 4.4, 68, 'dark', 1)
    for x in (16, 76): s.line([(x, 10), (x, 92)], 1.8, 'metal'); s.rect(x - 2.4, 6, x + 2.4, 20, 'black', 2); s.ring(x, 86, 5, 1.2, 'black', 2)

def dumbbell(s: Sketch) -> None:
    if not s.features.get('name') and s.chance(.3):
        s.volume = 'ball'; s.ring(50, 30, 20, 7, 'shade', 20); s.disc(50, 64, 30); s.text(50, 64, s.rng.choice(('8', '12', '16')), 18, 'pale')
        return
    s.rect(28, 45, 72, 55, 'metal', 2); s.rect(22, 26, 34, 74, 'main', 3); s.rect(66, 26, 78, 74, 'main', 3); s.rect(10, 33, 22, 67, 'shade', 3)
    s.rect(78, 33, 90, 67, 'shade', 3)
    for x in range(38, 64, 3): s.line([(x, 46), (x, 54)], .8, 'grey')

def rod(s: Sketch) -> None:
    s.curve([(12, 92), (44, 52), (72, 24), (94, 6)], 2.4, 'base'); s.line([(6, 98), (24, 78)], 6, 'darkwood'); s.disc(28, 82, 7)
    s.disc(28, 82, 3, 'metal'); s.line([(94, 6), (94, 60)], .6, 'grey'); s.arc(91, 64, 3.4, 0, 200, 1.2, 'metal')
    for x, y in ((46, 50), (62, 34), (78, 19)): s.ring(x + 2, y + 3, 2.2, .9, 'metal')

def fishing_reel(s: Sketch) -> None:
    s.rect(20, 8, 80, 14, 'dark', 2); s.rect(46, 14, 54, 34, 'dark'); s.disc(46, 56, 26); s.disc(46, 56, 17, 'light')
    s.rect(70, 40, 90, 72, 'shade', 4); s.rect(74, 44, 86, 68, 'cream', 2); s.line([(46, 56), (22, 80)], 4, 'metal'); s.oval(12, 76, 28, 92, 'black')
    s.disc(46, 56, 6, 'metal')

def glove_sport(s: Sketch) -> None:
    s.volume = 'ball'
    if s.chance(.5):
        s.blob([(28, 16), (54, 6), (76, 18), (80, 44), (70, 66), (34, 66), (22, 44)])
        s.blob([(28, 30), (10, 36), (10, 54), (28, 60), (36, 48)], 'light'); s.rect(32, 64, 72, 92, 'shade', 3); s.rect(32, 70, 72, 78, 'white')
    else:
        for x, y in ((30, 16), (44, 8), (58, 10), (72, 20)): s.rect(x - 7, y, x + 7, 60, 'main', 7)
        s.blob([(22, 50), (78, 46), (80, 76), (60, 94), (34, 92)], 'main', False); s.blob([(20, 36), (8, 44), (14, 66), (32, 78), (34, 56)], 'light')
        s.oval(32, 44, 66, 80, 'shade'); s.line([(23, 26), (79, 30)], 1, 'edge')

def plush(s: Sketch) -> None:
    s.volume = 'ball'; ears = s.rng.choice(('bear', 'rabbit'))
    for x in (32, 68):
        if ears == 'rabbit': s.oval(x - 6, 0, x + 6, 30)
        else: s.disc(x, 16, 9)
        if ears == 'rabbit': s.oval(x - 3, 4, x + 3, 24, 'pink')
        else: s.disc(x, 16, 5, 'light')
    s.oval(16, 48, 34, 74, 'shade'); s.oval(66, 48, 84, 74, 'shade'); s.oval(26, 46, 74, 92); s.oval(36, 54, 64, 84, 'light'); s.oval(20, 78, 44, 97)
    s.oval(56, 78, 80, 97); s.oval(24, 12, 76, 56); s.oval(38, 34, 62, 52, 'light')
    for x in (40, 60): s.disc(x, 30, 3, 'black'); s.disc(x - 1, 29, 1, 'white')
    s.oval(46, 36, 54, 42, 'black'); s.arc(50, 44, 4, 20, 160, 1, 'black')

def doll(s: Sketch) -> None:
    hair = s.rng.choice(('brown', 'yellow', 'black', 'orange')); s.blob([(32, 14), (50, 4), (68, 14), (72, 40), (50, 46), (28, 40)], hair)
    s.rect(42, 76, 48, 95, 'skin', 2); s.rect(52, 76, 58, 95, 'skin', 2); s.line([(40, 48), (24, 64)], 5, 'skin')
    s.line([(60, 48), (76, 64)], 5, 'skin'); s.poly([(40, 42), (60, 42), (76, 80), (24, 80)]); s.disc(50, 26, 15, 'skin')
    s.arc(50, 20, 13, 180, 360, 6, hair, 10)
    for x in (44, 56): s.disc(x, 26, 2, 'black'); s.disc(x + (x - 50) * .5, 32, 2, 'pink')
    s.arc(50, 31, 4, 20, 160, 1.2, 'red'); s.rect(41, 92, 49, 98, 'dark', 2); s.rect(51, 92, 59, 98, 'dark', 2)

def block(s: Sketch) -> None:
    if s.chance(.5):
        for x, y, w, c in ((12, 72, 76, 'main'), (20, 50, 44, 'light'), (66, 50, 22, 'shade'), (34, 28, 33, 'main')):
            s.rect(x, y, x + w, y + 20, c)
            for i in range(int(w // 11)): s.rect(x + 3 + i * 11, y - 4, x + 10 + i * 11, y, c)
    else:
        for x, y, c, t in ((20, 64, 'main', 'A'), (52, 64, 'shade', 'B'), (36, 34, 'light', 'C')):
            s.rect(x, y, x + 28, y + 28, c, 3); s.text(x + 14, y + 14, t, 16, 'white')

def puzzle(s: Sketch) -> None:
    for x, y, c in ((14, 14, 'main'), (52, 14, 'light'), (14, 52, 'shade'), (52, 52, 'main')): s.rect(x, y, x + 37, y + 37, c)
    s.disc(52, 32, 7, 'main'); s.disc(32, 52, 7, 'main', False); s.disc(71, 50, 7, 'light'); s.disc(50, 72, 7, 'shade')
    if s.chance(.3): s.poly([(60, 60), (92, 64), (88, 94), (58, 90)], 'second')

def die(s: Sketch) -> None:
    s.poly([(18, 34), (52, 46), (52, 90), (18, 76)]); s.poly([(86, 34), (52, 46), (52, 90), (86, 76)], 'shade')
    s.poly([(18, 34), (52, 20), (86, 34), (52, 46)], 'light'); dot = 'second'; s.oval(47, 30, 57, 36, dot)
    for x, y in ((27, 48), (43, 78), (35, 63)): s.oval(x - 3.4, y - 4.4, x + 3.4, y + 4.4, dot)
    for x, y in ((61, 54), (77, 48), (61, 76), (77, 70)): s.oval(x - 3.4, y - 4.4, x + 3.4, y + 4.4, dot)

def cards(s: Sketch) -> None:
    s.poly([(10, 34), (44, 16), (66, 64), (32, 82)]); s.poly([(14, 36), (43, 21), (62, 62), (33, 77)], 'light'); s.rect(44, 18, 84, 80, 'white', 3)
    s.line([(44, 20), (44, 78), (84, 78), (84, 20), (44, 20)], .7, 'grey'); red = s.rng.choice(('red', 'black'))
    s.text(51, 28, s.rng.choice('AKQ7'), 11, red)
    if red == 'red': s.blob([(64, 62), (52, 48), (57, 40), (64, 46), (71, 40), (76, 48)], red)
    else: s.blob([(64, 36), (76, 52), (70, 58), (64, 54), (58, 58), (52, 52)], red)
    if red == 'black': s.rect(62.6, 52, 65.4, 66, red)

def train(s: Sketch) -> None:
    s.line([(2, 90), (98, 90)], 1.8, 'grey'); s.rect(36, 38, 82, 70, 'main', 10); s.rect(10, 22, 40, 72, 'main', 2); s.rect(6, 16, 44, 24, 'shade', 2)
    s.rect(15, 30, 34, 46, 'mirror', 1); s.poly([(66, 18), (78, 18), (75, 40), (69, 40)], 'dark'); s.rect(6, 70, 90, 76, 'dark')
    s.poly([(86, 70), (96, 84), (82, 84)], 'red')
    for x, r in ((20, 9), (46, 7), (62, 7), (78, 7)): s.disc(x, 89 - r, r, 'black'); s.disc(x, 89 - r, r * .5, 'red')
    s.disc(80, 54, 4, 'glow'); s.disc(72, 8, 5, (220, 220, 220, 200)); s.disc(80, 4, 4, (220, 220, 220, 150))

def guitar(s: Sketch) -> None:
    s.rect(46.4, 10, 53.6, 58, 'darkwood'); s.rect(44, 1, 56, 13, 'darkwood', 2)
    if s.pick(acoustic='acoustic', electric='electric') == 'acoustic':
        s.blob([(50, 46), (66, 52), (64, 64), (74, 80), (62, 95), (50, 97), (38, 95), (26, 80), (36, 64), (34, 52)]); s.disc(50, 66, 8, 'black')
        s.rect(42, 82, 58, 86, 'darkwood')
    else:
        s.blob([(40, 52), (32, 42), (36, 62), (26, 82), (42, 95), (60, 94), (72, 80), (62, 64), (68, 46), (58, 54)])
        s.rect(42, 62, 58, 67, 'black', 1); s.rect(42, 74, 58, 79, 'black', 1); s.disc(62, 84, 2, 'metal')
    for x in (48, 50, 52): s.line([(x, 6), (x, 84)], .5, 'chrome')
    for y in range(16, 46, 6): s.line([(46.4, y), (53.6, y)], .6, 'metal')

def piano(s: Sketch) -> None:
    if s.chance(.5):
        s.rect(8, 14, 92, 92, 'main', 2); s.rect(8, 14, 92, 20, 'light'); s.rect(4, 50, 96, 60, 'shade', 1); s.rect(8, 54, 92, 62, 'white')
        for x in range(12, 90, 6):
            if x % 5:
                s.rect(x, 54, x + 2.6, 59, 'black')
        s.rect(30, 26, 70, 44, 'deep'); s.rect(46, 84, 54, 90, 'gold')
    else:
        s.rect(2, 34, 98, 72, 'main', 3); s.rect(6, 48, 94, 70, 'white')
        for x in range(12, 94, 6): s.line([(x, 48), (x, 70)], .6, 'grey')
        for i, x in enumerate(range(12, 94, 6)):
            if i % 7 not in (2, 6):
                s.rect(x - 1.6, 48, x + 1.8, 61, 'black')
        s.rect(38, 38, 62, 45, 'screen', 1)
        for x in (12, 20, 28): s.disc(x, 41, 1.8, 'red')

def drum(s: Sketch) -> None:
    s.volume = 'tube'; s.rect(14, 36, 86, 80); s.oval(14, 70, 86, 92, 'main', False); s.oval(14, 24, 86, 48, 'paper')
    s.ring(50, 36, 36, 2, 'metal', 12); s.arc(50, 80, 36, 0, 180, 2.4, 'metal', 12)
    for x in (24, 41, 59, 76): s.line([(x, 46), (x, 90 - abs(x - 50) * .14)], 2, 'metal')
    s.line([(30, 28), (68, 4)], 2.6, 'wood'); s.line([(66, 30), (34, 4)], 2.6, 'wood')

def violin(s: Sketch) -> None:
    s.rect(47, 8, 53, 52, 'black'); s.rect(44, 1, 56, 10, 'main', 3)
    s.blob([(50, 36), (66, 42), (64, 54), (60, 62), (70, 74), (66, 92), (50, 97), (34, 92), (30, 74), (40, 62), (36, 54), (34, 42)])
    s.curve([(40, 60), (42, 68), (39, 76)], 1.2, 'black'); s.curve([(60, 60), (58, 68), (61, 76)], 1.2, 'black'); s.rect(44, 68, 56, 70, 'cream')
    s.poly([(46, 78), (54, 78), (52, 94), (48, 94)], 'black')
    for x in (48.4, 50, 51.6): s.line([(x, 8), (x, 84)], .4, 'chrome')
    s.line([(80, 4), (86, 96)], 1.6, 'darkwood')

def stroller(s: Sketch) -> None:
    s.line([(24, 84), (70, 50)], 3, 'metal'); s.line([(72, 84), (36, 52)], 3, 'metal'); s.line([(66, 52), (90, 20), (96, 22)], 3, 'dark')
    s.blob([(20, 44), (70, 44), (66, 66), (40, 70), (24, 62)])
    s.poly([(46, 46), *[(46 + 32 * math.cos(a), 46 + 34 * math.sin(a)) for i in range(11) if (a := math.pi * (1.02 + i * .048)) is not None]], 'light')
    s.line([(46, 46), (30, 18)], .9); s.line([(46, 46), (16, 32)], .9)
    for x in (24, 72): s.disc(x, 86, 10, 'black'); s.disc(x, 86, 5, 'metal')

def crib(s: Sketch) -> None:
    s.rect(8, 40, 92, 46, 'main', 1); s.rect(8, 78, 92, 86, 'main', 1); s.rect(10, 66, 90, 78, 'white')
    for x in range(14, 88, 8): s.rect(x, 44, x + 2.4, 80, 'main')
    s.rect(6, 18, 12, 95, 'main', 2); s.rect(88, 18, 94, 95, 'main', 2); s.rect(6, 20, 94, 26, 'main', 2)
    for x in range(14, 88, 12): s.rect(x, 26, x + 2, 42, 'shade')
    s.rect(12, 62, 32, 70, 'light', 3)

def cage(s: Sketch) -> None:
    s.ring(50, 8, 4, 1.4, 'metal')
    dome = [(50 + 34 * math.cos(a), 44 + 34 * math.sin(a)) for i in range(17) if (a := math.pi * (1 + i / 16)) is not None]
    s.oval(40, 50, 58, 64, 'yellow'); s.disc(58, 52, 5, 'yellow'); s.poly([(62, 51), (67, 53), (62, 54)], 'orange')
    s.line([(30, 66), (70, 66)], 2, 'wood'); s.line(dome, 2.4, 'base')
    for x in range(20, 82, 6): s.line([(x, 44 - (34 ** 2 - (x - 50) ** 2) ** .5), (x, 84)], 1.5, 'base')
    s.line([(16, 44), (84, 44)], 2, 'base'); s.line([(16, 44), (16, 84)], 2, 'base'); s.line([(84, 44), (84, 84)], 2, 'base')
    s.rect(12, 80, 88, 94, 'main', 3)

def aquarium(s: Sketch) -> None:
    s.rect(6, 20, 94, 88, (170, 214, 236, 235), 2); s.rect(8, 78, 92, 86, 'rope')
    for x in (18, 24, 78): s.curve([(x, 80), (x - 4, 64), (x + 3, 48)], 2.4, 'leaf')
    for x, y, c in ((40, 46, 'orange'), (64, 60, 'blue'), (58, 38, 'yellow')):
        s.oval(x - 8, y - 4, x + 6, y + 4, c); s.poly([(x - 7, y), (x - 13, y - 4), (x - 13, y + 4)], c); s.disc(x + 3, y - 1, .9, 'black')
    s.rect(4, 12, 96, 22, 'main', 2); s.rect(4, 86, 96, 92, 'main', 2); s.line([(6, 20), (6, 88)], 1.4, 'grey')
    s.line([(94, 20), (94, 88)], 1.4, 'grey')

def pet_bowl(s: Sketch) -> None:
    s.volume = 'tube'; s.poly([(18, 46), (82, 46), (94, 84), (6, 84)]); s.oval(18, 36, 82, 56, 'light'); s.oval(24, 39, 76, 54, 'metal')
    for x in range(32, 70, 6): s.disc(x, 43 + (x % 3), 3.4, 'crust')
    s.oval(44, 66, 56, 76, 'pale')
    for x, y in ((42, 64), (47, 61), (53, 61), (58, 64)): s.disc(x, y, 2.4, 'pale')
