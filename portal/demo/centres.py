"""Invented hospitals in all countries of the Union. The cities exist, the hospitals do not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoCentre:
    """A hospital: code, name as written on its door, city, country, networks it takes part in.

    ``shared`` centres show their patients to all their clinicians; ``dpo`` is the name of the data
    protection officer, empty where the agreement has not been recorded.
    """

    code: str
    name: str
    city: str
    country: str
    networks: tuple[str, ...]
    dpo: str = "Data Protection Office"
    shared: bool = False


def _centre(code: str, name: str, city: str, networks: str, **more: bool | str) -> DemoCentre:
    return DemoCentre(
        code,
        name,
        city,
        code[:2],
        tuple(networks.split()),
        dpo=str(more.get("dpo", "Data Protection Office")),
        shared=bool(more.get("shared", False)),
    )


CENTRES: tuple[DemoCentre, ...] = (
    _centre("AT-WIE", "Universitätsklinik Donauhöhe", "Vienna", "nmd eye metabern skin"),
    _centre("AT-GRA", "Landesklinikum Murbogen", "Graz", "epicare rnd"),
    _centre("BE-LEU", "UZ Dijledal", "Leuven", "nmd metabern guardheart", shared=True),
    _centre("BE-LIE", "Hôpital universitaire du Val-Vert", "Liège", "endo bond"),
    _centre("BG-SOF", "Университетска болница „Бояна“", "Sofia", "nmd eye lung"),
    _centre("BG-VAR", "Многопрофилна болница „Морска звезда“", "Varna", "rnd metabern", dpo=""),
    _centre("CY-NIC", "Νοσοκομείο Πενταδακτύλου", "Nicosia", "nmd eye"),
    _centre("CZ-PRA", "Fakultní nemocnice Letná", "Prague", "nmd eye metabern"),
    _centre("CZ-BRN", "Nemocnice Na Ponávce", "Brno", "skin erknet"),
    _centre("DE-BER", "Klinikum am Lindenufer", "Berlin", "nmd eye rita", shared=True),
    _centre("DE-FRE", "Universitätsklinikum Dreisamtal", "Freiburg", "nmd metabern eye"),
    _centre("DE-MUC", "Klinikum Isarauen", "Munich", "guardheart lung vascern"),
    _centre("DK-AAR", "Aarhus Fjordhospital", "Aarhus", "nmd bond metabern"),
    _centre("EE-TAR", "Emajõe Ülikooli Kliinik", "Tartu", "nmd epicare"),
    _centre("ES-BCN", "Hospital del Mirador", "Barcelona", "nmd eye epicare", shared=True),
    _centre("ES-MAD", "Hospital Puerta del Olmo", "Madrid", "guardheart erknet reconnet"),
    _centre("ES-VLC", "Hospital Jardín del Turia", "Valencia", "skin rita"),
    _centre("FI-HEL", "Koivurannan yliopistosairaala", "Helsinki", "nmd eye"),
    _centre("FI-TMP", "Pyynikinrinteen sairaala", "Tampere", "genturis paedcan"),
    _centre("FR-PAR", "Hôpital des Deux-Rives", "Paris", "nmd eye ithaca"),
    _centre("FR-LYO", "Hôpital de la Croix-Verte", "Lyon", "metabern rareliver erknet"),
    _centre("FR-STR", "Hôpital de l'Orangerie", "Strasbourg", "eye skin", shared=True),
    _centre("GR-ATH", "Νοσοκομείο Υμηττού", "Athens", "nmd eye rita"),
    _centre("GR-SKG", "Νοσοκομείο Θερμαϊκού", "Thessaloniki", "eye metabern"),
    _centre("HR-ZAG", "Klinički centar Medvedgrad", "Zagreb", "nmd eye"),
    _centre("HU-BUD", "Dunakanyar Egyetemi Klinika", "Budapest", "nmd eye ithaca"),
    _centre("IE-DUB", "Liffey University Hospital", "Dublin", "nmd lung vascern"),
    _centre("IT-MIL", "Ospedale dei Navigli", "Milan", "nmd eye rita", shared=True),
    _centre("IT-PSA", "Ospedale Universitario Lungarno", "Pisa", "nmd reconnet"),
    _centre("IT-ROM", "Policlinico del Gianicolo", "Rome", "ithaca eye guardheart"),
    _centre("LT-VNO", "Neries universitetinė ligoninė", "Vilnius", "nmd metabern"),
    _centre("LU-LUX", "Hôpital du Plateau", "Luxembourg", "nmd rita"),
    _centre("LV-RIX", "Daugavas Klīniskā slimnīca", "Riga", "nmd eye"),
    _centre("MT-MSD", "Sptar San Ġwakkin", "Msida", "nmd eye"),
    _centre("NL-UTR", "Domplein UMC", "Utrecht", "nmd eye metabern"),
    _centre("NL-NIJ", "Waalkade Medisch Centrum", "Nijmegen", "nmd genturis ithaca", shared=True),
    _centre("PL-WAW", "Szpital Kliniczny Nad Skarpą", "Warsaw", "nmd eye rnd"),
    _centre("PL-KRK", "Szpital Uniwersytecki Błonia", "Kraków", "metabern rita"),
    _centre("PT-LIS", "Hospital das Sete Fontes", "Lisbon", "nmd eye"),
    _centre("PT-OPO", "Hospital da Ribeira Nova", "Porto", "nmd metabern", dpo=""),
    _centre("RO-BUH", "Spitalul Clinic Cotroceni Nou", "Bucharest", "nmd eye"),
    _centre("SE-STO", "Skärgårdens universitetssjukhus", "Stockholm", "nmd eye bond"),
    _centre("SI-LJU", "Klinika Tivolski park", "Ljubljana", "nmd rita"),
    _centre("SK-BTS", "Univerzitná nemocnica Devín", "Bratislava", "nmd metabern"),
)
BY_CODE = {centre.code: centre for centre in CENTRES}
