"""Which products may be offered: in stock, still sold, and nobody's private matter.

The words that keep a product out are in `prompts/suggest/never.txt`, which anybody can edit; a
business changes them for itself in `never-suggest.txt` beside its customers' tables. Whether a
product is in stock is read from its `attributes`, where the data say so.
"""

import re
from typing import TYPE_CHECKING

from copilot.customers.store import Store
from copilot.customers.tables import table_or_empty
from copilot.settings import data_folder
from copilot.text import fold

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from copilot.customers.engine import Engine

OWN_WORDS = "never-suggest.txt"
# Text of a JSON object, in lower case: no engine's own JSON functions, which all differ.
OUT_OF_STOCK = (
    r'"(in_?stock|available|active|is_active|enabled|published)" *: *"?(false|no|n|0)"?[ ,}]',
    r'"(discontinued|sold_?out|out_of_stock|archived|deleted)" *: *"?(true|yes|y|1)"?[ ,}]',
    r'"(stock|stock_level|inventory|quantity_in_stock)" *: *"?(0|-[0-9]+)(\.0+)?"?[ ,}]',
    r'"(status|state|availability)" *: *"(inactive|discontinued|sold out|out of stock|archived'
    r'|draft|deleted|unavailable)"',
)


def never_words(store: Store) -> tuple[str, ...]:
    """The words and phrases of the shipped list as the business has changed it, sorted."""
    words = set(_lines((data_folder("prompts") / "suggest" / "never.txt").read_text("utf-8")))
    own = store.folder / OWN_WORDS
    for line in _lines(own.read_text(encoding="utf-8-sig")) if own.is_file() else ():
        if line.startswith("-"):
            words.discard(line[1:].strip())
        else:
            words.add(line)
    return tuple(sorted(words))


def never_pattern(words: tuple[str, ...]) -> str:
    """A regular expression for lower-case text without accents that holds any word; '' for none."""
    parts = [
        r"[^a-z0-9]+".join(re.escape(piece) for piece in re.findall(r"[a-z0-9]+", word))
        + ("" if word.endswith("*") else "([^a-z0-9]|$)")
        for word in words
        if re.search(r"[a-z0-9]", word)
    ]
    return f"(^|[^a-z0-9])({'|'.join(parts)})" if parts else ""


def offered(engine: "Engine", kind: str) -> "ir.Table":
    """item, category, private, in_stock: one row for each product name or category in the data.

    A product may have several ids; it is in stock when one of them is.
    """
    import ibis

    products = table_or_empty(engine, "products")
    pattern = never_pattern(never_words(engine.store))
    name = products["name"].strip().nullif("").fill_null(products["product_id"])
    category = products["category"].strip().nullif("")
    about = (name if kind == "product" else category.fill_null("")) + " | "
    words = _plain(about + category.fill_null(""))
    attributes = products["attributes"].fill_null("").lower()
    gone = attributes.re_search("|".join(f"({rule})" for rule in OUT_OF_STOCK))
    rows = products.select(
        item=name if kind == "product" else category,
        category=category,
        private=words.re_search(pattern) if pattern else ibis.literal(False),
        gone=gone,
    )
    return (
        rows.filter(rows["item"].notnull())
        .group_by("item")
        .aggregate(
            category=rows["category"].min(),
            private=rows["private"].any(),
            in_stock=(~rows["gone"]).any(),
        )
    )


def _plain(text: "ir.StringValue") -> "ir.StringValue":
    plain: ir.StringValue = text.lower().translate(_ACCENTED, _BARE)
    return plain


_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿšžčřěůąęłńśźż"
_BARE = "aaaaaaceeeeiiiinooooouuuuyyszcreuaelnszz"


def _lines(text: str) -> list[str]:
    return [
        folded
        for line in text.splitlines()
        if (folded := fold(line)) and not folded.startswith("#")
    ]
