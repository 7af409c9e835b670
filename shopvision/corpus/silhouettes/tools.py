"Tools, hardware, paper and pens, vehicles and their parts"
from __future__ import annotations

import math

from shopvision.corpus.silhouettes.canvas import Sketch, smooth

def hammer(s: Sketch) -> None:
    s.rect(46, 30, 55, 96, 'main', 3); s.poly([(22, 14), (70, 14), (70, 32), (30, 32), (22, 28)], 'metal')
    s.blob([(70, 16), (82, 18), (92, 32), (80, 26), (70, 28)], 'metal'); s.rect(16, 12, 26, 34, 'chrome', 2)

def wrench(s: Sketch) -> None:
    s.poly([(30, 62), (62, 30), (70, 38), (38, 70)]); s.line([(38, 62), (62, 38)], 3, 'shade')
    s.poly([(60, 40), (54, 26), (58, 12), (70, 4), (76, 6), (70, 18), (74, 26), (82, 30), (94, 24), (96, 30), (88, 42), (74, 46)], 'main')
    s.disc(28, 72, 17); s.star(28, 72, 10, 6, .87, 'deep', turn=15)

def screwdriver(s: Sketch) -> None:
    s.volume = 'tube'; s.rect(47.4, 40, 52.6, 90, 'metal'); s.poly([(46, 88), (54, 88), (52, 97), (48, 97)], 'metal')
    s.rect(39, 4, 61, 42, 'main', 8)
    for x in (45, 50, 55): s.line([(x, 8), (x, 38)], 1.4, 'edge')
    s.rect(43, 40, 57, 46, 'black', 2)

def drill(s: Sketch) -> None:
    s.poly([(48, 46), (66, 46), (72, 82), (54, 82)], 'shade'); s.rect(46, 80, 82, 95, 'dark', 3); s.rect(28, 20, 84, 50, 'main', 10)
    s.rect(20, 26, 32, 44, 'dark', 2); s.poly([(20, 30), (8, 33), (8, 37), (20, 40)], 'black'); s.line([(9, 35), (0, 35)], 2.4, 'metal')
    s.rect(46, 52, 51, 62, 'red', 2); s.line([(70, 26), (70, 44)], 1.6)

def saw(s: Sketch) -> None:
    teeth = [(66 - i * 5.4 + (2.7 if j else 0), 66 - i * .9 - (0 if j else 4)) for i in range(11) for j in (0, 1)]
    s.poly([(66, 34), (6, 44), *reversed(teeth)], 'chrome'); s.blob([(62, 28), (92, 26), (96, 50), (88, 74), (66, 70)])
    s.blob([(72, 38), (86, 38), (86, 56), (74, 60)], 'white')

def screw(s: Sketch) -> None:
    s.volume = 'tube'; s.poly([(42, 26), (58, 26), (54, 86), (50, 96), (46, 86)]); s.blob([(28, 22), (50, 8), (72, 22), (58, 30), (42, 30)])
    s.line([(40, 15), (60, 15)], 3, 'edge')
    for y in range(34, 88, 6): s.line([(40, y + 2), (60, y - 2)], 2.4, 'edge')

def hose(s: Sketch) -> None:
    for r in (40, 33, 26, 19): s.ring(48, 50, r, 5.4, 'main', r * .86); s.ring(48, 50, r, .7, 'edge', r * .86)
    s.curve([(80, 70), (88, 84), (94, 90)], 5.4, 'base'); s.poly([(90, 84), (99, 92), (94, 98), (86, 90)], 'gold')

def pipe(s: Sketch) -> None:
    s.volume = 'tube'; s.line([(14, 30), (60, 30), (70, 40), (70, 92)], 22, 'base', ends=False)
    s.line([(14, 25), (60, 25), (75, 40), (75, 92)], 4, 'pale', ends=False); s.rect(6, 16, 20, 44, 'shade', 2); s.rect(56, 82, 84, 96, 'shade', 2)
    s.oval(4, 16, 12, 44, 'deep')

def wheel(s: Sketch) -> None:
    s.disc(50, 50, 46, 'rubber'); s.disc(50, 50, 37); s.disc(50, 50, 33, 'black')
    for i in range(5):
        a = i * 1.2566 - 1.57
        s.poly([(50 + 9 * math.cos(a - .7), 50 + 9 * math.sin(a - .7)), (50 + 35 * math.cos(a - .16), 50 + 35 * math.sin(a - .16)),
            (50 + 35 * math.cos(a + .16), 50 + 35 * math.sin(a + .16)), (50 + 9 * math.cos(a + .7), 50 + 9 * math.sin(a + .7))])
    s.disc(50, 50, 10); s.disc(50, 50, 4, 'grey')

def tire(s: Sketch) -> None:
    c = 'rubber' if s.chance(.8) or not s.color('base') else 'main'
    s.star(50, 50, 47, 34, .93, c); s.disc(50, 50, 38, 'dark'); s.disc(50, 50, 27, 'metal'); s.disc(50, 50, 22, 'main')
    for i in range(5): a = i * 1.2566; s.disc(50 + 13 * math.cos(a), 50 + 13 * math.sin(a), 2.2, 'black')
    s.disc(50, 50, 6, 'shade')

def car(s: Sketch) -> None:
    s.volume = 'ball'; s.blob([(3, 66), (5, 52), (22, 48), (34, 32), (62, 30), (78, 46), (95, 52), (97, 66), (92, 72), (50, 73), (8, 72)])
    s.poly(smooth([(27, 48), (36, 36), (49, 35), (49, 48)], False), (60, 80, 100, 255))
    s.poly([(52, 35), (61, 35), (73, 47), (52, 48)], (60, 80, 100, 255)); s.line([(50.5, 36), (50.5, 70)], .8)
    s.line([(56, 54), (62, 54)], 1.4, 'edge')
    for x in (23, 77): s.disc(x, 71, 11, 'black'); s.disc(x, 71, 6, 'metal'); s.disc(x, 71, 2, 'dark')
    s.oval(91, 54, 97, 60, 'glow'); s.oval(3, 54, 8, 60, 'red')

def bike(s: Sketch) -> None:
    for x in (22, 78):
        s.ring(x, 66, 20, 2.6, 'black')
        for a in range(8): s.line([(x, 66), (x + 18 * math.cos(a * .785), 66 + 18 * math.sin(a * .785))], .5, 'grey')
        s.disc(x, 66, 2.4, 'dark')
    for pts in ([(22, 66), (38, 38), (66, 36), (48, 66), (22, 66)], [(38, 38), (48, 66)], [(66, 36), (78, 66)], [(66, 36), (64, 26)], [(38, 38), (35, 28)]):
        s.line(pts, 3.8, 'base')
    s.line([(28, 27), (43, 27)], 4.4, 'black'); s.line([(64, 26), (72, 22), (76, 27)], 2.8, 'black'); s.disc(48, 66, 4.6, 'dark')
    s.line([(48, 66), (52, 76), (56, 76)], 2, 'dark')

def motorcycle(s: Sketch) -> None:
    for x in (20, 80): s.disc(x, 70, 18, 'rubber'); s.disc(x, 70, 11, 'metal'); s.disc(x, 70, 8, 'dark')
    s.line([(80, 70), (66, 32)], 4, 'metal'); s.rect(36, 54, 60, 74, 'metal', 3); s.line([(30, 76), (8, 80)], 5, 'chrome')
    s.blob([(10, 50), (24, 44), (44, 48), (40, 58), (18, 58)], 'black'); s.blob([(40, 50), (46, 36), (64, 34), (72, 44), (62, 56), (46, 58)])
    s.blob([(8, 52), (14, 46), (28, 54), (20, 60)], 'main'); s.blob([(66, 58), (80, 50), (94, 60), (80, 56)], 'main')
    s.line([(66, 34), (60, 24), (52, 26)], 2.8, 'black'); s.disc(72, 36, 5, 'glow')

def boat(s: Sketch) -> None:
    if s.pick(sail='sail', paddle='kayak') == 'sail':
        s.line([(50, 8), (50, 66)], 2, 'wood'); s.poly([(52, 10), (52, 60), (86, 60)], 'white'); s.poly([(48, 16), (48, 60), (20, 60)], 'light')
        s.poly([(8, 66), (92, 66), (78, 86), (22, 86)])
    else:
        s.blob([(2, 46), (30, 54), (70, 54), (98, 46), (84, 70), (50, 74), (16, 70)]); s.oval(34, 50, 66, 58, 'black')
        s.line([(20, 86), (84, 30)], 2.4, 'wood'); s.oval(78, 22, 94, 34, 'wood'); s.oval(10, 82, 26, 94, 'wood')
    s.curve([(2, 90), (20, 87), (40, 91), (60, 87), (80, 91), (98, 88)], 1.6, 'water')

def tool_box(s: Sketch) -> None:
    s.arc(50, 34, 18, 180, 360, 5, 'dark', 18); s.rect(8, 46, 92, 88, 'main', 4); s.rect(6, 32, 94, 50, 'light', 5)
    for x in (22, 70): s.rect(x, 44, x + 8, 58, 'metal', 2)
    s.rect(40, 60, 60, 68, 'shade', 1)

def spring_coil(s: Sketch) -> None:
    for y in range(12, 84, 9): s.line([(26, y + 8), (74, y)], 5.6, 'base'); s.line([(28, y + 6.4), (72, y - 1)], 1.2, 'pale')
    for y in range(12, 76, 9): s.line([(74, y), (26, y + 17)], 2, 'edge')
    s.rect(22, 6, 78, 11, 'shade', 2); s.rect(22, 90, 78, 95, 'shade', 2)

def board(s: Sketch) -> None:
    kind = s.pick(plank='lumber cutting', surf='surf snow', panel='white head divider card mother')
    if kind == 'surf':
        s.blob([(50, 2), (64, 24), (66, 62), (58, 94), (50, 98), (42, 94), (34, 62), (36, 24)]); s.line([(50, 4), (50, 96)], .8)
        s.rect(36, 54, 64, 58, 'second')
    elif kind == 'plank':
        s.rect(8, 32, 92, 70, 'main', 9)
        for y in (40, 48, 56, 63): s.curve([(12, y), (40, y + 2), (88, y - 1)], .7)
        s.disc(84, 51, 3, 'white')
    else:
        s.poly([(22, 10), (88, 18), (88, 84), (22, 94)]); s.poly([(16, 14), (22, 10), (22, 94), (16, 88)], 'shade')
        for y in (30, 52, 72): s.line([(22, y), (88, y * .82 + 10)], .7)

def pole(s: Sketch) -> None:
    s.volume = 'tube'
    for x in (38, 62) if s.chance(.5) else (50,):
        s.rect(x - 4, 8, x + 4, 92, 'main', 3); s.rect(x - 5, 5, x + 5, 18, 'shade', 3); s.rect(x - 4, 88, x + 4, 96, 'dark', 2)

def rope(s: Sketch) -> None:
    for r in (38, 31, 24):
        s.ring(50, 48, r, 6.4, 'main', r * .8); s.ring(50, 48, r, .7, 'edge', r * .8)
        for i in range(r):
            a = i * 2 * math.pi / r; x, y = 50 + (r - 3) * math.cos(a), 48 + (r * .8 - 3) * math.sin(a)
            s.line([(x + 2.4 * math.cos(a + .9), y + 2.4 * math.sin(a + .9)), (x - 2.4 * math.cos(a + .9), y - 2.4 * math.sin(a + .9))], .8)
    s.curve([(74, 66), (84, 82), (80, 96)], 6, 'base'); s.rect(44, 66, 54, 90, 'shade', 2)

def sign(s: Sketch) -> None:
    if s.chance(.4): s.rect(47, 46, 53, 98, 'metal')
    s.rect(8, 14, 92, 62, 'main', 4); s.line([(11, 17), (89, 17), (89, 59), (11, 59), (11, 17)], 1.2, 'second')
    s.text(50, 38, s.rng.choice(('OPEN', 'SALE', 'STOP', 'EXIT', 'MENU', 'CAFE', 'HELLO')), 20, 'second')

def card(s: Sketch) -> None:
    if s.chance(.4): s.rect(30, 18, 94, 60, 'shade', 4)
    s.rect(8, 28, 88, 80, 'main', 5); s.text(48, 44, s.rng.choice(('GIFT CARD', 'Thank you', 'for you', 'VOUCHER', 'Happy Day')), 10, 'second')
    s.line([(16, 66), (50, 66)], 1.4, 'second'); s.blob([(72, 72), (64, 64), (67, 59), (72, 63), (77, 59), (80, 64)], 'second')

def none(s: Sketch) -> None:
    s.volume = 'none'; s.rect(6, 18, 94, 82, 'main', 4)
    s.text(50, 42, s.rng.choice(('SERVICE', 'BOOK NOW', 'DIGITAL', 'ONLINE', 'TICKET', 'PLAN')), 13, 'second')
    for y in (58, 65): s.line([(24, y), (76, y)], 1.6, 'second')

# paper and pens

def book(s: Sketch) -> None:
    s.poly([(76, 10), (84, 14), (84, 94), (76, 90)], 'paper'); s.rect(20, 8, 78, 92, 'main', 1); s.rect(20, 8, 27, 92, 'shade')
    s.poly([(20, 92), (78, 92), (84, 95), (27, 95)], 'paper')
    s.text(53, 26, s.rng.choice(('ATLAS', 'HOME', 'TALES', 'The Sea', 'COOK', 'DAWN', 'LEARN')), 10, 'pale')
    if s.chance(.5): s.disc(53, 54, 13, 'second')
    else: s.poly([(36, 66), (50, 44), (58, 56), (64, 50), (72, 66)], 'second')
    s.line([(40, 80), (66, 80)], 1.2, 'pale')

def paper(s: Sketch) -> None:
    s.poly([(26, 10), (88, 16), (82, 94), (20, 88)], 'shade'); s.poly([(16, 8), (78, 8), (78, 90), (16, 90)])
    for y in range(22, 84, 8): s.line([(24, y), (70, y)], .9, 'edge')

def pen(s: Sketch) -> None:
    if s.pick(pencils='pencil', pen='pen marker liner') == 'pencils':
        for i, x in enumerate((26, 42, 58, 74)):
            s.poly([(x - 5, 20), (x + 5, 20), (x + 5, 92), (x - 5, 92)], ('main', 'light', 'shade', 'main')[i])
            s.poly([(x - 5, 20), (x, 4), (x + 5, 20)], 'cream'); s.poly([(x - 1.6, 9), (x, 4), (x + 1.6, 9)], 'deep')
    else:
        s.line([(22, 78), (80, 20)], 10, 'base', False); s.line([(56, 38), (86, 8)], 11, 'shade', False); s.line([(60, 30), (84, 14)], 2, 'metal')
        s.poly([(26, 84), (16, 74), (8, 92)], 'metal'); s.line([(24, 73), (52, 45)], 1.4, 'pale')

def notebook(s: Sketch) -> None:
    s.rect(24, 8, 84, 94, 'paper', 3); s.rect(20, 6, 80, 92, 'main', 4)
    for y in range(12, 90, 7): s.ring(20, y, 4.4, 1.4, 'metal', 2.4)
    s.rect(36, 24, 68, 40, 'paper', 1); s.line([(40, 30), (64, 30)], .9, 'grey'); s.line([(40, 35), (58, 35)], .9, 'grey')

def tape(s: Sketch) -> None:
    s.poly([(60, 84), (96, 80), (96, 92), (60, 94)]); s.disc(46, 52, 42); s.disc(46, 52, 25, 'cream'); s.disc(46, 52, 21, 'white')
    for r in (30, 34, 38): s.ring(46, 52, r, .5, 'edge')

def scissors(s: Sketch) -> None:
    s.poly([(46, 58), (52, 54), (74, 6), (66, 8)], 'chrome'); s.poly([(54, 58), (48, 54), (26, 6), (34, 8)], 'metal'); s.disc(50, 54, 2.4, 'dark')
    s.line([(50, 56), (36, 70)], 6, 'base'); s.line([(50, 56), (64, 70)], 6, 'base'); s.ring(30, 80, 14, 6, 'main', 13)
    s.ring(70, 80, 14, 6, 'main', 13)

def stamp(s: Sketch) -> None:
    if s.pick(postage='postage', handle='rubber stapler gun') == 'postage':
        s.rect(16, 10, 84, 90, 'white')
        for x in (16, 84):
            for y in range(12, 92, 7): s.disc(x, y, 2.6, (0, 0, 0, 0))
        s.rect(23, 17, 77, 83); s.text(68, 24, '50', 9, 'pale'); s.disc(48, 48, 15, 'second')
        s.poly([(28, 80), (44, 60), (56, 72), (64, 64), (74, 80)], 'shade')
        for i in range(11): s.disc(16 + i * 6.8, 10, 2, 'grey'); s.disc(16 + i * 6.8, 90, 2, 'grey')
    else:
        s.volume = 'tube'; s.disc(50, 20, 14); s.poly([(44, 30), (56, 30), (62, 64), (38, 64)]); s.rect(24, 62, 76, 80, 'shade', 3)
        s.rect(20, 80, 80, 86, 'dark', 1)

def brush(s: Sketch) -> None:
    kind = s.pick(paint='artist makeup', hair='hair toilet', broom='broom mop')
    if kind == 'broom':
        s.line([(72, 3), (44, 66)], 4, 'wood'); s.poly([(36, 60), (54, 68), (50, 76), (32, 68)], 'shade'); s.poly([(31, 66), (51, 75), (46, 97), (10, 82)])
        for i in range(6): s.line([(33 + i * 3, 69 + i * 1.4), (14 + i * 6, 82 + i * 2.6)], .8)
    elif kind == 'paint':
        s.poly([(46, 46), (54, 46), (52, 97), (48, 97)], 'main'); s.rect(43, 32, 57, 48, 'metal', 1)
        s.blob([(43, 33), (42, 16), (50, 3), (58, 16), (57, 33)], 'brown')
    else:
        s.rect(44, 46, 56, 97, 'main', 5); s.blob([(32, 10), (50, 4), (68, 10), (70, 40), (56, 52), (44, 52), (30, 40)])
        s.oval(35, 9, 65, 45, 'shade')
        for x in range(40, 63, 5):
            for y in range(15, 42, 5): s.disc(x, y, 1.5, 'white')

def palette(s: Sketch) -> None:
    s.blob([(8, 48), (26, 20), (62, 14), (92, 34), (90, 58), (72, 62), (66, 78), (40, 86), (14, 72)]); s.disc(60, 66, 5, 'white')
    for x, y, c in ((26, 42, 'red'), (42, 28, 'yellow'), (62, 26, 'blue'), (78, 40, 'green'), (24, 62, 'purple'), (40, 72, 'orange')):
        s.disc(x, y, 6.4, c)

def yarn(s: Sketch) -> None:
    s.volume = 'ball'; s.curve([(70, 78), (84, 90), (97, 84)], 2.4, 'base'); s.disc(48, 50, 40)
    for d in range(0, 44, 7): s.arc(48 + d, 50, 36, 130, 240, 1.3, 'edge', 40)
    for d in range(6, 40, 9): s.arc(48, 50 + d, 38, 200, 320, 1.1, 'pale', 36)
    if s.chance(.4): s.line([(20, 96), (86, 8)], 2.4, 'wood'); s.line([(78, 96), (14, 8)], 2.4, 'wood')
