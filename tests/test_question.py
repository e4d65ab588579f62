"""What is understood of a question: the table is the specification of who-said-what questions and of follow-ups."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Kind, Turn
from assistant.dates import find_period
from assistant.question import understand
from index.names import match_name

TODAY = date(2023, 5, 17)


@dataclass(frozen=True)
class Known:
    speaker: str
    names: tuple[str, ...] = ()


PEOPLE = (
    Known("Jens Stoltenberg", ("Stoltenberg", "Mr. Stoltenberg", "NATO chief Jens Stoltenberg")),
    Known("Fumio Kishida", ("Kishida",)),
    Known("Hillary Clinton", ("Clinton", "Mrs. Clinton")),
    Known("Bill Clinton", ("Bill Clinton",)),
    Known("María José Ibáñez", ("Ibáñez",)),
    Known("Ministry of Finance", ("the ministry",)),
    Known("Anna-Lena van der Berg", ("van der Berg",)),
    Known("Wei O’Connor", ("O’Connor",)),
    Known("Myanmar"),
    Known("Many analysts"),
)
S = "Jens Stoltenberg"

STATEMENTS = [
    ("What did Stoltenberg say about China?", S, "China"),
    ("what did stoltenberg say about china", S, "china"),
    ("WHAT DID STOLTENBERG SAY ABOUT CHINA?", S, "CHINA"),
    ("What does Stoltenberg say about China", S, "China"),
    ("What has Stoltenberg said about China?", S, "China"),
    ("What had Stoltenberg said about China?", S, "China"),
    ("What is Stoltenberg saying about China?", S, "China"),
    ("What did Jens Stoltenberg say on China?", S, "China"),
    ("What did Mr Stoltenberg say regarding China?", S, "China"),
    ("What did Mr. Stoltenberg say concerning China?", S, "China"),
    ("What did Secretary General Stoltenberg say about China?", S, "China"),
    ("What did NATO chief Jens Stoltenberg say about China?", S, "China"),
    ("What did NATO Secretary General Jens Stoltenberg say about China's army?", S, "China's army"),
    ("What does Stoltenberg think about China?", S, "China"),
    ("What does Stoltenberg think of China?", S, "China"),
    ("What did Stoltenberg claim about China?", S, "China"),
    ("What did Stoltenberg believe about China?", S, "China"),
    ("What did Stoltenberg argue about the war in Ukraine?", S, "the war in Ukraine"),
    ("What did Stoltenberg promise about Ukraine?", S, "Ukraine"),
    ("What did Stoltenberg deny about the talks?", S, "the talks"),
    ("What did Stoltenberg deny?", S, None),
    ("What did Stoltenberg warn about?", S, None),
    ("What did Stoltenberg warn of?", S, None),
    ("What did Stoltenberg tell reporters about China?", S, "China"),
    ("What did Stoltenberg tell the press in Tokyo about China?", S, "China"),
    ("What did Stoltenberg say in Tokyo about China?", S, "China"),
    ("What did Stoltenberg say to Kishida about China?", S, "China"),
    ("What did Stoltenberg say when asked about China?", S, "China"),
    ("What did Stoltenberg say when it comes to China?", S, "China"),
    ("What did Stoltenberg say with regard to China?", S, "China"),
    ("What did Stoltenberg say in response to the invasion?", S, "the invasion"),
    ("What did Stoltenberg say would happen to Taiwan?", S, "would happen to Taiwan"),
    ("What did Stoltenberg say?", S, None),
    ("What did Stoltenberg have to say about China?", S, "China"),
    ("What else did Stoltenberg say about China?", S, "China"),
    ("What exactly did Stoltenberg say about China?", S, "China"),
    ("What did Stoltenberg actually say about China?", S, "China"),
    ("What did Stoltenberg suggest about arms?", S, "arms"),
    ("What did Stoltenberg announce on defence spending?", S, "defence spending"),
    ("What did Stoltenberg mention about Sweden?", S, "Sweden"),
    ("What did Stoltenberg write about Sweden?", S, "Sweden"),
    ("What did Stoltenberg tweet about Sweden?", S, "Sweden"),
    ("What did Stoltenberg state regarding Sweden?", S, "Sweden"),
    ("What did Stoltenberg predict about the war?", S, "the war"),
    ("What did Stoltenberg stress about unity?", S, "unity"),
    ("What was Stoltenberg's reaction to the vote?", S, "the vote"),
    ("What is Stoltenberg's position on China?", S, "China"),
    ("What's Stoltenberg's position on China?", S, "China"),
    ("what is stoltenberg's view on china", S, "china"),
    ("What are Stoltenberg's views of China?", S, "China"),
    ("What is Stoltenberg’s opinion about China?", S, "China"),
    ("What is Stoltenberg's stance toward China?", S, "China"),
    ("What was Stoltenberg's take on China?", S, "China"),
    ("What were Stoltenberg's remarks on China?", S, "China"),
    ("What were Stoltenberg's latest public comments on China?", S, "China"),
    ("What is the position of Stoltenberg on China?", S, "China"),
    ("What are the views of Jens Stoltenberg on China?", S, "China"),
    ("What position did Stoltenberg take on China?", S, "China"),
    ("What stance does Stoltenberg have on China?", S, "China"),
    ("Which promises did Stoltenberg make about Ukraine?", S, "Ukraine"),
    ("What comments did Stoltenberg make about China?", S, "China"),
    ("Where does Stoltenberg stand on China?", S, "China"),
    ("Stoltenberg on China", S, "China"),
    ("Stoltenberg about China", S, "China"),
    ("stoltenberg on china", S, "china"),
    ("Stoltenberg's comments", S, None),
    ("Stoltenberg's comments on China", S, "China"),
    ("Stoltenberg's position on China", S, "China"),
    ("Stoltenberg quotes on China", S, "China"),
    ("Stoltenberg", S, None),
    ("comments by Stoltenberg on China", S, "China"),
    ("Quotes from Stoltenberg about China", S, "China"),
    ("all statements by Stoltenberg", S, None),
    ("Show me all statements by Stoltenberg on China", S, "China"),
    ("List Stoltenberg's statements on China", S, "China"),
    ("Everything Stoltenberg said about China", S, "China"),
    ("anything Stoltenberg has said about China", S, "China"),
    ("Find everything that Stoltenberg said on China", S, "China"),
    ("Find passages where Stoltenberg talks about China", S, "China"),
    ("Tell me what Stoltenberg said about China", S, "China"),
    ("Please tell me what Stoltenberg thinks of China.", S, "China"),
    ("Can you tell me what Stoltenberg said about China?", S, "China"),
    ("Could you please show me what Stoltenberg said about China?", S, "China"),
    ("I'd like to know what Stoltenberg said about China", S, "China"),
    ("I want to know what Stoltenberg said about China", S, "China"),
    ("Summarise what Stoltenberg said about China", S, "China"),
    ("Do you know what Stoltenberg thinks about China?", S, "China"),
    ("So what did Stoltenberg say about China?", S, "China"),
    ("Stoltenberg said what about China?", S, "China"),
    ("How did Stoltenberg respond to the accusation?", S, "the accusation"),
    ("How did Stoltenberg react to the vote?", S, "the vote"),
    ("How does Stoltenberg feel about China?", S, "China"),
    ("How does Stoltenberg describe China?", S, "China"),
    ("How did Stoltenberg justify the decision?", S, "the decision"),
    ("How does Stoltenberg see China?", S, "China"),
    ("How did Stoltenberg's view on China change?", S, "China"),
    ("How has Stoltenberg's position on China evolved over time?", S, "China"),
    ("Has Stoltenberg changed his mind about China?", S, "China"),
    ("Did Stoltenberg change his position on China?", S, "China"),
    ("Did Stoltenberg ever say anything about China?", S, "China"),
    ("Did Stoltenberg say something about China?", S, "China"),
    ("Has Stoltenberg ever mentioned China?", S, "China"),
    ("Did Stoltenberg mention China?", S, "China"),
    ("Did Stoltenberg comment on China?", S, "China"),
    ("Does Stoltenberg talk about China?", S, "China"),
    ("Did Stoltenberg speak about China?", S, "China"),
    ("Did Stoltenberg ever say that China is a threat?", S, "China is a threat"),
    ("Did Stoltenberg make any comments about China?", S, "China"),
    ("Did Stoltenberg criticise China?", S, "China"),
    ("Does Stoltenberg support sanctions?", S, "sanctions"),
    ("Is Stoltenberg in favour of sanctions?", S, "sanctions"),
    ("What did Stoltenburg say about China?", S, "China"),
    ("What did Stoltenbreg say about China?", S, "China"),
    ("what did jens stoltenburg say about china", S, "china"),
    ("What did Jens say about China?", S, "China"),
    ("What did Kishida say about Kyiv?", "Fumio Kishida", "Kyiv"),
    ("What did Premier Fumio Kishida say about Kyiv?", "Fumio Kishida", "Kyiv"),
    ("What did Hillary Clinton say about trade?", "Hillary Clinton", "trade"),
    ("What did Mrs. Clinton say about trade?", "Hillary Clinton", "trade"),
    ("What did Clinton say about trade?", "Clinton", "trade"),
    ("What did Bill say about trade?", "Bill Clinton", "trade"),
    ("What did María José Ibáñez say about water?", "María José Ibáñez", "water"),
    ("What did Ibanez say about water?", "María José Ibáñez", "water"),
    ("What did the Ministry of Finance say about taxes?", "Ministry of Finance", "taxes"),
    ("What did the ministry say about taxes?", "Ministry of Finance", "taxes"),
    ("What did van der Berg say about parking?", "Anna-Lena van der Berg", "parking"),
    ("What did Wei O'Connor say about parking?", "Wei O’Connor", "parking"),
    ("What did Macron say about China?", "Macron", "China"),
    ("What did Emmanuel Macron say about China?", "Emmanuel Macron", "China"),
    ("What is Macron's position on China?", "Macron", "China"),
    ("What did the prime minister of Norway say about fish?", "prime minister of Norway", "fish"),
    ("What did the coroner say?", "coroner", None),
    ("what did the industrial designer think of plastic when discussing cost", "industrial designer", "plastic"),
    (
        "What did Project Manager think of the market range when discussing price issues?",
        "Project Manager",
        "the market range",
    ),
]

SPEAKERS = [
    ("Who said that China is a threat?", "China is a threat"),
    ("Who said China is not our adversary?", "China is not our adversary"),
    ("Who says taxes will rise?", "taxes will rise"),
    ("Who criticised China?", "China"),
    ("Who criticized the plan?", "the plan"),
    ("Who has criticised the plan?", "the plan"),
    ("Who praised the treaty?", "the treaty"),
    ("Who condemned the attack?", "the attack"),
    ("Who mentioned Taiwan?", "Taiwan"),
    ("Who talked about Taiwan?", "Taiwan"),
    ("Who spoke about Taiwan?", "Taiwan"),
    ("Who commented on the budget?", "the budget"),
    ("Who warned of a recession?", "a recession"),
    ("Who warned about inflation?", "inflation"),
    ("Who claimed that the vote was rigged?", "the vote was rigged"),
    ("Who called for a ceasefire?", "a ceasefire"),
    ("Who denied the accusation?", "the accusation"),
    ("Who thinks that rents are too high?", "rents are too high"),
    ("Who else criticised the plan?", "the plan"),
    ("Who is quoted on China?", "China"),
    ("Who was it that said the war is a European crisis?", "the war is a European crisis"),
    ("Which minister said that taxes will rise?", "taxes will rise"),
    ("Who supports the ban?", "the ban"),
    ("Who opposes the ban?", "the ban"),
    ("What was said about China?", "China"),
    ("What has been said about China?", "China"),
    ("What is being said about China?", "China"),
    ("What did people say about China?", "China"),
    ("What do others think of China?", "China"),
    ("What did everyone say about the remote?", "the remote"),
    ("What opinions are there on China?", "China"),
    ("Quotes about China", "China"),
    ("Did anyone mention Taiwan?", "Taiwan"),
    ("Has anybody commented on the budget?", "the budget"),
]

KINDS = [
    ("How many prisoners were freed from Myanmar?", Kind.NUMBER),
    ("What happened in Myanmar?", Kind.FACT),
    ("What does NATO stand for?", Kind.FACT),
    ("How many states voted during the exercise?", Kind.NUMBER),
    ("Who invented the telephone?", Kind.PERSON),
    ("Which scientist discovered radium?", Kind.PERSON),
    ("When was the bridge built?", Kind.TIME),
    ("In what year did the war end?", Kind.TIME),
    ("Where is Normandy?", Kind.PLACE),
    ("In what country is Normandy located?", Kind.PLACE),
    ("How many people live there?", Kind.NUMBER),
    ("How much is the rent?", Kind.NUMBER),
    ("What percentage of voters agreed?", Kind.NUMBER),
    ("Why did the bridge fall?", Kind.REASON),
    ("What caused the fire?", Kind.REASON),
    ("How does a dam work?", Kind.MANNER),
    ("Is the deposit refundable?", Kind.YES_NO),
    ("Can I keep a dog?", Kind.YES_NO),
    ("Summarise the lease", Kind.SUMMARY),
    ("Summarize the discussion about price issues.", Kind.SUMMARY),
    ("Compare the two offers", Kind.SUMMARY),
    ("What is a photon?", Kind.FACT),
    ("Which team won?", Kind.FACT),
    ("What does the lease say about pets?", Kind.FACT),
    ("What does the report say about costs?", Kind.FACT),
    ("What does it say about costs?", Kind.FACT),
    ("What did the study suggest about sleep?", Kind.FACT),
    ("How did Rome see Greece?", Kind.MANNER),
    ("photosynthesis", Kind.FACT),
    ("Blood on the tracks", Kind.FACT),
]

U = "user"
ABOUT_CHINA = ("What did Stoltenberg say about China?",)
FOLLOW_UPS = [
    (ABOUT_CHINA, "and about Russia?", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "And on Russia?", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "What about Russia?", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "how about Russia", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "and Russia?", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "What about Kishida?", "Fumio Kishida", "China", Kind.STATEMENT),
    (ABOUT_CHINA, "And Kishida?", "Fumio Kishida", "China", Kind.STATEMENT),
    (ABOUT_CHINA, "and what about kishida", "Fumio Kishida", "China", Kind.STATEMENT),
    (ABOUT_CHINA, "And what did Kishida say about it?", "Fumio Kishida", "China", Kind.STATEMENT),
    (ABOUT_CHINA, "What did he say about Russia?", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "And what does he think of Russia?", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "What is his position on Russia?", S, "Russia", Kind.STATEMENT),
    (ABOUT_CHINA, "Did he mention Taiwan?", S, "Taiwan", Kind.STATEMENT),
    (ABOUT_CHINA, "why?", S, "China", Kind.REASON),
    (ABOUT_CHINA, "Why did he say that?", S, "China", Kind.REASON),
    (ABOUT_CHINA, "when was that?", S, "China", Kind.TIME),
    (ABOUT_CHINA, "When did he say that?", S, "China", Kind.TIME),
    (ABOUT_CHINA, "Where did he say that?", S, "China", Kind.PLACE),
    (ABOUT_CHINA, "who else?", None, "China", Kind.SPEAKERS),
    (ABOUT_CHINA, "Anyone else?", None, "China", Kind.SPEAKERS),
    (ABOUT_CHINA, "Who disagreed?", None, "China", Kind.SPEAKERS),
    (ABOUT_CHINA, "Anything else?", S, "China", Kind.STATEMENT),
    (ABOUT_CHINA, "more", S, "China", Kind.STATEMENT),
    (ABOUT_CHINA, "Tell me more", S, "China", Kind.STATEMENT),
    ((*ABOUT_CHINA, "and about Russia?"), "What about Kishida?", "Fumio Kishida", "Russia", Kind.STATEMENT),
    ((*ABOUT_CHINA, "What about Kishida?"), "and on taxes?", "Fumio Kishida", "taxes", Kind.STATEMENT),
    (
        (*ABOUT_CHINA, "Who is Hillary Clinton?"),
        "What did Kishida say about trade?",
        "Fumio Kishida",
        "trade",
        Kind.STATEMENT,
    ),
    (("Who criticised China?",), "and Russia?", None, "Russia", Kind.SPEAKERS),
]

REWRITES = [
    (("What is the capital of France?",), "And Germany?", "What is the capital of Germany?"),
    (("What is the capital of France?",), "What about Germany?", "What is the capital of Germany?"),
    (("Where are synthetic phonics used in Australia?",), "When were they introduced?", "Australia"),
    (("Is the deposit refundable?",), "why?", "Why is the deposit refundable?"),
    (("How much is the rent?",), "and the deposit?", "the deposit: How much is the rent?"),
]

PERIODS = [
    ("What did Stoltenberg say in March?", "2023-03-01", "2023-03-31", None),
    ("What did Stoltenberg say about China in March?", "2023-03-01", "2023-03-31", "China"),
    ("What did Stoltenberg say about China in March 2022?", "2022-03-01", "2022-03-31", "China"),
    ("What did Stoltenberg say about China in November?", "2022-11-01", "2022-11-30", "China"),
    ("What did Stoltenberg say about China in 2021?", "2021-01-01", "2021-12-31", "China"),
    ("What has Stoltenberg said about China since 2021?", "2021-01-01", None, "China"),
    ("What did Stoltenberg say about China before 2021?", None, "2020-12-31", "China"),
    ("What did Stoltenberg say about China on 31 January 2023?", "2023-01-31", "2023-01-31", "China"),
    ("What did Stoltenberg say about China on January 31, 2023?", "2023-01-31", "2023-01-31", "China"),
    ("What did Stoltenberg say about China between 2019 and 2021?", "2019-01-01", "2021-12-31", "China"),
    ("What did Stoltenberg say last year about China?", "2022-01-01", "2022-12-31", "China"),
    ("What did Stoltenberg say about China last month?", "2023-04-01", "2023-04-30", "China"),
    ("What did Stoltenberg say yesterday?", "2023-05-16", "2023-05-16", None),
    ("What did Stoltenberg say about the 2016 election?", None, None, "the 2016 election"),
    ("What did Stoltenberg say about the march on Rome?", None, None, "the march on Rome"),
    ("Who criticised China in 2021?", "2021-01-01", "2021-12-31", "China"),
]


def understood(question, *earlier):
    history = [turn for text in earlier for turn in (Turn("user", text), Turn("assistant", "It is said [1]."))]
    return understand(question, history, PEOPLE, today=TODAY)


@pytest.mark.parametrize(("question", "speaker", "topic"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_a_question_for_somebodys_words_names_the_speaker_and_the_topic(question, speaker, topic):
    query = understood(question)
    assert (query.kind, query.speaker, query.topic) == (Kind.STATEMENT, speaker, topic)


@pytest.mark.parametrize(("question", "topic"), SPEAKERS, ids=[row[0] for row in SPEAKERS])
def test_a_question_for_who_said_something_has_a_topic_and_no_speaker(question, topic):
    query = understood(question)
    assert (query.kind, query.speaker, query.topic) == (Kind.SPEAKERS, None, topic)


@pytest.mark.parametrize(("question", "kind"), KINDS, ids=[row[0] for row in KINDS])
def test_any_other_question_tells_its_kind_and_nobody(question, kind):
    query = understood(question)
    assert (query.kind, query.speaker) == (kind, None)


@pytest.mark.parametrize(
    ("earlier", "question", "speaker", "topic", "kind"),
    FOLLOW_UPS,
    ids=[f"{row[0][-1]} {row[1]}" for row in FOLLOW_UPS],
)
def test_a_follow_up_takes_from_the_conversation_what_it_leaves_unsaid(earlier, question, speaker, topic, kind):
    query = understood(question, *earlier)
    assert (query.speaker, query.topic, query.kind) == (speaker, topic, kind)


@pytest.mark.parametrize(("earlier", "question", "part"), REWRITES, ids=[f"{row[0][-1]} {row[1]}" for row in REWRITES])
def test_a_follow_up_on_facts_is_rewritten_to_stand_alone(earlier, question, part):
    query = understood(question, *earlier)
    assert part in query.text
    assert query.carried_over


@pytest.mark.parametrize(("question", "since", "until", "topic"), PERIODS, ids=[row[0] for row in PERIODS])
def test_the_time_of_the_words_is_a_filter_and_no_topic(question, since, until, topic):
    query = understood(question)
    assert (query.since, query.until, query.topic) == (since, until, topic)


def test_a_date_in_a_question_of_fact_is_no_filter():
    assert understood("What happened in 1066?").since is None


@pytest.mark.parametrize(
    "question", ["What is a quark?", "What are the whales of the north fond of?", "and who was a Viking?"]
)
def test_a_question_for_something_new_takes_nothing_from_before(question):
    query = understood(question, "When does the dredging work begin?")
    assert query.carried_over == ()
    assert "dredging" not in query.text


def test_a_follow_up_may_change_only_the_time():
    query = understood("and in 2021?", "What did Stoltenberg say about China?")
    assert (query.speaker, query.topic, query.since) == (S, "China", "2021-01-01")
    assert query.carried_over == ("speaker", "topic")


def test_what_was_carried_over_is_named():
    assert understood("and about Russia?", *ABOUT_CHINA).carried_over == ("speaker",)
    assert understood("What about Kishida?", *ABOUT_CHINA).carried_over == ("topic",)
    assert understood("What did Kishida say about Kyiv?", *ABOUT_CHINA).carried_over == ()


def test_given_filters_go_before_the_question():
    query = understand(
        "What did Kishida say about China?", (), PEOPLE, speaker="stoltenberg", since="2020", source="*.txt"
    )
    assert (query.speaker, query.topic, query.since, query.source) == (S, "China", "2020", "*.txt")


def test_a_name_that_several_people_share_is_left_as_typed():
    assert match_name("Clinton", PEOPLE).speakers == ("Hillary Clinton", "Bill Clinton")
    assert match_name("Hilary Clinton", PEOPLE).speakers == ("Hillary Clinton",)
    assert match_name("Zelensky", PEOPLE).speakers == ()


def test_there_is_no_such_day():
    assert find_period("on 31 February 2023", TODAY) is None


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=3))
def test_anything_typed_is_understood_as_something(question, earlier):
    query = understood(question, *earlier)
    assert query.question == question
    assert query == understood(question, *earlier)
