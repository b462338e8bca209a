"""Bytes: marks, wide characters, old code pages, damage."""

from tests.customers.importing.nasty.case import Nasty, text

WESTERN = (
    "id;first_name;last_name;city\n"
    "C1;Zoë;Müller;Köln\nC2;Nuño;Peña;Cádiz\nC3;François;Lefèvre;Besançon\n"
    "C4;Jürgen;Groß;Würzburg\nC5;Åsa;Sjöberg;Malmö\n"
)
SEEN = {
    "C1": {"first_name": "Zoë", "last_name": "Müller", "city": "Köln"},
    "C2": {"first_name": "Nuño", "last_name": "Peña", "city": "Cádiz"},
    "C4": {"last_name": "Groß"},
}


def _western(name: str, codec: str, mark: bytes = b"") -> Nasty:
    return Nasty(name, mark + WESTERN.encode(codec), 5, cells=SEEN)


def utf8() -> Nasty:
    return _western("utf8.csv", "utf-8")


def utf8_mark() -> Nasty:
    return _western("utf8_mark.csv", "utf-8-sig")


def utf8_mark_and_quotes() -> Nasty:
    quoted = WESTERN.replace(";", '";"').replace("\n", '"\n"').removesuffix('"')
    return text("mark_quotes.csv", '\ufeff"' + quoted, 5, cells=SEEN)


def utf16_little() -> Nasty:
    return _western("utf16le.csv", "utf-16-le", b"\xff\xfe")


def utf16_big() -> Nasty:
    return _western("utf16be.csv", "utf-16-be", b"\xfe\xff")


def utf16_little_unmarked() -> Nasty:
    return _western("utf16le_bare.csv", "utf-16-le")


def utf16_big_unmarked() -> Nasty:
    return _western("utf16be_bare.csv", "utf-16-be")


def utf32_little() -> Nasty:
    return _western("utf32le.csv", "utf-32-le", b"\xff\xfe\x00\x00")


def utf32_big() -> Nasty:
    return _western("utf32be.csv", "utf-32-be", b"\x00\x00\xfe\xff")


def utf16_cyrillic_unmarked() -> Nasty:
    """Few zero bytes: most characters are outside Latin."""
    rows = "".join(f"C{i};Екатерина Александровна;Санкт-Петербург\n" for i in range(1, 6))
    body = "id;first_name;city\n" + rows
    return text(
        "utf16_cyrillic.csv",
        body,
        5,
        codec="utf-16-le",
        cells={"C5": {"first_name": "Екатерина Александровна"}},
    )


def windows() -> Nasty:
    return _western("cp1252.csv", "cp1252")


def windows_marks() -> Nasty:
    body = "id;first_name;street\nC1;Zoë;“Old Mill” – 5\nC2;Renée;Rue de l’Œuvre\n"
    return text(
        "cp1252_marks.csv",
        body,
        2,
        codec="cp1252",
        cells={"C1": {"street": "“Old Mill” – 5"}, "C2": {"street": "Rue de l’Œuvre"}},
    )


def latin1() -> Nasty:
    return _western("latin1.csv", "latin-1")


def latin9() -> Nasty:
    """ISO 8859-15 agrees with Windows but for the euro sign and the French ligatures."""
    return _western("latin9.csv", "iso8859-15")


def dos() -> Nasty:
    return _western("cp850.csv", "cp850")


def dos_german() -> Nasty:
    body = "Kundennummer;Nachname;Ort\nC1;Müller;München\nC2;Schäfer;Köln\nC3;Groß;Düren\n"
    return text(
        "cp850_de.csv",
        body,
        3,
        codec="cp850",
        cells={"C2": {"last_name": "Schäfer", "city": "Köln"}},
    )


def polish() -> Nasty:
    body = (
        "id;imię;nazwisko;miasto\nC1;Łukasz;Wiśniewski;Łódź\nC2;Małgorzata;Dąbrowska;Kraków\n"
        "C3;Michał;Gołębiewski;Gdańsk\n"
    )
    return text(
        "cp1250_pl.csv",
        body,
        3,
        codec="cp1250",
        cells={"C1": {"city": "Łódź"}, "C3": {"city": "Gdańsk"}},
    )


def czech() -> Nasty:
    body = "id;first_name;city\nC1;Jiří;Plzeň\nC2;Šárka;České Budějovice\nC3;Žaneta;Ústí\n"
    return text("cp1250_cz.csv", body, 3, codec="cp1250", cells={"C2": {"first_name": "Šárka"}})


def latin2() -> Nasty:
    body = "id;first_name;city\nC1;Łukasz;Łódź\nC2;Małgorzata;Kraków\nC3;Wiesław;Świdnica\n"
    return text("latin2.csv", body, 3, codec="iso8859-2", cells={"C3": {"city": "Świdnica"}})


def mac() -> Nasty:
    return _western("mac.csv", "mac-roman")


def cyrillic() -> Nasty:
    body = "id;first_name;city\nC1;Екатерина;Москва\nC2;Иван;Казань\nC3;Ольга;Самара\n"
    return text(
        "cp1251.csv",
        body,
        3,
        codec="cp1251",
        cells={"C1": {"first_name": "Екатерина", "city": "Москва"}},
    )


def greek() -> Nasty:
    body = "id;first_name;city\nC1;Ελένη;Αθήνα\nC2;Γιώργος;Πάτρα\nC3;Μαρία;Λάρισα\n"
    return text("cp1253.csv", body, 3, codec="cp1253", cells={"C2": {"first_name": "Γιώργος"}})


def one_stray_byte() -> Nasty:
    content = WESTERN.encode() + b"C6;Ren\xe9;Martin;Lyon\n"
    return Nasty(
        "stray.csv", content, 6, cells={**SEEN, "C6": {"first_name": "René"}}, said=("cp1252",)
    )


def accents_late() -> Nasty:
    """The first accent stands after the first megabyte: no sample would see it."""
    rows = "".join(f"C{i};Ann;Leeds\n" for i in range(90_000))
    body = "id;first_name;city\n" + rows + "X1;Zoë;Köln\nX2;Jürgen;Würzburg\n"
    return text("late.csv", body, 90_002, codec="cp1252", cells={"X1": {"city": "Köln"}})


def mojibake() -> Nasty:
    body = "id;first_name;city\nC1;ZoÃ«;KÃ¶ln\nC2;JosÃ©;MÃ¡laga\nC3;Ann;Leeds\n"
    return text(
        "mojibake.csv", body, 3, cells={"C1": {"first_name": "ZoÃ«"}}, said=("wrong encoding",)
    )


def replacement_characters() -> Nasty:
    body = "id;first_name;city\nC1;Zo\ufffd;K\ufffdln\nC2;Ann;Leeds\n"
    return text("lost.csv", body, 2, cells={"C1": {"first_name": "Zo\ufffd"}}, said=("lost",))


def truncated_character() -> Nasty:
    return Nasty(
        "cut.csv",
        WESTERN.encode() + "C6;Ann;Lee;Málaga, Cádi".encode() + b"\xc3",
        6,
        cells={"C6": {"first_name": "Ann"}, **SEEN},
    )
