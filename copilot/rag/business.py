"""What the assistant knows of the business: its cards, indexed like notes and quoted like them.

Cards have a library of their own beside the notes', so that no card can move what the notes
answer. A question is answered from them only when every word of it is understood: the name of a
place, segment, product or campaign, and words that ask for what a card holds. All else stays the
notes' to answer or to refuse.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from copilot.models.embed import Embedder
from copilot.rag.catalogue import NewSource, new_source
from copilot.rag.index import Library
from copilot.rag.retrieve import Retriever
from copilot.rag.update import exclusive
from copilot.records import Answer, Card, Citation, Hit, Passage
from copilot.text import content_id, fold

ROOT = "business/"
OVERVIEW = "business/business/overview"
STATE = "made-from.txt"
MOST_CARDS = 3  # in one answer
LOOKED_AT = 50  # passages
LEVELS = ("neighbourhood", "city", "store", "region", "postcode", "country")
_WORD = re.compile(r"[^\W_]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL = _words(
    "a an and any are about as at be been by can could d did do does for from give have has how i"
    " in is it its know learn me my of on or our ours out please s see show so tell that the their"
    " them there these they this those to us was we were what when where which who whom with you"
    " your would than"
)
_OPEN = _words(
    "describe description summary summarise summarize overview profile picture facts figures data"
    " numbers card everything business company us doing going look information compare compared"
    " versus vs"
)
# What a word asks for, by the topics of the templates.
_TOPICS = {
    "sales": _words(
        "sale sales revenue turnover worth money earn earned spend spends spent basket baskets"
        " average perform performed performance performing price cost"
    ),
    "best sellers": _words(
        "best seller sellers selling sell sells sold popular top buy buys buying bought favourite"
        " favourites favorite favorites product products item items most"
    ),
    "stands out": _words(
        "special different differs unusual stand stands typical particular unlike elsewhere"
        " local taste tastes like likes"
    ),
    "people": _words("live lives language languages speak speaks spoken"),
    "response": _words(
        "respond responded response responses answer answered answers open react reacted work"
        " worked result results success successful"
    ),
    "place": _words("address addresses located"),
    "size": _words("size big large people customers customer buyers shoppers number"),
}
_KIND_WORDS = _words(
    "campaign campaigns segment segments group store stores shop shops branch neighbourhood"
    " neighborhood city town region postcode area place category product"
)
_OWN = _words("our ours we us my")
_PLAIN = frozenset({"segment", "product"})  # kinds whose names are everyday words


@dataclass(frozen=True)
class Named:
    """A card named in a question: its source, and the words of the question that name it."""

    source: str
    start: int
    end: int


class CardLibrary:
    """The cards of one workspace, brought up to date when the customers' store has moved."""

    def __init__(
        self, folder: Path, embedder: Embedder | None, chroma_url: str | None = None
    ) -> None:
        self.folder = folder
        self._embedder = embedder
        self._chroma_url = chroma_url
        self._library: Library | None = None
        self._retriever: Retriever | None = None

    @property
    def library(self) -> Library:
        """The index behind it, opened on first use."""
        if self._library is None:
            self._library = Library.open(self.folder, self._embedder, self._chroma_url)
        return self._library

    def sync(self, state: str, make: Callable[[], Sequence[Card]]) -> bool:
        """Bring in the cards that `make()` gives, unless they were made from this `state` before.

        Returns whether anything was made. Cards that are no more are removed.
        """
        file = self.folder / STATE
        if file.is_file() and file.read_text(encoding="utf-8") == state:
            return False
        with exclusive(self.folder):
            new = [_source(card) for card in make()]
            known = {one.source: one.sha256 for one in self.library.sources()}
            self.library.put([one for one in new if known.get(one.source) != one.sha256])
            for gone in known.keys() - {one.source for one in new}:
                self.library.remove(gone)
            self.library.embed_missing()
            file.write_text(state, encoding="utf-8")
        return True

    def clear(self) -> int:
        """Remove every card; the next `sync` makes them again. Returns how many went."""
        if not (self.folder / STATE).is_file():
            return 0
        with exclusive(self.folder):
            (self.folder / STATE).unlink(missing_ok=True)
            return sum(self.library.remove(one.source) for one in self.library.sources())

    def answer(self, question: str, id: str = "") -> Answer | None:
        """What the cards say to the question; None when it is not theirs to answer.

        Each sentence is a card's own, cited with the card's title and date.
        """
        words = [fold(word) for word in _WORD.findall(question)]
        chosen = named(words, [one.source for one in self.library.sources()])
        if not _understood(words, chosen):
            return None
        sources = list(dict.fromkeys(one.source for one in chosen))[:MOST_CARDS] or [OVERVIEW]
        rest = _rest(words, chosen)
        topics = {topic for topic, said in _TOPICS.items() if said & set(rest)} - {"size"}
        if _OPEN & set(rest):
            topics = set()
        passages = [p for source in sources for p in _passages(self.library, source, topics)]
        return _told(question, passages, id) if passages else None

    def hits(self, question: str, k: int, source: str | None = None) -> list[Hit]:
        """The k passages of cards nearest to the question: those of the cards it names, and with
        a `source` glob that cards match, any of these."""
        words = [fold(word) for word in _WORD.findall(question)]
        known = [one.source for one in self.library.sources()]
        if source is None:
            wanted = {one.source for one in named(words, known)}
        else:
            wanted = {name for name in known if fnmatchcase(name, source)}
        if not wanted:
            return []
        if self._retriever is None:
            self._retriever = Retriever(self.library)
        found = self._retriever.retrieve(question, k=LOOKED_AT, source=source).hits
        return [hit for hit in found if hit.source in wanted][:k]


def named(words: Sequence[str], sources: Sequence[str]) -> list[Named]:
    """The cards whose names the folded words hold, longest names first, none overlapping.

    Where places of several levels, or a product and a category, share a name, the question's own
    word for the level decides, else the nearest place and the product.
    """
    said = [_single(word) for word in words]
    found: list[Named] = []
    for name, choices in sorted(_names(sources).items(), key=lambda item: -len(item[0])):
        size = len(name)
        for start in range(len(said) - size + 1):
            if tuple(said[start : start + size]) != name:
                continue
            if all(start >= one.end or start + size <= one.start for one in found):
                found.append(Named(_choice(choices, said), start, start + size))
    return sorted(found, key=lambda one: one.start)


def _names(sources: Sequence[str]) -> dict[tuple[str, ...], list[str]]:
    """Names as folded words in the singular, with the sources they may mean."""
    table: dict[tuple[str, ...], list[str]] = {}
    for source in sources:
        kind, name = _split(source)
        words = tuple(_single(fold(word)) for word in _WORD.findall(name))
        if words and kind != "business":
            table.setdefault(words, []).append(source)
    stores = [words for words, known in table.items() if _level(known[0]) == "store"]
    for words in stores if len(stores) > 1 else ():
        own = words[_shared(stores) :]
        if own and own not in table:
            table[own] = table[words]
    return table


def _shared(names: Sequence[tuple[str, ...]]) -> int:
    """How many first words all the names have in common."""
    count = 0
    while all(len(n) > count + 1 and n[: count + 1] == names[0][: count + 1] for n in names):
        count += 1
    return count


def _choice(sources: Sequence[str], said: Sequence[str]) -> str:
    def order(source: str) -> tuple[bool, int, str]:
        level = _level(source)
        spoken = {"store": {"store", "shop", "branch"}}.get(level, {level})
        place = LEVELS.index(level) if level in LEVELS else len(LEVELS)
        return not spoken & set(said), place, source.replace("/category/", "/~category/")

    return min(sources, key=order)


def _understood(words: Sequence[str], chosen: Sequence[Named]) -> bool:
    """Whether every word is part of a name or asks for what cards hold."""
    rest = _rest(words, chosen)
    asking = _OPEN | _KIND_WORDS | frozenset().union(*_TOPICS.values())
    if any(word not in asking and word not in _SMALL for word in rest):
        return False
    own = bool(_OWN & set(rest))
    if not chosen:
        return own and bool({"business", "company", "us", "customers"} & set(rest))
    named_plainly = all(_split(one.source)[0] in _PLAIN for one in chosen)
    who = {"who", "segment", "customers", "sell", "sells", "sold", "sales", "doing", "know"}
    return not named_plainly or own or bool(who & set(rest))


def _rest(words: Sequence[str], chosen: Sequence[Named]) -> list[str]:
    """The words that name no card."""
    return [w for n, w in enumerate(words) if not any(c.start <= n < c.end for c in chosen)]


def _passages(library: Library, source: str, topics: set[str]) -> list[Passage]:
    """A card's passages on the topics; all of them when there are none on these."""
    every = library.passages(source)
    chosen = [p for p in every if p.heading.partition(",")[0] in topics]
    return chosen or every


def _told(question: str, passages: Sequence[Passage], id: str) -> Answer:
    lines: list[str] = []
    citations: list[Citation] = []
    title = ""
    for passage in passages:
        if passage.title != title:
            title = passage.title
            lines.append(f"\n**{title}**{passage.heading[passage.heading.find(',') :]}:\n")
        for sentence in passage.text.splitlines():
            citations.append(
                Citation(
                    marker=len(citations) + 1,
                    source=passage.source,
                    title=passage.title,
                    heading=passage.heading,
                    quote=sentence,
                    score=1.0,
                    passage_id=passage.id,
                )
            )
            lines.append(f"- {sentence} [{len(citations)}]")
    return Answer(
        id=id,
        question=question,
        kind="explain",
        answer="\n".join(lines).strip(),
        citations=tuple(citations),
    )


def _source(card: Card) -> NewSource:
    passages = [
        Passage(
            id=content_id(card.source, topic, card.as_of, text),
            source=card.source,
            title=card.title,
            heading=f"{topic}, as of {card.as_of}",
            text=text,
            kind="card",
        )
        for topic, text in card.sections.items()
    ]
    digest = content_id(card.title, card.as_of, *(p.id for p in passages))
    return new_source(card.source, digest, card.title, passages, "card")


def _split(source: str) -> tuple[str, str]:
    """Kind and name of a card's source."""
    kind, _, name = source.removeprefix(ROOT).partition("/")
    if kind == "locality":
        name = name.partition("/")[2]
    return kind, name.removeprefix("category/") if kind == "product" else name


def _level(source: str) -> str:
    kind, _, rest = source.removeprefix(ROOT).partition("/")
    return rest.partition("/")[0] if kind == "locality" else ""


def _single(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
