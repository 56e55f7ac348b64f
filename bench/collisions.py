"""Which of 200 amendments of one paragraph collide, in seconds of CPU. Run: python -m bench.collisions"""

from __future__ import annotations

import random
import time

from app.content import diff, edits, wholes, wording
from app.content.blocks import Block, BlockKind, Content
from app.content.changes import Change, collisions, cut

AMENDMENTS = 200
PARAGRAPH = (
    "Le maire a présenté le compte administratif de la commune devant les élus du cercle et les habitants réunis pour la "
    "restitution. Les recettes ont atteint 75 % des prévisions, soit 48 750 FCFA, et la commission n’a pas validé le "
    "programme de Niono. Madame Fanta KEÏTA a donné rendez-vous à tous, le 13 avril 2018, à Ségou."
)
PUT_IN = ("notamment", "12 mars", "Mme Traoré", "n’a pas", "150 millions", "publiquement", "à mi-parcours")


def part(text: str) -> Content:
    return (Block("a", "body", BlockKind.PARAGRAPH, {"text": text}),)


def amendments(rng: random.Random) -> dict[int, Change]:
    """A word or two put in, put in the place of others, or taken out, anywhere in the paragraph."""
    found: dict[int, Change] = {}
    while len(found) < AMENDMENTS:
        words = PARAGRAPH.split(" ")
        at = rng.randrange(len(words))
        new = [f"{rng.choice(PUT_IN)} {chr(97 + rng.randrange(26)) * 4}"] if rng.random() < 0.7 else []
        words[at : at + rng.randrange(3)] = new
        for change in cut(part(PARAGRAPH), part(" ".join(words))):
            found[len(found)] = change
    return found


def main() -> None:
    changes = amendments(random.Random(7))
    later = PARAGRAPH.replace("maire", "préfet").replace("Ségou", "Markala")
    for name, text in (("the text they were written on", PARAGRAPH), ("a text that has changed since", later)):
        for cached in (diff.cached_words, edits.rewording, wholes.wholes, wording.merge_words):
            cached.cache_clear()
        start = time.process_time()
        pairs = collisions(changes, part(text))
        seconds = time.process_time() - start
        print(f"{AMENDMENTS} amendments on {name}: {len(pairs)} collisions in {seconds:.2f} s of CPU")


if __name__ == "__main__":
    main()
