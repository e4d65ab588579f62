"""What a statement is, one short text for each construction: the expected speakers, manners and words.

Words are those of the content without its quotation marks; " … " stands between two stretches.
"""

from __future__ import annotations

from typing import NamedTuple

from index.records import Manner


class Said(NamedTuple):
    speaker: str
    manner: Manner
    words: str


class Row(NamedTuple):
    construction: str
    text: str
    expected: tuple[Said, ...]


TABLE = (
    Row("said that", "Anna Holm said that the roof leaks.", (Said("Anna Holm", "reported", "that the roof leaks"),)),
    Row("said without that", "Anna Holm said the roof leaks.", (Said("Anna Holm", "reported", "the roof leaks"),)),
    Row(
        "according to, in front",
        "According to Anna Holm, the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "according to, behind",
        "The roof leaks, according to Anna Holm.",
        (Said("Anna Holm", "reported", "The roof leaks"),),
    ),
    Row("clause in front", "The roof leaks, Anna Holm said.", (Said("Anna Holm", "reported", "The roof leaks"),)),
    Row(
        "clause in front, pronoun",
        "Anna Holm runs the school. The roof leaks, she said.",
        (Said("Anna Holm", "reported", "The roof leaks"),),
    ),
    Row("quote, then speaker", "“The roof leaks,” Anna Holm said.", (Said("Anna Holm", "direct", "The roof leaks"),)),
    Row(
        "quote, then verb and speaker",
        "“The roof leaks,” said Anna Holm.",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row("speaker, then quote", "Anna Holm said, “The roof leaks.”", (Said("Anna Holm", "direct", "The roof leaks"),)),
    Row("speaker with a colon", "Anna Holm said: “The roof leaks.”", (Said("Anna Holm", "direct", "The roof leaks"),)),
    Row(
        "speaker in the middle",
        "“The roof leaks,” Anna Holm said, “and the walls are wet.”",
        (Said("Anna Holm", "direct", "The roof leaks … and the walls are wet"),),
    ),
    Row(
        "quote goes on after the speaker",
        "“The roof leaks,” Anna Holm said. “The walls are wet.”",
        (Said("Anna Holm", "direct", "The roof leaks … The walls are wet"),),
    ),
    Row(
        "quote of two sentences",
        "“The roof leaks. The walls are wet,” Anna Holm said.",
        (Said("Anna Holm", "direct", "The roof leaks. The walls are wet"),),
    ),
    Row("straight marks", '"The roof leaks," Anna Holm said.', (Said("Anna Holm", "direct", "The roof leaks"),)),
    Row(
        "quote that is part of the sentence",
        "Anna Holm called the roof “a scandal”.",
        (Said("Anna Holm", "mixed", "the roof “a scandal"),),
    ),
    Row(
        "quoted half of a report",
        "Anna Holm said the roof was “worse than the walls”.",
        (Said("Anna Holm", "mixed", "the roof was “worse than the walls"),),
    ),
    Row(
        "pronoun he",
        "Peter Lund runs the bus company. He said the buses are old.",
        (Said("Peter Lund", "reported", "the buses are old"),),
    ),
    Row(
        "pronoun she among a man and a woman",
        "Anna Holm runs the school in Varde. Peter Lund runs the bus company. She said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "pronoun he among a man and a woman",
        "Anna Holm runs the school in Varde. Peter Lund runs the bus company. He said the buses are old.",
        (Said("Peter Lund", "reported", "the buses are old"),),
    ),
    Row(
        "last name alone",
        "Anna Holm runs the school. Holm said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "title and last name",
        "Anna Holm runs the school. Ms Holm said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "office before the name",
        "School director Anna Holm said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "nationality and office before the name",
        "Japanese premier Fumio Kishida said the talks went well.",
        (Said("Fumio Kishida", "reported", "the talks went well"),),
    ),
    Row(
        "description behind the name",
        "Anna Holm, the director of the school, said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "name behind the description",
        "The director of the school, Anna Holm, said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "relative clause behind the name",
        "Anna Holm, who runs the school, said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "statement inside a relative clause",
        "Anna Holm, who said the roof leaks, wants a new school.",
        (
            Said("Anna Holm", "reported", "the roof leaks"),
            Said("Anna Holm", "reported", "a new school"),
        ),
    ),
    Row(
        "told somebody",
        "Anna Holm told parents that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "denied",
        "Peter Lund denied that the buses are old.",
        (Said("Peter Lund", "reported", "that the buses are old"),),
    ),
    Row(
        "warned",
        "Peter Lund warned that the buses would stop.",
        (Said("Peter Lund", "reported", "that the buses would stop"),),
    ),
    Row("promised to", "Peter Lund promised to buy new buses.", (Said("Peter Lund", "reported", "to buy new buses"),)),
    Row(
        "criticised",
        "Anna Holm criticised the price of the tickets.",
        (Said("Anna Holm", "reported", "the price of the tickets"),),
    ),
    Row("called for", "Anna Holm called for a new roof.", (Said("Anna Holm", "reported", "for a new roof"),)),
    Row(
        "accused of",
        "Anna Holm accused the company of wasting money.",
        (Said("Anna Holm", "reported", "the company of wasting money"),),
    ),
    Row("wants", "Anna Holm wants a new roof.", (Said("Anna Holm", "reported", "a new roof"),)),
    Row(
        "negation kept",
        "Anna Holm said the roof does not leak.",
        (Said("Anna Holm", "reported", "the roof does not leak"),),
    ),
    Row("hedge kept", "Anna Holm said the roof may leak.", (Said("Anna Holm", "reported", "the roof may leak"),)),
    Row(
        "noun of saying",
        "Anna Holm’s warning that the roof would fall came too late.",
        (Said("Anna Holm", "reported", "that the roof would fall"),),
    ),
    Row(
        "two speakers",
        "Anna Holm and Peter Lund said the road is too narrow.",
        (
            Said("Anna Holm", "reported", "the road is too narrow"),
            Said("Peter Lund", "reported", "the road is too narrow"),
        ),
    ),
    Row(
        "two verbs, one subject",
        "Anna Holm praised the teachers and said the roof leaks.",
        (
            Said("Anna Holm", "reported", "the roof leaks"),
            Said("Anna Holm", "reported", "the teachers"),
        ),
    ),
    Row(
        "two speakers in two clauses",
        "Anna Holm said the roof leaks, but Peter Lund said it is dry.",
        (
            Said("Anna Holm", "reported", "the roof leaks"),
            Said("Peter Lund", "reported", "it is dry"),
        ),
    ),
    Row(
        "added",
        "Anna Holm said the roof leaks. She added that the walls are wet.",
        (
            Said("Anna Holm", "reported", "the roof leaks"),
            Said("Anna Holm", "reported", "that the walls are wet"),
        ),
    ),
    Row("asked", "“Who will pay for it?” Anna Holm asked.", (Said("Anna Holm", "direct", "Who will pay for it?"),)),
    Row("body", "The ministry said the bridge will close.", (Said("ministry", "reported", "the bridge will close"),)),
    Row(
        "company by name",
        "Nordvind said the turbines would be moved.",
        (Said("Nordvind", "reported", "the turbines would be moved"),),
    ),
    Row(
        "spokeswoman without a name",
        "A spokeswoman said the bridge will close.",
        (Said("spokeswoman", "reported", "the bridge will close"),),
    ),
    Row(
        "passive with by",
        "The plan was criticised by Anna Holm as too expensive.",
        (Said("Anna Holm", "reported", "as too expensive"),),
    ),
    Row(
        "quote in the next sentence",
        "Anna Holm was angry. “The roof leaks.”",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "quote over two paragraphs",
        "“The roof leaks,” Anna Holm said. “The walls are wet.\n\n“The windows are old.”",
        (Said("Anna Holm", "direct", "The roof leaks … The walls are wet … The windows are old"),),
    ),
    Row(
        "quote of a quote",
        "“Peter told me, ‘The buses are old,’ and I agreed,” Anna Holm said.",
        (Said("Anna Holm", "direct", "Peter told me, ‘The buses are old,’ and I agreed"),),
    ),
    Row(
        "signature",
        "“The roof leaks and nobody repairs it.” — Anna Holm",
        (Said("Anna Holm", "direct", "The roof leaks and nobody repairs it"),),
    ),
    Row(
        "headline, name first",
        "Anna Holm: the roof leaks and nobody repairs it\n\nThe school is old.",
        (Said("Anna Holm", "reported", "the roof leaks and nobody repairs it"),),
    ),
    Row(
        "headline, name last",
        "The roof leaks and nobody repairs it: Anna Holm\n\nThe school is old.",
        (Said("Anna Holm", "reported", "The roof leaks and nobody repairs it"),),
    ),
    Row(
        "minutes in capitals",
        "Present: Mayor Anna Holm, Peter Lund.\n\n"
        "MAYOR HOLM: The roof leaks.\n\nLUND: The buses are old.\n\nMAYOR HOLM: We know.",
        (
            Said("Anna Holm", "direct", "The roof leaks."),
            Said("Peter Lund", "direct", "The buses are old."),
            Said("Anna Holm", "direct", "We know."),
        ),
    ),
    Row(
        "chat",
        "Nadia: When is the bus coming?\nTomas: At nine.\nNadia: Thank you.",
        (
            Said("Nadia", "direct", "When is the bus coming?"),
            Said("Tomas", "direct", "At nine."),
            Said("Nadia", "direct", "Thank you."),
        ),
    ),
    Row(
        "roles and letters",
        "Speaker 1: The roof leaks.\nSpeaker 2: Since when?\nSpeaker 1: Since May.",
        (
            Said("Speaker 1", "direct", "The roof leaks."),
            Said("Speaker 2", "direct", "Since when?"),
            Said("Speaker 1", "direct", "Since May."),
        ),
    ),
    Row(
        "interview",
        "Anna Holm has run the school since May.\n\n"
        "Q: Does the roof leak?\n\nHolm: It does.\n\nQ: Since when?\n\nHolm: Since May.",
        (
            Said("Anna Holm", "direct", "It does."),
            Said("Anna Holm", "direct", "Since May."),
        ),
    ),
    Row(
        "letter",
        "Dear parents,\n\nThe roof leaks. We have to close the hall.\n\nYours faithfully,\n\nAnna Holm\nDirector",
        (Said("Anna Holm", "direct", "The roof leaks. We have to close the hall."),),
    ),
    Row(
        "dateline",
        "VARDE, 3 May 2025. Anna Holm said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "last speaking man, not one named earlier",
        "Amir Haddad welcomed the plan.\n\n"
        "Olav Berge said his union would appeal. The turbines would stand in the bay, he argued.",
        (
            Said("Amir Haddad", "reported", "the plan"),
            Said("Olav Berge", "reported", "his union would appeal"),
            Said("Olav Berge", "reported", "The turbines would stand in the bay"),
        ),
    ),
    Row("no speaker: things", "In 2024, 1,912 ships called at Varde.", ()),
    Row("no speaker: nobody", "Nobody said the roof leaks.", ()),
    Row("no speaker: a title in marks", "The library bought “The Old Man and the Sea” in May.", ()),
    Row("no speaker: plain narration", "The roof of the school leaks.", ()),
    Row(
        "trap: criticised by, said",
        "Anna Holm, criticised by Peter Lund, said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "trap: said to him",
        "Anna Holm told Peter Lund that the buses are old.",
        (Said("Anna Holm", "reported", "that the buses are old"),),
    ),
    Row(
        "trap: about him",
        "Anna Holm said Peter Lund had sold the buses.",
        (Said("Anna Holm", "reported", "Peter Lund had sold the buses"),),
    ),
    Row(
        "in a statement",
        "In a statement, the ministry said the bridge will close.",
        (Said("ministry", "reported", "the bridge will close"),),
    ),
    Row(
        "saying, at the end",
        "Anna Holm left the meeting, saying the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "went on to say",
        "Anna Holm went on to say that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "modal",
        "Anna Holm would not say whether the roof leaks.",
        (Said("Anna Holm", "reported", "whether the roof leaks"),),
    ),
    Row("writes", "Anna Holm writes that the roof leaks.", (Said("Anna Holm", "reported", "that the roof leaks"),)),
    Row("present tense", "“The roof leaks,” says Anna Holm.", (Said("Anna Holm", "direct", "The roof leaks"),)),
    Row(
        "wrote on a site",
        "“The roof leaks,” Anna Holm wrote on her page.",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "they, two people",
        "Anna Holm and Peter Lund met on Monday and said the road is narrow. They said the bridge is old.",
        (
            Said("Anna Holm", "reported", "the road is narrow"),
            Said("Peter Lund", "reported", "the road is narrow"),
            Said("Anna Holm", "reported", "the bridge is old"),
            Said("Peter Lund", "reported", "the bridge is old"),
        ),
    ),
    Row(
        "her campaign is not she",
        "Anna Holm's lawyer said the roof leaks.",
        (Said("Anna Holm's lawyer", "reported", "the roof leaks"),),
    ),
    Row(
        "as X put it, in front",
        "As Anna Holm put it, the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "as X put it, behind",
        "The roof leaks, as Anna Holm put it.",
        (Said("Anna Holm", "reported", "The roof leaks"),),
    ),
    Row("in X's view", "In Anna Holm's view, the roof leaks.", (Said("Anna Holm", "reported", "the roof leaks"),)),
    Row(
        "by X's own account",
        "By Anna Holm's own account, the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "made it clear",
        "Anna Holm made it clear that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "made the case",
        "Anna Holm made the case that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "light verb and noun",
        "Anna Holm issued a warning that the bridge would close.",
        (Said("Anna Holm", "reported", "that the bridge would close"),),
    ),
    Row(
        "comment that introduces a block",
        "Anna Holm made the following comment:\n\n“The roof leaks and the walls are wet.”",
        (Said("Anna Holm", "direct", "The roof leaks and the walls are wet"),),
    ),
    Row(
        "block quotation without marks",
        "Anna Holm added:\n\nThe roof leaks and the walls are wet.\n\nThe school is old.",
        (Said("Anna Holm", "reported", "The roof leaks and the walls are wet"),),
    ),
    Row(
        "label before a quotation",
        "The roof again. Anna Holm: “The roof leaks.”",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "plain inversion without marks",
        "The roof leaks, said Anna Holm.",
        (Said("Anna Holm", "reported", "The roof leaks"),),
    ),
    Row(
        "plain inversion at the beginning",
        "Said Anna Holm: “The roof leaks.”",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "verb at the end of a question",
        "“Why does the roof leak?” Anna Holm demanded.",
        (Said("Anna Holm", "direct", "Why does the roof leak?"),),
    ),
    Row(
        "inverted with an office",
        "“The roof leaks,” wrote the director of the school, Anna Holm.",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "inverted with two offices",
        "“The roof leaks,” tweeted school spokesman Peter Lund.",
        (Said("Peter Lund", "direct", "The roof leaks"),),
    ),
    Row(
        "description before the verb",
        "“The roof leaks,” Anna Holm, the director of the school, said.",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "adding, then a quotation",
        "“The roof leaks,” Anna Holm said, adding later, “The walls are wet.”",
        (
            Said("Anna Holm", "direct", "The roof leaks"),
            Said("Anna Holm", "direct", "The walls are wet"),
        ),
    ),
    Row(
        "going on to say",
        "Anna Holm spoke on Monday, going on to say that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "parenthesis",
        "If the roof leaks, Anna Holm argued, the hall must close.",
        (Said("Anna Holm", "reported", "If the roof leaks … the hall must close"),),
    ),
    Row(
        "parenthesis with a time",
        "The roof, Anna Holm said on Monday, leaks again.",
        (Said("Anna Holm", "reported", "The roof … leaks again"),),
    ),
    Row(
        "quoted by a paper",
        "The Courier quoted Anna Holm as saying the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "forced to admit",
        "The council forced Peter Lund to admit that the buses are old.",
        (Said("Peter Lund", "reported", "that the buses are old"),),
    ),
    Row(
        "told by somebody else to say",
        "Peter Lund was told by Anna Holm that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "examples",
        "Critics like Anna Holm and Peter Lund say the road is narrow.",
        (
            Said("Critics", "reported", "the road is narrow"),
            Said("Anna Holm", "reported", "the road is narrow"),
            Said("Peter Lund", "reported", "the road is narrow"),
        ),
    ),
    Row(
        "name behind a description, commas",
        "An attorney for the school, Anna Holm, stressed that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "party in brackets",
        "Anna Holm (D-Varde) said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "day before the verb",
        "Anna Holm on Monday said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "dateline in capitals",
        "VARDE -- Anna Holm, opening the school, said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "suffix",
        "Peter Lund Jr. said the buses are old. Mr. Lund said the road is narrow.",
        (
            Said("Peter Lund", "reported", "the buses are old"),
            Said("Peter Lund", "reported", "the road is narrow"),
        ),
    ),
    Row(
        "abbreviated office",
        "“The roof leaks,” said Del. Anna Holm of Varde.",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "pronoun after a possessive",
        "Anna Holm met Peter Lund's sister. She said the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "pronoun chain",
        "Peter Lund runs the bus company. He came to Varde in May. He bought two buses. He said the road is narrow.",
        (Said("Peter Lund", "reported", "the road is narrow"),),
    ),
    Row(
        "they, a body",
        "The ministry said the bridge will close. They added that the road is narrow.",
        (
            Said("ministry", "reported", "the bridge will close"),
            Said("ministry", "reported", "that the road is narrow"),
        ),
    ),
    Row(
        "its letter",
        "In a letter, Anna Holm said the roof leaks. The letter argues that the hall must close.",
        (
            Said("Anna Holm", "reported", "the roof leaks"),
            Said("Anna Holm", "reported", "that the hall must close"),
        ),
    ),
    Row(
        "a letter by", "A letter by Anna Holm says the roof leaks.", (Said("Anna Holm", "reported", "the roof leaks"),)
    ),
    Row(
        "attributed by noun and is",
        "Anna Holm's argument is that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row("thinks", "Anna Holm thinks the roof leaks.", (Said("Anna Holm", "reported", "the roof leaks"),)),
    Row("supports", "Anna Holm supports a new bridge.", (Said("Anna Holm", "reported", "a new bridge"),)),
    Row("opposes", "Peter Lund opposes the new timetable.", (Said("Peter Lund", "reported", "the new timetable"),)),
    Row("plans to", "The company plans to buy new buses.", (Said("company", "reported", "to buy new buses"),)),
    Row(
        "questions whether",
        "Anna Holm questioned whether the roof would last.",
        (Said("Anna Holm", "reported", "whether the roof would last"),),
    ),
    Row(
        "long subject",
        "Anna Holm, who runs the school in Varde and sits on the council, warned that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "said no",
        "Peter Lund did not say that the buses are old.",
        (Said("Peter Lund", "reported", "that the buses are old"),),
    ),
    Row(
        "quotation in straight single marks",
        "Anna Holm said: 'The roof leaks.'",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "quotation in angle marks",
        "«The roof leaks», said Anna Holm.",
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row("doubled apostrophes", "''The roof leaks,'' Anna Holm said.", (Said("Anna Holm", "direct", "The roof leaks"),)),
    Row(
        "lines instead of paragraphs",
        "Anna Holm said: “The roof leaks.\n“The walls are wet.”",
        (Said("Anna Holm", "direct", "The roof leaks … The walls are wet"),),
    ),
    Row(
        "post",
        "The roof leaks and nobody repairs it — Anna Holm (@aholm) May 3, 2025",
        (Said("Anna Holm", "direct", "The roof leaks and nobody repairs it"),),
    ),
    Row(
        "subtitles",
        "Anna: The roof leaks.\nPeter: Since when?\nAnna: Since May.",
        (
            Said("Anna", "direct", "The roof leaks"),
            Said("Peter", "direct", "Since when?"),
            Said("Anna", "direct", "Since May"),
        ),
    ),
    Row(
        "time before a chat's name",
        "[10:02] Nadia: When is the bus coming?\n[10:03] Tomas: At nine.\n[10:04] Nadia: Thank you.",
        (
            Said("Nadia", "direct", "When is the bus coming?"),
            Said("Tomas", "direct", "At nine"),
            Said("Nadia", "direct", "Thank you"),
        ),
    ),
    Row(
        "Q and A",
        "Anna Holm has run the school since May.\n\n"
        "Q: Does the roof leak?\n\nA: It does.\n\nQ: Since when?\n\nA: Since May.",
        (
            Said("Anna Holm", "direct", "It does"),
            Said("Anna Holm", "direct", "Since May"),
        ),
    ),
    Row(
        "namesakes",
        "Anna Holm said the roof leaks. Peter Holm said the buses are old.",
        (
            Said("Anna Holm", "reported", "the roof leaks"),
            Said("Peter Holm", "reported", "the buses are old"),
        ),
    ),
    Row(
        "namesakes by title",
        "Anna Holm and Peter Holm met in Varde. Mr. Holm said the buses are old. Ms. Holm said the roof leaks.",
        (
            Said("Peter Holm", "reported", "the buses are old"),
            Said("Anna Holm", "reported", "the roof leaks"),
        ),
    ),
    Row(
        "two quotations, two speakers",
        "“The roof leaks,” Anna Holm said. “The buses are old,” Peter Lund said.",
        (
            Said("Anna Holm", "direct", "The roof leaks"),
            Said("Peter Lund", "direct", "The buses are old"),
        ),
    ),
    Row(
        "trap: asked by",
        "Asked by Peter Lund about the roof, Anna Holm said it leaks.",
        (
            Said("Peter Lund", "reported", "about the roof"),
            Said("Anna Holm", "reported", "it leaks"),
        ),
    ),
    Row(
        "trap: time is no speaker",
        "Anna Holm, the mayor of Varde, on Tuesday called the roof a scandal.",
        (Said("Anna Holm", "reported", "the roof a scandal"),),
    ),
    Row(
        "trap: quoted name",
        "Anna Holm said “Peter Lund says the buses are old”.",
        (Said("Anna Holm", "direct", "Peter Lund says the buses are old"),),
    ),
    Row("trap: signs do not speak", "The sign says the bridge is closed.", ()),
    Row("trap: deed", "Anna Holm closed the hall.", ()),
    Row(
        "trap: said of somebody",
        "Of Peter Lund, Anna Holm said that he is honest.",
        (Said("Anna Holm", "reported", "that he is honest"),),
    ),
    Row(
        "nested report",
        "Anna Holm said Peter Lund told her the buses are old.",
        (
            Said("Anna Holm", "reported", "Peter Lund told her the buses are old"),
            Said("Peter Lund", "reported", "the buses are old"),
        ),
    ),
    Row("as somebody noted", "As Anna Holm noted, the roof leaks.", (Said("Anna Holm", "reported", "the roof leaks"),)),
    Row(
        "as several have pointed out",
        "As many experts, including Anna Holm, have pointed out, the roof leaks.",
        (
            Said("Anna Holm", "reported", "the roof leaks"),
            Said("many experts", "reported", "the roof leaks"),
        ),
    ),
    Row(
        "quick to say",
        "Anna Holm was quick to point out that the roof leaks.",
        (Said("Anna Holm", "reported", "that the roof leaks"),),
    ),
    Row(
        "state of mind by an adjective",
        "Anna Holm is confident that the roof will last.",
        (Said("Anna Holm", "reported", "that the roof will last"),),
    ),
    Row(
        "critical of",
        "Peter Lund has been critical of the new timetable.",
        (Said("Peter Lund", "reported", "of the new timetable"),),
    ),
    Row(
        "called on somebody",
        "Anna Holm called on Peter Lund to buy new buses.",
        (Said("Anna Holm", "reported", "on Peter Lund to buy new buses"),),
    ),
    Row(
        "adverbial clause kept",
        "Anna Holm warned of floods if the roof leaks.",
        (Said("Anna Holm", "reported", "of floods if the roof leaks"),),
    ),
    Row(
        "description introduced behind the name",
        "Anna Holm, the mayor of Varde, came late. Peter Lund runs the bus company. The mayor said the walls are wet.",
        (Said("Anna Holm", "reported", "the walls are wet"),),
    ),
    Row(
        "description introduced before the name",
        "NATO Secretary General Olav Berge spoke in May. The NATO chief said the talks went well.",
        (Said("Olav Berge", "reported", "the talks went well"),),
    ),
    Row(
        "description with an owner",
        "NATO Secretary General Olav Berge spoke in May. The alliance’s secretary general warned of delays.",
        (Said("Olav Berge", "reported", "of delays"),),
    ),
    Row(
        "description of a woman among men",
        "Peter Lund met Ida Moe, the chairwoman of the board. The chairwoman said the buses are old.",
        (Said("Ida Moe", "reported", "the buses are old"),),
    ),
    Row(
        "trap: description of another",
        "President Olav Berge left. The French president said the talks went well.",
        (Said("French president", "reported", "the talks went well"),),
    ),
    Row(
        "trap: description after a stranger",
        "President Olav Berge left. The French president spoke well of it. The president said the talks ended.",
        (
            Said("French president", "reported", "it"),
            Said("president", "reported", "the talks ended"),
        ),
    ),
    Row(
        "trap: former office",
        "President Olav Berge left. The former president said the talks went well.",
        (Said("former president", "reported", "the talks went well"),),
    ),
    Row(
        "office between names",
        "The other man, his cousin Peter Lund, 40, said the buses are old.",
        (Said("Peter Lund", "reported", "the buses are old"),),
    ),
    Row(
        "last name that is a month",
        "Prime Minister Helen May said the talks went well.",
        (Said("Helen May", "reported", "the talks went well"),),
    ),
    Row(
        "survey by",
        "A survey conducted by analyst Ida Moe found that the buses are old.",
        (Said("Ida Moe", "reported", "that the buses are old"),),
    ),
    Row(
        "letter written by",
        "A letter written by Anna Holm says the roof leaks.",
        (Said("Anna Holm", "reported", "the roof leaks"),),
    ),
    Row(
        "speaker who is reported about, then goes on",
        "Olav Berge responded to reports that Peter Lund planned to leave.\n\n“The talks went well,” he said.",
        (
            Said("Olav Berge", "reported", "to reports that Peter Lund planned to leave"),
            Said("Peter Lund", "reported", "to leave"),
            Said("Olav Berge", "direct", "The talks went well"),
        ),
    ),
    Row(
        "speaker who names another's plan, then goes on",
        "Olav Berge said he likes Peter Lund’s plan.\n\n“The talks went well,” he said.",
        (
            Said("Olav Berge", "reported", "he likes Peter Lund’s plan"),
            Said("Olav Berge", "direct", "The talks went well"),
        ),
    ),
    Row(
        "trap: a name before a noun is no subject",
        "Olav Berge said the Lund plan is bad. However, he could not explain why the talks failed.",
        (
            Said("Olav Berge", "reported", "the Lund plan is bad"),
            Said("Olav Berge", "reported", "why the talks failed"),
        ),
    ),
    Row(
        "unusual first name, then he",
        "Nils Moe left. Zorander Ruud, of Varde, said the buses are old. He said the road is narrow.",
        (
            Said("Zorander Ruud", "reported", "the buses are old"),
            Said("Zorander Ruud", "reported", "the road is narrow"),
        ),
    ),
    Row(
        "liar who",
        "Peter Lund is a liar and a rogue who has pledged to ban buses.",
        (Said("Peter Lund", "reported", "to ban buses"),),
    ),
    Row(
        "three speakers",
        "Anna Holm, Peter Lund and Olav Berge said the road is narrow.",
        (
            Said("Anna Holm", "reported", "the road is narrow"),
            Said("Olav Berge", "reported", "the road is narrow"),
            Said("Peter Lund", "reported", "the road is narrow"),
        ),
    ),
    Row(
        "person and body",
        "The ministry and Anna Holm said the bridge will close.",
        (
            Said("Anna Holm", "reported", "the bridge will close"),
            Said("ministry", "reported", "the bridge will close"),
        ),
    ),
    Row(
        "joint label",
        "The roof again. Anna Holm and Peter Lund: “The roof leaks.”",
        (
            Said("Anna Holm", "direct", "The roof leaks"),
            Said("Peter Lund", "direct", "The roof leaks"),
        ),
    ),
    Row("trap: criticism of", "Criticism of Anna Holm for the roof grew.", ()),
    Row(
        "trap: report from a place",
        "A report from Moscow said the roof leaks.",
        (Said("report", "reported", "the roof leaks"),),
    ),
    Row(
        "country that speaks",
        "Russia denied that the bridge is closed.",
        (Said("Russia", "reported", "that the bridge is closed"),),
    ),
    Row(
        "person of a country",
        "Olav Berge of Norway said the talks went well.",
        (Said("Olav Berge", "reported", "the talks went well"),),
    ),
    Row("trap: each", "Each said the roof leaks.", ()),
    Row("trap: number", "Twenty said the roof leaks.", ()),
    Row("trap: another", "Another said the roof leaks, and one added that the walls are wet.", ()),
    Row("trap: only a time", "Anna Holm spoke on Monday.", ()),
    Row(
        "subtitles with times",
        "[00:00:01] Anna Holm: The roof leaks.\n\n[00:00:04] And the walls are wet.\n\n"
        "[00:00:07] Peter Lund: Since when?",
        (
            Said("Anna Holm", "direct", "The roof leaks"),
            Said("Anna Holm", "direct", "And the walls are wet"),
            Said("Peter Lund", "direct", "Since when?"),
        ),
    ),
    Row(
        "subtitles with two turns",
        "[00:00:01] Anna Holm: The roof leaks.\n\n[00:00:04] Peter Lund: Since when?",
        (
            Said("Anna Holm", "direct", "The roof leaks"),
            Said("Peter Lund", "direct", "Since when?"),
        ),
    ),
    Row(
        "captions with arrows",
        ">> ANNA HOLM: The roof leaks.\n\n>> PETER LUND: Since when?\n\n>> ANNA HOLM: Since May.",
        (
            Said("Anna Holm", "direct", "The roof leaks"),
            Said("Peter Lund", "direct", "Since when?"),
            Said("Anna Holm", "direct", "Since May"),
        ),
    ),
    Row(
        "chat with dates",
        "12/05/2024, 10:02 - Nadia: When?\n12/05/2024, 10:03 - Tomas: At nine.\n12/05/2024, 10:04 - Nadia: Thanks.",
        (
            Said("Nadia", "direct", "When?"),
            Said("Tomas", "direct", "At nine"),
            Said("Nadia", "direct", "Thanks"),
        ),
    ),
    Row(
        "opinion with a byline",
        "The roof\n\nBy Anna Holm\n\nI think the roof leaks. It is old. My school is wet.\n\n"
        "Peter Lund said “I am tired”.",
        (
            Said("Anna Holm", "direct", "I think the roof leaks"),
            Said("Anna Holm", "direct", "My school is wet"),
            Said("Peter Lund", "direct", "I am tired"),
        ),
    ),
    Row(
        "trap: byline of a reporter",
        "The roof\n\nBy Ida Moe\n\nAnna Holm said “I am tired”.",
        (Said("Anna Holm", "direct", "I am tired"),),
    ),
    Row(
        "headline with a last name",
        "Holm: The Roof Leaks and Nobody Cares.\n\nThe mayor, Anna Holm, met reporters.",
        (Said("Anna Holm", "reported", "The Roof Leaks and Nobody Cares"),),
    ),
    Row(
        "trap: headline with a label",
        "Weather: The Roof of the School Leaks.\n\nThe mayor, Anna Holm, met reporters.",
        (),
    ),
    Row(
        "signature on a line of its own",
        'Some lines of the evening.\n\n"The roof leaks."\n\n- Holm.\n\nThe mayor, Anna Holm, came late.',
        (Said("Anna Holm", "direct", "The roof leaks"),),
    ),
    Row(
        "colon behind a deed",
        "Anna Holm gave it a whirl in the morning: “The roof is as dry as ever.”",
        (Said("Anna Holm", "direct", "The roof is as dry as ever"),),
    ),
    Row("trap: colon behind a thing", "The sign was on the door: “Mind the wet floor.”", ()),
)
