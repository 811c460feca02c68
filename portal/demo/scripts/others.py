"""Panels of other networks. Requesters name the lead themselves where there is no coordinator."""

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
    sign,
    supply,
    withdraw,
)  # fmt: skip

OTHERS: tuple[Script, ...] = (
    Script("fabry", "fabry", (
        ask(62, "florian", lead="mathilde"),
        invite(61, "mathilde", "wojciech mette"), *accept(59, "wojciech", "mette"),
        move(58.5, "mathilde", "complete_data"), move(58, "mathilde", "begin_assessment"),
        answer(50, "mathilde", "p.(Asp313Tyr) is a pseudodeficiency allele: lyso-Gb3 normal, no late enhancement, blood pressure explains 14 mm. Not Fabry disease.", "No enzyme replacement, no family screening.", 20),
        agree(48, "mette", "mathilde"),
    )),
    Script("mps2", "mps2", (
        ask(27, "wojciech", lead="mathilde"),
        invite(26, "mathilde", "florian"), *accept(24, "florian"),
        move(23.5, "mathilde", "complete_data"),
        need(23, "mathilde", "Please send the last two developmental scores with dates.", must=True),
        supply(15, "wojciech", "Bayley: 62 two years ago, 48 this September."),
    )),
    Script("lqts", "lqts", (
        ask(49, "lucia", lead="matteo"),
        invite(48.5, "matteo", "stefan"),
        move(48, "carola", "cancel", "Opened twice by mistake; the case goes on under the other number."),
    )),
    Script("lqts-2", "lqts", (
        ask(47, "lucia"), forward(46, "carola", "matteo"),
        invite(45.5, "carola", "mette", role="guest"), *accept(44, "mette"),
        move(43.5, "matteo", "complete_data"),
        need(43, "matteo", "Was nadolol taken each day? A level, or the pharmacy's list, would help.", must=True),
        supply(38, "lucia", "Her mother counted the tablets: three doses missed in the week before."),
        move(37.5, "matteo", "begin_assessment"),
        answer(30, "matteo", "Missed doses and a potassium of 3.6 explain this syncope. Raise nadolol to 2 mg/kg, keep potassium above 4.2, remove the alarm clock. Left sympathetic denervation if she faints again; a defibrillator at 14 only after that.", "Nadolol 2 mg/kg, potassium, vibrating alarm.", 30),
        comment(28, "lucia", "The alarm clock is replaced by a lamp. Thank you."),
    )),
    Script("lmna", "lmna", (
        ask(165, "matteo", lead="lucia"),
        invite(164, "carola", "ingrid", role="guest"), *accept(162, "ingrid"),
        move(161.5, "lucia", "complete_data"), move(161, "lucia", "begin_assessment"),
        answer(155, "lucia", "LMNA truncating variant, block, non-sustained VT, EF 48 %: four of four risk factors. A defibrillator, and with resynchronisation, because he will be paced all the time.", "CRT-D.", 20),
        answer(150, "ingrid", "From the neuromuscular side: check CK, neck and elbow for early contractures; anaesthesia without special risk.", "", 10),
        move(148, "lucia", "begin_outcome"), outcome(147, "lucia"), move(146.5, "lucia", "ask_for_signatures"),
        *sign(146, "matteo", "lucia"), *sign(145, "ingrid"), move(131, "lucia", "close"),
    ), OutcomeText(
        "300751 Familial dilated cardiomyopathy with conduction defect due to LMNA mutation",
        "Laminopathy with second-degree block, non-sustained ventricular tachycardia and EF 48 %.",
        treatment="Defibrillator with resynchronisation from the start. Heart failure medicines.",
        follow_up="Clinic every three months in the first year; remote monitoring.",
        referral="Cascade test of first-degree relatives.",
        summary="Your heart needs a device that paces it and can stop a dangerous rhythm. Your brothers, sisters and children should be tested.",
    )),
    Script("rdeb", "rdeb", (
        ask(96, "katerina", lead="inmaculada"),
        move(95, "inmaculada", "hand_back", "Please ask a surgeon's view as well; I can lead after that."),
    )),
    Script("rdeb-2", "rdeb", (
        ask(90, "katerina", lead="inmaculada", urgent="Operation planned", wanted=12),
        invite(89.5, "inmaculada", "florian"),
        move(60, "katerina", "cancel", "Operated in the meantime with a margin of 2 cm; the follow-up goes to another panel."),
    )),
    Script("dravet", "dravet", (ask(16, "sabine"),)),
    Script("pcd", "pcd", (
        ask(70, "ciara", lead="stefan"),
        move(69, "ciara", "cancel", "Asked the national centre by telephone."),
    )),
    Script("fmf", "fmf", (
        ask(31, "yannis", lead="simone"),
        comment(29, "yannis", "Attack calendar follows."),
        withdraw(4, "yannis", "Moves abroad and does not want her data shared."),
    )),
)  # fmt: skip
