"""The same import written the usual way in pandas: text in, trimmed, parsed, checked, Parquet out.

The formats of the dates and numbers are given (the product works them out), every column is one
vectorised call, and the two libraries that validate addresses and phones (the same ones the
product uses) run once for each distinct value.
"""

import sys
from pathlib import Path

import pandas as pd
import phonenumbers
from email_validator import EmailNotValidError, validate_email

EMPTY = ("", "n/a", "na", "nan", "-", "--", "null", "none", "nil", "?", "unknown", "#n/a", "n.a.")
COUNTRIES = {"gb": "GB", "united kingdom": "GB", "uk": "GB", "ie": "IE", "de": "DE"}
CONSENT = {"yes": "yes", "y": "yes", "true": "yes", "1": "yes", "no": "no", "n": "no", "0": "no"}


def read(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The file as given, and trimmed with what only says that it is empty taken out."""
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    clean = raw.copy()
    for name in clean.columns:
        text = clean[name].str.strip()
        clean[name] = text.mask(text.str.lower().isin(EMPTY))
    return raw, clean


def email(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def phone(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def number(text: pd.Series) -> pd.Series:
    plain = text.str.replace(r"[€£$,\s]", "", regex=True)
    return pd.to_numeric(plain, errors="coerce")


def reject(
    raw: pd.DataFrame, steps: list[tuple[pd.Series, str, str]], path: Path
) -> tuple[pd.Series, int]:
    """Rows to keep; the others are written as given with row, column and reason."""
    reason = pd.Series(None, index=raw.index, dtype="object")
    column = pd.Series(None, index=raw.index, dtype="object")
    for wrong, name, why in steps:
        first = wrong & reason.isna()
        reason[first], column[first] = why, name
    bad = reason.notna()
    told = raw[bad].assign(row=raw.index[bad] + 2, column=column[bad], reason=reason[bad])
    told.to_csv(path, index=False)
    return ~bad, int(bad.sum())


def customers(path: Path, out: Path) -> tuple[pd.Series, str]:
    raw, frame = read(path)
    frame["country"] = frame["country"].str.lower().map(COUNTRIES)
    given = frame["email"]
    found = {text: email(text) for text in given.dropna().unique()}
    frame["email"] = given.map(found)
    pairs = frame[["phone", "country"]].dropna(subset=["phone"]).drop_duplicates()
    regions = pairs["country"].where(pairs["country"].notna(), None)
    pairs["e164"] = [phone(t, r) for t, r in zip(pairs["phone"], regions, strict=True)]
    frame = frame.merge(pairs, on=["phone", "country"], how="left")
    frame["phone"] = frame.pop("e164")
    for name in ("birth_date", "joined_at"):
        frame[name] = pd.to_datetime(frame[name], format="%d/%m/%Y", errors="coerce")
    frame["email_as_given"] = given.where(frame["email"].isna())
    steps = [(frame["customer_id"].isna(), "customer_id", "customer_id is empty")]
    fine = ~steps[0][0]
    doubled = frame["customer_id"].where(fine).duplicated() & fine
    steps.append((doubled, "customer_id", "duplicate customer_id"))
    keep, rejected = reject(raw, steps, out / "customers-rejects.csv")
    status = frame["email_consent"].str.lower().map(CONSENT)
    asked = frame[keep & status.notna()]
    consents = asked[["customer_id"]].assign(channel="email", status=status[asked.index])
    consents.to_parquet(out / "consents.parquet", compression="zstd", index=False)
    kept = frame[keep].drop(columns="email_consent")
    kept.to_parquet(out / "customers.parquet", compression="zstd", index=False)
    coverage = kept.notna().mean()
    return kept["customer_id"], _said(raw, kept, rejected, coverage)


def transactions(path: Path, out: Path, known: pd.Series) -> str:
    raw, frame = read(path)
    given = {name: frame[name] for name in ("at", "quantity", "amount")}
    frame["at"] = pd.to_datetime(frame["at"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    frame["quantity"] = number(frame["quantity"])
    frame["amount"] = number(frame["amount"]).round(2)
    steps = [
        (frame["customer_id"].isna(), "customer_id", "customer_id is empty"),
        (given["at"].notna() & frame["at"].isna(), "at", "not a date or time"),
        (given["quantity"].notna() & frame["quantity"].isna(), "quantity", "not a number"),
        (given["amount"].notna() & frame["amount"].isna(), "amount", "not an amount"),
    ]
    fine = ~(steps[0][0] | steps[1][0] | steps[2][0] | steps[3][0])
    doubled = frame["transaction_id"].where(fine).duplicated() & fine
    steps.append((doubled, "transaction_id", "duplicate transaction_id"))
    keep, rejected = reject(raw, steps, out / "transactions-rejects.csv")
    kept = frame[keep]
    strangers = ~kept["customer_id"].isin(known)
    kept.to_parquet(out / "transactions.parquet", compression="zstd", index=False)
    coverage = kept.notna().mean()
    said = _said(raw, kept, rejected, coverage)
    return f"{said} strangers={int(strangers.sum())} {kept['at'].min()} {kept['at'].max()}"


def _said(raw: pd.DataFrame, kept: pd.DataFrame, rejected: int, coverage: pd.Series) -> str:
    return f"read={len(raw)} kept={len(kept)} rejected={rejected} coverage={coverage.mean():.3f}"


def main() -> None:
    people, lines, out = (Path(name) for name in sys.argv[1:4])
    out.mkdir(parents=True, exist_ok=True)
    known, told = customers(people, out)
    print("customers", told)
    print("transactions", transactions(lines, out, known))


if __name__ == "__main__":
    main()
