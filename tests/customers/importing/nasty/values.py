"""Values: identifiers, empty-likes, odd characters, keys, cells that start formulas."""

from tests.customers.importing.nasty.case import Nasty, text


def leading_zeros() -> Nasty:
    body = "id,postcode,city\n00123,01067,Dresden\n00124,04109,Leipzig\n"
    return text("zeros.csv", body, 2, cells={"00123": {"postcode": "01067"}})


def twenty_digits() -> Nasty:
    body = "id,city\n98765432109876543210,Leeds\n98765432109876543211,York\n"
    return text(
        "long_ids.csv", body, 2, cells={"98765432109876543210": {"city": "Leeds"},
                                        "98765432109876543211": {"city": "York"}},
    )  # fmt: skip


def exponent_ids() -> Nasty:
    """A spreadsheet made them; the digits are gone and different customers look the same."""
    body = "id,city\n8.41038E+12,Leeds\n8.41039E+12,York\n8.41E+12,Hull\n8.41E+12,Otley\n"
    return text(
        "exponents.csv", body, 4, 1, reasons=("duplicate",), said=("E+", "spreadsheet"),
        cells={"8.41038E+12": {"city": "Leeds"}},
    )  # fmt: skip


def exponent_phones() -> Nasty:
    body = "id,city,phone\nC1,Leeds,4.47701E+11\nC2,York,+447700900123\n"
    return text(
        "exponent_phones.csv", body, 2, said=("E+",),
        cells={"C1": {"phone": None}, "C2": {"phone": "+447700900123"}},
    )  # fmt: skip


def empty_words() -> Nasty:
    words = ("N/A", "-", "null", "NULL", "#N/A", "n/d", "?", "--", "None", "k.A.", "  ", "(blank)")
    rows = "".join(f"C{i},{word},Leeds\n" for i, word in enumerate(words))
    cells = {f"C{i}": {"region": None, "city": "Leeds"} for i in range(len(words))}
    return text("empties.csv", "id,region,city\n" + rows, len(words), cells=cells)


def backslash_null() -> Nasty:
    body = "id\tfirst_name\tcity\nC1\t\\N\tLeeds\nC2\tBob\t\\N\n"
    return text("mysql.tsv", body, 2, cells={"C1": {"first_name": None}, "C2": {"city": None}})


def formula_errors() -> Nasty:
    body = "id,first_name,city\nC1,#REF!,Leeds\nC2,#VALUE!,York\nC3,#NAME?,Hull\n"
    return text("errors.csv", body, 3, cells={f"C{i}": {"first_name": None} for i in (1, 2, 3)})


def control_characters() -> Nasty:
    body = "id,first_name,city\nC1,\x07Ann\x1b[31m,Leeds\x7f\nC2,Bo\x01b,York\n"
    return text(
        "control.csv", body, 2, cells={"C1": {"first_name": "Ann[31m", "city": "Leeds"},
                                       "C2": {"first_name": "Bob"}},
    )  # fmt: skip


def right_to_left() -> Nasty:
    body = "id,first_name,city\nC1,محمد,القاهرة\nC2,דוד,תל אביב\n"
    return text("rtl.csv", body, 2, cells={"C1": {"first_name": "محمد"}, "C2": {"city": "תל אביב"}})


def emoji() -> Nasty:
    body = "id,first_name,city\nC1,Ann 🌸,Leeds\nC2,👩‍👩‍👧,York\nC3,José 🇪🇸,Cádiz\n"
    return text(
        "emoji.csv", body, 3, cells={"C1": {"first_name": "Ann 🌸"}, "C2": {"first_name": "👩‍👩‍👧"}}
    )


def long_and_odd_names() -> Nasty:
    body = "id,first_name,last_name\nC1,X Æ A-12,Null-Smith\nC2,Björk,Guðmundsdóttir\nC3,N,O\n"
    return text(
        "odd_names.csv", body, 3, cells={
            "C1": {"first_name": "X Æ A-12", "last_name": "Null-Smith"},
            "C3": {"first_name": "N", "last_name": "O"}},
    )  # fmt: skip


def composed_and_decomposed_keys() -> Nasty:
    body = "id,first_name,city\nJose\u0301,Ann,M\u00e1laga\nJos\u00e9,Bob,Ma\u0301laga\n"
    return text(
        "normal_forms.csv", body, 2, 1, reasons=("duplicate",),
        cells={"Jos\u00e9": {"first_name": "Ann", "city": "M\u00e1laga"}},
    )  # fmt: skip


def keys_with_blanks() -> Nasty:
    body = "id,first_name,city\nC1 ,Ann,Leeds\n C1,Bob,York\nC1\u00a0,Cy,Hull\nC1\u200b,Di,Hull\n"
    return text(
        "blank_keys.csv",
        body,
        4,
        3,
        reasons=("duplicate",) * 3,
        cells={"C1": {"first_name": "Ann"}},
    )


def marked_keys() -> Nasty:
    """Direction marks and byte order marks come along when a cell is copied."""
    body = "id,first_name,city\n\u200eC1,Ann,Leeds\n\ufeffC2,Bob,York\n\u202aC3\u202c,Cy,Hull\n"
    return text("marked_keys.csv", body, 3, cells={"C1": {"city": "Leeds"}, "C2": {"city": "York"},
                                                   "C3": {"city": "Hull"}})  # fmt: skip


def letter_case_of_addresses() -> Nasty:
    body = "email,first_name,city\nAnn@Example.ORG,Ann,Leeds\nann@example.org,Anna,Leeds\n"
    return text(
        "cases.csv", body, 2, 1, reasons=("duplicate",),
        cells={"ann@example.org": {"first_name": "Ann"}},
    )  # fmt: skip


def formulas() -> Nasty:
    body = (
        "id,first_name,city,street\nC1,=cmd|' /C calc'!A0,Leeds,@SUM(A1)\nC2,+1+1,York,-2+3\n"
        'C3,"=HYPERLINK(""http://x.example"",""y"")",Hull,%0A\n=C4,Di,York,x\n'
    )
    return text(
        "formulas.csv", body, 4, cells={"C1": {"first_name": "=cmd|' /C calc'!A0"},
                                        "C2": {"first_name": "+1+1"}, "=C4": {"city": "York"}},
    )  # fmt: skip


def rejected_formulas() -> Nasty:
    body = "id,first_name,city\nC1,Ann,=1+1\nC1,@x,+cmd|y\nC1,-z,\t=2\n"
    return text("formula_rejects.csv", body, 3, 2, reasons=("duplicate", "duplicate"))


def apostrophes_before_ids() -> Nasty:
    body = "id,postcode,city\n'00123,'01067,Dresden\n'00124,'04109,Leipzig\n"
    return text("apostrophe_ids.csv", body, 2, cells={"00123": {"postcode": "01067"}})


def equals_before_ids() -> Nasty:
    """`="00123"` keeps a spreadsheet from dropping the zeros."""
    body = 'id,postcode,city\n="00123",="01067",Dresden\n="00124",="04109",Leipzig\n'
    return text("equals_ids.csv", body, 2, cells={"00123": {"postcode": "01067"}})


def yes_and_no() -> Nasty:
    said = {"yes": True, "Y": True, "TRUE": True, "1": True, "ja": True, "Oui": True, "sí": True,
            "X": True, "wahr": True, "on": True, "no": False, "N": False, "FALSE": False,
            "0": False, "nein": False, "Non": False, "off": False, "": None,
            "unknown": None}  # fmt: skip
    rows = "".join(f"C{i};ann{i}@example.org;{word}\n" for i, word in enumerate(said))
    total, no = sum(v is True for v in said.values()), sum(v is False for v in said.values())
    return text(
        "booleans.csv", "id;email;newsletter_opt_in\n" + rows, len(said),
        said=(f"Consent for email: {total} yes, {no} no",),
    )  # fmt: skip


def phones() -> Nasty:
    body = (
        "id,phone,country\nC1,+44 7700 900123,GB\nC2,07700 900124,UK\nC3,0049 30 901820,DE\n"
        "C4,(0)30 901821,Deutschland\nC5,not known,GB\n"
    )
    return text(
        "phones.csv", body, 5, cells={
            "C1": {"phone": "+447700900123", "country": "GB"}, "C2": {"phone": "+447700900124"},
            "C3": {"phone": "+4930901820"}, "C4": {"phone": "+4930901821", "country": "DE"},
            "C5": {"phone": None}},
        said=("not a usable phone",),
    )  # fmt: skip


def names_the_wrong_way() -> Nasty:
    body = 'id,name,city\nC1,"Garçon, Hélène",Lyon\nC2,Ann Marie Lee,Leeds\nC3,Prince,York\n'
    return text(
        "full_names.csv", body, 3, cells={
            "C1": {"first_name": "Hélène", "last_name": "Garçon"},
            "C3": {"first_name": "Prince", "last_name": None}},
    )  # fmt: skip


def inner_blanks() -> Nasty:
    body = "id,first_name,city\nC1,  Ann  ,\tLeeds \nC2,\u3000Bob\u2003,York\n"
    return text(
        "inner_blanks.csv", body, 2, cells={"C1": {"first_name": "Ann", "city": "Leeds"},
                                            "C2": {"first_name": "Bob"}},
    )  # fmt: skip


def empty_keys() -> Nasty:
    body = "id,first_name,city\nC1,Ann,Leeds\n,Bob,York\nN/A,Cy,Hull\n"
    return text("empty_keys.csv", body, 3, 2, reasons=("customer_id is empty",) * 2)
