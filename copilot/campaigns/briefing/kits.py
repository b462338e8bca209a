"""What people write in a brand kit's or a brief's YAML, brought into the records' own form."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from copilot.errors import BriefError
from copilot.records import BrandKit, Channel, Emoji, Formality, Language
from copilot.text import fold

_FORMS: dict[str, tuple[Formality, tuple[Language, ...]]] = {
    "formal": ("formal", ("de", "fr", "es")),
    "polite": ("formal", ("de", "fr", "es")),
    "informal": ("informal", ("de", "fr", "es")),
    "casual": ("informal", ("de", "fr", "es")),
    "familiar": ("informal", ("de", "fr", "es")),
    "sie": ("formal", ("de",)),
    "siezen": ("formal", ("de",)),
    "du": ("informal", ("de",)),
    "duzen": ("informal", ("de",)),
    "vous": ("formal", ("fr",)),
    "vouvoiement": ("formal", ("fr",)),
    "usted": ("formal", ("es",)),
    "tu": ("informal", ("fr", "es")),
    "tutoiement": ("informal", ("fr",)),
    "tutear": ("informal", ("es",)),
}
_EMOJI: dict[str, Emoji] = {
    "never": "never",
    "none": "never",
    "no": "never",
    "false": "never",
    "off": "never",
    "sparing": "sparing",
    "sparingly": "sparing",
    "some": "sparing",
    "one": "sparing",
    "free": "free",
    "freely": "free",
    "yes": "free",
    "true": "free",
    "on": "free",
}
_LISTS = ("banned", "exemplars", "facts", "claims")


def normalised_brand(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A brand kit's YAML with forms of address, emoji and single texts as the record wants them.

    `formality` may be one word (formal, Sie, vous, usted, du …) or one for each language. Raises
    BriefError naming the key, its value and the remedy.
    """
    found = _sides(data, name)
    localities = found.get("localities")
    if isinstance(localities, Mapping):
        found["localities"] = {
            str(place): _sides(local, f"{name}: localities.{place}")
            if isinstance(local, Mapping)
            else local
            for place, local in localities.items()
        }
    return found


def normalised_translations(value: Any, name: str) -> Any:
    """A brief's `translations` with languages as codes and single facts as lists.

    Raises BriefError for a language that is not written, or a text where its parts belong.
    """
    if not isinstance(value, Mapping):
        raise BriefError(
            f"{name}: translations has the value {value!r}.",
            hint="Translations are {de: {offer: …, terms: …, facts: […], call_to_action: …}}.",
        )
    return {
        _language(key, name, "translations"): _listed(each, ("facts",))
        if isinstance(each, Mapping)
        else each
        for key, each in value.items()
    }


def _sides(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = _listed({key: each for key, each in data.items() if each is not None}, _LISTS)
    readers: dict[str, Callable[[Any, str], Any]] = {"formality": _formality, "emoji": _emoji}
    for key, read in readers.items():
        if key in found:
            found[key] = read(found[key], name)
    return found


def _listed(data: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """A single text where a list belongs is a list of one."""
    return {
        key: [each] if key in keys and isinstance(each, str) else each for key, each in data.items()
    }


def _formality(value: Any, name: str) -> dict[Language, Formality]:
    if isinstance(value, str):
        form, languages = _form(value, name, "formality")
        return dict.fromkeys(languages, form)
    if not isinstance(value, Mapping):
        raise _unread(f"{name}: formality", value)
    said: dict[Language, Formality] = {}
    for key, each in value.items():
        language = _language(key, name, "formality")
        form, languages = _form(str(each), name, f"formality.{key}")
        if language not in languages and language != "en":
            raise _unread(f"{name}: formality.{key}", each)
        said[language] = form
    return said


def _form(value: str, name: str, key: str) -> tuple[Formality, tuple[Language, ...]]:
    found = _FORMS.get(fold(value))
    if found is None:
        raise _unread(f"{name}: {key}", value)
    if value.casefold() == "tú":
        return found[0], ("es",)
    return found


def _unread(where: str, value: Any) -> BriefError:
    return BriefError(
        f"{where} has the value {value!r}.",
        hint="Write formal or informal, or the word itself: du or Sie, tu or vous, tú or usted; "
        "or one for each language, such as {de: Sie, fr: vous}.",
    )


def _emoji(value: Any, name: str) -> Emoji:
    found = _EMOJI.get(fold(str(value)))
    if found is None:
        raise BriefError(
            f"{name}: emoji has the value {value!r}.",
            hint=f"emoji is one of {', '.join(get_args(Emoji))}.",
        )
    return found


def _language(key: Any, name: str, where: str) -> Language:
    code = fold(str(key))[:2]
    named = {"english": "en", "deutsch": "de", "german": "de", "french": "fr", "francais": "fr"}
    named |= {"spanish": "es", "espanol": "es"}
    code = named.get(fold(str(key)), code)
    for language in get_args(Language):
        if language == code and (len(str(key)) == 2 or fold(str(key)) in named or "-" in str(key)):
            found: Language = language
            return found
    raise BriefError(
        f"{name}: {where} names the language {key!r}.",
        hint=f"Languages are: {', '.join(get_args(Language))}.",
    )


def must_be_reachable(brand: BrandKit, name: str) -> None:
    """Raise BriefError for a link, an e-mail address, a country or a channel that is none."""
    import pycountry
    from email_validator import EmailNotValidError, validate_email

    for key in ("website", "unsubscribe_url"):
        url = getattr(brand, key)
        if url and not url.lower().startswith(("https://", "http://", "mailto:")):
            raise _wrong(name, key, url, "Write the whole address, such as https://your.site/page.")
    if brand.reply_to:
        try:
            validate_email(brand.reply_to, check_deliverability=False)
        except EmailNotValidError as error:
            raise _wrong(name, "reply_to", brand.reply_to, "Write it as name@your.site.") from error
    if brand.country and pycountry.countries.get(alpha_2=brand.country.upper()) is None:
        raise _wrong(name, "country", brand.country, "Use two letters, such as GB, DE, FR or ES.")
    for channel in brand.required:
        if channel not in get_args(Channel):
            known = f"Channels are: {', '.join(get_args(Channel))}."
            raise _wrong(name, "required", channel, known)


def _wrong(name: str, key: str, value: str, hint: str) -> BriefError:
    return BriefError(f"{name}: {key} has the value {value!r}, which is none.", hint=hint)
