"Electronics and machines"
from __future__ import annotations

from shopvision.corpus.silhouettes.canvas import Sketch

WALLPAPERS = ((64, 120, 200, 255), (150, 90, 190, 255), (240, 140, 90, 255), (60, 160, 140, 255), (30, 40, 70, 255))

def _display(s: Sketch, x0: float, y0: float, x1: float, y1: float, r: float=1) -> None:
    s.rect(x0, y0, x1, y1, s.rng.choice(WALLPAPERS), r); w, h = x1 - x0, y1 - y0
    s.poly([(x0 + w * .1, y1), (x0 + w * .45, y0 + h * .45), (x0 + w * .62, y0 + h * .7), (x0 + w * .76, y0 + h * .55), (x1 - w * .06, y1)],
        (255, 255, 255, 70))
    s.poly([(x0, y0), (x0 + w * .35, y0), (x0, y0 + h * .6)], (255, 255, 255, 40))

def phone(s: Sketch) -> None:
    if s.chance(.5):
        s.rect(28, 4, 72, 96, 'main', 8); s.rect(33, 9, 53, 31, 'light', 6)
        for x, y in ((38, 15), (48, 15), (38, 25)): s.disc(x, y, 4, 'black'); s.disc(x, y, 2, 'screen')
        s.disc(48, 25, 2, 'glow')
    else:
        s.rect(16, 12, 52, 88, 'main', 7); s.rect(20, 17, 36, 33, 'light', 5); s.disc(25, 22, 3, 'black'); s.disc(31, 28, 3, 'black')
        s.rect(44, 6, 84, 94, 'main', 8); s.rect(47.5, 9.5, 80.5, 90.5, 'black', 6); _display(s, 48.5, 10.5, 79.5, 89.5, 5)
        s.disc(64, 14, 1.6, 'black')

def tablet(s: Sketch) -> None:
    s.rect(14, 6, 86, 94, 'main', 6); s.rect(20, 12, 80, 88, 'black', 3); _display(s, 22, 14, 78, 86); s.disc(50, 9, 1, 'black')

def laptop(s: Sketch) -> None:
    s.rect(18, 16, 82, 66, 'main', 4); s.rect(20, 18, 80, 64, 'black', 3); _display(s, 22.5, 21, 77.5, 61)
    s.poly([(18, 66), (82, 66), (96, 84), (4, 84)], 'light'); s.rect(4, 83, 96, 87, 'shade', 1)
    for i in range(4): s.line([(20 - i * 2, 69 + i * 2.4), (80 + i * 2, 69 + i * 2.4)], 1.4, 'dark')
    s.poly([(41, 79), (59, 79), (60, 83), (40, 83)], 'shade')

def monitor(s: Sketch) -> None:
    s.poly([(44, 70), (56, 70), (60, 88), (40, 88)], 'shade'); s.oval(28, 84, 72, 93, 'main'); s.rect(4, 14, 96, 72, 'main', 3)
    s.rect(8, 18, 92, 65, 'black', 1); _display(s, 9, 19, 91, 64)

def tv(s: Sketch) -> None:
    s.line([(24, 76), (16, 88)], 3, 'main' if s.chance(.5) else 'black'); s.line([(76, 76), (84, 88)], 3, 'black'); s.rect(2, 16, 98, 80, 'main', 2)
    s.rect(6.5, 20, 93.5, 73, 'black', 1); _display(s, 7.5, 21, 92.5, 72)

def speaker(s: Sketch) -> None:
    if s.chance(.5):
        s.rect(26, 6, 74, 95, 'main', 5)
        for y, r in ((28, 13), (66, 19)): s.disc(50, y, r, 'dark'); s.disc(50, y, r * .72, 'black'); s.disc(50, y, r * .3, 'grey')
    else:
        s.volume = 'tube'
        s.rect(8, 32, 92, 70, 'main', 18)
        for x in range(16, 88, 5):
            for y in range(40, 66, 5): s.disc(x, y, .9, 'edge')
        s.oval(4, 36, 16, 66, 'black'); s.oval(84, 36, 96, 66, 'black'); s.rect(40, 28, 60, 33, 'shade', 2)

def headphones(s: Sketch) -> None:
    if s.pick(earbuds='earbud', over='over headset defender', worn='-') == 'earbuds':
        s.rect(22, 46, 78, 92, 'main', 16); s.line([(24, 62), (76, 62)], 1)
        for x in (32, 68):
            s.disc(x, 24, 9); s.rect(x - 3, 26, x + 3, 44, 'main', 3); s.oval(x - 9 if x < 50 else x + 3, 20, x - 3 if x < 50 else x + 9, 32, 'white')
        return
    s.arc(50, 52, 37, 178, 362, 7, 'base', 42); s.arc(50, 52, 32, 200, 340, 3, 'deep', 37)
    for x in (16, 84): s.rect(x - 9, 48, x + 9, 86, 'main', 8); s.rect(x + 5 if x < 50 else x - 13, 50, x + 13 if x < 50 else x - 5, 84, 'dark', 5)

def camera(s: Sketch) -> None:
    s.rect(32, 18, 62, 32, 'main', 4); s.rect(16, 24, 26, 32, 'dark', 2); s.rect(6, 28, 94, 84, 'main', 7); s.rect(6, 40, 94, 74, 'shade')
    s.rect(6, 40, 24, 74, 'dark', 2); s.disc(54, 57, 25, 'dark'); s.disc(54, 57, 21, 'grey'); s.disc(54, 57, 18, 'black')
    s.disc(54, 57, 11, (50, 60, 110, 255)); s.disc(49, 51, 4, (220, 230, 255, 200)); s.rect(76, 31, 88, 37, 'glow', 1); s.disc(20, 26, 4, 'red')

def lens(s: Sketch) -> None:
    s.volume = 'tube'; s.rect(28, 10, 72, 92, 'main', 3); s.rect(24, 8, 76, 30, 'main', 3); s.oval(24, 2, 76, 16, 'black')
    s.oval(31, 4, 69, 14, (70, 70, 130, 255)); s.rect(26, 40, 74, 58, 'dark')
    for x in range(28, 74, 4): s.line([(x, 41), (x, 57)], 1, 'black')
    s.line([(27, 34), (73, 34)], 1.4, 'red'); s.rect(32, 84, 68, 94, 'metal', 1); s.text(50, 68, '50 mm', 7, 'white')

def keyboard(s: Sketch) -> None:
    s.rect(2, 32, 98, 72, 'main', 4)
    for r in range(4):
        for c in range(13):
            if r < 3 or c in (0, 1, 10, 11, 12): s.rect(5 + c * 7, 36 + r * 8.6, 10.6 + c * 7, 42.8 + r * 8.6, 'light', 1)
    s.rect(19.5, 61.8, 73, 68.6, 'light', 1)

def mouse(s: Sketch) -> None:
    s.volume = 'ball'
    if s.chance(.4): s.curve([(50, 14), (54, 6), (70, 2)], 1.8, 'black')
    s.blob([(50, 10), (74, 22), (78, 60), (66, 90), (50, 94), (34, 90), (22, 60), (26, 22)]); s.line([(50, 12), (50, 46)], 1.2)
    s.curve([(24, 46), (50, 50), (76, 46)], 1.2); s.rect(46, 22, 54, 40, 'dark', 4)

def cable(s: Sketch) -> None:
    for r in (30, 25, 20): s.ring(48, 46, r, 4, 'main', r * .9)
    s.curve([(74, 58), (84, 72), (80, 84)], 4, 'base'); s.curve([(24, 60), (14, 74), (22, 84)], 4, 'base')
    for x in (80, 22): s.rect(x - 5, 80, x + 5, 90, 'dark', 2); s.rect(x - 3.4, 90, x + 3.4, 97, 'metal')
    s.rect(66, 40, 82, 48, 'black', 2)

def drive(s: Sketch) -> None:
    if s.pick(disk='hard solid dock', stick='flash') == 'disk':
        s.rect(22, 14, 78, 88, 'main', 6); s.line([(28, 76), (44, 76)], 2, 'light'); s.disc(70, 80, 1.6, 'blue')
        s.text(48, 40, s.rng.choice(('1TB', '2TB', 'SSD', '512')), 14, 'pale'); s.curve([(50, 14), (54, 6), (68, 2)], 2.4, 'black')
    else:
        s.rect(34, 30, 66, 92, 'main', 5); s.rect(39, 8, 61, 30, 'chrome'); s.rect(43, 14, 48, 19, 'dark'); s.rect(52, 14, 57, 19, 'dark')
        s.text(50, 60, s.rng.choice(('64GB', '128', 'USB')), 10, 'pale'); s.ring(50, 86, 3, 1, 'edge')

def console(s: Sketch) -> None:
    kind = s.pick(pad='controller', handheld='console', unit='router switch amplifier computer case')
    if kind == 'unit':
        s.rect(6, 44, 94, 80, 'main', 4); s.rect(6, 44, 94, 52, 'light', 4); s.rect(12, 58, 52, 72, 'screen', 1); s.disc(80, 65, 7, 'metal')
        for x in (58, 63, 68): s.disc(x, 65, 1.6, 'green')
        for x in (14, 80): s.rect(x, 80, x + 7, 84, 'black', 1)
    elif kind == 'pad':
        s.blob([(20, 36), (50, 38), (80, 36), (94, 56), (92, 78), (80, 78), (68, 64), (32, 64), (20, 78), (8, 78), (6, 56)])
        s.rect(22, 46, 36, 51, 'dark', 1); s.rect(26.5, 41.5, 31.5, 55.5, 'dark', 1)
        for x, y, c in ((72, 42, 'green'), (78, 48, 'red'), (66, 48, 'blue'), (72, 54, 'yellow')): s.disc(x, y, 2.8, c)
        for x in (40, 60): s.disc(x, 58, 5.6, 'dark'); s.disc(x, 58, 3.4, 'grey')
    else:
        s.rect(4, 28, 96, 74, 'main', 9); s.rect(22, 32, 78, 70, 'black', 2); _display(s, 24, 34, 76, 68); s.disc(13, 42, 4.6, 'dark')
        s.disc(87, 60, 4.6, 'dark'); s.rect(10, 54, 16, 66, 'dark', 1); s.rect(7, 57, 19, 63, 'dark', 1)
        for x, y in ((87, 36), (87, 46), (83, 41), (91, 41)): s.disc(x, y, 2, 'red')

def printer(s: Sketch) -> None:
    s.poly([(26, 8), (74, 8), (78, 36), (22, 36)], 'white'); s.rect(8, 34, 92, 78, 'main', 5); s.rect(8, 34, 92, 46, 'light', 4)
    s.rect(18, 58, 82, 66, 'black', 1); s.poly([(22, 62), (78, 62), (84, 92), (16, 92)], 'white'); s.rect(66, 37, 86, 43, 'screen', 1)
    s.disc(14, 40, 2, 'green')
    for i in range(3): s.line([(28, 72 + i * 5), (70, 72 + i * 5)], 1, 'grey')

def battery(s: Sketch) -> None:
    s.volume = 'tube'
    if s.pick(cell='household', block='car camera bank') == 'cell':
        s.rect(43, 6, 57, 14, 'metal', 2); s.rect(34, 12, 66, 95, 'main', 4); s.rect(34, 12, 66, 34, 'gold', 4); s.text(50, 24, '+', 16, 'black')
        s.text(50, 66, 'AA', 16, 'pale')
    else:
        s.rect(10, 30, 90, 86, 'main', 4); s.rect(10, 30, 90, 42, 'dark', 3); s.rect(20, 22, 32, 31, 'metal'); s.rect(68, 22, 80, 31, 'metal')
        s.text(26, 52, '+', 14, 'red'); s.text(74, 52, '-', 14, 'white'); s.text(50, 70, '12V', 14, 'pale')

def bulb(s: Sketch) -> None:
    s.volume = 'ball'
    s.blob([(50, 6), (76, 22), (74, 46), (60, 66), (40, 66), (26, 46), (24, 22)], 'main' if s.color('base')[3] < 255 or s.chance(.7) else 'glow')
    s.line([(44, 62), (42, 40), (50, 46), (58, 40), (56, 62)], 1.2, 'flame'); s.rect(39, 66, 61, 88, 'metal', 2)
    for y in (71, 77, 83): s.line([(38, y), (62, y + 2)], 1.6, 'grey')
    s.oval(44, 86, 56, 94, 'dark')

def remote(s: Sketch) -> None:
    s.rect(34, 4, 66, 96, 'main', 8); s.disc(50, 14, 4, 'red'); s.disc(50, 34, 11, 'shade'); s.disc(50, 34, 5, 'light')
    for y in (54, 64, 74, 84):
        for x in (42, 50, 58): s.disc(x, y, 2.8, 'pale')

def drone(s: Sketch) -> None:
    for x, y in ((16, 28), (84, 28), (14, 68), (86, 68)):
        s.line([(50, 50), (x, y)], 5, 'shade'); s.oval(x - 15, y - 6, x + 15, y + 2, (90, 90, 96, 130)); s.rect(x - 3, y - 4, x + 3, y + 5, 'dark', 1)
    s.blob([(34, 40), (50, 34), (66, 40), (68, 58), (50, 66), (32, 58)]); s.disc(50, 66, 7, 'black'); s.disc(50, 66, 3.6, 'blue')

def engine(s: Sketch) -> None:
    s.rect(20, 34, 72, 84, 'main', 3); s.rect(28, 18, 64, 36, 'shade', 2); s.ring(78, 60, 13, 5, 'dark'); s.disc(78, 60, 5, 'metal')
    s.ring(54, 74, 10, 4, 'dark')
    for x in (30, 40, 50, 60): s.rect(x - 3, 10, x + 3, 20, 'metal', 1); s.line([(x, 38), (x, 60)], 2, 'edge')
    s.line([(20, 50), (6, 50), (6, 78)], 6, 'metal'); s.rect(26, 84, 66, 92, 'dark', 2)

def scale(s: Sketch) -> None:
    if s.pick(bath='bath', kitchen='kitchen') == 'bath':
        s.rect(10, 20, 90, 90, 'main', 9); s.rect(32, 26, 68, 42, 'screen', 2); s.text(50, 34, '68.4', 11, 'white'); s.oval(22, 50, 42, 80, 'light')
        s.oval(58, 50, 78, 80, 'light')
    else:
        s.poly([(16, 88), (84, 88), (74, 52), (26, 52)]); s.rect(38, 64, 62, 76, 'screen', 2); s.text(50, 70, '250 g', 8, 'green')
        s.oval(10, 38, 90, 52, 'chrome'); s.rect(46, 44, 54, 54, 'metal')

def disc(s: Sketch) -> None:
    if s.pick(sleeve='record movie audio software system game CD', bare='disc coin') == 'sleeve':
        s.rect(6, 12, 74, 88, 'main', 2); s.text(40, 32, s.rng.choice(('MIX', 'LIVE', 'VOL 1', 'HITS')), 13, 'pale'); s.disc(40, 60, 14, 'second')
    s.disc(62, 52, 34, 'black' if s.chance(.5) else 'chrome')
    for r in (30, 25, 20): s.ring(62, 52, r, .6, 'grey')
    s.disc(62, 52, 13, 'main'); s.disc(62, 52, 3, 'white')

def mic(s: Sketch) -> None:
    s.volume = 'tube'
    s.poly([(42, 40), (58, 40), (55, 95), (45, 95)], 'main'); s.disc(50, 26, 20, 'metal')
    for i in range(-3, 4): s.line([(50 + i * 5, 10), (50 + i * 5, 42)], .6, 'dark'); s.line([(32, 26 + i * 5), (68, 26 + i * 5)], .6, 'dark')
    s.rect(37, 40, 63, 46, 'dark', 2); s.rect(48, 56, 52, 64, 'pale', 1)

def syringe(s: Sketch) -> None:
    s.rect(36, 24, 64, 70, 'glass', 2, False); s.rect(36, 44, 64, 70, 'main', 1); s.line([(36, 24), (36, 70), (64, 70), (64, 24)], 1, 'grey')
    s.rect(30, 20, 70, 25, 'metal', 1); s.rect(46, 6, 54, 44, 'white'); s.rect(38, 2, 62, 7, 'white', 1); s.rect(46, 70, 54, 78, 'white')
    s.line([(50, 78), (50, 98)], 1, 'metal')
    for y in range(30, 70, 6): s.line([(37, y), (44, y)], .7, 'black')

