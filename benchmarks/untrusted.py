"""Thousands of drafts by writers that are not to be trusted: what reaches the export.

Usage: python benchmarks/untrusted.py [liar [SEED] | weak [SECONDS]]

`liar`: a scripted model makes up prices, codes, dates, places, people, claims, links and more.
Every consenting recipient of the sample bakery gets a message of their own in four languages
and four channels, and every neighbourhood an ad, a post, a flyer and a letter. The liar keeps
what it made up, and the exported files are searched for it; nothing else judges them.

`weak`: SmolLM2-135M by llama.cpp writes as many drafts as fit into SECONDS, and what it wrote
is then cut up and put together anew until there are 5,000 drafts. The two are counted apart.
What it makes up nobody knows, so every number, link, address and code of the exported rows must
stand in the brief, the brand kit, the shops or the locale's form of the offer's day.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    from tests.untrusted import (
        MESSAGES,
        PRINTED,
        bakery_with_every_channel,
        briefs,
        liars_campaigns,
        weak_campaigns,
    )

    home = Path(tempfile.mkdtemp())
    bakery_with_every_channel(home)
    started = time.perf_counter()
    if sys.argv[1:2] == ["weak"]:
        seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 600.0
        found = weak_campaigns(home, seconds=seconds)
    else:
        thousands = briefs(variants=5, local=(PRINTED, MESSAGES, PRINTED))
        seed = int(sys.argv[2]) if len(sys.argv) > 2 else 5
        found = [liars_campaigns(home, thousands, seed=seed)]
    for each in found:
        sys.stdout.write(f"{each}\n\n")
    sys.stdout.write(f"{time.perf_counter() - started:.0f} s\n")


if __name__ == "__main__":
    main()
