"Household and garden machines, which all go by the shape `machine`"
from __future__ import annotations

import math

from shopvision.corpus.silhouettes.canvas import Sketch

def machine(s: Sketch) -> None:
    KINDS[s.pick(**WORDS)](s)

def _washer(s: Sketch) -> None:
    s.rect(16, 6, 84, 95, 'main', 4); s.rect(16, 6, 84, 22, 'light', 4); s.disc(74, 14, 4, 'dark'); s.rect(24, 10, 44, 18, 'screen', 1)
    s.disc(50, 58, 26, 'metal'); s.disc(50, 58, 20, 'screen'); s.arc(50, 58, 14, 190, 260, 2.4, 'mirror')

def _coffee(s: Sketch) -> None:
    s.rect(20, 10, 80, 30, 'main', 5); s.rect(20, 26, 46, 92, 'main'); s.rect(16, 84, 84, 95, 'shade', 3); s.rect(54, 30, 72, 38, 'dark', 1)
    s.rect(60, 38, 66, 44, 'metal'); s.poly([(54, 62), (74, 62), (71, 84), (57, 84)], 'white'); s.rect(56, 15, 74, 24, 'screen', 1)
    s.disc(33, 44, 4, 'metal')

def _oven(s: Sketch) -> None:
    s.rect(6, 24, 94, 86, 'main', 5); s.rect(14, 32, 64, 78, 'screen', 3); s.disc(80, 40, 7, 'dark'); s.disc(80, 60, 5, 'metal')
    s.disc(80, 74, 3, 'red')
    s.line([(66, 34), (66, 76)], 2, 'metal'); s.rect(14, 86, 22, 92, 'black', 1); s.rect(80, 86, 88, 92, 'black', 1)

def _toaster(s: Sketch) -> None:
    for x in (26, 52): s.rect(x, 16, x + 22, 50, 'crust', 5); s.rect(x + 3, 19, x + 19, 46, 'cream', 4)
    s.rect(8, 36, 92, 86, 'main', 10); s.rect(20, 36, 80, 41, 'black', 1); s.rect(92, 50, 97, 58, 'dark', 1); s.disc(78, 70, 6, 'metal')
    s.rect(16, 86, 84, 91, 'black', 1)

def _blender(s: Sketch) -> None:
    s.poly([(30, 62), (70, 62), (78, 94), (22, 94)]); s.disc(50, 78, 7, 'metal'); s.poly([(24, 14), (76, 14), (68, 62), (32, 62)], 'glass')
    s.poly([(28, 36), (72, 36), (68, 62), (32, 62)], (236, 130, 150, 190)); s.rect(24, 6, 76, 15, 'dark', 3)
    s.arc(76, 34, 11, -80, 80, 4, 'shade', 16)

def _fan(s: Sketch) -> None:
    s.rect(47, 60, 53, 90, 'main'); s.oval(28, 86, 72, 97, 'main')
    for i in range(3):
        a = i * 2.094 + .4
        s.blob([(50, 36), (50 + 26 * math.cos(a - .5), 36 + 26 * math.sin(a - .5)), (50 + 27 * math.cos(a + .2), 36 + 27 * math.sin(a + .2))],
         'light')
    for r in (33, 24, 15): s.ring(50, 36, r, 1.4, 'base')
    for i in range(12): s.line([(50, 36), (50 + 33 * math.cos(i * .5236), 36 + 33 * math.sin(i * .5236))], .7, 'edge')
    s.disc(50, 36, 6)

def _tower(s: Sketch) -> None:
    s.volume = 'tube'
    s.rect(28, 6, 72, 94, 'main', 12); s.oval(36, 7, 64, 15, 'screen'); s.rect(26, 90, 74, 96, 'shade', 2)
    for y in range(32, 86, 6): s.line([(34, y), (66, y)], 1.8, 'edge')

def _dryer(s: Sketch) -> None:
    s.poly([(46, 50), (64, 50), (58, 94), (44, 92)], 'shade'); s.blob([(20, 24), (60, 18), (88, 30), (88, 46), (60, 58), (20, 50)])
    s.rect(8, 26, 22, 48, 'dark', 2); s.ring(74, 38, 10, 2, 'edge'); s.rect(49, 60, 55, 74, 'dark', 2)
    s.curve([(52, 92), (54, 98), (66, 97)], 2, 'black')

def _mower(s: Sketch) -> None:
    s.line([(36, 62), (82, 12), (92, 16)], 3.4, 'dark'); s.blob([(6, 66), (14, 54), (60, 52), (72, 66), (72, 80), (6, 80)])
    s.rect(24, 40, 50, 56, 'black', 4)
    for x in (16, 62): s.disc(x, 82, 11, 'rubber'); s.disc(x, 82, 5, 'metal')

def _vacuum(s: Sketch) -> None:
    s.line([(60, 12), (42, 84)], 4, 'metal'); s.poly([(24, 84), (62, 84), (66, 95), (18, 95)])
    s.blob([(48, 30), (64, 24), (74, 40), (62, 66), (46, 62)])
    s.rect(50, 40, 64, 58, 'glass', 4); s.arc(62, 14, 8, 150, 400, 4, 'dark')

def _grill(s: Sketch) -> None:
    for x in (26, 74): s.line([(50 + (x - 50) * .6, 60), (x, 95)], 3, 'metal')
    s.blob([(10, 46), (16, 26), (50, 14), (84, 26), (90, 46)]); s.blob([(10, 48), (90, 48), (80, 66), (50, 72), (20, 66)], 'shade')
    s.line([(10, 47), (90, 47)], 2, 'metal')
    s.rect(42, 8, 58, 14, 'wood', 2); s.disc(50, 34, 5, 'white')

def _treadmill(s: Sketch) -> None:
    s.poly([(4, 84), (70, 78), (96, 86), (30, 94)], 'dark'); s.poly([(10, 84), (68, 79), (88, 85), (32, 91)], 'black')
    s.line([(70, 80), (82, 24)], 5, 'base')
    s.poly([(66, 14), (92, 20), (90, 34), (64, 28)]); s.poly([(70, 18), (88, 22), (87, 30), (69, 26)], 'screen')
    s.line([(70, 36), (48, 40)], 4, 'base')

def _microscope(s: Sketch) -> None:
    s.rect(20, 86, 80, 95, 'main', 3); s.arc(50, 52, 32, -70, 80, 9, 'base'); s.rect(24, 62, 62, 68, 'dark')
    s.poly([(34, 8), (48, 4), (60, 42), (46, 46)]); s.rect(44, 44, 56, 58, 'metal', 1)
    s.poly([(32, 4), (46, 0), (49, 8), (35, 12)], 'dark'); s.disc(72, 62, 6, 'metal')

WORDS = {'washer': 'washing commercial', 'coffee': 'coffee espresso', 'oven': 'oven fry ice register', 'toaster': 'toaster',
         'blender': 'blender pump mixer', 'fan': 'fan cooler',
         'tower': 'heater purif humid filter', 'dryer': 'dryer straight sander', 'mower': 'mower truck', 'vacuum': 'vacuum blower',
         'grill': 'grill stove', 'treadmill': 'treadmill',
         'microscope': 'microscope tattoo'}
KINDS = {'washer': _washer, 'coffee': _coffee, 'oven': _oven, 'toaster': _toaster, 'blender': _blender, 'fan': _fan, 'tower': _tower,
         'dryer': _dryer, 'mower': _mower,
         'vacuum': _vacuum, 'grill': _grill, 'treadmill': _treadmill, 'microscope': _microscope}
