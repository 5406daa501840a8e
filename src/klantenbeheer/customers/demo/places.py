"""Towns with their postcodes and telephone areas, and the streets of business parks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A town: lowest and highest postcode as a number, telephone area without the 0, and what it speaks."""

    city: str
    low: int
    high: int
    area: str
    language: str
    region: str = ""


def _places(language: str, *rows: tuple[str, int, int, str]) -> tuple[Place, ...]:
    return tuple(Place(city, low, high, area, language) for city, low, high, area in rows)


PLACES: dict[str, tuple[Place, ...]] = {
    "NL": _places(
        "nl",
        ("Amsterdam", 1011, 1109, "20"), ("Amsterdam", 1011, 1109, "20"), ("Rotterdam", 3011, 3089, "10"),
        ("Rotterdam", 3011, 3089, "10"), ("Den Haag", 2491, 2597, "70"), ("Utrecht", 3511, 3585, "30"),
        ("Eindhoven", 5611, 5658, "40"), ("Groningen", 9711, 9747, "50"), ("Tilburg", 5011, 5049, "13"),
        ("Almere", 1311, 1363, "36"), ("Breda", 4811, 4839, "76"), ("Nijmegen", 6511, 6546, "24"),
        ("Apeldoorn", 7311, 7339, "55"), ("Arnhem", 6811, 6846, "26"), ("Haarlem", 2011, 2037, "23"),
        ("Enschede", 7511, 7548, "53"), ("Amersfoort", 3811, 3829, "33"), ("Zaandam", 1501, 1509, "75"),
        ("Zwolle", 8011, 8045, "38"), ("'s-Hertogenbosch", 5211, 5237, "73"), ("Leiden", 2311, 2334, "71"),
        ("Maastricht", 6211, 6229, "43"), ("Dordrecht", 3311, 3329, "78"), ("Leeuwarden", 8911, 8941, "58"),
        ("Alkmaar", 1811, 1827, "72"), ("Venlo", 5911, 5928, "77"), ("Deventer", 7411, 7429, "570"),
        ("Heerlen", 6411, 6422, "45"), ("Hengelo", 7551, 7559, "74"), ("Roosendaal", 4701, 4709, "165"),
        ("Goes", 4461, 4465, "113"), ("Assen", 9401, 9409, "592"), ("Ede", 6711, 6718, "318"),
        ("Delft", 2611, 2629, "15"), ("Zoetermeer", 2711, 2729, "79"), ("Helmond", 5701, 5709, "492"),
        ("Oss", 5341, 5349, "412"), ("Emmen", 7811, 7828, "591"), ("Hilversum", 1211, 1223, "35"),
        ("Gouda", 2801, 2809, "182"), ("Hoorn", 1621, 1628, "229"), ("Almelo", 7601, 7610, "546"),
        ("Lelystad", 8211, 8245, "320"), ("Bergen op Zoom", 4611, 4625, "164"), ("Sittard", 6131, 6137, "46"),
        ("Veenendaal", 3901, 3907, "318"), ("Doetinchem", 7001, 7009, "314"),
        ("Middelburg", 4331, 4339, "118"),
        ("Vlissingen", 4380, 4389, "118"), ("Terneuzen", 4531, 4538, "115"),
        ("Harderwijk", 3841, 3849, "341"),
        ("Barneveld", 3771, 3773, "342"), ("Tiel", 4001, 4007, "344"), ("Waalwijk", 5141, 5146, "416"),
        ("Weert", 6001, 6006, "495"), ("Roermond", 6041, 6049, "475"), ("Hoogeveen", 7901, 7909, "528"),
        ("Meppel", 7941, 7944, "522"), ("Heerenveen", 8441, 8449, "513"), ("Drachten", 9201, 9207, "512"),
        ("Sneek", 8601, 8608, "515"), ("Winschoten", 9671, 9675, "597"), ("Nieuwegein", 3431, 3439, "30"),
        ("Gorinchem", 4201, 4208, "183"), ("Den Helder", 1780, 1789, "223"), ("Uden", 5401, 5406, "413"),
    ),
    "BE": _places(
        "nl",
        ("Antwerpen", 2000, 2060, "3"), ("Gent", 9000, 9052, "9"), ("Hasselt", 3500, 3512, "11"),
        ("Brugge", 8000, 8020, "50"), ("Leuven", 3000, 3018, "16"), ("Kortrijk", 8500, 8511, "56"),
        ("Mechelen", 2800, 2812, "15"), ("Turnhout", 2300, 2300, "14"), ("Aalst", 9300, 9320, "53"),
    ) + _places(
        "fr",
        ("Bruxelles", 1000, 1030, "2"), ("Liège", 4000, 4032, "4"), ("Namur", 5000, 5024, "81"),
        ("Charleroi", 6000, 6010, "71"), ("Mons", 7000, 7012, "65"),
    ),
    "DE": _places(
        "de",
        ("Köln", 50667, 50999, "221"), ("Düsseldorf", 40210, 40239, "211"), ("Münster", 48143, 48167, "251"),
        ("Aachen", 52062, 52080, "241"), ("Hamburg", 20095, 20259, "40"), ("Berlin", 10115, 10247, "30"),
        ("München", 80331, 80339, "89"), ("Osnabrück", 49074, 49090, "541"), ("Bremen", 28195, 28217, "421"),
        ("Dortmund", 44135, 44149, "231"), ("Nürnberg", 90402, 90429, "911"),
        ("Oldenburg", 26121, 26135, "441"),
    ),
    "FR": _places(
        "fr",
        ("Lille", 59000, 59000, "3 20"), ("Lyon", 69001, 69009, "4 78"),
        ("Saint-Étienne", 42000, 42000, "4 77"),
        ("Paris", 75001, 75020, "1 42"), ("Strasbourg", 67000, 67000, "3 88"),
        ("Nantes", 44000, 44000, "2 40"),
    ),
    "LU": _places("fr", ("Luxembourg", 1111, 2763, "26"), ("Esch-sur-Alzette", 4001, 4394, "26")),
    "DK": _places("en", ("Århus", 8000, 8000, "86"), ("Odense", 5000, 5000, "66"),
    ("København", 1050, 1473, "33")),
    "IT": (
        Place("Milano", 20121, 20162, "02", "en", "MI"), Place("Torino", 10121, 10156, "011", "en", "TO"),
        Place("Forlì", 47121, 47122, "0543", "en", "FC"),
    ),
    "ES": (
        Place("Barcelona", 8001, 8042, "93", "en", "Barcelona"),
        Place("Madrid", 28001, 28055, "91", "en", "Madrid"),
        Place("Córdoba", 14001, 14014, "957", "en", "Córdoba"),
    ),
    "PL": _places("en", ("Kraków", 30001, 30899, "12"), ("Łódź", 90001, 90900, "42"),
    ("Poznań", 60101, 60900, "61")),
    "AT": _places("de", ("Wien", 1010, 1010, "1"), ("Graz", 8010, 8010, "316"),
    ("Sankt Pölten", 3100, 3100, "2742")),
    "SE": _places("en", ("Göteborg", 41101, 41899, "31"), ("Malmö", 21111, 21899, "40"),
    ("Örebro", 70210, 70399, "19")),
    "GR": _places("en", ("Athína", 10431, 10689, "21"), ("Thessaloníki", 54621, 54655, "231")),
    "GB": _places("en", ("Manchester", 1, 9, "161")),
    "CH": _places("de", ("Zürich", 8001, 8008, "44"), ("Basel", 4051, 4058, "61"), ("Bern", 3005, 3014, "31")),
    "NO": _places("en", ("Oslo", 1001, 1011, "22"), ("Bergen", 5003, 5020, "55")),
}  # fmt: skip

STREETS: dict[str, tuple[str, ...]] = {
    "nl": (
        "Industrieweg", "Stationsstraat", "Handelsweg", "Ambachtsweg", "Nijverheidsstraat", "Dorpsstraat",
        "Havenkade",
        "Kerkstraat", "Edisonstraat", "Marconiweg", "Energieweg", "Transportweg", "Molenweg", "Schoolstraat",
        "Burgemeester van der Heijdenlaan", "Prins Bernhardweg", "Laan van Westenenk", "De Limiet",
        "Kanaaldijk-Zuid",
        "'t Hazeveld", "Plein 1944", "Hoogstraat", "Ohmweg", "Wattstraat", "Celsiusweg", "Hertzstraat",
        "Zuidelijke Havenweg",
    ),
    "de": (
        "Industriestraße", "Hauptstraße", "Bahnhofstraße", "Gewerbepark", "Siemensstraße",
        "Robert-Bosch-Straße",
        "An der Mühle", "Daimlerstraße", "Münsterstraße", "Am Güterbahnhof",
    ),
    "fr": (
        "Rue de l'Industrie", "Avenue de la Gare", "Rue du Général de Gaulle", "Chaussée de Bruxelles",
        "Boulevard Gambetta", "Zone Industrielle Nord", "Rue de l'Église", "Quai de l'Écluse",
    ),
    "DK": ("Industrivej", "Søndergade", "Havnegade", "Ålborgvej"),
    "SE": ("Industrigatan", "Storgatan", "Hamngatan", "Verkstadsvägen"),
    "IT": ("Via dell'Industria", "Via Garibaldi", "Viale Europa", "Corso Cavour"),
    "ES": ("Calle de la Industria", "Avenida de la Constitución", "Polígono Industrial Sur", "Calle Mayor"),
    "PL": ("ul. Przemysłowa", "ul. Fabryczna", "ul. Główna", "ul. Żeglarska"),
    "GR": ("Odós Athinón", "Leofóros Kifisías", "Odós Ermoú"),
    "GB": ("Industrial Road", "Station Road", "Mill Lane", "Victoria Street"),
    "NO": ("Industriveien", "Storgata", "Havnegata", "Bjørnstjerne Bjørnsons gate"),
}  # fmt: skip

# The postal box is a street of its own name.
POST_BOX = {"nl": "Postbus", "de": "Postfach", "fr": "Boîte postale", "en": "P.O. Box"}
