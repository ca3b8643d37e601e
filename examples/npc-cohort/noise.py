"""Small draws that are the same on every platform."""

import random
from collections.abc import Iterable, Sequence
from typing import Any

SEED = 20250228


class Noise:
    """Uses `Random.random` alone; every patient and domain has its own generator, seeded by name."""

    def __init__(self, *name: object) -> None:
        self._random = random.Random("/".join(map(str, (SEED, *name))))

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._random.random()

    def pick(self, pool: Sequence[Any]) -> Any:
        return pool[self.integer(0, len(pool) - 1)]

    def choose(self, pool: Iterable[Any], how_many: int) -> list[Any]:
        left = list(pool)
        return [left.pop(self.integer(0, len(left) - 1)) for _ in range(how_many)]

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability
