"An engine that answers after a fixed time, and a gateway over it: for tests and for `tests/load`"
import tempfile
import asyncio
import json
import random

from shopvision.serving.cascade import Cascade
from shopvision.serving.gateway import create_app
from shopvision.serving.keys import make_key
from shopvision.serving.service import Service
from shopvision.serving.store import Store
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.baselines import LetterPredictor
from shopvision.understanding.engines.base import EngineError, Reply
from shopvision.understanding.predict import PredictConfig, Predictor
from shopvision.understanding.prompts import PromptConfig

MUGS = 'Home & Garden > Kitchen & Dining > Tableware > Drinkware > Mugs'


def first_value(schema):
    "The first allowed value of an attribute, as a list where several are allowed"
    one = schema['anyOf'][0]
    return one['items']['enum'][:1] if one.get('type') == 'array' else one['enum'][0]


class SteadyEngine:
    "Says *mug*; may fail or hang on a share of the calls"
    name = 'steady'

    def __init__(self, seconds: float = 0.0, fails: float = 0.0, hangs: float = 0.0, seed: int = 0, model: str = 'steady-1', concurrency: int = 512):
        self.seconds, self.fails, self.hangs, self.model, self.random = seconds, fails, hangs, model, random.Random(seed)
        self.concurrency = concurrency
        self.asked = self.cancelled = 0

    async def complete(self, request):
        self.asked += 1
        chance = self.random.random()
        try:
            if chance < self.hangs: await asyncio.sleep(3600)
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if chance < self.hangs + self.fails: raise EngineError('told to fail', 'overloaded', listing=request.id)
        first = 'category' in request.schema['properties']
        answer = dict(category=MUGS, simplified_description='A mug', image_description=None, brand=None, is_secondhand=False)
        text = json.dumps(answer if first else {h: first_value(s) for h, s in request.schema['properties'].items()})
        return Reply(text, self.model, prompt_tokens=400, completion_tokens=60, finish_reason='stop')

    async def close(self): pass


def steady_app(engine=None, url='sqlite://', jobs='', seconds=5.0, more=(), image_side=448, **options):
    "App and service over an engine, with the letters behind it"
    tree = load_taxonomy('starter')
    first = Predictor(engine or SteadyEngine(), tree, PredictConfig(candidates=0, logprobs=False, prompt=PromptConfig(image_side=image_side)))
    service = Service(Cascade([first, *more, LetterPredictor(tree)]), Store(url), seconds)
    return create_app(service, jobs_folder=str(jobs or tempfile.mkdtemp()), **options), service


def keys_for(service, *merchants):
    return [{'Authorization': f'Bearer {make_key(service.store, m)}'} for m in merchants]
