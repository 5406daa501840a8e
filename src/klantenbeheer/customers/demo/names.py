"""The words that demonstration customers are made of, by country or language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Names of one country. In ``forms`` a legal form may stand more than once: it is then more usual."""

    families: tuple[str, ...]
    men: tuple[str, ...]
    women: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    patterns: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";"))


_DUTCH_FAMILIES = _split(
    "Jansen;de Jong;de Vries;van den Berg;van Dijk;Bakker;Visser;Smit;Meijer;de Boer;Mulder;de Groot;Bos;Vos;Peters;"
    "Hendriks;van Leeuwen;Dekker;Brouwer;de Wit;Dijkstra;Smits;de Graaf;van der Meer;van der Linden;Kok;Jacobs;"
    "de Haan;Vermeulen;van den Heuvel;van der Veen;van den Broek;de Bruijn;Schouten;van Beek;van der Heijden;Willems;"
    "van Vliet;Hoekstra;Maas;Verhoeven;Koster;van Dam;Prins;Blom;Huisman;Peeters;Kuipers;van Veen;Postma;Kramer;"
    "van Wijk;Martens;Wouters;Çelik;Yılmaz;el Amrani;van 't Hof;van 't Hek;in 't Veld;Gerritsen;van Loon;Scholten;"
    "Bosman;Evers;van der Wal;Timmermans;Groen;Gerrits;van de Ven;de Lange;Sanders;Boersma;ter Horst;ten Brink;"
    "op den Kamp;van Rijn;Wiersma;Molenaar;van Doorn;Bijlsma;Hermans;Driessen;Nijhuis;Oude Luttikhuis;Zijlstra;"
    "van Oosten;Ruiter;Veldhuis;Kooijman;Rademaker;Hofman;Sijbrandij;Veenstra;Coenen;Geerts;Böhm;Daniëls;Noë"
)
_DUTCH_MEN = _split(
    "Bram;Daan;Frank;Gerrit;Ivo;Kees;Mark;Otto;Quinten;Sander;Ufuk;Willem;Joost;Pieter;Thijs;Jeroen;Ruud;Jan-Willem;"
    "Henk;Wim;Peter;Mohamed;Erik;Marcel;Bas;Koen;André;Daniël"
)
_DUTCH_WOMEN = _split(
    "Anna;Carla;Eva;Hanna;Julia;Lotte;Noor;Petra;Rianne;Tessa;Vera;Yara;Zeynep;Maaike;Sanne;Fatima;Marjolein;Wendy;"
    "Ingrid;Esther;Renée;Anne-Marie;Chantal;Mirjam;Loïs"
)
_DUTCH_TRADES = _split(
    "Installatietechniek;Bouwmaterialen;Elektrotechniek;Sanitair;Loodgieters;Klimaattechniek;Metaalbewerking;Houthandel;"
    "Machinefabriek;Technische Groothandel;IJzerwaren;Verwarming;Koeltechniek;Dakwerken;Beveiliging;Hydrauliek;"
    "Pompen & Kranen;Gereedschappen;Kunststoffen;Transporttechniek;Zonne-energie;Lastechniek;Interieurbouw;"
    "Verpakkingen;Tuinmachines;Aannemersbedrijf;Bouwbedrijf;Luchttechniek;Waterbehandeling;Staalbouw;Lichttechniek;"
    "Leidingsystemen;Schildersbedrijf;Afbouw;Mechanisatie;Scheepstechniek;Isolatie;Liften;Kozijnen;Aandrijftechniek"
)
_GERMAN_FAMILIES = _split(
    "Müller;Schmidt;Schneider;Fischer;Weber;Meyer;Wagner;Becker;Schulz;Hoffmann;Schäfer;Koch;Bauer;Richter;Klein;Wolf;"
    "Schröder;Neumann;Schwarz;Zimmermann;Braun;Krüger;Hofmann;Lange;Krause;Köhler;König;Groß;Weiß;Jäger;von der Heide"
)
_GERMAN_MEN = _split("Jürgen;Stefan;Andreas;Uwe;Jörg;Matthias;Lukas;Heinz;Günther;Felix")
_GERMAN_WOMEN = _split("Sabine;Petra;Ute;Katrin;Monika;Anja;Bärbel;Lena;Käthe;Jutta")
_GERMAN_TRADES = _split(
    "Haustechnik;Baustoffe;Elektrotechnik;Sanitär;Heizungsbau;Kältetechnik;Metallbau;Holzhandel;Maschinenbau;"
    "Werkzeuge;Großhandel;Lüftungstechnik;Bäckereimaschinen;Stahlbau;Dachtechnik;Förderanlagen"
)
_GERMAN_PATTERNS = (
    "{f} {t} {l}",
    "{f} {t} {l}",
    "{t} {f} {l}",
    "{f} & Söhne {t} {l}",
    "Gebr. {f} {t} {l}",
    "Bäckerei {f} {l}",
)
_FRENCH_FAMILIES = _split(
    "Lefèvre;Dubois;Martin;Bernard;Moreau;Laurent;Girard;Lefebvre;Mercier;Dupont;Lambert;François;Legrand;Garnier;"
    "Chevalier;Gauthier;Desprès;Noël;Bérard;de la Tour"
)
_FRENCH_MEN = _split("Stéphane;Jean-Pierre;Luc;François;Michel;Olivier;Rémi;Thierry")
_FRENCH_WOMEN = _split("Hélène;Marie;Sophie;Chloé;Isabelle;Françoise;Nathalie;Zoé")
_FRENCH_TRADES = _split(
    "Chauffage;Matériaux;Électricité;Sanitaires;Plomberie;Climatisation;Métallerie;Outillage;Menuiserie;Quincaillerie;"
    "Équipements Industriels;Toitures"
)
_FRENCH_PATTERNS = (
    "Établissements {f} {l}",
    "{f} {t} {l}",
    "{f} & Fils {l}",
    "{t} {f} {l}",
    "Société {f} {t} {l}",
)
_PLAIN_PATTERNS = ("{f} {t} {l}", "{t} {f} {l}")

WORDS: dict[str, Words] = {
    "NL": Words(
        _DUTCH_FAMILIES, _DUTCH_MEN, _DUTCH_WOMEN, _DUTCH_TRADES,
        ("B.V.", "B.V.", "B.V.", "B.V.", "V.O.F.", "N.V.", "", ""),
        (
            "{f} {t} {l}", "{f} {t} {l}", "{f} {t} {l}", "{t} {f} {l}", "{f} & Zonen {t} {l}",
            "{f} & {g} {t} {l}",
            "Gebr. {f} {t} {l}", "{t} {c} {l}", "{f} {t} {c} {l}", "{f} Groep {c} {l}",
            "Handelsonderneming {f} {l}",
        ),
    ),
    "BE-nl": Words(
        _split(
            "Peeters;Janssens;Maes;Jacobs;Mertens;Willems;Claes;Goossens;Wouters;De Smet;Vermeulen;Pauwels;"
            "Van den Bossche;Hermans;Aerts;Van Damme;De Backer;D'Hondt;Verstraete;De Cock;Desmet;Lemmens"
        ),
        _DUTCH_MEN, _DUTCH_WOMEN, _DUTCH_TRADES, ("BV", "BV", "NV", "BVBA", "CommV"),
        ("{f} {t} {l}", "{f} {t} {l}", "{t} {f} {l}", "{f} & Zonen {l}", "Gebroeders {f} {t} {l}",
        "{t} {c} {l}"),
    ),
    "BE-fr": Words(
        _FRENCH_FAMILIES, _FRENCH_MEN, _FRENCH_WOMEN, _FRENCH_TRADES, ("SRL", "SA", "SRL", "SC"),
        _FRENCH_PATTERNS
    ),
    "DE": Words(
        _GERMAN_FAMILIES, _GERMAN_MEN, _GERMAN_WOMEN, _GERMAN_TRADES,
        ("GmbH", "GmbH", "GmbH & Co. KG", "AG", "e.K."), _GERMAN_PATTERNS,
    ),
    "AT": Words(
        (*_GERMAN_FAMILIES, "Gruber", "Huber", "Pichler", "Moser"), _GERMAN_MEN, _GERMAN_WOMEN,
        _GERMAN_TRADES,
        ("GmbH", "GesmbH", "OG"), _GERMAN_PATTERNS,
    ),
    "FR": Words(
        _FRENCH_FAMILIES, _FRENCH_MEN, _FRENCH_WOMEN, _FRENCH_TRADES, ("SARL", "SAS", "SA", "EURL"),
        _FRENCH_PATTERNS
    ),
    "LU": Words(
        (*_FRENCH_FAMILIES, "Schmit", "Wagener", "Muller"), _FRENCH_MEN, _FRENCH_WOMEN, _FRENCH_TRADES,
        ("S.à r.l.", "S.A."), _FRENCH_PATTERNS,
    ),
    "DK": Words(
        _split("Sørensen;Jensen;Nielsen;Møller;Ågaard;Kjær"), _split("Søren;Lars;Jørgen"),
        _split("Mette;Kirsten;Bodil"),
        _split("Maskinfabrik;Byggematerialer;VVS;El-Teknik;Køleteknik"), ("ApS", "A/S"), _PLAIN_PATTERNS,
    ),
    "SE": Words(
        _split("Lindström;Öberg;Åkesson;Sjögren;Bergström;Nyström"), _split("Björn;Lars;Åke"),
        _split("Märta;Karin;Åsa"),
        _split("Byggmaterial;Elteknik;Rörteknik;Maskin;Kylteknik"), ("AB",), _PLAIN_PATTERNS,
    ),
    "IT": Words(
        _split("Rossi;Bianchi;Esposito;Ferrari;D'Amico;De Luca"), _split("Niccolò;Marco;Giuseppe"),
        _split("Giulia;Lucia;Chiara"),
        _split("Impianti;Ferramenta;Macchine Utensili;Materiali Edili;Termoidraulica"),
        ("S.r.l.", "S.p.A."), _PLAIN_PATTERNS,
    ),
    "ES": Words(
        _split("García;Martínez;López;Núñez;Ibáñez;Peña"), _split("José;Ángel;Ramón"),
        _split("María;Begoña;Lucía"),
        _split("Instalaciones;Suministros;Ferretería;Maquinaria;Climatización"), ("S.L.", "S.A."),
        _PLAIN_PATTERNS,
    ),
    "PL": Words(
        _split("Nowak;Kowalski;Wiśniewski;Zieliński;Dąbrowski;Łukasik"), _split("Łukasz;Piotr;Paweł"),
        _split("Agnieszka;Małgorzata;Ewa"),
        _split("Instalacje;Materiały Budowlane;Narzędzia;Maszyny;Hydraulika"), ("Sp. z o.o.", "S.A."),
        _PLAIN_PATTERNS,
    ),
    "GR": Words(
        _split("Papadopoulos;Georgiou;Nikolaídis;Dimitríou;Oikonómou"), _split("Giorgos;Níkos;Kostas"),
        _split("María;Eléni;Ioánna"),
        _split("Ydravlika;Michanimata;Domika Ylika;Ergaleia"), ("A.E.", "E.P.E.", "I.K.E."), _PLAIN_PATTERNS,
    ),
    "GB": Words(
        _split("Taylor;Ashworth;Whitaker;O'Neill;Clarke;Hughes"), _split("James;Oliver;George"),
        _split("Emily;Charlotte;Sarah"),
        _split("Building Supplies;Engineering;Plumbing;Tools;Refrigeration"), ("Ltd", "Ltd", "PLC"), _PLAIN_PATTERNS,
    ),
    "CH": Words(
        (*_GERMAN_FAMILIES, "Zbinden", "Aebischer", "Rüegg"), _GERMAN_MEN, _GERMAN_WOMEN, _GERMAN_TRADES,
        ("GmbH", "AG", "AG"), _GERMAN_PATTERNS,
    ),
    "NO": Words(
        _split("Hansen;Bjørnstad;Solberg;Årnes;Haugen;Lie"), _split("Håkon;Lars;Øyvind"),
        _split("Ingrid;Kari;Solveig"),
        _split("Byggevarer;Maskin;Rørservice;Elektro;Kjøleteknikk"), ("AS", "AS", "ASA"), _PLAIN_PATTERNS,
    ),
}  # fmt: skip

# The kind of name that breaks a layout; {t} is a trade, {c} a town.
LONG_NAMES = (
    "Coöperatieve Inkoopvereniging van Zelfstandige Installatiebedrijven Noordoost-Brabant en Limburg U.A.",
    "Coöperatieve Inkoopvereniging {t} {c} en Omstreken U.A.",
    "Nederlandse Vereniging van Ondernemers in de {t} en Aanverwante Technische Bedrijven, afdeling {c}",
    "Stichting Gezamenlijke Opleidingen en Leerlingwerkplaatsen {t} in de Regio {c}",
    "Maatschappij tot Gemeenschappelijke Exploitatie van Magazijnen voor {t} te {c} en Omgeving B.V.",
)

JOBS: dict[str, tuple[str, ...]] = {
    "nl": (
        "Inkoper", "Directeur", "Werkvoorbereider", "Administratie", "Projectleider", "Bedrijfsleider",
        "Magazijn",
        "Crediteurenadministratie", "Hoofd technische dienst", "Calculator", "Eigenaar",
    ),
    "de": ("Einkauf", "Geschäftsführer", "Projektleiter", "Buchhaltung", "Lager", "Technischer Leiter"),
    "fr": ("Acheteur", "Gérant", "Chef de projet", "Comptabilité", "Magasinier", "Responsable technique"),
    "en": ("Buyer", "Managing director", "Project manager", "Accounts payable", "Warehouse",
    "Technical manager"),
}  # fmt: skip

NOTES = (
    "Belt het liefst vóór 9 uur.",
    "Levering alleen aan de achterzijde, laadklep nodig.",
    "Wil de facturen per **week** verzameld.",
    "Nieuwe inkoper sinds dit kwartaal; kennismaking gepland.",
    "Let op: eerst bellen bij orders boven de kredietlimiet.",
    "Vraagt om de nieuwe prijslijst zodra die er is.",
    "Pakbon altijd voorzien van het projectnummer van de klant.",
    "Gesloten in de bouwvak; geen leveringen plannen.",
    "Betaalt netjes, maar pas na een herinnering.",
    "Heeft een eigen magazijn in de regio; spoed kan dezelfde dag worden opgehaald.",
    "Overweegt over te stappen op een jaarcontract.",
    "Facturen alleen per e-mail, zonder inkoopnummer worden ze teruggestuurd.",
    "Op vrijdagmiddag is er niemand bij de goederenontvangst.",
    "Interesse in de beurs van dit najaar; uitnodiging sturen.",
    "Retouren graag samen met de volgende levering meenemen.",
    "Oude contactpersoon is met pensioen, nieuwe volgt nog.",
)
