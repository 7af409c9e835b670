"""What products look like: one small function a shape, in families; `SHAPES` has them by name"""
from __future__ import annotations

from collections.abc import Callable

from shopvision.corpus.silhouettes.canvas import Sketch

SHAPES: dict[str, Callable[[Sketch], None]] = {}
NOUNS: dict[str, str] = {'trousers': 'a pair of trousers'}

def box(s): s.rect(20,20,80,80)
for n in "tshirt longsleeve hoodie jacket dress skirt trousers shorts underwear bra socks hat glove scarf tie belt shoe boot sandal heel ring necklace earring watch glasses handbag backpack suitcase wallet umbrella bottle jar can tube box pouch carton bag_of_food spray pump_bottle cup mug glass bowl plate pan pot knife spoon kettle chair sofa table desk bed shelf cabinet lamp rug curtain pillow blanket candle vase plant flower tree frame clock mirror basket bin phone tablet laptop monitor tv speaker headphones camera lens keyboard mouse cable drive console printer battery bulb remote drone book disc paper pen notebook tape scissors stamp hammer wrench screwdriver drill saw ladder screw bucket hose pipe tap wheel tire car bike motorcycle boat helmet ball racket bat skate ski dumbbell mat tent rod fishing_reel glove_sport plush doll block puzzle die cards train guitar piano drum violin mic brush palette yarn bead fabric pet_bowl collar cage aquarium bone fruit vegetable bread cheese meat fish egg cake chocolate cookie pill soap lipstick mascara comb razor towel toothbrush stroller crib pacifier bib cross menorah incense card sign machine engine scale syringe mask tool_box lock key spring_coil board rope none".split(): SHAPES[n]=box
