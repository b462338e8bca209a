"""The merge languages that look like none other: Mailchimp's, Mautic's and listmonk's.

Sources, read in November 2026: Mailchimp's merge fields and conditional merge tags
(mailchimp.com/developer/marketing/docs/merge-fields), Mautic's variables (its user
documentation, docs/configuration/variables.rst), listmonk's templating
(listmonk.app/docs/templating: Go templates with Sprig; HTML is escaped where it is merged).
"""

import json
import re
from html import escape, unescape

from copilot.campaigns.exporting.dialects import (
    Dialect,
    Mark,
    Token,
    cannot,
    chained,
    fields,
    joined_name,
    leaves,
)
from copilot.campaigns.merging.liquid import Out, Test, Text

MAILCHIMP_LONGEST = 10


def _short(field: str) -> str:
    known = {"first_name": "FNAME", "last_name": "LNAME"}
    return known.get(field, field.replace("favourite_", "FAV").upper()[:MAILCHIMP_LONGEST])


# -- Mailchimp -----------------------------------------------------------------------------------

_CASES = {"upcase": "UPPER:", "downcase": "LOWER:"}
_MAILCHIMP_TAG = (
    r"\*\|IF:(?P<only>[A-Z_]+)\|\*\*\|(?:UPPER:|LOWER:)?(?P=only)\|\*\*\|ELSE:\|\*"
    r"(?:(?!\*\|).)*\*\|END:IF\|\*"
    r"|\*\|[A-Z_]+(?::[^|]*)?\|\*"
)
_KEPT = re.compile(
    r"\*\|IF:(?P<field>[A-Z_]+)\|\*\*\|(?P<case>UPPER:|LOWER:)?[A-Z_]+\|\*\*\|ELSE:\|\*"
    r"(?P<fallback>.*)\*\|END:IF\|\*",
    re.S,
)


def _write_mailchimp(token: Token, html: bool) -> str:
    if isinstance(token, Text):
        return token.text
    if isinstance(token, Mark):
        word = {"if": "IF:", "elsif": "ELSEIF:", "else": "ELSE:", "endif": "END:IF"}[token.kind]
        return f"*|{word}{_mailchimp_test(token.test) if token.test else ''}|*"
    names = [name for name, _ in token.filters if name != "default"]
    if len(names) > 1 or any(name not in _CASES for name in names):
        raise cannot("mailchimp", f"the filters {', '.join(names)}")
    field = _short(token.field)
    tag = f"*|{_CASES[names[0]] if names else ''}{field}|*"
    if not token.fallback:
        return tag
    if names and token.filters[0][0] != "default":
        raise cannot("mailchimp", "a filter before the default")
    plain = token.fallback.upper() if names == ["upcase"] else token.fallback
    plain = plain.lower() if names == ["downcase"] else plain
    if "*|" in plain or "|*" in plain:
        raise cannot("mailchimp", f"the fallback {plain!r}")
    return f"*|IF:{field}|*{tag}*|ELSE:|*{escape(plain) if html else plain}*|END:IF|*"


def _mailchimp_test(test: Test) -> str:
    word, (only, *more) = leaves(test, "mailchimp")
    if more:
        raise cannot("mailchimp", f"a condition with {word!r}")
    if only.value is not None and re.search(r"[|*]", only.value):
        raise cannot("mailchimp", f"the value {only.value!r} in a condition")
    return _short(only.field) + (f"={only.value}" if only.value is not None else "")


def _read_mailchimp(tag: str, html: bool) -> Token | None:
    names = fields(_short)
    cases = {theirs: ours for ours, theirs in _CASES.items()}
    if kept := _KEPT.fullmatch(tag):
        if kept["field"] not in names:
            return None
        fallback = unescape(kept["fallback"]) if html else kept["fallback"]
        more = ((cases[kept["case"]], ""),) if kept["case"] else ()
        return Out(names[kept["field"]], (("default", fallback), *more))
    word, colon, said = tag[2:-2].partition(":")
    if tag in ("*|ELSE:|*", "*|END:IF|*"):
        return Mark("else" if word == "ELSE" else "endif")
    if word in ("IF", "ELSEIF"):
        field, equals, value = said.partition("=")
        if field not in names:
            return None
        test = Test("equals", names[field], value) if equals else Test("present", names[field])
        return Mark("if" if word == "IF" else "elsif", test)
    if colon and said in names and f"{word}:" in cases:
        return Out(names[said], ((cases[f"{word}:"], ""),))
    return Out(names[word]) if not colon and word in names else None


# -- Mautic --------------------------------------------------------------------------------------


def _write_mautic(token: Token, html: bool) -> str:
    if isinstance(token, Text):
        return token.text
    if isinstance(token, Mark):
        raise cannot("mautic", "a condition")
    others = [name for name, _ in token.filters if name != "default"]
    if others:
        raise cannot("mautic", f"the filters {', '.join(others)}")
    if re.search(r"[{}|]", token.fallback):
        raise cannot("mautic", f"the fallback {token.fallback!r}")
    field, fallback = joined_name(token.field), escape(token.fallback) if html else token.fallback
    return f"{{contactfield={field}{'|' + fallback if fallback else ''}}}"


def _read_mautic(tag: str, html: bool) -> Token | None:
    field, _, fallback = tag[len("{contactfield=") : -1].partition("|")
    ours = fields(joined_name).get(field)
    if ours is None:
        return None
    plain = unescape(fallback) if html else fallback
    return Out(ours, (("default", plain),) if plain else ())


# -- listmonk ------------------------------------------------------------------------------------

_GO_TEXT = r'"(?:[^"\\]|\\.)*"'
_GO_TAG = rf"\{{\{{-?(?:{_GO_TEXT}|[^\"{{}}])*\}}\}}"
_GO_FILTERS = {"upcase": "upper", "downcase": "lower", "strip": "trim"}


def _go(field: str) -> str:
    known = {"first_name": ".Subscriber.FirstName", "last_name": ".Subscriber.LastName"}
    return known.get(field, f".Subscriber.Attribs.{field}")


def _write_listmonk(token: Token, html: bool) -> str:
    del html  # its templates escape what they merge into HTML, fallbacks too
    if isinstance(token, Text):
        return token.text
    if isinstance(token, Mark):
        word = {"elsif": "else if", "endif": "end"}.get(token.kind, token.kind)
        return f"{{{{ {word}{' ' + _go_test(token.test) if token.test else ''} }}}}"
    pieces = [_go(token.field)]
    for name, argument in token.filters:
        if name == "default":
            pieces += [f"default {_go_text(argument)}"] if argument else []
        elif name in _GO_FILTERS:
            pieces.append(_GO_FILTERS[name])
        else:
            raise cannot("listmonk", f"the filter {name!r}")
    if len(pieces) == 1 or not pieces[1].startswith("default"):
        pieces.insert(1, 'default ""')  # an attribute that is missing would be "<no value>"
    return f"{{{{ {' | '.join(pieces)} }}}}"


def _go_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _go_test(test: Test) -> str:
    word, tests = leaves(test, "listmonk")
    said = [
        _go(each.field)
        if each.value is None
        else f'eq ({_go(each.field)} | default "") {_go_text(each.value)}'
        for each in tests
    ]
    if not word:
        return said[0]
    return " ".join([word, *(f"({each})" for each in said)])


def _read_listmonk(tag: str, html: bool) -> Token | None:
    del html
    inside = tag[2:-2].strip()
    if inside in ("else", "end"):
        return Mark("else" if inside == "else" else "endif")
    if found := re.match(r"(else if|if) ", inside):
        test = _go_read_test(inside[found.end() :])
        return None if test is None else Mark("if" if found[1] == "if" else "elsif", test)
    pieces = [each.strip() for each in re.findall(rf"(?:{_GO_TEXT}|[^|\"])+", inside)]
    field = fields(_go).get(pieces[0])
    if field is None:
        return None
    filters: list[tuple[str, str]] = []
    ours = {theirs: name for name, theirs in _GO_FILTERS.items()}
    for piece in pieces[1:]:
        if piece.startswith("default "):
            value = str(json.loads(piece.removeprefix("default ")))
            filters += [("default", value)] if value else []
        elif piece in ours:
            filters.append((ours[piece], ""))
        else:
            return None
    return Out(field, tuple(filters))


def _go_read_test(said: str) -> Test | None:
    word = said.partition(" ")[0]
    if word not in ("and", "or"):
        return _go_read_leaf(said)
    inner = re.findall(rf"\(((?:{_GO_TEXT}|\((?:{_GO_TEXT}|[^()])*\)|[^()\"])*)\)", said)
    tests = [_go_read_leaf(each) for each in inner]
    known = [each for each in tests if each is not None]
    return chained(word, known) if known and len(known) == len(tests) else None


def _go_read_leaf(said: str) -> Test | None:
    names = fields(_go)
    if said in names:
        return Test("present", names[said])
    found = re.fullmatch(rf'eq \((\S+) \| default ""\) ({_GO_TEXT})', said)
    if found is None or found[1] not in names:
        return None
    return Test("equals", names[found[1]], str(json.loads(found[2])))


MAILCHIMP = Dialect(
    "mailchimp",
    _short,
    _write_mailchimp,
    _MAILCHIMP_TAG,
    _read_mailchimp,
    own=r"\*\||\|\*",
    nests=False,
)
MAUTIC = Dialect(
    "mautic",
    joined_name,
    _write_mautic,
    r"\{contactfield=\w+(?:\|[^{}|]*)?\}",
    _read_mautic,
    own=r"\{contactfield=",
)
LISTMONK = Dialect("listmonk", _go, _write_listmonk, _GO_TAG, _read_listmonk)
