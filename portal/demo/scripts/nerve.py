"""Panels of EURO-NMD: nerve, motor neuron, mitochondria, and one discussion without a patient."""

from portal.demo.scripts.model import (
    OutcomeText,
    Script,
    accept,
    agree,
    answer,
    ask,
    comment,
    forward,
    invite,
    move,
    need,
    outcome,
    supply,
)  # fmt: skip

NERVE: tuple[Script, ...] = (
    Script("cmt", "cmt", (
        ask(44, "giorgos"),
        forward(43, "jana", "holger"),
        invite(42.5, "holger", "dimitar liga joao andreas"), *accept(41, "dimitar", "joao"), *accept(39, "andreas"),
        move(40.5, "holger", "complete_data"), move(38, "holger", "begin_assessment"),
        answer(30, "dimitar", "Conduction block and a rapid course do not belong to CMT1A. We have seen five patients with CIDP on top; four answered to immunoglobulins.", "Immunoglobulins 2 g/kg, then 1 g/kg every three weeks for three months.", 20),
        answer(26, "joao", "Agreed, but measure antibodies to neurofascin and contactin first: they would change the treatment to rituximab.", "NF155, CNTN1 and paraprotein before treatment.", 10),
        agree(25, "andreas", "dimitar"),
        comment(12, "giorgos", "Antibodies negative. First course of immunoglobulins given, he buttons his shirt again."),
    )),
    Script("attr", "attr", (
        ask(5, "andreas", wanted=20),
    )),
    Script("als", "als", (
        ask(17, "aoife"),
        forward(16.5, "agnes", "ingrid"),
        invite(16, "ingrid", "holger dimitar"), *accept(14, "holger"),
        move(13.5, "ingrid", "complete_data"),
        need(13, "holger", "Please repeat the nerve conduction study with proximal stimulation up to Erb's point; blocks hide there.", must=True),
        need(12, "ingrid", "Ultrasound or MRI of the brachial plexus, if you have it."),
        supply(6, "aoife", "MRI of the plexus: C7 root thickened, slightly bright."),
    )),
    Script("sma3", "sma3", (
        ask(12, "zofia", wanted=30),
        forward(11, "jana", "femke"),
        invite(10, "femke", "ingrid aoife mikko"),
    )),
    Script("melas", "melas", (
        ask(115, "paolo"),
        forward(114, "agnes", "mette"),
        invite(113, "mette", "elena mikko maria"), *accept(111, "elena", "mikko"),
        move(110.5, "mette", "complete_data"), move(110, "mette", "begin_assessment"),
        answer(100, "elena", "Arginine by vein in each episode within three hours, by mouth between. Never valproate: POLG-like liver failure and more seizures. Levetiracetam or lacosamide.", "L-arginine 0.5 g/kg by vein in the attack, 150 mg/kg a day by mouth.", 25),
        answer(95, "mikko", "Evidence for arginine is thin, but we do the same. Metformin should go because of lactate. Screen the heart for pre-excitation and hypertrophy.", "Stop metformin; echocardiogram and Holter.", 20),
        agree(94, "paolo", "elena"),
        move(20, "mette", "begin_outcome"), outcome(9, "mette"),
    ), OutcomeText(
        "550 MELAS",
        "Second stroke-like episode in MELAS with m.3243A>G. Recovery within five days.",
        treatment="L-arginine by vein in each episode, by mouth between. Levetiracetam; no valproate. Replace metformin.",
        diagnostic="Holter and echocardiogram; audiogram once a year.",
        follow_up="Emergency letter for the family. Clinic every three months this year.",
        summary="Your attacks come from the energy supply of the brain. You get a letter for the emergency department: it says which medicine helps and which must not be given.",
    )),
    Script("nemaline", "nemaline", (
        ask(1.2, "mikko", urgent="Decision on tracheostomy within days", wanted=4),
    )),
    Script("carriers", "", (
        ask(70, "pieter", lead="ingrid"),
        invite(69, "ingrid", "mette claire"), *accept(68, "mette", "claire"),
        move(67.5, "ingrid", "complete_data"), move(67, "ingrid", "begin_assessment"),
        answer(60, "mette", "All carriers of a pathogenic DMD variant: echocardiogram and ECG from 18, every five years, every two from 40. MRI if the echocardiogram is borderline.", "", 10),
        answer(58, "claire", "The same in Paris. We add MRI once at 30, because late enhancement comes before the fall of the ejection fraction.", "", 10),
    ), title="Hearts of women who carry a DMD variant",
       question="How do you screen the hearts of women who carry a pathogenic DMD variant, from which age and how often?",
       network="nmd", area="muscle_diseases"),
)  # fmt: skip
