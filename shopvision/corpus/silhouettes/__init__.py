"""What products look like: one small function a shape, in families; `SHAPES` has them by name.

The functions use the pen of `canvas.py`, in a square of 100 x 100 units, y down. They name parts by role, so that the same mug serves every colour."""
from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from shopvision.corpus.silhouettes import adorn, appliances, home, pack, pantry, play, tech, tools, wear
from shopvision.corpus.silhouettes.canvas import Sketch

def drawn_in(*modules: ModuleType) -> dict[str, Callable[[Sketch], None]]:
    "The public functions that `modules` define themselves"
    return {name: f for m in modules for name, f in vars(m).items() if callable(f) and not name.startswith('_') and getattr(f, '__module__', '') == m.__name__}

SHAPES = drawn_in(wear, adorn, pack, home, tech, appliances, tools, play, pantry)

NOUNS = {  # what a caption calls a shape, where its name will not do
    'longsleeve': 'long-sleeved top', 'tshirt': 't-shirt', 'trousers': 'a pair of trousers', 'shorts': 'a pair of shorts',
    'underwear': 'a piece of underwear', 'socks': 'a pair of socks', 'shoe': 'shoe', 'heel': 'high-heeled shoe', 'glasses': 'a pair of glasses',
    'bag_of_food': 'bag', 'pump_bottle': 'pump bottle', 'spray': 'spray bottle', 'glass': 'drinking glass', 'headphones': 'a pair of headphones',
    'fishing_reel': 'fishing reel', 'glove_sport': 'sports glove', 'pet_bowl': 'pet bowl', 'tool_box': 'tool box', 'spring_coil': 'coil spring',
    'none': 'card with words', 'card': 'card', 'scissors': 'a pair of scissors', 'ski': 'a pair of skis', 'plush': 'plush toy',
    'block': 'a set of toy blocks', 'cards': 'a set of playing cards', 'earring': 'a pair of earrings', 'bread': 'loaf of bread',
    'meat': 'a piece of meat', 'cheese': 'a piece of cheese', 'chocolate': 'bar of chocolate', 'cookie': 'cookie', 'pill': 'pill',
    'soap': 'bar of soap', 'disc': 'disc', 'paper': 'sheet of paper', 'yarn': 'ball of yarn', 'bead': 'string of beads',
    'fabric': 'a piece of fabric', 'mic': 'microphone', 'tap': 'water tap', 'rod': 'fishing rod', 'machine': 'machine', 'tv': 'TV', 'plant': 'plant',
    'console': 'game console', 'drive': 'storage drive', 'skate': 'skate', 'train': 'toy train', 'die': 'die', 'frame': 'picture frame',
    'bone': 'bone', 'incense': 'stick of incense', 'rope': 'coil of rope', 'tape': 'roll of tape', 'box': 'box', 'bin': 'waste bin', 'sign': 'sign',
}

NATURE: dict[str, tuple[tuple[int, int, int], ...]] = {  # what things are like where nobody says a colour
    'bread': ((200, 140, 78), (178, 116, 60)), 'cheese': ((244, 204, 92), (238, 190, 70)), 'meat': ((188, 58, 58), (206, 92, 84)),
    'fish': ((120, 148, 168), (226, 130, 100)), 'egg': ((240, 222, 196), (222, 176, 136)), 'cake': ((236, 158, 176), (196, 130, 84), (250, 226, 200)),
    'chocolate': ((86, 50, 30), (120, 74, 44)), 'cookie': ((208, 158, 96), (188, 134, 74)),
    'fruit': ((206, 42, 42), (244, 208, 70), (112, 164, 60), (240, 146, 40)),
    'vegetable': ((236, 128, 40), (74, 138, 60), (206, 50, 40), (96, 60, 110)), 'bone': ((238, 228, 204), (226, 206, 168)),
    'tree': ((56, 116, 62), (76, 134, 70)), 'guitar': ((206, 134, 66), (160, 60, 40)), 'violin': ((162, 84, 40),), 'basket': ((198, 156, 102),),
    'rope': ((206, 180, 132),), 'palette': ((210, 166, 112),), 'tire': ((150, 154, 160),), 'engine': ((150, 152, 158),), 'screw': ((186, 190, 196),),
    'key': ((200, 172, 90), (186, 190, 196)), 'paper': ((250, 248, 242),), 'flower': ((230, 90, 130), (240, 200, 60), (200, 50, 60)),
    'ring': ((214, 176, 84), (198, 202, 208)), 'knife': ((40, 40, 42), (120, 78, 48)), 'spoon': ((190, 194, 200),), 'pan': ((50, 50, 54),),
}
