"""Fits legibility.json: how much of a page was read right, from what recognition shows.

    python models/ocr/fit_legibility.py [--copies 6] [--plot docs/legibility.png]

Every native page of fixtures/charts is damaged in random ways (fixtures/fax.py), read, and compared with its own text.
Charts are parted into halves by name: one to fit, one to test. Takes about ten minutes on one core. Prints the figures
of README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "fixtures")]

from benchmarks.ocr import jobs, words_of  # noqa: E402

import fax  # noqa: E402
from chart_triage.intake.images import PageImage  # noqa: E402
from chart_triage.intake.ocr import page as reading  # noqa: E402
from chart_triage.intake.ocr.legibility import FEATURES, features  # noqa: E402
from chart_triage.intake.scanned import ILLEGIBLE_BELOW  # noqa: E402

ILLEGIBLE, LEGIBLE = 0.45, 0.65  # true shares; pages in between may go either way


class Sample(NamedTuple):
    """`name` is chart, page and copy."""

    name: str
    features: tuple[float, ...]
    right: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=6, help="damaged copies of each page")
    parser.add_argument("--plot", type=Path, help="a PNG of predicted against true shares (test half)")
    options = parser.parse_args(arguments)
    samples = list(damaged_samples(options.copies))
    fit = [s for s in samples if crc32(s.name.split()[0].encode()) % 2]
    test = [s for s in samples if not crc32(s.name.split()[0].encode()) % 2]
    weights = logistic(np.array([s.features for s in fit]), np.array([s.right for s in fit]))
    figures = {name: measure(part, weights) for name, part in (("fit", fit), ("test", test))}
    kept = {"weights": {n: round(float(w), 4) for n, w in zip(FEATURES, weights, strict=True)}, "figures": figures}
    (HERE / "legibility.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(kept, indent=2))
    if options.plot:
        plot(test, weights, options.plot)
    return 0


def damaged_samples(copies: int):
    for job in jobs():
        truth = Counter(words_of(job.page.text))
        for copy in range(copies):
            damage = random_damage(random.Random(f"{job.chart.stem} {job.number} {copy}"))
            faxed = next(iter(fax.fax_pages(job.pdf, damage, copy)))
            sample = read(PageImage(1, faxed.pixels, *faxed.dpi), truth)
            if sample is not None:
                yield Sample(f"{job.chart.stem} {job.number} {copy}", *sample)


def random_damage(random: random.Random) -> fax.Damage:
    """From a clean scan to what nobody can read, evenly spread.

    Black-and-white copies are blurred less: beyond that thin letters turn white, and nothing on the page tells that
    there was any writing.
    """
    kind = random.choice(("bilevel", "bilevel", "grey"))
    harm = random.random()
    most_blur = 0.024 if kind == "grey" else 0.008
    return fax.Damage(
        resolution=random.choice(("standard", "fine", "200")) if kind == "bilevel" else "200",
        skew=random.uniform(-2, 2),
        noise=random.choice((0.0, 0.12 * harm)),
        blur=random.choice((0.0, most_blur * harm)),
        grey=kind == "grey",
        lost_lines=random.choice((0, 0, int(80 * harm))),
    )


def read(image: PageImage, truth: Counter[str]):
    """(features, share of right words) of one reading; the page's own words are compared without their order."""
    seen: list[tuple[float, ...]] = []
    judge = reading.judge

    def watched(words, letters):
        if words:
            seen.append(features(words, letters))
        return judge(words, letters)._replace(share=1.0)

    reading.judge = watched
    try:
        result = reading.read_image(image)
    except TimeoutError:
        return None
    finally:
        reading.judge = judge
    if not seen:
        return None
    read_words = Counter(words_of(" ".join(w.text for w in result.words if w.sign is None)))
    return seen[0], (truth & read_words).total() / max(truth.total(), read_words.total())


def logistic(x: np.ndarray, y: np.ndarray, ridge: float = 1e-3, steps: int = 100) -> np.ndarray:
    """Weights of a logistic regression on shares, by Newton's method."""
    weights = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - ridge * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(weights))
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def measure(samples: Sequence[Sample], weights: np.ndarray) -> dict[str, float | int]:
    true = np.array([s.right for s in samples])
    said = 1 / (1 + np.exp(-np.array([s.features for s in samples]) @ weights))
    bad, good = true < ILLEGIBLE, true >= LEGIBLE
    return {
        "pages": len(samples),
        "rank correlation": round(float(np.corrcoef(ranks(true), ranks(said))[0, 1]), 3),
        "mean error": round(float(np.abs(true - said).mean()), 3),
        "illegible pages": int(bad.sum()),
        "illegible pages declared": round(float((said[bad] < ILLEGIBLE_BELOW).mean()), 3) if bad.any() else 1.0,
        "legible pages": int(good.sum()),
        "legible pages declared illegible": round(float((said[good] < ILLEGIBLE_BELOW).mean()), 3),
    }


def ranks(values: np.ndarray) -> np.ndarray:
    order = np.argsort(np.argsort(values))
    return order.astype(float)


def plot(samples: Sequence[Sample], weights: np.ndarray, path: Path) -> None:
    from PIL import Image, ImageDraw

    side, margin = 520, 50
    picture = Image.new("L", (side + 2 * margin, side + 2 * margin), 255)
    draw = ImageDraw.Draw(picture)
    corner = margin + side
    for k in range(11):
        at = margin + side * k / 10
        draw.line((margin, at, corner, at), 225)
        draw.line((at, margin, at, corner), 225)
        draw.text((at - 8, corner + 6), f"{k / 10:.1f}", 0)
        draw.text((margin - 26, corner - side * k / 10 - 6), f"{k / 10:.1f}", 0)
    draw.line((margin, corner, corner, margin), 150)
    for sample in samples:
        said = 1 / (1 + np.exp(-np.array(sample.features) @ weights))
        x, y = margin + side * sample.right, corner - side * said
        draw.ellipse((x - 2.5, y - 2.5, x + 2.5, y + 2.5), outline=0)
    draw.text((margin, corner + 26), "true share of words read right (test half of the fixture charts)", 0)
    draw.text((margin, 20), "legibility as estimated", 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
