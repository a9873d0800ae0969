"""Figures, told on the screen and kept as JSON lines in bench/results/."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured number. With a `limit` it is met or missed; without, it is only told."""

    name: str
    value: float
    unit: str = ""
    side: Literal["", "at least", "at most"] = ""
    limit: float = 0.0

    @property
    def met(self) -> bool:
        """Whether the number is on the right side of its limit."""
        return not self.side or (self.value >= self.limit if self.side == "at least" else self.value <= self.limit)

    def __str__(self) -> str:
        limit = f"  ({self.side} {self.limit:g}: {'met' if self.met else 'MISSED'})" if self.side else ""
        return f"  {self.name:<58} {self.value:>10,.2f} {self.unit}{limit}"


class Report:
    """The figures of one bench, printed and written as they come."""

    def __init__(self, bench: str) -> None:
        self.bench = bench
        self.figures: list[Figure] = []
        self._run = {"bench": bench, "at": datetime.now(UTC).isoformat(timespec="seconds"), **_circumstances()}
        print(f"{bench}  ({self._run['commit']}, {self._run['cores']} cores, load {self._run['load']})", flush=True)

    def tell(self, *figures: Figure) -> None:
        """Print figures and keep them."""
        RESULTS.mkdir(exist_ok=True)
        with (RESULTS / f"{self.bench}.jsonl").open("a", encoding="utf-8") as file:
            for figure in figures:
                print(figure, flush=True)
                told: dict[str, Any] = {"figure": figure.name, "value": round(figure.value, 4), "unit": figure.unit}
                if figure.side:
                    told |= {figure.side.replace(" ", "_"): figure.limit, "met": figure.met}
                file.write(json.dumps(self._run | told, ensure_ascii=False) + "\n")
        self.figures += figures

    @property
    def met(self) -> bool:
        """Whether no figure missed its limit."""
        return all(figure.met for figure in self.figures)


def _circumstances() -> dict[str, Any]:
    described = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return {
        "commit": described.stdout.strip() or "unknown",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
