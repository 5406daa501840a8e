"""VAT numbers and IBANs with right check digits; what each country asks, as small functions.

Every function takes the digits that are free to choose and gives the whole number. Where some digits have no
valid check digit (eleven-tests that give 10), the next higher digits are taken, so that an answer always comes.
"""

from __future__ import annotations

from collections.abc import Callable

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_ITALIAN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)


def luhn_sum(digits: str) -> int:
    """Give the Luhn sum of digits that a check digit still has to follow (the last one counts double)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        total += int(char) if place % 2 else _DOUBLED[int(char)]
    return total


def luhn(digits: str) -> str:
    """Give the digits with their Luhn check digit."""
    return f"{digits}{-luhn_sum(digits) % 10}"


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(char) * weight for char, weight in zip(digits, weights, strict=True))


def vat_nl_legal(base: int) -> str:
    """Dutch legal entities: RSIN that passes the eleven-test, then B01."""
    prefix = 10**6 + base % (9 * 10**6)
    # Seven digits are kept and the eighth gives way, so that two prefixes never come to the same number.
    for last in (base % 9, base % 9 + 1):
        digits = f"{prefix}{last}"
        check = _weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"NL{digits}{check}B01"
    raise AssertionError(prefix)  # 10 for one digit is 1 for the next


def vat_nl_sole(base: int) -> str:
    """Dutch sole traders (btw-id since 2020): the whole, letters as numbers, is 1 modulo 97."""
    while True:
        # 'NL' is 2321 and 'B' is 11.
        number = f"{10**8 + base % (9 * 10**8):09d}"
        check = (1 - int(f"2321{number}1100")) % 97
        if check >= 2:
            return f"NL{number}B{check:02d}"
        base += 1


def vat_be(base: int) -> str:
    """Belgium: eight digits, the first 0, and 97 minus their remainder."""
    digits = 2_000_000 + base % 7_999_999
    return f"BE0{digits:07d}{97 - digits % 97:02d}"


def vat_de(base: int) -> str:
    """Germany: ISO 7064 modulo 11, 10."""
    digits = f"{10**7 + base % (9 * 10**7):08d}"
    product = 10
    for char in digits:
        product = ((int(char) + product) % 10 or 10) * 2 % 11
    return f"DE{digits}{(11 - product) % 10}"


def vat_fr(base: int) -> str:
    """France: SIREN (Luhn) after a key of two digits."""
    siren = luhn(f"{30_000_000 + base % 60_000_000:08d}")
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def vat_lu(base: int) -> str:
    """Luxembourg: six digits and their remainder by 89."""
    digits = 100_000 + base % 900_000
    return f"LU{digits}{digits % 89:02d}"


def vat_dk(base: int) -> str:
    """Denmark: CVR, weights 2 7 6 5 4 3 2 1 modulo 11."""
    while True:
        digits = f"{10**6 + base % (9 * 10**6):07d}"
        check = -_weighted(digits, (2, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"DK{digits}{check}"
        base += 1


def vat_it(base: int) -> str:
    """Italy: seven digits, the province's office (001 to 100), Luhn."""
    return f"IT{luhn(f'{1 + base % 9_999_999:07d}{1 + base % 100:03d}')}"


def vat_es(base: int) -> str:
    """Spain: CIF of an S.A. or S.L. with a Luhn digit."""
    province = ("08", "28", "46", "50")[base % 4]
    return f"ES{'AB'[base // 4 % 2]}{luhn(f'{province}{base // 8 % 100_000:05d}')}"


def vat_pl(base: int) -> str:
    """Poland: NIP, weights 6 5 7 2 3 4 5 6 7 modulo 11."""
    while True:
        digits = f"{5 * 10**8 + base % (4 * 10**8):09d}"
        check = _weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
        if check < 10:
            return f"PL{digits}{check}"
        base += 1


def vat_at(base: int) -> str:
    """Austria: U, seven digits, and a check digit that starts from 6 rather than from 0."""
    digits = f"{10**6 + base % (9 * 10**6):07d}"
    return f"ATU{digits}{(6 - luhn_sum(digits[:-1]) - int(digits[-1])) % 10}"


def vat_se(base: int) -> str:
    """Sweden: organisation number of a limited company (55…, Luhn), then 01."""
    return f"SE{luhn(f'55{60 + base % 40}{base // 40 % 100_000:05d}')}01"


def vat_gr(base: int) -> str:
    """Greece: EL, eight digits, powers of two modulo 11, of which 10 counts as 0."""
    digits = f"{8 * 10**7 + base % (2 * 10**7):08d}"
    return f"EL{digits}{_weighted(digits, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10}"


def vat_gb(base: int) -> str:
    """Britain: seven digits, weighed, and what they lack to a multiple of 97."""
    digits = f"{10**6 + base % (9 * 10**6):07d}"
    return f"GB{digits}{97 - _weighted(digits, (8, 7, 6, 5, 4, 3, 2)) % 97:02d}"


def _eleven(prefix: int, weights: tuple[int, ...]) -> str:
    # As with the RSIN: a digit that has no check digit gives way to the next.
    for last in (prefix % 9, prefix % 9 + 1):
        digits = f"{prefix}{last}"
        check = -_weighted(digits, weights) % 11
        if check < 10:
            return f"{digits}{check}"
    raise AssertionError(prefix)


def vat_ch(base: int) -> str:
    """Switzerland: CHE, eight digits that pass the eleven-test, and the word for VAT."""
    return f"CHE{_eleven(10**6 + base % (9 * 10**6), (5, 4, 3, 2, 7, 6, 5, 4))}MWST"


def vat_no(base: int) -> str:
    """Norway: an organisation number, which begins with 9, and the word for VAT."""
    return f"NO{_eleven(9 * 10**6 + base % 10**6, (3, 2, 7, 6, 5, 4, 3, 2))}MVA"


VAT: dict[str, Callable[[int], str]] = {
    "NL": vat_nl_legal, "BE": vat_be, "DE": vat_de, "FR": vat_fr, "LU": vat_lu, "DK": vat_dk, "IT": vat_it,
    "ES": vat_es, "PL": vat_pl, "AT": vat_at, "SE": vat_se, "GR": vat_gr, "GB": vat_gb, "CH": vat_ch, "NO": vat_no,
}  # fmt: skip


def iban(country: str, body: str) -> str:
    """Give the IBAN of an account: country, two check digits (ISO 13616), account."""
    digits = body if body.isdigit() else "".join(str(int(char, 36)) for char in body)
    code = f"{ord(country[0]) - 55}{ord(country[1]) - 55}00"
    return f"{country}{98 - int(digits + code) % 97:02d}{body}"


def _iban_nl(bank: str, base: int) -> str:
    return iban("NL", f"{bank}{10**8 + base % (9 * 10**8):010d}")


def _iban_be(bank: str, base: int) -> str:
    body = f"{bank}{base % 10**7:07d}"
    return iban("BE", f"{body}{int(body) % 97 or 97:02d}")


def _iban_de(bank: str, base: int) -> str:
    return iban("DE", f"{bank}{base % 10**9:010d}")


def _iban_fr(bank: str, base: int) -> str:
    account = f"{bank}{base % 10**10:011d}"
    return iban("FR", f"{account}{97 - int(account) * 100 % 97:02d}")


def _iban_it(bank: str, base: int) -> str:
    account = f"{bank}{base % 10**10:012d}"
    total = sum(int(char) if place % 2 else _ITALIAN_ODD[int(char)] for place, char in enumerate(account))
    return iban("IT", f"{chr(65 + total % 26)}{account}")


def _iban_es(bank: str, base: int) -> str:
    account = f"{base % 10**10:010d}"
    # The bank and branch are tested as if two zeros stood before them.
    first = -sum(int(char) * 2 ** (place + 2) for place, char in enumerate(bank)) % 11
    second = -sum(int(char) * 2**place for place, char in enumerate(account)) % 11
    return iban("ES", f"{bank}{first if first < 10 else 1}{second if second < 10 else 1}{account}")


def _iban_gb(bank: str, base: int) -> str:
    return iban("GB", f"{bank}{base % 10**8:08d}")


def _iban_no(bank: str, base: int) -> str:
    return iban("NO", _eleven(int(f"{bank}{base % 10**5:05d}"), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)))


def _plain(country: str, length: int) -> Callable[[str, int], str]:
    def make(bank: str, base: int) -> str:
        return iban(country, f"{bank}{base % 10**9:0{length - len(bank)}d}")

    return make


IBAN: dict[str, Callable[[str, int], str]] = {
    "NL": _iban_nl, "BE": _iban_be, "DE": _iban_de, "FR": _iban_fr, "IT": _iban_it, "ES": _iban_es,
    "LU": _plain("LU", 16), "DK": _plain("DK", 14), "PL": _plain("PL", 24), "AT": _plain("AT", 16),
    "SE": _plain("SE", 20), "GR": _plain("GR", 23), "GB": _iban_gb, "CH": _plain("CH", 17), "NO": _iban_no,
}  # fmt: skip

# Bank code (with the branch where the country has one) and its BIC; empty where the list does not tell for sure.
BANKS: dict[str, tuple[tuple[str, str], ...]] = {
    "NL": (("ABNA", "ABNANL2A"), ("INGB", "INGBNL2A"), ("RABO", "RABONL2U"), ("RABO", "RABONL2U"),
        ("TRIO", "TRIONL2U")),
    "BE": (("001", "GEBABEBB"), ("310", "BBRUBEBB"), ("733", "KREDBEBB"), ("068", "")),
    "DE": (("37040044", "COBADEFFXXX"), ("50010517", "INGDDEFFXXX"), ("10010010", ""),
        ("20050550", "HASPDEHHXXX")),
    "FR": (("2004101005", ""), ("3000400828", ""), ("3000302000", "")), "LU": (("001", ""), ("003", "")),
    "DK": (("0040", ""), ("3000", "")), "IT": (("0542811101", ""), ("0306909400", "")),
    "ES": (("21000418", ""), ("00491500", "")), "PL": (("10901014", ""), ("11402004", "")),
    "AT": (("19043", ""), ("20111", ""), ("12000", "")), "SE": (("500", ""), ("600", "")),
    "GR": (("0110125", ""), ("0172000", "")), "GB": (("NWBK601613", ""), ("BARC200000", "")),
    "CH": (("00762", ""), ("09000", "")), "NO": (("8601", ""), ("1503", "")),
}  # fmt: skip
