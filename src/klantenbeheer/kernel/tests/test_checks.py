"""Identifiers of every country, against published examples; wrong ones name the value and lose nothing."""

from __future__ import annotations

import pytest
from stdnum import numdb

from klantenbeheer.kernel.checks import (
    bank_of,
    check_bic,
    check_email,
    check_gln,
    check_iban,
    check_kvk,
    check_phone,
    check_postcode,
    check_vat,
    check_website,
    format_iban,
    phone_url,
)

# One number of each form of each state, and the same with a wrong check digit.
VAT = [
    ("ATU13585627", "ATU13585620"), ("BE0697449992", "BE0697449990"), ("BG175074752", "BG175074750"),
    ("CY10259033P", "CY10259030P"), ("CZ25123891", "CZ25123890"), ("DE136695976", "DE136695970"),
    ("DK13585628", "DK13585620"), ("EE100931558", "EE100931550"), ("EL094259216", "EL094259210"),
    ("ESB58378431", "ESB58378430"), ("ES54362315K", "ES54362310K"), ("ESX5253868R", "ESX5253860R"),
    ("ESM1234567L", "ESM1234560L"), ("FI20774740", "FI20774741"), ("FR40303265045", "FR40303265040"),
    ("FR23334175221", "FR23334175220"), ("FRK7399859412", "FRK7399859410"),
    ("FR4Z123456782", "FR4Z123456780"), ("HR33392005961", "HR33392005960"), ("HU12892312", "HU12892310"),
    ("IE6433435F", "IE6433430F"), ("IE6433435OA", "IE6433430OA"), ("IE8D79739I", "IE8D79730I"),
    ("IT00743110157", "IT00743110150"), ("LT119511515", "LT119511510"), ("LT100001919017", "LT100001919010"),
    ("LU15027442", "LU15027440"), ("LV40003521600", "LV40003521601"), ("MT11679112", "MT11679110"),
    ("NL004495445B01", "NL004495440B01"), ("NL002455799B11", "NL002455790B11"),
    ("NL000099998B57", "NL000099998B58"), ("PL8567346215", "PL8567346210"), ("PT501964843", "PT501964840"),
    ("RO18547290", "RO18547291"), ("SE123456789701", "SE123456789001"), ("SI50223054", "SI50223050"),
    ("SK2022749619", "SK2022749610"), ("XI980780684", "XI980780680"),
]  # fmt: skip
MORE_VAT = (
    "BE0428759497 BE0477472701 CZ640903926 CZ7103192745 DE123456788 EE100594102 NL123456789B13 NL001234567B29 "
    "NL246813579B75"
)
NO_VAT = (
    "BE2000000012 BE0000000000 DE000000000 IT00000000000 NLNL004495445B01 ATX13585627 XI123456789 CHE123456787 "
    "GB980780685 CZ123 NL123456789B90 BE1000000190 NL XX123456789 NL00449544５B01 BE0428.7594.97é"
)
# The examples of the IBAN registry.
IBANS = [
    "AD1200012030200359100100", "AL47212110090000000235698741", "AT611904300234573201", "BE68539007547034",
    "BG80BNBG96611020345678", "CH9300762011623852957", "CY17002001280000001200527600",
    "CZ6508000000192000145399", "DE89370400440532013000", "DK5000400440116243", "EE382200221020145685",
    "ES9121000418450200051332", "FI2112345600000785", "FR1420041010050500013M02606",
    "GB29NWBK60161331926819", "GI75NWBK000000007099453", "GR1601101250000000012300695",
    "HR1210010051863000160", "HU42117730161111101800000000", "IE29AIBK93115212345678",
    "IS140159260076545510730339", "IT60X0542811101000000123456", "LI21088100002324013AA",
    "LT121000011101001000", "LU280019400644750000", "LV80BANK0000435195001", "MC5811222000010123456789030",
    "MD24AG000225100013104168", "ME25505000012345678951", "MK07250120000058984",
    "MT84MALT011000012345MTLCAST001S", "NL91ABNA0417164300", "NO9386011117947",
    "PL61109010140000071219812874", "PT50000201231234567890154", "RO49AAAA1B31007593840000",
    "RS35260005601001611379", "SE4550000000058398257466", "SI56191000000123438", "SK3112000000198742637541",
    "SM86U0322509800000000270100", "VA59001123000012345678",
    "AE070331234567890123456", "AZ21NABZ00000000137010001944", "BA391290079401028494", "BH67BMAG00001299123456",
    "BI4210000100010000332045181", "BR1800360305000010009795493C1", "BY13NBRB3600900000002Z00AB00",
    "CR05015202001026284066", "DJ2100010000000154000100186", "DO28BAGR00000001212453611324",
    "EG380019000500000000263180002", "FK88SC123456789012", "FO6264600001631634", "GE29NB0000000101904917",
    "GL8964710001000206", "GT82TRAJ01020000001210029690", "HN88CABF00000000000250005469", "IL620108000000099999999",
    "IQ98NBIQ850123456789012", "JO94CBJO0010000000000131000302", "KW81CBKU0000000000001234560101",
    "KZ86125KZT5004100100", "LB62099900000001001901229114", "LC55HEMM000100010012001200023015",
    "LY83002048000020100120361", "MN121234123456789123", "MR1300020001010000123456753",
    "MU17BOMM0101101030300200000MUR", "NI45BAPR00000013000003558124", "OM810180000001299123456",
    "PK36SCBL0000001123456702", "PS92PALS000000000400123456702", "QA58DOHB00001234567890ABCDEFG",
    "RU0304452522540817810538091310419", "SA0380000000608010167519", "SC18SSCB11010000000000001497USD",
    "SD8811123456789012", "SO211000001001000100141", "ST23000100010051845310146", "SV62CENR00000000000000700025",
    "TL380080012345678910157", "TN5910006035183598478831", "TR330006100519786457841326",
    "UA213223130000026007233566001", "VG96VPVG0000012345678901", "XK051212012345678906",
    "YE15CBYE0001018861234567891234",
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong"), VAT)
def test_vat_numbers_of_every_state(right: str, wrong: str) -> None:
    checked = check_vat(right)
    assert (checked.value, checked.ok, checked.state) == (right, True, "amber")
    refused = check_vat(wrong)
    assert (refused.value, refused.ok, refused.state) == (wrong, False, "red")
    assert wrong in str(refused.problems[0])


def test_every_member_state_and_northern_ireland_have_an_example() -> None:
    assert len({right[:2] for right, _wrong in VAT}) == 28


@pytest.mark.parametrize("number", MORE_VAT.split())
def test_further_right_vat_numbers(number: str) -> None:
    assert check_vat(number).value == number
    assert check_vat(number).ok


@pytest.mark.parametrize("number", NO_VAT.split())
def test_what_is_no_vat_number(number: str) -> None:
    checked = check_vat(number)
    assert not checked.ok
    assert checked.value == number
    assert checked.problems[0].code


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("NL 0044.95.445.B.01", "", "NL004495445B01"),
        ("nl004495445b01", "", "NL004495445B01"),
        ("004495445B01", "NL", "NL004495445B01"),
        ("GR094259216", "", "EL094259216"),
        ("EL94259216", "", "EL094259216"),
        ("94259216", "GR", "EL094259216"),
        ("094259216", "GR", "EL094259216"),
        ("U13585627", "AT", "ATU13585627"),
        ("K7399859412", "FR", "FRK7399859412"),
        ("DE 136-695-976", "NL", "DE136695976"),
        ("", "NL", ""),
    ],
)
def test_vat_numbers_are_written_in_one_way(typed: str, country: str, stored: str) -> None:
    assert check_vat(typed, country).value == stored


def test_a_vat_number_without_country_asks_for_it() -> None:
    assert check_vat("004495445B01").problems[0].code == "unknown_prefix"


@pytest.mark.parametrize("iban", IBANS)
def test_ibans_of_the_registry(iban: str) -> None:
    assert check_iban(iban).ok
    assert check_iban(format_iban(iban).lower()).value == iban
    digit = "1" if iban[3] == "0" else "0"
    changed = check_iban(iban[:3] + digit + iban[4:])
    assert (changed.ok, changed.problems[0].code) == (False, "check_digit")


def test_every_country_of_the_registry_has_an_example() -> None:
    known = {prefix for *_, prefix in (row[:3] for row in numdb.get("iban").prefixes)}
    assert {iban[:2] for iban in IBANS} == known


@pytest.mark.parametrize("iban", ["NL20INGB0001234567", "NL44RABO0123456789", "NL13TEST0123456789"])
def test_dutch_ibans(iban: str) -> None:
    assert check_iban(iban).ok


@pytest.mark.parametrize(
    ("iban", "code"),
    [
        ("NL90ABNA0417164300", "check_digit"), ("NL91ABNA041716430", "length"),
        ("NL00ABNA0417164300", "check_digit"),
        ("NL47TRIO0123456789", "check_digit"), ("ZZ91ABNA0417164300", "form"),
        ("NL31ABNA041716430012345678901234567890", "form"),
        ("NL58ABNA041716430", "length"), ("NL91ABNA04171643000", "length"), ("NL91AB1A0417164300", "form"),
        ("417164300", "form"),
        ("NL91ABN٠0417164300", "form"),
    ],
)  # fmt: skip
def test_wrong_ibans(iban: str, code: str) -> None:
    checked = check_iban(iban)
    assert not checked.ok
    assert checked.value == iban
    assert checked.problems[0].code == code


def test_the_bank_of_an_iban() -> None:
    assert bank_of("NL91ABNA0417164300")[0] == "ABNANL2A"
    assert bank_of("NL13TEST0123456789") == ("", "")


@pytest.mark.parametrize(
    "bic",
    ["ABNANL2A", "INGBNL2A", "RABONL2U", "TRIONL2U", "ABNANL2AXXX", "DEUTDEFF", "DEUTDEFF500", "BPOTBEB1"],
)
def test_bics(bic: str) -> None:
    assert check_bic(bic).ok
    assert check_bic(f"{bic[:4]} {bic[4:].lower()}").value == bic


@pytest.mark.parametrize("bic", ["ABNANL2", "ABNAN12A", "ABNAXX2A", "ABNANL2AXX", "ABNÄNL2A", "ABNAEL2A"])
def test_what_is_no_bic(bic: str) -> None:
    assert not check_bic(bic).ok


@pytest.mark.parametrize(
    ("typed", "stored"), [("69599084", "69599084"), ("01234567", "01234567"), ("3412 3456", "34123456")]
)
def test_kvk_numbers(typed: str, stored: str) -> None:
    assert check_kvk(typed).value == stored
    assert check_kvk(typed).ok


@pytest.mark.parametrize("typed", ["1234567", "123456789", "1234567A", "１２３４５６７８"])
def test_what_is_no_kvk_number(typed: str) -> None:
    checked = check_kvk(typed)
    assert (checked.ok, checked.value) == (False, typed)
    assert typed in str(checked.problems[0])


@pytest.mark.parametrize("typed", ["8712345000004", "8710000000000", "7300010000001", "8712345 000004"])
def test_location_numbers(typed: str) -> None:
    checked = check_gln(typed)
    assert (checked.ok, checked.value) == (True, typed.replace(" ", ""))


@pytest.mark.parametrize(
    "typed", ["8712345000005", "871234500000", "87123450000040", "871234500000A", "８712345000004"]
)
def test_what_is_no_location_number(typed: str) -> None:
    checked = check_gln(typed)
    assert (checked.ok, checked.value) == (False, typed)
    assert typed in str(checked.problems[0])


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("NL", "1234 AB", "1234 AB"), ("NL", "1234ab", "1234 AB"), ("NL", "9999 ZZ", "9999 ZZ"),
        ("NL", "1000 AA", "1000 AA"), ("NL", "2500 GX", "2500 GX"), ("NL", "NL-2611ET", "2611 ET"),
        ("BE", "1000", "1000"), ("BE", "B-1000", "B-1000"), ("DE", "01067", "01067"), ("DE", "D-12209", "D-12209"),
        ("FR", "75008", "75008"), ("LU", "1009", "1009"), ("LU", "L-1009", "L-1009"), ("AT", "1010", "1010"),
        ("GB", "SW1A 1AA", "SW1A 1AA"), ("SE", "111 22", "111 22"), ("PL", "00-950", "00-950"),
        ("PT", "1000-205", "1000-205"), ("US", "90210-1234", "90210-1234"), ("CA", "K1A 0B1", "K1A 0B1"),
        ("DK", "DK-1050", "DK-1050"), ("", "anything", "anything"),
        ("GB", "M1 1AE", "M1 1AE"), ("GB", "ec1a1bb", "ec1a1bb"), ("GB", "DN55 1PT", "DN55 1PT"),
        ("GB", "BT1 5GS", "BT1 5GS"), ("XI", "BT1 5GS", "BT1 5GS"), ("IE", "D02 AF30", "D02 AF30"),
        ("IE", "A65F4E2", "A65F4E2"), ("IE", "D6W XY00", "D6W XY00"), ("BG", "1000", "1000"), ("CY", "2102", "2102"),
        ("EE", "10111", "10111"), ("HR", "HR-10000", "HR-10000"), ("LT", "LT-01100", "LT-01100"),
        ("LV", "LV-1050", "LV-1050"), ("MT", "VLT 1117", "VLT 1117"), ("RO", "010011", "010011"),
        ("SI", "1000", "1000"), ("LI", "9490", "9490"), ("MC", "98000", "98000"), ("BR", "01310-100", "01310-100"),
    ],
)  # fmt: skip
def test_postcodes(country: str, typed: str, stored: str) -> None:
    checked = check_postcode(typed, country)
    assert (checked.ok, checked.value) == (True, stored)


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("NL", "0123 AB"), ("NL", "1234 SA"), ("NL", "1234 SD"), ("NL", "1234 ss"), ("NL", "1234 A"),
        ("NL", "12345 AB"), ("NL", "1234 A1"), ("NL", "1234"), ("BE", "0999"), ("BE", "10000"), ("DE", "1067"),
        ("FR", "7500"), ("PL", "00950"), ("SE", "1112"), ("CH", "D-80331"), ("AT", "10100"), ("PT", "10"),
        ("GB", "SW1A"), ("GB", "1234 AB"), ("GB", "M1 1CE"), ("XI", "M1 1AE"), ("IE", "D02"), ("IE", "D02 AB3O"),
        ("BG", "100"), ("CY", "21020"), ("EE", "1011"), ("HR", "1000"), ("LT", "0110"), ("LV", "10500"),
        ("MT", "1117"), ("RO", "01001"), ("SI", "10000"), ("LI", "8000"), ("MC", "75008"),
    ],
)  # fmt: skip
def test_wrong_postcodes(country: str, typed: str) -> None:
    checked = check_postcode(typed, country)
    assert (checked.ok, checked.value) == (False, typed)


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("010-2345678", "NL", "+31 10 234 5678"), ("06 12345678", "NL", "+31 6 12345678"),
        ("0031 10 234 56 78", "", "+31 10 234 5678"), ("+49 30 23125000", "NL", "+49 30 23125000"),
        ("+32 2 548 22 11", "", "+32 2 548 22 11"), ("0800 0543", "NL", "+31 800 0543"),
        ("(010) 234 5678", "NL", "+31 10 234 5678"),
    ],
)  # fmt: skip
def test_telephone_numbers(typed: str, country: str, stored: str) -> None:
    assert check_phone(typed, country).value == stored


@pytest.mark.parametrize(
    ("typed", "country", "code"),
    [
        ("030 2345678", "", "no_country"), ("010-123456", "NL", "unknown"), ("06 123456789", "NL", "unknown"),
        ("112", "NL", "unknown"), ("bel mij", "NL", "form"), ("+", "NL", "form"), ("0" * 300, "NL", "form"),
    ],
)  # fmt: skip
def test_wrong_telephone_numbers(typed: str, country: str, code: str) -> None:
    checked = check_phone(typed, country)
    assert (checked.ok, checked.value) == (False, typed)
    assert checked.problems[0].code == code


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("info@jansen.example", "info@jansen.example"), ("Jan.Jansen@Jansen.EXAMPLE", "Jan.Jansen@jansen.example"),
        ("o'neil+crm@a-b.example", "o'neil+crm@a-b.example"), ("jürgen@groß.example", "jürgen@groß.example"),
    ],
)  # fmt: skip
def test_e_mail_addresses(typed: str, stored: str) -> None:
    assert check_email(typed).value == stored


@pytest.mark.parametrize(
    "typed",
    ["jansen@", "@jansen.example", "jan sen@x.example", "a@b", "a..b@x.example", "a@x..example", "a@-x.example",
     "a@x.example\nBcc: b@y.example", "<a@x.example>", "a@x.example, b@x.example", "x" * 250 + "@x.example"],
)  # fmt: skip
def test_what_is_no_e_mail_address(typed: str) -> None:
    checked = check_email(typed)
    assert (checked.ok, checked.value) == (False, typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("jansen.example", "https://jansen.example"), ("http://jansen.example/x?y=1", "http://jansen.example/x?y=1"),
        ("HTTPS://www.jansen.example", "HTTPS://www.jansen.example"), ("jansen.example:8080", "https://jansen.example:8080"),
        ("münchen.example", "https://münchen.example"),
    ],
)  # fmt: skip
def test_websites(typed: str, stored: str) -> None:
    assert check_website(typed).value == stored


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)//x.example", "data:text/html,x", "ftp://x.example", "http://",
     "https://u:p@x.example", "https://x", "https://x.example/<script>", "http://[::1", "https://x.example:99999",
     "//x.example:port", "geen website", "file:///etc/passwd", "https://.example"],
)  # fmt: skip
def test_what_is_no_website(typed: str) -> None:
    checked = check_website(typed)
    assert (checked.ok, checked.value) == (False, typed)


@pytest.mark.parametrize(
    "typed",
    [
        "030-2345678 toestel 12", "030 234 56 78 tst. 12", "030-2345678, tst 12", "+31 30 2345678 Toestel: 12",
        "030-2345678 (toestel 12)", "030-2345678 toestelnummer 12", "030-2345678 toestelnr. 12", "030-2345678 ext 12",
        "030-2345678 ext. 12", "030-2345678 x12", "030-2345678 intern 12", "030-2345678tst12",
    ],
)  # fmt: skip
def test_an_extension_as_the_dutch_type_it(typed: str) -> None:
    checked = check_phone(typed, "NL")
    assert (checked.ok, checked.value) == (True, "+31 30 234 5678 ext. 12")
    assert phone_url(checked.value) == "tel:+31302345678;ext=12"
    assert phone_url(typed).endswith("2345678;ext=12")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("+31 30 234 5678", "tel:+31302345678"), ("+31 (0)30 2345678", "tel:+31302345678"), ("112", "tel:112"),
        ("0800-1234", "tel:08001234"), ("Jan vragen", ""), ("", ""), ("0302345678 na 17:00", ""), ("12", ""),
    ],
)  # fmt: skip
def test_what_a_telephone_number_dials(text: str, url: str) -> None:
    assert phone_url(text) == url
