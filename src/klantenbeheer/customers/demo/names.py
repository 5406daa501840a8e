"""The words that demonstration customers are made of."""

from __future__ import annotations

FAMILIES = (
    "Jansen", "de Vries", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "de Groot", "Bos",
    "Vos", "Peters", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Smits", "de Graaf",
    "van der Meer", "van der Linden", "Kok", "Jacobs", "de Haan", "Vermeulen", "van den Heuvel", "van der Veen",
    "van den Broek", "de Bruijn", "Schouten", "van Beek", "van der Heijden", "Willems", "van Vliet", "Hoekstra",
    "Maas", "Verhoeven", "Koster", "van Dam", "Prins", "Blom", "Huisman", "Peeters", "Kuipers", "van Veen", "Postma",
    "Kramer", "van Wijk", "Martens", "Wouters", "Çelik", "Yılmaz", "el Amrani", "Goossens", "Claes", "Müller",
    "Schäfer", "Lefèvre", "Dubois", "Sørensen", "Nowak", "Rossi", "García", "Papadopoulos", "Lindström",
)  # fmt: skip
FIRST_NAMES = (
    "Anna", "Bram", "Carla", "Daan", "Eva", "Frank", "Gerrit", "Hanna", "Ivo", "Julia", "Kees", "Lotte", "Mark", "Noor",
    "Otto", "Petra", "Quinten", "Rianne", "Sander", "Tessa", "Ufuk", "Vera", "Willem", "Yara", "Zeynep", "Joost",
    "Maaike", "Pieter", "Sanne", "Thijs", "Fatima", "Jeroen", "Marjolein", "Ruud", "Wendy", "Stéphane", "Jürgen",
)  # fmt: skip
TRADES = (
    "Installatietechniek", "Bouwmaterialen", "Elektrotechniek", "Sanitair", "Loodgieters", "Klimaattechniek",
    "Metaalbewerking", "Houthandel", "Machinefabriek", "Technische Groothandel", "IJzerwaren", "Verwarming",
    "Koeltechniek", "Dakwerken", "Beveiliging", "Hydrauliek", "Pompen & Kranen", "Gereedschappen", "Kunststoffen",
    "Transporttechniek", "Zonne-energie", "Lastechniek", "Interieurbouw", "Verpakkingen", "Tuinmachines",
)  # fmt: skip
STREETS = (
    "Industrieweg", "Stationsstraat", "Handelsweg", "Ambachtsweg", "Nijverheidsstraat", "Dorpsstraat", "Havenkade",
    "Kerkstraat", "Edisonstraat", "Marconiweg", "Energieweg", "Transportweg", "Molenweg", "Schoolstraat",
    "Burgemeester van der Heijdenlaan", "Prins Bernhardweg", "Energieweg-Noord", "Laan van Westenenk", "De Limiet",
)  # fmt: skip
JOBS = (
    "Inkoper",
    "Directeur",
    "Werkvoorbereider",
    "Administratie",
    "Projectleider",
    "Bedrijfsleider",
    "Magazijn",
)
NOTES = (
    "Belt het liefst vóór 9 uur.", "Levering alleen aan de achterzijde, laadklep nodig.",
    "Wil de facturen per **week** verzameld.", "Nieuwe inkoper sinds dit kwartaal; kennismaking gepland.",
    "Let op: eerst bellen bij orders boven de kredietlimiet.", "Vraagt om de nieuwe prijslijst zodra die er is.",
)  # fmt: skip
# City, first and last four digits of its postcodes, area code.
DUTCH_CITIES = (
    ("Amsterdam", 1011, 1109, "20"), ("Rotterdam", 3011, 3089, "10"), ("Den Haag", 2491, 2597, "70"),
    ("Utrecht", 3511, 3585, "30"), ("Eindhoven", 5611, 5658, "40"), ("Groningen", 9711, 9747, "50"),
    ("Tilburg", 5011, 5049, "13"), ("Almere", 1311, 1363, "36"), ("Breda", 4811, 4839, "76"),
    ("Nijmegen", 6511, 6546, "24"), ("Apeldoorn", 7311, 7339, "55"), ("Arnhem", 6811, 6846, "26"),
    ("Haarlem", 2011, 2037, "23"), ("Enschede", 7511, 7548, "53"), ("Amersfoort", 3811, 3829, "33"),
    ("Zwolle", 8011, 8045, "38"), ("'s-Hertogenbosch", 5211, 5237, "73"), ("Leiden", 2311, 2334, "71"),
    ("Maastricht", 6211, 6229, "43"), ("Dordrecht", 3311, 3329, "78"), ("Leeuwarden", 8911, 8941, "58"),
    ("Alkmaar", 1811, 1827, "72"), ("Venlo", 5911, 5928, "77"), ("Deventer", 7411, 7429, "570"),
    ("Heerlen", 6411, 6422, "45"), ("Hengelo", 7551, 7559, "74"), ("Roosendaal", 4701, 4709, "165"),
    ("Goes", 4461, 4465, "113"), ("Assen", 9401, 9409, "592"), ("Ede", 6711, 6718, "318"),
)  # fmt: skip
