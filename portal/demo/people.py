"""Some sixty invented people with names as people have them in their countries, and what they may do.

``sub`` is the name at the embedded identity provider; typing it there logs the person in.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPerson:
    """A person with one profile at one centre, in one or several networks.

    ``areas`` are codes of thematic areas that interest them, as ``network:area``. ``role`` is filled
    for the people whom the start page of a laptop proposes, ``what`` says what to try as them.
    """

    sub: str
    title: str
    given: str
    family: str
    job: str
    centre: str = ""
    networks: tuple[str, ...] = ()
    profile: str = "clinician"
    areas: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ("en",)
    acts_for: str = ""
    ends_days: int = 0
    role: str = ""
    what: str = ""


def _p(
    sub: str,
    name: str,
    job: str,
    centre: str = "",
    networks: str = "",
    areas: str = "",
    **more: str,
) -> DemoPerson:
    title, given, family = name.split("|")
    speaks = tuple(more.get("speaks", "en").split())
    return DemoPerson(
        sub,
        title,
        given,
        family,
        job,
        centre,
        tuple(networks.split()),
        more.get("profile", "clinician"),
        tuple(areas.split()),
        speaks,
        more.get("acts_for", ""),
        int(more.get("ends_days", "0")),
        more.get("role", ""),
        more.get("what", ""),
    )


_MUSCLE = "nmd:muscle_diseases"
_NERVE = "nmd:peripheral_nerve_diseases"
_JUNCTION = "nmd:neuromuscular_junction_disorders"
_MOTOR = "nmd:motor_neuron_diseases"
_MITO = "nmd:mitochondrial_diseases"
_IMAGE = "nmd:muscle_imaging"
_PATH = "nmd:neuropathology"
_GENE = "nmd:neuromuscular_genetics"
_PHYS = "nmd:neurophysiology"

PEOPLE: tuple[DemoPerson, ...] = (
    # Where a first look should go: a person for each role.
    _p("sanne", "Dr.|Sanne|Verhoeven", "Neurologist", "NL-UTR", "nmd", f"{_MUSCLE} {_GENE}", speaks="nl en de",
       role="Clinician who enrols and asks", what="Enrol a patient, fill the form, ask a question; answers what her panels ask, signs an outcome."),
    _p("lotte", "|Lotte|Smeets", "Study nurse", "NL-UTR", "nmd", profile="assistant", acts_for="sanne", speaks="nl en",
       role="Assistant of Sanne Verhoeven", what="Enrols and fills forms in the name of Sanne Verhoeven; each act says so."),
    _p("maria", "Prof.|Мария|Иванова", "Professor of neurology", "BG-SOF", "nmd", f"{_MUSCLE} {_JUNCTION}", speaks="bg en ru",
       role="Lead of a panel", what="Leads panels in assessment and outcome: contributions, outcome, signatures."),
    _p("giorgos", "Dr.|Γιώργος|Παπαδόπουλος", "Consultant neurologist", "GR-ATH", "nmd", f"{_NERVE} {_MUSCLE}", speaks="el en fr",
       role="Expert asked for an opinion", what="Has an invitation to answer and a contribution to finish."),
    _p("agnes", "Prof.|Ágnes|Kovács", "Head of the neuromuscular centre", "HU-BUD", "nmd", f"{_MUSCLE}", profile="coordinator", speaks="hu en de",
       role="Coordinator of EURO-NMD", what="Forwards requests, decides access requests, configures areas, form and workflow."),
    _p("luc", "|Luc|Moreau", "Network manager", "FR-STR", "eye", profile="coordinator", speaks="fr en",
       role="Coordinator of ERN-EYE", what="The same for the eye network."),
    _p("jana", "|Jana|Dvořáková", "Case manager", "CZ-PRA", "nmd", profile="dispatcher", speaks="cs en",
       role="Dispatcher of EURO-NMD", what="Forwards requests to leads; decides nothing about access."),
    _p("tiago", "Dr.|Tiago|Figueiredo", "Ophthalmologist in private practice", "", "eye", profile="guest", ends_days="60", speaks="pt en",
       role="Guest on one panel", what="Sees one panel and nothing else, for 60 more days."),
    _p("rita", "Dr.|Rita|Almeida", "Epidemiologist", "PT-LIS", "nmd", profile="researcher", speaks="pt en",
       role="Researcher", what="Sees no patients; anonymised figures only."),
    _p("pirkko", "|Pirkko|Lehtonen", "Auditor", profile="auditor", speaks="fi sv en",
       role="Auditor", what="Reads the audit record."),
    _p("sam", "|Sam|Borg", "Support desk", profile="support", speaks="mt en",
       role="Support desk", what="People, centres, requests, queue; never clinical content."),
    _p("olga", "|Olga|Schreiber", "Operator", profile="operator", speaks="de en",
       role="Operator of the portal", what="Everything technical: roles, jobs, plugins."),
    _p("nadia", "Dr.|Nadia|Bellini", "Paediatric neurologist", speaks="it en",
       role="Has an account, but no access yet", what="Asks for access; the coordinator of EURO-NMD decides."),
    # EURO-NMD
    _p("pieter", "Dr.|Pieter|Hofstra", "Clinical geneticist", "NL-UTR", "nmd", f"{_GENE}", speaks="nl en"),
    _p("femke", "Dr.|Femke|Janssen", "Child neurologist", "NL-NIJ", "nmd ithaca", f"{_MUSCLE} {_IMAGE}", speaks="nl en"),
    _p("joris", "Prof.|Joris|Claes", "Neuropathologist", "BE-LEU", "nmd", f"{_PATH} {_MUSCLE}", speaks="nl fr en"),
    _p("elena", "Dr.|Elena|Ferrari", "Neurologist", "IT-MIL", "nmd", f"{_MUSCLE} {_MITO}", speaks="it en"),
    _p("paolo", "Prof.|Paolo|Bartolini", "Neurologist", "IT-PSA", "nmd", f"{_MITO} {_MUSCLE}", speaks="it en fr"),
    _p("claire", "Prof.|Claire|Fontanel", "Neurologist", "FR-PAR", "nmd", f"{_MUSCLE} {_IMAGE}", speaks="fr en"),
    _p("anke", "Dr.|Anke|Reinhardt", "Neurologist", "DE-FRE", "nmd", f"{_MUSCLE} {_JUNCTION}", speaks="de en"),
    _p("holger", "Prof.|Holger|Brandt", "Clinical neurophysiologist", "DE-BER", "nmd", f"{_NERVE} {_PHYS}", speaks="de en"),
    _p("carmen", "Dr.|Carmen|Ruiz Ortega", "Neurologist", "ES-BCN", "nmd", f"{_JUNCTION} {_MUSCLE}", speaks="es ca en"),
    _p("ingrid", "Dr.|Ingrid|Lindqvist", "Neurologist", "SE-STO", "nmd", f"{_MOTOR} {_MUSCLE}", speaks="sv en"),
    _p("mikko", "Dr.|Mikko|Korhonen", "Neurologist", "FI-HEL", "nmd", f"{_MUSCLE} {_GENE}", speaks="fi sv en"),
    _p("zofia", "Dr.|Zofia|Wiśniewska", "Child neurologist", "PL-WAW", "nmd", f"{_MOTOR} {_MUSCLE}", speaks="pl en"),
    _p("tomas", "Dr.|Tomáš|Novotný", "Neurologist", "CZ-PRA", "nmd", f"{_MUSCLE} {_NERVE}", speaks="cs de en"),
    _p("dimitar", "Dr.|Димитър|Стоянов", "Neurologist", "BG-SOF", "nmd", f"{_NERVE}", speaks="bg en"),
    _p("andreas", "Dr.|Ανδρέας|Χριστοδούλου", "Neurologist", "CY-NIC", "nmd", f"{_NERVE} {_MUSCLE}", speaks="el en"),
    _p("ioana", "Dr.|Ioana|Munteanu", "Neurologist", "RO-BUH", "nmd", f"{_JUNCTION}", speaks="ro fr en"),
    _p("marko", "Dr.|Marko|Horvat", "Neurologist", "HR-ZAG", "nmd", f"{_MUSCLE}", speaks="hr en"),
    _p("aoife", "Dr.|Aoife|Brennan", "Neurologist", "IE-DUB", "nmd", f"{_MOTOR}", speaks="en ga"),
    _p("kristjan", "Dr.|Kristjan|Tamm", "Neurologist", "EE-TAR", "nmd", f"{_MUSCLE}", speaks="et en"),
    _p("egle", "Dr.|Eglė|Kazlauskienė", "Clinical geneticist", "LT-VNO", "nmd metabern", f"{_GENE}", speaks="lt en"),
    _p("liga", "Dr.|Līga|Bērziņa", "Neurologist", "LV-RIX", "nmd", f"{_NERVE}", speaks="lv ru en"),
    _p("joao", "Dr.|João|Carvalho", "Neurologist", "PT-OPO", "nmd", f"{_NERVE}", speaks="pt en"),
    _p("mette", "Prof.|Mette|Sørensen", "Neurologist", "DK-AAR", "nmd metabern", f"{_MITO} {_MUSCLE}", speaks="da en"),
    _p("luka", "Dr.|Luka|Zupančič", "Neurologist", "SI-LJU", "nmd", f"{_JUNCTION}", speaks="sl en"),
    _p("peter", "Dr.|Peter|Kováčik", "Neurologist", "SK-BTS", "nmd", f"{_MUSCLE}", speaks="sk cs en"),
    # ERN-EYE
    _p("amelie", "Prof.|Amélie|Wehrlin", "Ophthalmic geneticist", "FR-STR", "eye", "eye:retinal_eye_diseases eye:genetic_diagnosis_low_vision_daily", speaks="fr de en"),
    _p("katharina", "Prof.|Katharina|Vogt", "Ophthalmologist", "DE-FRE", "eye", "eye:retinal_eye_diseases", speaks="de en",
       role="Clinician in ERN-EYE", what="Leads a panel on a retinal disease."),
    _p("eleni", "Dr.|Ελένη|Μακρή", "Ophthalmologist", "GR-ATH", "eye", "eye:retinal_eye_diseases eye:genetic_diagnosis_low_vision_daily", speaks="el en"),
    _p("vasiliki", "Dr.|Βασιλική|Δημητρίου", "Ophthalmologist", "GR-SKG", "eye", "eye:anterior_segment", speaks="el en"),
    _p("boryana", "Dr.|Боряна|Петкова", "Paediatric ophthalmologist", "BG-SOF", "eye", "eye:paediatric_ophthalmology", speaks="bg en"),
    _p("giulia", "Dr.|Giulia|Conti", "Ophthalmologist", "IT-MIL", "eye", "eye:retinal_eye_diseases", speaks="it en"),
    _p("marek", "Dr.|Marek|Zieliński", "Ophthalmologist", "PL-WAW", "eye", "eye:neuro_ophthalmology", speaks="pl en"),
    _p("nuria", "Dr.|Núria|Vidal", "Ophthalmologist", "ES-BCN", "eye", "eye:anterior_segment eye:paediatric_ophthalmology", speaks="ca es en"),
    _p("hanna", "Dr.|Hanna|Nieminen", "Ophthalmologist", "FI-HEL", "eye", "eye:retinal_eye_diseases", speaks="fi en"),
    _p("bram", "Dr.|Bram|de Wit", "Ophthalmologist", "NL-UTR", "eye", "eye:retinal_eye_diseases", speaks="nl en"),
    # Other networks
    _p("mathilde", "Prof.|Mathilde|Garnier", "Metabolic physician", "FR-LYO", "metabern", "metabern:lysosomal", speaks="fr en"),
    _p("wojciech", "Dr.|Wojciech|Nowicki", "Metabolic paediatrician", "PL-KRK", "metabern", "metabern:lysosomal", speaks="pl en"),
    _p("florian", "Dr.|Florian|Hofer", "Metabolic physician", "AT-WIE", "metabern", speaks="de en"),
    _p("lucia", "Dr.|Lucía|Herrero", "Cardiologist", "ES-MAD", "guardheart", "guardheart:familial_electrical_diseases", speaks="es en"),
    _p("matteo", "Prof.|Matteo|Rinaldi", "Cardiologist", "IT-ROM", "guardheart", "guardheart:familial_cardiomyopathies", speaks="it en"),
    _p("katerina", "Dr.|Kateřina|Procházková", "Dermatologist", "CZ-BRN", "skin", "skin:epidermolysis_bullosa", speaks="cs en"),
    _p("inmaculada", "Dr.|Inmaculada|Soler", "Dermatologist", "ES-VLC", "skin", "skin:epidermolysis_bullosa", speaks="es en"),
    _p("odile", "Dr.|Odile|Schaller", "Dermatologic surgeon", "FR-STR", "skin", "skin:epidermolysis_bullosa", speaks="fr de en"),
    _p("leopold", "Dr.|Leopold|Brunner", "Dermatologist", "AT-WIE", "skin", "skin:epidermolysis_bullosa skin:ichthyosis_palmoplantar_keratoderma", speaks="de en"),
    _p("sabine", "Prof.|Sabine|Aigner", "Paediatric epileptologist", "AT-GRA", "epicare", "epicare:genetic_metabolic_epilepsies", speaks="de en"),
    _p("ciara", "Dr.|Ciara|Doyle", "Respiratory physician", "IE-DUB", "lung", "lung:primary_ciliary_dyskinesia", speaks="en"),
    _p("stefan", "Prof.|Stefan|Oberländer", "Respiratory physician", "DE-MUC", "lung", "lung:interstitial_lung_diseases", speaks="de en"),
    _p("carola", "Prof.|Carola|Bergamini", "Network manager", "IT-ROM", "guardheart", profile="coordinator", speaks="it en"),
    _p("yannis", "Dr.|Γιάννης|Οικονόμου", "Clinical immunologist", "GR-ATH", "rita", "rita:autoinflammatory_diseases", speaks="el en"),
    _p("simone", "Dr.|Simone|Marchetti", "Paediatric rheumatologist", "IT-MIL", "rita", "rita:autoinflammatory_diseases", speaks="it en"),
    _p("emil", "Dr.|Emil|Rasmussen", "Paediatric endocrinologist", "DK-AAR", "bond", speaks="da en"),
)  # fmt: skip

# People who have logged in once and wait for a decision.
WAITING: tuple[DemoPerson, ...] = (
    _p("helene", "Dr.|Hélène|Picard", "Neurologist", speaks="fr en"),
    _p("bogdan", "Dr.|Bogdan|Marinescu", "Clinical geneticist", speaks="ro en"),
    _p("sofia", "Dr.|Sofía|Campos Rey", "Ophthalmologist", speaks="es en"),
    _p("stanislava", "Dr.|Станислава|Георгиева", "Resident in neurology", speaks="bg en"),
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """A request for access, so many days ago. ``answer`` is empty, ``returned`` or ``rejected``."""

    sub: str
    network: str
    profile: str
    centre: str
    comment: str
    days: float
    answer: str = ""
    reason: str = ""


WISHES: tuple[Wish, ...] = (
    Wish("helene", "nmd", "clinician", "FR-PAR", "I look after the neuromuscular clinic with Claire Fontanel.", 3),
    Wish("bogdan", "nmd", "guest", "", "Asked by Ioana Munteanu to look at the genetics of one case.", 1.5),
    Wish("sofia", "eye", "clinician", "ES-BCN", "Paediatric ophthalmology, works with Núria Vidal.", 2),
    Wish("stanislava", "nmd", "clinician", "BG-SOF", "", 6, "returned", "Please say which clinic you work in and who can vouch for you."),
)  # fmt: skip

EVERYBODY: tuple[DemoPerson, ...] = PEOPLE + WAITING
BY_SUB = {person.sub: person for person in EVERYBODY}
